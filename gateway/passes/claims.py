"""Claims in, CWT payload out (RFC 8392); and back.

    a4
      04 1a ........           4 exp, seconds since 1970, whole
      05 1a ........           5 nbf
      07 48 ................   7 cti, 8 random bytes
      3a 00010000 85           -65537, private use: [compound number, kind number, gates, subject, once]

`gates` is a bit mask or -1 for all; `subject` is 8 bytes or null.

There is no issuer claim: the key says who issued it, and which compound a compound number means.
"""

from datetime import UTC, datetime

from msgspec import Struct

from gateway.passes import cbor
from gateway.passes.gate_pass import ALL_GATES, MAX_GATES, Kind

CTI_BYTES = 8
SUBJECT_BYTES = 8
MAX_SECONDS = 2**32 - 1  # 2106: every time fits five bytes
MAX_COMPOUND_NUMBER = 255
_EXP, _NBF, _CTI, _MENSHEN = 4, 5, 7, -65537
KIND_NUMBERS = {
    Kind.RESIDENT: 1,
    Kind.VISITOR: 2,
    Kind.STAFF: 3,
    Kind.COURIER: 4,
    Kind.VOLUNTEER: 5,
    Kind.OBSERVED: 6,
}
NUMBERED_KINDS = {number: kind for kind, number in KIND_NUMBERS.items()}


class Claims(Struct, frozen=True):
    """What an issuer signs. Instants are aware, in whole seconds; at `not_after` the pass is over."""

    cti: bytes
    subject: bytes | None
    compound_number: int
    kind: Kind
    gates: int
    not_before: datetime
    not_after: datetime
    once: bool


def fault(claims: Claims) -> str | None:
    """Why these claims may not be on a pass, None if they may."""
    if claims.not_before.microsecond or claims.not_after.microsecond:
        return "a pass begins and ends on a whole second"
    from_second, to_second = seconds(claims.not_before), seconds(claims.not_after)
    if len(claims.cti) != CTI_BYTES:
        return f"a pass id has {CTI_BYTES} bytes"
    if claims.subject is not None and len(claims.subject) != SUBJECT_BYTES:
        return f"a subject has {SUBJECT_BYTES} bytes"
    if not 0 <= claims.compound_number <= MAX_COMPOUND_NUMBER:
        return f"compound numbers go from 0 to {MAX_COMPOUND_NUMBER}"
    if claims.gates != ALL_GATES and not 1 <= claims.gates < 1 << MAX_GATES:
        return f"gates go from 1 to {MAX_GATES}, or are all gates"
    if not 0 <= from_second < to_second <= MAX_SECONDS:
        return "a pass begins before it ends, between 1970 and 2106"
    return None


def write_claims(claims: Claims) -> bytes:
    """The CWT payload. Raises ValueError with the fault."""
    if (why := fault(claims)) is not None:
        raise ValueError(why)
    return _encoded(claims)


def read_claims(payload: bytes) -> Claims | None:
    """The claims of a payload, None where `write_claims` would never have written it."""
    try:
        content = cbor.read(payload)
    except cbor.NotPlain:
        return None
    match content:
        case {
            4: int(exp),
            5: int(nbf),
            7: bytes(cti),
            -65537: [int(compound), int(kind), int(gates), subject, bool(once)],
        }:
            pass
        case _:
            return None
    if not cbor.integers(exp, nbf, compound, kind, gates):
        return None
    if kind not in NUMBERED_KINDS or not (subject is None or isinstance(subject, bytes)):
        return None
    if not (0 <= nbf <= MAX_SECONDS and 0 <= exp <= MAX_SECONDS):
        return None
    claims = Claims(cti, subject, compound, NUMBERED_KINDS[kind], gates, instant(nbf), instant(exp), once)
    return claims if fault(claims) is None and _encoded(claims) == payload else None


def instant(second: int) -> datetime:
    """Seconds since 1970 (0 to MAX_SECONDS) as aware UTC."""
    return datetime.fromtimestamp(second, UTC)


def seconds(at: datetime) -> int:
    """An aware instant as whole seconds since 1970."""
    return int(at.timestamp())


def _encoded(claims: Claims) -> bytes:
    private = [claims.compound_number, KIND_NUMBERS[claims.kind], claims.gates, claims.subject, claims.once]
    return cbor.write(
        {_EXP: seconds(claims.not_after), _NBF: seconds(claims.not_before), _CTI: claims.cti, _MENSHEN: private}
    )
