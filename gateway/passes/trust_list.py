"""A trust list in, the root's signed blob out; and back, refusing what is forged, older or contradictory.

The payload of the COSE_Sign1 (with a context, so that no signature on a pass can be taken for one on a list):

    {0: 1, 1: version, 2: issued_at, 3: next_update, 4: [key ...], 5: revoked pass ids, 6: revoked subjects}
    key = [public key, [kind number ...], {compound number: compound id ...}, epoch, not_before, not_after, withdrawn]

Instants are whole seconds since 1970. 5 and 6 are the 8-byte ids end to end, ascending: 10,000 of them take 80 kB.
"""

import hashlib
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from gateway.passes import cbor
from gateway.passes.claims import KIND_NUMBERS, MAX_COMPOUND_NUMBER, MAX_SECONDS, NUMBERED_KINDS, instant, seconds
from gateway.passes.cose import EDDSA, seal, signed_bytes, unseal
from gateway.passes.keys import kid_of, public_bytes, safe_public_key, signed_by
from gateway.passes.trust import IssuingKey, Trust, TrustList, TrustMark

MAX_TRUST_BYTES = 1 << 20  # about 130,000 revocations
CONTEXT = b"menshen trust list 1"
_ID_BYTES = 8
_MAX_VERSION = 2**53 - 1  # what JSON readers agree on


class TrustReason(StrEnum):
    UNREADABLE = "unreadable"  # no trust list, or one of a format this version does not know
    FORGED = "forged"  # not signed by a root key of this gate
    UNSAFE = "unsafe"  # signed, but it names a key anyone could sign for, or the root itself, or one key twice
    OLDER = "older"  # a lower version than the one in use: what was withdrawn would come back
    CONFLICTING = "conflicting"  # the version in use, with other content


class TrustRefused(Struct, frozen=True, tag=True):
    reason: TrustReason


def write_trust(listed: TrustList, root: Ed25519PrivateKey) -> bytes:
    """The signed blob. Raises ValueError where `read_trust` would not take it."""
    root_public = public_bytes(root)
    blob = seal(_payload(listed), root, kid_of(root_public), CONTEXT)
    read = read_trust(blob, [root_public], None)
    if isinstance(read, TrustRefused) or read.listed != listed:
        raise ValueError("not a trust list that a gate would take")
    return blob


def read_trust(blob: bytes, roots: list[bytes], current: Trust | TrustMark | None) -> Trust | TrustRefused:
    """Take the list if one of `roots` (raw public keys) signed it and it is not older than `current`.

    `current` is the list in use, or what is remembered of it; offered again, it is taken again. Instants are not
    compared with any clock: a gate that has been off for a month still knows its residents.
    """
    if len(blob) > MAX_TRUST_BYTES or (sealed := unseal(blob)) is None:
        return TrustRefused(TrustReason.UNREADABLE)
    message = signed_bytes(sealed, CONTEXT)
    if sealed.algorithm != EDDSA or not any(
        safe_public_key(root) and signed_by(root, sealed.signature, message) for root in roots
    ):
        return TrustRefused(TrustReason.FORGED)
    listed = _read_payload(sealed.payload)
    if listed is None:
        return TrustRefused(TrustReason.UNREADABLE)
    publics = [key.public for key in listed.keys]
    if (
        len(set(publics)) != len(publics)
        or not set(publics).isdisjoint(roots)
        or not all(map(safe_public_key, publics))
    ):
        return TrustRefused(TrustReason.UNSAFE)
    digest = hashlib.sha256(sealed.payload).digest()
    if current is not None and listed.version < current.version:
        return TrustRefused(TrustReason.OLDER)
    if current is not None and listed.version == current.version and digest != current.digest:
        return TrustRefused(TrustReason.CONFLICTING)
    return Trust(listed, _by_kid(listed.keys), digest, blob)


def _by_kid(keys: tuple[IssuingKey, ...]) -> dict[str, tuple[IssuingKey, ...]]:
    found: dict[str, tuple[IssuingKey, ...]] = {}
    for key in keys:
        kid = key.kid.hex()
        found[kid] = (*found.get(kid, ()), key)
    return found


def _payload(listed: TrustList) -> bytes:
    return cbor.write(
        {
            0: 1,
            1: listed.version,
            2: seconds(listed.issued_at),
            3: seconds(listed.next_update),
            4: [_key_entry(key) for key in listed.keys],
            5: b"".join(sorted(listed.revoked_passes)),
            6: b"".join(sorted(listed.revoked_subjects)),
        }
    )


def _key_entry(key: IssuingKey) -> list[object]:
    kinds = sorted(KIND_NUMBERS[kind] for kind in key.kinds)
    return [key.public, kinds, key.compounds, key.epoch, seconds(key.not_before), seconds(key.not_after), key.withdrawn]


def _read_payload(payload: bytes) -> TrustList | None:
    try:
        content = cbor.read(payload)
    except cbor.NotPlain:
        return None
    match content:
        case {
            0: 1,
            1: int(version),
            2: int(issued),
            3: int(update),
            4: list(entries),
            5: bytes(passes),
            6: bytes(subjects),
        } if (
            cbor.integers(version, issued, update)
            and len(passes) % _ID_BYTES == len(subjects) % _ID_BYTES == 0
            and 1 <= version <= _MAX_VERSION
            and 0 <= issued < update <= MAX_SECONDS
        ):
            pass
        case _:
            return None
    keys = [key for entry in entries if (key := _read_key(entry)) is not None]
    listed = TrustList(version, instant(issued), instant(update), tuple(keys), _ids(passes), _ids(subjects))
    # Written again it must give the same bytes: no entry left out, no id twice, nothing added.
    return listed if _payload(listed) == payload else None


def _read_key(entry: cbor.Plain) -> IssuingKey | None:
    match entry:
        case [bytes(public), list(kinds), dict(compounds), int(epoch), int(begin), int(end), bool(withdrawn)] if (
            cbor.integers(epoch, begin, end) and 0 <= epoch <= _MAX_VERSION and 0 <= begin < end <= MAX_SECONDS
        ):
            pass
        case _:
            return None
    named = {
        number: name
        for number, name in compounds.items()
        if isinstance(number, int) and isinstance(name, str) and _may_be_compound(number, name)
    }
    known = frozenset(NUMBERED_KINDS[kind] for kind in kinds if isinstance(kind, int) and kind in NUMBERED_KINDS)
    return IssuingKey(public, known, named, epoch, instant(begin), instant(end), withdrawn)


def _may_be_compound(number: int, name: str) -> bool:
    return 0 <= number <= MAX_COMPOUND_NUMBER and 0 < len(name) <= 64 and name.isprintable()


def _ids(joined: bytes) -> frozenset[bytes]:
    return frozenset(joined[at : at + _ID_BYTES] for at in range(0, len(joined), _ID_BYTES))
