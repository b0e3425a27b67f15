"""The text of an EU Digital COVID Certificate and signers' keys in, what may be kept of it out.

    HC1: base45( zlib( COSE_Sign1( CWT ) ) )        eu-dcc-hcert-spec, hcert_spec.md sections 3 and 4
    18([protected {1: algorithm, 4: kid}, unprotected, payload, signature])    either header may hold either of them
    payload {4: exp, 6: iat, -260: {1: {"v" | "t" | "r": [{"ci": certificate id, ...}], ...}}}

Asked of the content is only which groups it has (a key may be for tests alone) and the id of its first entry, which
goes into a keyed hash. Names, birthdays and findings are passed over.
"""

import hashlib
from datetime import datetime, timedelta

from msgspec import Struct

from gateway.events.every import Proof
from gateway.passes import cbor
from gateway.passes.foreign import base45, loose_cbor
from gateway.passes.foreign.dcc_keys import KID_BYTES, Group, SignerKey, SignerKeys
from gateway.passes.foreign.inflate import ZLIB, inflate
from gateway.passes.foreign.instants import instant_of
from gateway.passes.foreign.loose_cbor import Loose
from gateway.passes.foreign.shown import ForeignShown, ForeignWhy, Scheme, keyed, malformed
from gateway.passes.foreign.signatures import signed_by

PREFIX = "HC1:"
MAX_TEXT = 4296  # what the largest QR code holds in alphanumeric mode (ISO/IEC 18004 table 7)
MAX_CONTENT = 16_384  # bytes unpacked; the longest of 186 public ones has 870
_ALGORITHM, _KID = 1, 4  # header labels, RFC 9052 table 2
_EXP, _IAT = 4, 6  # RFC 8392 section 4
_SECOND = timedelta(seconds=1)
_MAX_ID = 128  # characters of a certificate id; the specification has 80


class _Signed(Struct, frozen=True):
    algorithm: Loose
    kid: bytes
    message: bytes
    payload: bytes
    signature: bytes


class _Content(Struct, frozen=True):
    issued: datetime | None
    expires: datetime
    groups: frozenset[Group]
    identity: bytes


def read_dcc(text: str, keys: SignerKeys, secret: bytes) -> ForeignShown:
    """Check a text that begins with HC1:. Never raises."""
    signed = _unpacked(text)
    if signed is None:
        return malformed(Scheme.EU_DCC)
    candidates = keys.get(signed.kid, ())
    kid = signed.kid.hex() if len(signed.kid) == KID_BYTES else ""
    if not candidates:
        why = ForeignWhy.UNKNOWN_ISSUER if keys else ForeignWhy.NO_TRUST
        return ForeignShown(Scheme.EU_DCC, Proof.UNCHECKED, why, kid)
    fitting = [key for key in candidates if key.algorithm == signed.algorithm]
    if not fitting:
        return ForeignShown(Scheme.EU_DCC, Proof.FORGED, ForeignWhy.WRONG_ALGORITHM, kid)
    for key in fitting:
        if signed_by(key.public, signed.signature, signed.message):
            return _judged(signed.payload, key, secret)
    return ForeignShown(Scheme.EU_DCC, Proof.FORGED, ForeignWhy.WRONG_SIGNATURE, kid)


def _judged(payload: bytes, key: SignerKey, secret: bytes) -> ForeignShown:
    content = _content(payload)
    if content is None and _is_of_another_kind(payload):
        return ForeignShown(Scheme.EU_DCC, Proof.UNCHECKED, ForeignWhy.OTHER_CONTENT, key.kid.hex())
    if content is None:
        return malformed(Scheme.EU_DCC)
    if not content.groups <= key.groups:
        return ForeignShown(Scheme.EU_DCC, Proof.FORGED, ForeignWhy.NOT_ENTITLED, key.kid.hex())
    return ForeignShown(
        scheme=Scheme.EU_DCC,
        proof=Proof.GENUINE,
        kid=key.kid.hex(),
        not_before=max(content.issued or key.not_before, key.not_before),
        not_after=min(content.expires, key.not_after),
        key=keyed(secret, Scheme.EU_DCC, content.identity),
    )


def _unpacked(text: str) -> _Signed | None:
    if len(text) > MAX_TEXT or not text.startswith(PREFIX):
        return None
    packed = base45.decode(text[len(PREFIX) :])
    blob = None if packed is None else inflate(packed, ZLIB, MAX_CONTENT)
    if blob is None:
        return None
    try:
        parts = loose_cbor.read(blob)
        match parts:
            case [bytes(protected), dict(unprotected), bytes(payload), bytes(signature)]:
                header = loose_cbor.read(protected) if protected else {}
            case _:
                return None
    except loose_cbor.NotLoose:
        return None
    if not isinstance(header, dict):
        return None
    kid = header.get(_KID, unprotected.get(_KID))  # where both have one, the signed one counts
    if not isinstance(kid, bytes):
        return None
    algorithm = header.get(_ALGORITHM, unprotected.get(_ALGORITHM))  # harmless unsigned: the key decides
    return _Signed(algorithm, kid, cbor.write(["Signature1", protected, b"", payload]), payload, signature)


def _content(payload: bytes) -> _Content | None:
    """What a payload says that is asked for; None where it lacks any of it."""
    try:
        claims = loose_cbor.read(payload)
    except loose_cbor.NotLoose:
        return None
    match claims:
        case {-260: {1: dict(certificate)}}:
            pass
        case _:
            return None
    assert isinstance(claims, dict)
    expires = instant_of(claims.get(_EXP))
    issued = instant_of(claims.get(_IAT))
    groups = frozenset(group for group in Group if certificate.get(group.value))
    if expires is None or (issued is None and _IAT in claims) or not groups:
        return None
    # At its last second it is still taken: ten official Danish cases are checked at exactly their exp, as valid.
    return _Content(issued, expires + _SECOND, groups, _identity(certificate, groups, payload))


def _is_of_another_kind(payload: bytes) -> bool:
    """Other health credentials come in the same wrapping, under another number: WHO's vaccination card -6, a link 5."""
    try:
        claims = loose_cbor.read(payload)
    except loose_cbor.NotLoose:
        return False
    match claims:
        case {-260: dict(kinds)}:
            return bool(kinds) and 1 not in kinds
        case _:
            return False


def _identity(certificate: dict[Loose, Loose], groups: frozenset[Group], payload: bytes) -> bytes:
    """The certificate id in the first entry, or else what was signed."""
    match certificate.get(min(groups).value):
        case [{"ci": str(written)}, *_] if 0 < len(written) <= _MAX_ID:
            return written.encode()
        case _:
            return hashlib.sha256(payload).digest()
