"""Personal fields in, sealed text out, and back: AES-256-GCM under a key that only this gateway has.

What a seal guards against is a stolen card or a lost backup. The identity of the field (book, document, field name) is
associated data, so that a sealed value copied into another person's document does not open there.
"""

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.journal.schema import sync_folder

KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D 8.2.2: random nonces, far below 2**32 seals under one key
PREFIX = "sealed:1:"
Field = Callable[[object, str], object]


class SealError(Exception):
    """A key that may not be used, or a value that does not open."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


class Sealer:
    """Seals every field of these names, however deep in a document it stands."""

    def __init__(self, key: bytes, personal: frozenset[str]) -> None:
        self._cipher = AESGCM(key)
        self._personal = personal

    def seal(self, value: object, identity: str) -> object:
        """A document (or a part of one) with its personal fields sealed; the rest is the same object."""
        return self._walk(value, identity, self._seal_field)

    def open(self, value: object, identity: str) -> object:
        """The same document in plain. Raises SealError where a field is not sealed by this key for this place."""
        return self._walk(value, identity, self._open_field)

    def _walk(self, value: object, identity: str, field: Field) -> object:
        if value is None or isinstance(value, str | int):  # most of it; a Mapping is asked after ten times as slowly
            return value
        if isinstance(value, Mapping):
            return {
                name: field(part, f"{identity}/{name}") if name in self._personal else self._walk(part, identity, field)
                for name, part in value.items()
            }
        if isinstance(value, list):
            return [self._walk(part, identity, field) for part in value]
        return value

    def _seal_field(self, value: object, identity: str) -> object:
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, msgspec.json.encode(value), identity.encode())
        return PREFIX + base64.b64encode(nonce + sealed).decode("ascii")

    def _open_field(self, value: object, identity: str) -> object:
        if not isinstance(value, str) or not value.startswith(PREFIX):
            raise SealError(identity, "is not sealed")
        try:
            raw = binascii.a2b_base64(value[len(PREFIX) :], strict_mode=True)
            return msgspec.json.decode(self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], identity.encode()))
        except (InvalidTag, ValueError) as exc:
            raise SealError(identity, "does not open: another key, another place, or damaged") from exc


def load_key(path: Path, *, create: bool) -> bytes:
    """The key in a file of mode 0600; with `create`, a missing one is made. Raises SealError.

    Do not create where sealed documents exist already: a new key would not open them.
    """
    if create and not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(".fresh")
        handle = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        try:
            os.write(handle, os.urandom(KEY_BYTES))
            os.fsync(handle)
        finally:
            os.close(handle)
        fresh.rename(path)
        sync_folder(path.parent)
    try:
        mode = path.stat().st_mode & 0o777
        key = path.read_bytes()
    except OSError as exc:
        raise SealError(str(path), f"cannot be read: {exc.strerror}") from exc
    if mode & 0o077:
        raise SealError(str(path), f"others may read this key (mode {mode:04o}); chmod 600, and think who has")
    if len(key) != KEY_BYTES:
        raise SealError(str(path), f"holds {len(key)} bytes instead of {KEY_BYTES}")
    return key
