"""Codes of phones: each is good for one step at one gate, and a copy of one is worth nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.passes.claims import Claims, write_claims
from gateway.passes.cose import seal
from gateway.passes.gate_pass import Pass
from gateway.passes.issue import issue_for_phone
from gateway.passes.keys import kid_of, public_bytes
from gateway.passes.rotating import (
    CONTEXT,
    GOOD_FOR,
    MAX_EPOCH,
    SUFFIX_BYTES,
    Freshness,
    forgettable,
    freshness,
    pass_key,
    read,
    show,
)
from gateway.passes.text import MAX_BLOB_BYTES, PHONE_PREFIX, PREFIX, ROTATING_PREFIX, from_text, to_text
from gateway.passes.verify import Reason, Refusal, Why, verify
from tests.gateway.passes.kit import NOW, RESIDENTS, STRANGER, claims, resident, trust

SECRET = b"\x07" * 32
SECRETS = {3: SECRET}
TRUST = trust()
CTI = claims().cti
KEY = pass_key(SECRET, CTI)
SHOWN_AT = NOW + timedelta(seconds=7)  # NOW is the beginning of a step


def blob(**changes: Any) -> bytes:
    text = issue_for_phone(claims(**changes), RESIDENTS, kid_of(public_bytes(RESIDENTS)))
    found = from_text(text, PHONE_PREFIX)
    assert found is not None
    return found


def code(at: datetime = SHOWN_AT, key: bytes = KEY, epoch: int = 3, **changes: Any) -> str:
    return show(blob(**changes), key, epoch, at)


def worth(shown: str, at: datetime, clock_trusted: bool = True, last_used: datetime | None = None) -> Freshness:
    found = verify(shown, TRUST, SECRETS)
    assert isinstance(found, Pass)
    assert found.stepped is not None
    return freshness(found.stepped, at, clock_trusted, last_used)


def refused(text: str, **changes: Any) -> Refusal:
    found = verify(text, TRUST, **{"secrets": SECRETS} | changes)
    assert isinstance(found, Refusal)
    return found


def test_a_phones_code_is_its_pass_and_says_when_it_was_shown() -> None:
    card = verify(resident(), TRUST)
    assert isinstance(card, Pass)
    assert card.stepped is None
    assert verify(code(), TRUST, SECRETS) == replace(card, stepped=NOW)


def test_a_code_changes_with_the_step_and_not_within_it() -> None:
    assert code(NOW) == code(NOW + timedelta(seconds=14.9))
    assert len({code(NOW + timedelta(seconds=15) * step) for step in range(100)}) == 100


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, Freshness.FRESH),
        (32.9, Freshness.FRESH),  # 39.9 s after its step began
        (33, Freshness.OLD),
        (40, Freshness.OLD),  # a screenshot that is 40 s old, whenever in its step it was taken
        (3600, Freshness.OLD),
        (-27, Freshness.FRESH),
        (-27.1, Freshness.AHEAD),
        (-86_400, Freshness.AHEAD),
    ],
)
def test_a_code_is_worth_something_for_forty_seconds(seconds: float, expected: Freshness) -> None:
    assert worth(code(), SHOWN_AT + timedelta(seconds=seconds)) is expected


@given(st.floats(0, 15, exclude_max=True), st.floats(40, 1e8))
def test_no_picture_forty_seconds_old_is_taken(within: float, age: float) -> None:
    taken = NOW + timedelta(seconds=within)
    assert freshness(NOW, taken + timedelta(seconds=age), True, None) is Freshness.OLD


@given(st.floats(-25, 20), st.floats(0, 15, exclude_max=True))
def test_a_phone_may_be_somewhat_slow_or_fast(wrong_by: float, within: float) -> None:
    phone = NOW + timedelta(seconds=within)
    assert worth(code(phone), phone - timedelta(seconds=wrong_by)) is Freshness.FRESH


def test_the_same_code_twice_is_used_and_so_is_an_older_one() -> None:
    assert worth(code(), SHOWN_AT, last_used=NOW) is Freshness.USED
    assert worth(code(), SHOWN_AT, last_used=NOW + timedelta(seconds=15)) is Freshness.USED
    assert worth(code(NOW + timedelta(seconds=15)), NOW + timedelta(seconds=16), last_used=NOW) is Freshness.FRESH


def test_without_a_trusted_clock_a_code_is_never_called_old_and_a_used_one_is_still_used() -> None:
    for days in (-1000, 0, 1000):
        at = SHOWN_AT + timedelta(days=days)
        assert worth(code(), at, clock_trusted=False) is Freshness.CLOCK_NOT_TRUSTED
        assert worth(code(), at, clock_trusted=False, last_used=NOW) is Freshness.USED


def test_a_phone_whose_date_was_put_right_is_not_kept_out() -> None:
    """While nobody could tell the time it showed codes of next year; now its codes are of now."""
    next_year = NOW + timedelta(days=365)
    assert worth(code(), SHOWN_AT, clock_trusted=True, last_used=next_year) is Freshness.FRESH
    assert worth(code(), SHOWN_AT, clock_trusted=False, last_used=next_year) is Freshness.CLOCK_NOT_TRUSTED


@given(st.floats(0, 1000))
def test_what_may_be_forgotten_would_be_refused_anyway(seconds: float) -> None:
    at = NOW + timedelta(seconds=seconds)
    if forgettable(NOW, at):
        assert freshness(NOW, at, True, None) is Freshness.OLD
    else:
        assert seconds < GOOD_FOR.total_seconds()


def test_the_tag_cut_off_leaves_nothing_a_gate_takes() -> None:
    shown = read(code())
    assert shown is not None
    for prefix in (PREFIX, ROTATING_PREFIX, PHONE_PREFIX):
        assert refused(to_text(shown.blob, prefix)).reason in (Reason.FORGED, Reason.UNREADABLE)
    assert refused(to_text(shown.blob)).why is Why.WRONG_SIGNATURE


def test_a_card_cannot_be_shown_as_a_phone() -> None:
    card = from_text(resident())
    assert card is not None
    assert refused(show(card, KEY, 3, NOW)) == Refusal(Reason.FORGED, Why.WRONG_SIGNATURE)


@pytest.mark.parametrize("key", [bytes(32), pass_key(SECRET, b"another_"), pass_key(b"other" * 8, CTI)])
def test_a_tag_of_another_key_is_forged_and_says_whose_pass_was_copied(key: bytes) -> None:
    found = refused(code(key=key))
    assert (found.reason, found.why) == (Reason.FORGED, Why.WRONG_TAG)
    assert found.gate_pass is not None
    assert found.gate_pass.cti == CTI.hex()


@given(st.integers(0, SUFFIX_BYTES * 8 - 1))
def test_no_bit_of_step_and_tag_can_be_changed(bit: int) -> None:
    whole = from_text(code(), ROTATING_PREFIX)
    assert whole is not None
    changed = (int.from_bytes(whole, "big") ^ 1 << bit).to_bytes(len(whole), "big")
    assert refused(to_text(changed, ROTATING_PREFIX)).why in (Why.WRONG_TAG, Why.NO_ROTATING_SECRET)


def test_a_gate_without_the_secret_cannot_check_and_does_not_refuse() -> None:
    for epochs in ((), (4,)):
        found = refused(code(), secrets=dict.fromkeys(epochs, SECRET))
        assert (found.reason, found.why) == (Reason.UNCHECKED, Why.NO_ROTATING_SECRET)
        assert found.gate_pass is not None


def test_a_withdrawn_pass_is_withdrawn_on_a_phone_too() -> None:
    found = verify(code(), trust(revoked_passes=frozenset([CTI])), SECRETS)
    assert isinstance(found, Refusal)
    assert (found.reason, found.why) == (Reason.WITHDRAWN, Why.PASS_WITHDRAWN)


def test_a_stolen_gate_can_tag_and_cannot_sign() -> None:
    payload = write_claims(claims())
    forged = seal(payload, STRANGER, kid_of(public_bytes(RESIDENTS)), CONTEXT)
    assert refused(show(forged, KEY, 3, NOW)) == Refusal(Reason.FORGED, Why.WRONG_SIGNATURE)


def test_every_pass_fits_version_8_with_its_tag() -> None:
    largest = claims(compound_number=255, gates=1 << 31 | 1)
    for kind in (claims(), largest):
        assert len(_blob_of(kind)) + SUFFIX_BYTES <= MAX_BLOB_BYTES
        assert len(show(_blob_of(kind), KEY, MAX_EPOCH, NOW)) <= 221
    with pytest.raises(ValueError, match="does not fit"):
        show(bytes(MAX_BLOB_BYTES - SUFFIX_BYTES + 1), KEY, 0, NOW)
    with pytest.raises(ValueError, match="does not fit"):
        show(bytes(9), KEY, MAX_EPOCH + 1, NOW)


def _blob_of(some: Claims) -> bytes:
    return seal(write_claims(some), RESIDENTS, kid_of(public_bytes(RESIDENTS)), CONTEXT)


def test_the_step_is_good_until_2097() -> None:
    late = datetime(2097, 7, 1, tzinfo=UTC)
    shown = read(show(blob(), KEY, 15, late))
    assert shown is not None
    assert (shown.epoch, shown.stepped) == (15, late)


@given(st.binary(min_size=1, max_size=64), st.binary(min_size=8, max_size=8))
def test_the_key_of_a_pass_is_hkdf(secret: bytes, cti: bytes) -> None:
    assert pass_key(secret, cti) == HKDF(SHA256(), 32, None, b"menshen rotating key 1" + cti).derive(secret)


@given(st.text(max_size=300))
def test_no_text_raises(rest: str) -> None:
    assert isinstance(verify(ROTATING_PREFIX + rest, TRUST, SECRETS), Refusal)


@given(st.binary(max_size=MAX_BLOB_BYTES))
def test_no_blob_raises(data: bytes) -> None:
    assert isinstance(verify(to_text(data, ROTATING_PREFIX), TRUST, SECRETS), Refusal)
