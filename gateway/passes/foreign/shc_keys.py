"""An issuer's address, its key set and its revocation lists (JSON) in, what SMART Health Cards are checked with out.

SMART Health Cards 1.4, "Determining keys associated with an issuer" and "Revocation"; key sets RFC 7517, key ids are
thumbprints (RFC 7638). A list names revocation ids, each alone or as "rid.seconds": then only cards of before count.
"""

import hashlib
import json
from collections.abc import Iterable

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey, EllipticCurvePublicNumbers
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from gateway.passes.foreign import base64url

_COORDINATE_BYTES = 32
MAX_RIDS = 1_000_000


class CardKey(Struct, frozen=True):
    """One key, the issuers that name it as theirs, and what they revoked under it.

    `revoked` has, for each revocation id, the instant (seconds since 1970) before which cards were issued that no
    longer count; None where all of them do not.
    """

    kid: str
    public: EllipticCurvePublicKey
    issuers: frozenset[str]
    revoked: dict[str, float | None]


CardKeys = dict[str, CardKey]


class _Key(Struct):
    kty: str
    kid: str = ""
    crv: str = ""
    x: str = ""
    y: str = ""
    d: msgspec.Raw | UnsetType = UNSET


class _KeySet(Struct):
    keys: list[_Key]


class Revocations(Struct, frozen=True):
    """One list of one key; of two the one with the higher counter counts."""

    kid: str
    method: str
    ctr: int
    rids: list[str]


def card_keys(issuer: str, key_set: bytes, lists: Iterable[bytes]) -> CardKeys:
    """Keys by key id. Raises ValueError with the fault; keys that sign no cards are left out."""
    return revoking(read_key_set(issuer, key_set), map(read_revocations, lists))


def read_key_set(issuer: str, key_set: bytes) -> CardKeys:
    """An issuer's keys, with nothing revoked. Raises ValueError with the fault."""
    keys: CardKeys = {}
    for key in msgspec.json.decode(key_set, type=_KeySet).keys:
        if key.kty != "EC" or key.crv != "P-256":
            continue
        if key.d is not UNSET:
            raise ValueError(f"the key set holds the private half of {key.kid!r}: whoever has it signs cards")
        if key.kid != _thumbprint(key):
            raise ValueError(f"the key id {key.kid!r} is not the thumbprint of its key (RFC 7638)")
        keys[key.kid] = CardKey(key.kid, _public(key), frozenset({issuer}), {})
    if not keys:
        raise ValueError("the key set holds no key on P-256")
    return keys


def read_revocations(file: bytes) -> Revocations:
    """One list. Raises ValueError with the fault."""
    listed = msgspec.json.decode(file, type=Revocations)
    if listed.method != "rid":
        raise ValueError(f"unknown way of revoking: {listed.method!r}")
    if len(listed.rids) > MAX_RIDS:
        raise ValueError(f"more than {MAX_RIDS} revocation ids in one list")
    _rids(listed.rids)
    return listed


def revoking(keys: CardKeys, lists: Iterable[Revocations]) -> CardKeys:
    """The keys with what their newest lists revoke."""
    newest: dict[str, Revocations] = {}
    for listed in lists:
        if listed.kid not in newest or newest[listed.kid].ctr < listed.ctr:
            newest[listed.kid] = listed
    return {kid: replace(key, revoked=_rids(newest[kid].rids)) if kid in newest else key for kid, key in keys.items()}


def merged(several: Iterable[CardKeys]) -> CardKeys:
    """The keys of several issuers; where two name the same key it is the key of both."""
    keys: CardKeys = {}
    for one in several:
        for kid, key in one.items():
            known = keys.get(kid)
            keys[kid] = key if known is None else _both(known, key)
    return keys


def _both(first: CardKey, second: CardKey) -> CardKey:
    revoked = dict(first.revoked)
    for rid, before in second.revoked.items():
        revoked[rid] = _wider(revoked[rid], before) if rid in revoked else before
    return CardKey(first.kid, first.public, first.issuers | second.issuers, revoked)


def _thumbprint(key: _Key) -> str:
    members = json.dumps({"crv": key.crv, "kty": key.kty, "x": key.x, "y": key.y}, separators=(",", ":"))
    return base64url.encode(hashlib.sha256(members.encode()).digest())


def _public(key: _Key) -> EllipticCurvePublicKey:
    x, y = base64url.decode(key.x), base64url.decode(key.y)
    if x is None or y is None or len(x) != _COORDINATE_BYTES or len(y) != _COORDINATE_BYTES:
        raise ValueError(f"the key {key.kid!r} has no coordinates of {_COORDINATE_BYTES} bytes")
    numbers = EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), SECP256R1())
    return numbers.public_key()  # ValueError where that is no point of the curve


def _rids(written: list[str]) -> dict[str, float | None]:
    revoked: dict[str, float | None] = {}
    for entry in written:
        rid, dot, seconds = entry.partition(".")
        before = float(int(seconds)) if dot else None  # ValueError says which
        revoked[rid] = _wider(revoked[rid], before) if rid in revoked else before
    return revoked


def _wider(first: float | None, second: float | None) -> float | None:
    """Of two revocations of the same id, the one that takes in more cards."""
    return None if first is None or second is None else max(first, second)
