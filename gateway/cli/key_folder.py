"""A folder in, root key, issuing keys and trust list out; and back. The one place that knows their files.

root.pem           private root key, mode 0600: belongs on a stick in a safe, needed only to change the trust list
root.pub.pem       public root key: every gateway carries it
trust.cose         the signed trust list
issuing/KIND-EPOCH.pem    private issuing keys, mode 0600: the office that hands out passes
"""

import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.passes.gate_pass import Kind
from gateway.passes.keys import private_pem, public_bytes, public_pem, read_private_pem, read_public_pem
from gateway.passes.trust import IssuingKey, Trust, TrustList
from gateway.passes.trust_list import TrustRefused, read_trust, write_trust

NewKeys = Mapping[tuple[Kind, int], Ed25519PrivateKey]  # by kind and epoch
ROOT, ROOT_PUBLIC, TRUST, ISSUING = "root.pem", "root.pub.pem", "trust.cose", "issuing"


class KeyTrouble(Exception):
    """A file of keys is missing, unreadable, open to others, or would be overwritten."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


class KeyFolder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, root: Ed25519PrivateKey, listed: TrustList, fresh: NewKeys) -> Trust:
        """A new folder with its first trust list. Raises KeyTrouble rather than touch one that has keys in it."""
        write_trust(listed, root)  # raises before anything is written
        if self.path.is_dir() and any(self.path.iterdir()):
            raise KeyTrouble(self.path, "is not empty; keys are never overwritten")
        (self.path / ISSUING).mkdir(parents=True, mode=0o700)
        self.path.chmod(0o700)
        _write_new(self.path / ROOT, private_pem(root), 0o600)
        _write_new(self.path / ROOT_PUBLIC, public_pem(public_bytes(root)), 0o644)
        return self.sign(listed, fresh)

    def sign(self, listed: TrustList, fresh: NewKeys) -> Trust:
        """Sign and store a trust list, newer than the one that is there, and the private keys that are new in it."""
        root = _private(self.path / ROOT)
        current = self.trust() if (self.path / TRUST).exists() else None
        blob = write_trust(listed, root)
        read = read_trust(blob, [public_bytes(root)], current)
        if isinstance(read, TrustRefused):
            raise KeyTrouble(self.path / TRUST, f"the new trust list is {read.reason}")
        for (kind, epoch), key in fresh.items():
            _write_new(self._issuing(kind, epoch), private_pem(key), 0o600)
        _replace(self.path / TRUST, blob)
        return read

    def trust(self) -> Trust:
        return trust_of(self.path / TRUST, self.path / ROOT_PUBLIC)

    def issuing_key(self, kind: Kind, compound: str) -> tuple[IssuingKey, Ed25519PrivateKey]:
        """The newest key of this folder that may sign passes of this kind for this compound."""
        fitting = [key for key in self.trust().listed.keys if _may(key, kind, compound)]
        for key in sorted(fitting, key=lambda key: key.epoch, reverse=True):
            path = self._issuing(kind, key.epoch)
            if path.exists() and public_bytes(private := _private(path)) == key.public:
                return key, private
        raise KeyTrouble(self.path, f"no key here may sign {kind} passes for compound {compound!r}")

    def _issuing(self, kind: Kind, epoch: int) -> Path:
        return self.path / ISSUING / f"{kind}-{epoch}.pem"


def trust_of(trust_file: Path, root_file: Path) -> Trust:
    """The trust list of a file, checked against the public root key of another."""
    try:
        root = read_public_pem(_read(root_file))
    except ValueError as exc:
        raise KeyTrouble(root_file, str(exc)) from exc
    read = read_trust(_read(trust_file), [root], None)
    if isinstance(read, TrustRefused):
        raise KeyTrouble(trust_file, f"the trust list is {read.reason}")
    return read


def _may(key: IssuingKey, kind: Kind, compound: str) -> bool:
    return not key.withdrawn and kind in key.kinds and compound in key.compounds.values()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise KeyTrouble(path, exc.strerror or "cannot be read") from exc


def _private(path: Path) -> Ed25519PrivateKey:
    pem = _read(path)
    if path.stat().st_mode & 0o077:
        raise KeyTrouble(path, "can be read by others: chmod 600 it, and think about who may have")
    try:
        return read_private_pem(pem)
    except ValueError as exc:
        raise KeyTrouble(path, str(exc)) from exc


def _write_new(path: Path, data: bytes, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as exc:
        raise KeyTrouble(path, "is there already; keys are never overwritten") from exc
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    _write_new(fresh, data, 0o644)
    fresh.replace(path)
