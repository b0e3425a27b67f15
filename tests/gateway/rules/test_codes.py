"""Codes of phones and foreign credentials at a lane: used once, not when old, never by themselves, never locked in."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.compound import Direction
from gateway.events.every import Proof
from gateway.findings import Reason, Verdict
from gateway.kinds import Kind
from gateway.orders.every import GuardRuled
from tests.gateway.keeping import ANNA, IN, LANES, OUT, START, Kept, decision, opened, seconds

STEP = START.replace(second=0)  # the kept house's clock, at the beginning of a step
CREDENTIAL: dict[str, Any] = {"foreign": "eu_dcc", "cti": "ab" * 16, "subject": "", "compound": "", "holder": ""}


def kept(**changes: Any) -> Kept:
    house = Kept(**changes)
    house.now = STEP
    return house


def at(house: Kept, when: float) -> datetime:
    house.now = STEP + seconds(when)
    return house.now


def phone(house: Kept, lane: str, when: float, step: float = 0.0, **changes: Any) -> tuple[Reason, Verdict]:
    at(house, when)
    found = decision(house.show(lane, stepped=STEP + seconds(step), **changes))
    return found.reason, found.verdict


def test_a_phones_code_is_good_once_at_any_lane() -> None:
    house = kept()
    assert phone(house, IN, 3) == (Reason.ADMITTED, Verdict.ADMIT)
    assert phone(house, LANES[Direction.BOTH], 9) == (Reason.CODE_USED, Verdict.REFER)
    assert phone(house, IN, 12) == (Reason.CODE_USED, Verdict.REFUSE)
    assert phone(house, IN, 16, step=15) == (Reason.ADMITTED, Verdict.ADMIT)
    assert phone(house, IN, 30) == (Reason.CODE_USED, Verdict.REFUSE)


def test_right_behind_at_the_same_lane_it_is_a_repeat_and_opens_nothing() -> None:
    house = kept()
    assert phone(house, IN, 3) == (Reason.ADMITTED, Verdict.ADMIT)
    assert opened(house.batches[-1]) == ["node-0000000a"]
    assert phone(house, IN, 5) == (Reason.REPEATED, Verdict.ADMIT)
    assert opened(house.batches[-1]) == []


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (39, (Reason.ADMITTED, Verdict.ADMIT)),
        (40, (Reason.CODE_OLD, Verdict.REFUSE)),
        (-20, (Reason.ADMITTED, Verdict.ADMIT)),
        (-21, (Reason.CODE_AHEAD, Verdict.REFER)),
    ],
)
def test_an_unseen_code_is_judged_by_its_age(when: float, expected: tuple[Reason, Verdict]) -> None:
    house = kept(start=START - timedelta(minutes=5))
    assert phone(house, IN, when) == expected


def test_on_the_way_out_nothing_is_refused() -> None:
    house = kept()
    assert phone(house, OUT, 50) == (Reason.CODE_OLD, Verdict.REFER)
    assert phone(house, OUT, 51, step=45) == (Reason.ADMITTED, Verdict.ADMIT)
    assert phone(house, OUT, 59, step=45) == (Reason.CODE_USED, Verdict.REFER)


def test_without_a_trusted_clock_a_code_is_referred_and_a_used_one_is_still_used() -> None:
    house = kept(clock_trusted=False)
    assert phone(house, IN, 3, step=10_000) == (Reason.CLOCK_NOT_TRUSTED, Verdict.REFER)
    assert phone(house, IN, 9, step=10_000) == (Reason.CODE_USED, Verdict.REFUSE)


def test_a_quarantined_persons_copied_code_raises_the_alert_all_the_same() -> None:
    house = kept()
    house.quarantine(ANNA)
    for when in (3, 9, 80):
        assert phone(house, OUT, when, subject=ANNA)[1] is Verdict.REFER
    assert len(house.raised(Kind.QUARANTINED_PERSON_LEFT)) >= 1


def test_used_codes_are_forgotten_when_they_are_old_anyway() -> None:
    house = kept()
    for person in range(200):
        phone(house, IN, person, step=person // 15 * 15, cti=f"{person:016x}", subject=f"{person:016x}")
    assert len(house.state.used_codes) < 80


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, Reason.FOREIGN),
        ({"proof": Proof.FORGED, "why": "wrong_signature"}, Reason.FOREIGN_FALSE),
        ({"proof": Proof.WITHDRAWN, "why": "revoked"}, Reason.FOREIGN_REVOKED),
        ({"proof": Proof.UNCHECKED, "why": "unknown_issuer"}, Reason.CANNOT_CHECK),
        ({"proof": Proof.UNREADABLE, "why": "malformed"}, Reason.UNREADABLE),
        ({"not_after": START - timedelta(days=1)}, Reason.FOREIGN_OUTSIDE),
        ({"not_before": START + timedelta(days=1)}, Reason.FOREIGN_OUTSIDE),
    ],
)
def test_a_foreign_credential_alone_goes_to_the_guard(
    changes: dict[str, Any], reason: Reason, direction: Direction
) -> None:
    house = kept()
    found = decision(house.show(LANES[direction], **CREDENTIAL | changes))
    assert (found.reason, found.verdict, found.cti) == (reason, Verdict.REFER, "")


def test_one_that_is_configured_to_stand_in_for_a_visitor_opens_the_way_in_and_no_other() -> None:
    house = kept()
    visitor = CREDENTIAL | {"holder": "visitor"}
    assert decision(house.show(IN, **visitor)).verdict is Verdict.ADMIT
    assert decision(house.show(OUT, **visitor)).verdict is Verdict.REFER
    assert house.state.inside == {}
    over = visitor | {"not_after": START - timedelta(days=1)}
    assert decision(house.show(IN, **over)).reason is Reason.FOREIGN_OUTSIDE


def test_a_copy_of_it_right_behind_opens_nothing() -> None:
    house = kept()
    visitor = CREDENTIAL | {"holder": "visitor"}
    house.show(IN, **visitor)
    assert opened(house.batches[-1]) == ["node-0000000a"]
    again = decision(house.show(IN, **visitor))
    assert (again.reason, opened(house.batches[-1])) == (Reason.REPEATED, [])


def test_with_a_clock_not_trusted_it_admits_nobody() -> None:
    house = kept(clock_trusted=False)
    found = decision(house.show(IN, **CREDENTIAL | {"holder": "visitor"}))
    assert (found.reason, found.verdict) == (Reason.CLOCK_NOT_TRUSTED, Verdict.REFER)


def test_a_guards_ruling_on_it_puts_nobody_inside_and_spends_nothing() -> None:
    house = kept()
    shown = house.show(IN, **CREDENTIAL)
    assert decision(shown).verdict is Verdict.REFER
    number = house.state.decision_numbers[-1]
    house.order(GuardRuled(id="r", at=house.now, by="g1", lane=IN, decision=number, admit=True, reason="id_seen"))
    assert (house.state.inside, house.state.spent) == ({}, {})
