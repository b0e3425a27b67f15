"""`[passes.foreign]` in, whom to believe out. Reads the files that are named there, once, at the start."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from gateway.config.foreign import CardIssuerSection, ForeignSection
from gateway.passes.foreign.dcc_keys import by_kid, read_certificates
from gateway.passes.foreign.reader import ForeignTrust
from gateway.passes.foreign.shc_keys import CardKeys, merged, read_key_set, read_revocations, revoking

MAX_FILE = 64_000_000  # bytes: a revocation list may be long, and a wrong path may be anything
_Read = TypeVar("_Read")


def foreign_trust(section: ForeignSection, secret: bytes) -> ForeignTrust:
    """Raises OSError, or ValueError that names the file and its fault. `secret` is the house's own, for hashes."""
    signers = by_kid(key for path in section.dcc_signers for key in _from(path, read_certificates))
    issuers = merged(map(_card_keys, section.card_issuers))
    return ForeignTrust(signers, issuers, secret, section.admits[0] if section.admits else "")


def _card_keys(issuer: CardIssuerSection) -> CardKeys:
    keys = _from(issuer.keys, lambda content: read_key_set(issuer.iss, content))
    return revoking(keys, [_from(path, read_revocations) for path in issuer.revoked])


def _from(path: Path, read: Callable[[bytes], _Read]) -> _Read:
    with path.open("rb") as file:
        content = file.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise ValueError(f"{path}: larger than {MAX_FILE} bytes")
    try:
        return read(content)
    except ValueError as exc:
        raise ValueError(f"{path}: {exc}") from exc
