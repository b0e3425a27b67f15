"""A pass, its key and a step of fifteen seconds in, the code a phone shows in that step out; and back.

    MS2: base32( blob || word || tag )

    blob   the signed pass, 120 bytes as a rule. It is signed with a context of its own (`CONTEXT`), so that nobody can
           cut the tag off a copied code and print the rest on a card
    word   4 bytes: epoch of the secret (upper 4 bits), step (lower 28): seconds since 1970 // 15, good until 2097
    tag    6 bytes: the first of HMAC-SHA256(key, "menshen rotating tag 1" || blob || word)
    key    HKDF-SHA256(secret of that epoch, info = "menshen rotating key 1" || cti), RFC 5869; the phone has only this

Ten bytes: version 8-M as before for every pass. 48 bits are enough for a tag that can only be tried at a gate, in front
of a guard, and not at home. What a phone could be made to show, and the gate's clock, are the caller's business: here
the step only says when the code began to be shown, and `freshness` what that is worth at an hour.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from gateway.passes.text import MAX_BLOB_BYTES, ROTATING_PREFIX, from_text, to_text

CONTEXT = b"menshen rotating 1"
STEP = timedelta(seconds=15)
GOOD_FOR = timedelta(seconds=40)  # from when the code began to be shown, by the phone's clock
MAX_AHEAD = timedelta(seconds=20)  # how fast a phone's clock may be; slow, it may be 25 s
TAG_BYTES, WORD_BYTES = 6, 4
SUFFIX_BYTES = WORD_BYTES + TAG_BYTES
SECRET_BYTES = 32
MAX_EPOCH = 15
_STEP_BITS = 28
_KEY_INFO, _TAG_INFO = b"menshen rotating key 1", b"menshen rotating tag 1"

Secrets = Mapping[int, bytes]  # by epoch
NO_SECRETS: Secrets = {}


class Shown(Struct, frozen=True):
    """The parts of a rotating code. Nothing in it is to be believed before signature and tag have been checked."""

    blob: bytes
    word: bytes
    tag: bytes

    @property
    def epoch(self) -> int:
        return int.from_bytes(self.word, "big") >> _STEP_BITS

    @property
    def stepped(self) -> datetime:
        """When the step began."""
        step = int.from_bytes(self.word, "big") & ((1 << _STEP_BITS) - 1)
        return datetime.fromtimestamp(step * STEP.total_seconds(), UTC)


class Freshness(StrEnum):
    """What a true rotating code is worth."""

    FRESH = "fresh"
    USED = (
        "used"  # this code, or a later one of this pass, was shown before: it is a copy, or the phone's clock went back
    )
    CLOCK_NOT_TRUSTED = "clock_not_trusted"  # nobody here can tell how old it is, which is never "too old"
    OLD = "old"
    AHEAD = "ahead"  # from the future: the phone's clock is fast


def pass_key(secret: bytes, cti: bytes) -> bytes:
    """The key of one pass: who has it can show that pass, and no other."""
    extracted = hmac.digest(bytes(hashlib.sha256().digest_size), secret, hashlib.sha256)
    return hmac.digest(extracted, _KEY_INFO + cti + b"\x01", hashlib.sha256)


def show(blob: bytes, key: bytes, epoch: int, at: datetime) -> str:
    """What a phone shows at this instant. Raises ValueError where the pass leaves no room for step and tag."""
    if len(blob) > MAX_BLOB_BYTES - SUFFIX_BYTES or not 0 <= epoch <= MAX_EPOCH:
        raise ValueError("this pass does not fit a rotating code")
    step = int(at.timestamp()) // int(STEP.total_seconds())
    word = (epoch << _STEP_BITS | step).to_bytes(WORD_BYTES, "big")
    return to_text(blob + word + _tag(key, blob, word), ROTATING_PREFIX)


def read(text: str) -> Shown | None:
    """The parts of a rotating code, None where `show` would not have written it."""
    whole = from_text(text, ROTATING_PREFIX)
    if whole is None or len(whole) <= SUFFIX_BYTES:
        return None
    return Shown(whole[:-SUFFIX_BYTES], whole[-SUFFIX_BYTES:-TAG_BYTES], whole[-TAG_BYTES:])


def tagged_by(key: bytes, shown: Shown) -> bool:
    """Did a phone with the key of this pass make this code?"""
    return hmac.compare_digest(shown.tag, _tag(key, shown.blob, shown.word))


def freshness(stepped: datetime, at: datetime, clock_trusted: bool, last_used: datetime | None) -> Freshness:
    """What a true code is worth at this hour, if the last one of this pass that was used began at `last_used`.

    The very same code is used whatever the clock says. An earlier one is, by a trusted clock: without it, or with a
    last use from the future, it may as well be the phone's date that was put right between the two.
    """
    if last_used is not None and (stepped == last_used or (clock_trusted and stepped < last_used <= at + MAX_AHEAD)):
        return Freshness.USED
    if not clock_trusted:
        return Freshness.CLOCK_NOT_TRUSTED
    if at - stepped >= GOOD_FOR:
        return Freshness.OLD
    return Freshness.AHEAD if stepped - at > MAX_AHEAD else Freshness.FRESH


def forgettable(last_used: datetime, at: datetime) -> bool:
    """Need the house remember no longer that this step was used? Trust in the clock is the caller's to ask for."""
    return at - last_used >= GOOD_FOR


def _tag(key: bytes, blob: bytes, word: bytes) -> bytes:
    return hmac.digest(key, _TAG_INFO + blob + word, hashlib.sha256)[:TAG_BYTES]
