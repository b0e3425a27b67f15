"""The text of a code and the trust list in; an authentic Pass, or a Refusal with its reason, out.

Rules of this module: it never raises, whatever the text. Lengths are capped before any work. What was signed must be
encoded in the one deterministic way, so a pass has exactly one text (on a phone: one in each step). The algorithm is
that of the key, never chosen by the pass. Whether the pass opens this gate at this hour is not asked here
(`gate_pass.within`, `gate_pass.covers`, `rotating.freshness`).
"""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from gateway.passes import rotating
from gateway.passes.claims import Claims, read_claims
from gateway.passes.cose import EDDSA, signed_bytes, unseal
from gateway.passes.gate_pass import Pass
from gateway.passes.keys import signed_by
from gateway.passes.text import ROTATING_PREFIX, from_text, is_ours
from gateway.passes.trust import IssuingKey, Trust


class Reason(StrEnum):
    UNREADABLE = "unreadable"
    FORGED = "forged"
    WITHDRAWN = "withdrawn"
    UNCHECKED = "unchecked"  # the signature is true, and the rest cannot be checked here: never "refused"


class Why(StrEnum):
    """The reason behind the reason, for the guard and for the operations centre."""

    NOT_OURS = "not_ours"  # some other code
    MALFORMED = "malformed"  # begins like ours, and is damaged or made up
    UNKNOWN_KEY = "unknown_key"
    WRONG_ALGORITHM = "wrong_algorithm"
    WRONG_SIGNATURE = "wrong_signature"
    NOT_ENTITLED = "not_entitled"  # a true signature of a key that may not sign such a pass
    KEY_WITHDRAWN = "key_withdrawn"
    PASS_WITHDRAWN = "pass_withdrawn"  # noqa: S105 - a word, no password
    SUBJECT_WITHDRAWN = "subject_withdrawn"
    WRONG_TAG = "wrong_tag"  # a true pass of a phone, with a step and tag that this phone did not make
    NO_ROTATING_SECRET = "no_rotating_secret"  # noqa: S105 - a word; this gate lacks the secret of that epoch


class Refusal(Struct, frozen=True, tag=True):
    """Not a valid pass. Where its signature is true all the same it comes along: whose it was may matter."""

    reason: Reason
    why: Why
    gate_pass: Pass | None = None


def verify(text: str, trust: Trust, secrets: rotating.Secrets = rotating.NO_SECRETS) -> Pass | Refusal:
    """Check the text of a code. `secrets` are for the codes of phones."""
    if is_ours(text, ROTATING_PREFIX):
        return _verify_rotating(text, trust, secrets)
    blob = from_text(text)
    if blob is None:
        return Refusal(Reason.UNREADABLE, Why.MALFORMED if is_ours(text) else Why.NOT_OURS)
    return verify_blob(blob, trust)


def _verify_rotating(text: str, trust: Trust, secrets: rotating.Secrets) -> Pass | Refusal:
    shown = rotating.read(text)
    if shown is None:
        return Refusal(Reason.UNREADABLE, Why.MALFORMED)
    found = verify_blob(shown.blob, trust, rotating.CONTEXT)
    if isinstance(found, Refusal):
        return found
    secret = secrets.get(shown.epoch)
    if secret is None:
        return Refusal(Reason.UNCHECKED, Why.NO_ROTATING_SECRET, found)
    if not rotating.tagged_by(rotating.pass_key(secret, bytes.fromhex(found.cti)), shown):
        return Refusal(Reason.FORGED, Why.WRONG_TAG, found)
    return replace(found, stepped=shown.stepped)


def verify_blob(blob: bytes, trust: Trust, context: bytes = b"") -> Pass | Refusal:
    """Check the COSE_Sign1 itself, signed in this context; at most `text.MAX_BLOB_BYTES` long."""
    sealed = unseal(blob)
    claims = None if sealed is None else read_claims(sealed.payload)
    if sealed is None or claims is None:
        return Refusal(Reason.UNREADABLE, Why.MALFORMED)
    if sealed.algorithm != EDDSA:
        return Refusal(Reason.FORGED, Why.WRONG_ALGORITHM)
    candidates = trust.keys.get(sealed.kid.hex(), ())
    if not candidates:
        return Refusal(Reason.FORGED, Why.UNKNOWN_KEY)
    message = signed_bytes(sealed, context)
    for key in candidates:
        if signed_by(key.public, sealed.signature, message):
            return _judged(claims, key, trust)
    return Refusal(Reason.FORGED, Why.WRONG_SIGNATURE)


def _judged(claims: Claims, key: IssuingKey, trust: Trust) -> Pass | Refusal:
    if not _entitled(claims, key):
        return Refusal(Reason.FORGED, Why.NOT_ENTITLED)
    gate_pass = Pass(
        cti=claims.cti.hex(),
        kid=key.kid.hex(),
        subject=None if claims.subject is None else claims.subject.hex(),
        compound=key.compounds[claims.compound_number],
        kind=claims.kind,
        gates=claims.gates,
        not_before=claims.not_before,
        not_after=claims.not_after,
        once=claims.once,
    )
    if key.withdrawn:
        return Refusal(Reason.WITHDRAWN, Why.KEY_WITHDRAWN, gate_pass)
    if claims.cti in trust.listed.revoked_passes:
        return Refusal(Reason.WITHDRAWN, Why.PASS_WITHDRAWN, gate_pass)
    if claims.subject in trust.listed.revoked_subjects:
        return Refusal(Reason.WITHDRAWN, Why.SUBJECT_WITHDRAWN, gate_pass)
    return gate_pass


def _entitled(claims: Claims, key: IssuingKey) -> bool:
    """May this key sign such a pass?

    Its window bounds the validity of what it signs. That needs no clock: a key stolen after its end is worth nothing.
    """
    return (
        claims.kind in key.kinds
        and claims.compound_number in key.compounds
        and key.not_before <= claims.not_before
        and claims.not_after <= key.not_after
    )
