"""The text of a SMART Health Card and issuers' keys in, what may be kept of it out.

    shc:/ digits, two for each character of the JWS: its ASCII code less 45      SMART Health Cards 1.4, "QR codes"
    header {"alg":"ES256","zip":"DEF","kid":thumbprint} . deflated payload . signature, each in base64url
    payload {"iss": address, "nbf": seconds, "exp"?: seconds, "vc": {"type": [...], "rid"?: id, ...}}

The signature is checked before anything is unpacked. The payload is decoded into the fields named above and no others:
the health record in it never becomes a value here.
"""

from typing import TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from gateway.events.every import Proof
from gateway.passes.foreign import base64url
from gateway.passes.foreign.inflate import RAW, inflate
from gateway.passes.foreign.instants import instant_of
from gateway.passes.foreign.shc_keys import CardKey, CardKeys
from gateway.passes.foreign.shown import ForeignShown, ForeignWhy, Scheme, keyed, malformed
from gateway.passes.foreign.signatures import ES256_BYTES, signed_by

PREFIX = "shc:/"
MAX_TEXT = 7089  # what the largest QR code holds in numeric mode (ISO/IEC 18004 table 7)
MAX_CONTENT = 65_536  # bytes unpacked; the longest of the public ones has 2,687
_OFFSET = 45  # "-", the lowest character of a JWS
_HIGHEST = ord("z") - _OFFSET
_HEALTH_CARD = "https://smarthealth.cards#health-card"
_KID_LETTERS = 43  # of a SHA-256 thumbprint
_Kind = TypeVar("_Kind")


class _Header(Struct):
    alg: str
    zip: str
    kid: str
    crit: msgspec.Raw | UnsetType = UNSET  # RFC 7515 section 4.1.11: what we do not understand we must not take


class _Credential(Struct):
    type: list[str]
    rid: str = ""


class _Payload(Struct):
    iss: str
    nbf: float
    vc: _Credential
    exp: float | UnsetType = UNSET


def read_shc(text: str, keys: CardKeys, secret: bytes) -> ForeignShown:
    """Check a text that begins with shc:/. Never raises."""
    if len(text) > MAX_TEXT:
        return malformed(Scheme.SMART_HEALTH_CARD)
    if "/" in text[len(PREFIX) :]:
        return ForeignShown(Scheme.SMART_HEALTH_CARD, Proof.UNCHECKED, ForeignWhy.CHUNKED)
    jws = from_digits(text[len(PREFIX) :])
    return malformed(Scheme.SMART_HEALTH_CARD) if jws is None else read_jws(jws, keys, secret)


def from_digits(digits: str) -> str | None:
    """The JWS in a row of digits, None where no card has such a row."""
    if len(digits) % 2 or not (digits.isascii() and digits.isdigit()):
        return None
    values = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    return None if any(value > _HIGHEST for value in values) else "".join(chr(value + _OFFSET) for value in values)


def read_jws(jws: str, keys: CardKeys, secret: bytes) -> ForeignShown:
    """Check the compact JWS itself."""
    parts = jws.split(".")
    if len(jws) > MAX_TEXT or len(parts) != 3:
        return malformed(Scheme.SMART_HEALTH_CARD)
    raw_header, packed, signature = map(base64url.decode, parts)
    if raw_header is None or packed is None or signature is None or len(signature) != ES256_BYTES:
        return malformed(Scheme.SMART_HEALTH_CARD)
    header = _decoded(raw_header, _Header)
    if header is None or header.zip != "DEF" or header.crit is not UNSET or len(header.kid) != _KID_LETTERS:
        return malformed(Scheme.SMART_HEALTH_CARD)
    key = keys.get(header.kid)
    if key is None:
        known = base64url.decode(header.kid) is not None
        why = ForeignWhy.UNKNOWN_ISSUER if keys else ForeignWhy.NO_TRUST
        return ForeignShown(Scheme.SMART_HEALTH_CARD, Proof.UNCHECKED, why, header.kid if known else "")
    if header.alg != "ES256":
        return ForeignShown(Scheme.SMART_HEALTH_CARD, Proof.FORGED, ForeignWhy.WRONG_ALGORITHM, key.kid)
    message = ".".join(parts[:2]).encode("ascii")
    if not signed_by(key.public, signature, message):
        return ForeignShown(Scheme.SMART_HEALTH_CARD, Proof.FORGED, ForeignWhy.WRONG_SIGNATURE, key.kid)
    return _judged(packed, key, keyed(secret, Scheme.SMART_HEALTH_CARD, message))


def _judged(packed: bytes, key: CardKey, credential: str) -> ForeignShown:
    content = inflate(packed, RAW, MAX_CONTENT)
    payload = None if content is None else _decoded(content, _Payload)
    if payload is None or _HEALTH_CARD not in payload.vc.type:
        return malformed(Scheme.SMART_HEALTH_CARD)
    not_before = instant_of(payload.nbf)
    not_after = None if isinstance(payload.exp, UnsetType) else instant_of(payload.exp)
    if not_before is None or (not_after is None and not isinstance(payload.exp, UnsetType)):
        return malformed(Scheme.SMART_HEALTH_CARD)
    if payload.iss not in key.issuers:
        return ForeignShown(Scheme.SMART_HEALTH_CARD, Proof.FORGED, ForeignWhy.NOT_ENTITLED, key.kid)
    revoked = _is_revoked(payload, key)
    return ForeignShown(
        scheme=Scheme.SMART_HEALTH_CARD,
        proof=Proof.WITHDRAWN if revoked else Proof.GENUINE,
        why=ForeignWhy.REVOKED if revoked else None,
        kid=key.kid,
        not_before=not_before,
        not_after=not_after,
        key=credential,
    )


def _is_revoked(payload: _Payload, key: CardKey) -> bool:
    if not payload.vc.rid or payload.vc.rid not in key.revoked:
        return False
    before = key.revoked[payload.vc.rid]
    return before is None or payload.nbf < before


def _decoded(raw: bytes, kind: type[_Kind]) -> _Kind | None:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):  # the latter two: endless nesting, bytes no text
        return None
