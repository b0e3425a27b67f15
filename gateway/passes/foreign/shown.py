"""What is kept of a foreign credential: whether its signature is true, its hours and a key. Nothing of its content.

A certificate is a name, a birthday and a medical history. The reader looks at as little of it as the check needs, and
of that nothing leaves the reader. `key` is a keyed hash: it tells this house that the same credential came again, and
tells nobody else anything.
"""

import hashlib
import hmac
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from gateway.events.every import Proof

_KEY_BYTES = 16


class Scheme(StrEnum):
    EU_DCC = "eu_dcc"
    SMART_HEALTH_CARD = "smart_health_card"


class ForeignWhy(StrEnum):
    """The reason behind the proof."""

    MALFORMED = "malformed"
    CHUNKED = "chunked"  # one code of several (SMART Health Cards before 1.3.0): nothing to be said of a part
    OTHER_CONTENT = "other_content"  # a true signature over another kind of health credential (WHO, a link)
    NO_TRUST = "no_trust"  # no issuer of this scheme was configured
    UNKNOWN_ISSUER = "unknown_issuer"  # perhaps true, perhaps not: nobody here knows this key
    WRONG_ALGORITHM = "wrong_algorithm"
    WRONG_SIGNATURE = "wrong_signature"
    NOT_ENTITLED = "not_entitled"  # a true signature of a key that may not sign such a credential
    REVOKED = "revoked"  # the issuer's own list names it


class ForeignShown(Struct, frozen=True):
    """A foreign credential as the house knows it.

    `proof` is what the signature said; UNCHECKED where nobody here can tell, which is never "refused". Only where it is
    GENUINE or WITHDRAWN are the instants and `key` filled (aware UTC; valid from `not_before`, no longer at
    `not_after`; None where the issuer set none). `kid` names the issuer's key, in the scheme's own letters.
    """

    scheme: Scheme
    proof: Proof
    why: ForeignWhy | None = None
    kid: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    key: str = ""


def keyed(secret: bytes, scheme: Scheme, identity: bytes) -> str:
    """The key of a credential: 32 hex digits that cannot be turned back, nor compared between houses."""
    return hmac.digest(secret, scheme.encode() + b"\0" + identity, hashlib.sha256)[:_KEY_BYTES].hex()


def malformed(scheme: Scheme) -> ForeignShown:
    return ForeignShown(scheme, Proof.UNREADABLE, ForeignWhy.MALFORMED)
