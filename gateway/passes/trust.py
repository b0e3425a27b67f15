"""What a gate believes: the issuing keys, what each may sign, and what was withdrawn. Values only."""

from datetime import datetime

from msgspec import Struct

from gateway.passes.gate_pass import Kind
from gateway.passes.keys import kid_of


class IssuingKey(Struct, frozen=True):
    """One key and the passes it may sign: these kinds, for these compounds, inside this window.

    `compounds` says which compound a number on a pass means. A number keeps its compound for as long as passes of this
    key are about.
    """

    public: bytes
    kinds: frozenset[Kind]
    compounds: dict[int, str]
    epoch: int
    not_before: datetime
    not_after: datetime
    withdrawn: bool = False

    @property
    def kid(self) -> bytes:
        return kid_of(self.public)


class TrustList(Struct, frozen=True):
    """What the root signs. `version` rises with every change; after `next_update` the list is old, never void.

    `revoked_passes` are pass ids (cti), `revoked_subjects` pseudonyms, 8 bytes each: exact sets, so nobody is turned
    away by a false positive.
    """

    version: int
    issued_at: datetime
    next_update: datetime
    keys: tuple[IssuingKey, ...]
    revoked_passes: frozenset[bytes] = frozenset()
    revoked_subjects: frozenset[bytes] = frozenset()


class TrustMark(Struct, frozen=True):
    """What the journal remembers of the list in use, so that no older file is taken after a restart."""

    version: int
    digest: bytes


class Trust(Struct, frozen=True):
    """A trust list whose signature was checked, ready to be asked.

    `blob` is what the root signed: that is what is stored, and `trust_list.read_trust` makes a Trust of it again.
    `digest` is SHA-256 over the signed payload. `keys` are found by kid in hex; several keys may share one.
    """

    listed: TrustList
    keys: dict[str, tuple[IssuingKey, ...]]
    digest: bytes
    blob: bytes

    @property
    def version(self) -> int:
        return self.listed.version

    @property
    def next_update(self) -> datetime:
        return self.listed.next_update
