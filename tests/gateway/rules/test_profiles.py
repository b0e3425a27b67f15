"""What the lanes ask for by grade of risk; and that nobody is refused on the way out, whatever it is."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from devices.reading import DoorSeen
from gateway.compound import Direction
from gateway.events.every import ConfigLoaded, LaneTemperatureTaken, Proof
from gateway.findings import Reason, Verdict
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.every import (
    AlertClosed,
    ArrivalExpected,
    FireDeclared,
    GuardRuled,
    PassWithdrawn,
    PersonEntered,
    PersonWithdrawn,
    ProfileChosen,
)
from gateway.orders.stays import StaySuspended
from gateway.passes.gate_pass import Kind as Holder
from gateway.passes.numbers import Medium
from gateway.profile import PROFILES, Profile
from gateway.words.reasons import GRAVITY
from tests.gateway.keeping import ANNA, BO, BOTH, DOOR, FLAT, IN, LANES, OUT, START, Kept, decision, make_site, seconds

CHEN = "5afe000000000003"
NIGHT = datetime(2026, 3, 12, 14, 30, tzinfo=UTC)  # 22:30 in Shanghai
AT_HOME = {Holder.RESIDENT, Holder.OBSERVED}
GUESTS = {Holder.VISITOR, Holder.COURIER}


def under(start: datetime = START, *, trusted: bool = True, **asks: Any) -> Kept:
    """A house under a profile of its own, in which Bo and Anna live in one flat."""
    kept = Kept(start=start, clock_trusted=trusted)
    house = ConfigLoaded(
        at=kept.now,
        heard=kept.now,
        fingerprint="p",
        site=make_site(),
        profiles=(*PROFILES, Profile(name="test", **asks)),
        profile="test",
    )
    kept.consider(house)
    for subject in (ANNA, BO):
        order = PersonEntered(id=f"p{subject}", at=kept.now, by="d1", subject=subject, flat=FLAT)
        assert kept.order(order).done
    return kept


def heat(kept: Kept, lane: str = IN, celsius: float = 38.0) -> list[Any]:
    return kept.consider(
        LaneTemperatureTaken(at=kept.now, heard=kept.now, device="thermometer", lane=lane, celsius=celsius)
    )


def rule(kept: Kept, lane: str, *, admit: bool = True) -> None:
    number = kept.state.decision_numbers[-1]
    name = f"r{number}"
    assert kept.order(
        GuardRuled(id=name, at=kept.now, by="g1", lane=lane, admit=admit, reason="seen", decision=number)
    ).done


def expect(kept: Kept, **changes: Any) -> None:
    order = {"flat": FLAT, "subject": BO, "ground": "order 7", "days": 14, "arrive_by": kept.now + seconds(7200)}
    assert kept.order(ArrivalExpected(id="a1", at=kept.now, by="d1", **{**order, **changes})).done


# every reason, every direction, every kind


def hot(lane: str) -> Kept:
    kept = under(thermometer=True)
    heat(kept, lane)
    return kept


def inside(lane: str) -> Kept:
    kept = under(inside_outside=True)
    kept.show(IN)
    kept.pass_time(seconds(60))
    return kept


def outside(lane: str) -> Kept:
    kept = under(inside_outside=True)
    kept.show(OUT)
    kept.pass_time(seconds(60))
    return kept


def household_out(lane: str) -> Kept:
    kept = under(quota_people=1)
    kept.show(OUT, subject=ANNA, cti="c0ffee0000000002")
    kept.show(IN, cti="c0ffee0000000003")  # on the lane for both ways they go out
    kept.pass_time(seconds(60))
    return kept


def full(lane: str) -> Kept:
    kept = under(head_cap=1)
    kept.show(IN, subject=CHEN, cti="c0ffee0000000002", holder="courier")
    return kept


def curfew(lane: str) -> Kept:
    return under(NIGHT, curfew_begins=time(22), curfew_ends=time(6))


def awaited(lane: str) -> Kept:
    kept = under()
    expect(kept)
    return kept


def spent(lane: str) -> Kept:
    kept = under()
    kept.gatekeeper.state.spent["c0ffee0000000001"] = START + timedelta(days=1)
    return kept


def repeated(lane: str) -> Kept:
    kept = under()
    kept.show(lane)
    return kept


def observed(lane: str) -> Kept:
    kept = under()
    kept.quarantine(BO)
    return kept


def withdrawn(lane: str) -> Kept:
    kept = under()
    assert kept.order(PassWithdrawn(id="w", at=kept.now, by="d1", cti="c0ffee0000000001", reason="lost")).done
    return kept


def withdrawn_person(lane: str) -> Kept:
    kept = under()
    assert kept.order(PersonWithdrawn(id="w", at=kept.now, by="d1", subject=BO, reason="moved away")).done
    return kept


def in_hospital(lane: str) -> Kept:
    """Since so long that at a lane for both ways they come back."""
    kept = under()
    away = StaySuspended(id="s", at=kept.now, by="d1", quarantine=kept.quarantine(BO), reason="hospital")
    assert kept.order(away).done
    kept.pass_time(timedelta(hours=3), timedelta(minutes=30))
    return kept


def burning(lane: str) -> Kept:
    kept = under()
    assert kept.order(FireDeclared(id="f", at=kept.now, by="", compound="palm")).done
    return kept


def code_used(lane: str) -> Kept:
    kept = under()
    kept.show(LANES[Direction.OUT] if lane != OUT else IN, stepped=START)
    return kept


def plain(lane: str) -> Kept:
    return under()


def astray(lane: str) -> Kept:
    return under(trusted=False)


Whom = set[tuple[Direction, Holder]]
Situation = tuple[Reason, Callable[[str], Kept], dict[str, Any], Whom]


def those(directions: Iterable[Direction], holders: Iterable[Holder] = Holder) -> Whom:
    return set(product(directions, holders))


CREDENTIAL: dict[str, Any] = {"foreign": "eu_dcc", "cti": "ab" * 16, "subject": "", "compound": ""}
NOT_OUT, NOT_IN = (Direction.IN, Direction.BOTH), (Direction.OUT, Direction.BOTH)
ALL = those(Direction)
SITUATIONS: list[Situation] = [  # the reason, how it comes about, what is shown, and of whom it is the reason
    (Reason.ADMITTED, plain, {}, ALL),
    (Reason.REPEATED, repeated, {}, ALL),
    (Reason.UNREADABLE, plain, {"proof": Proof.UNREADABLE, "cti": "", "subject": ""}, ALL),
    (Reason.NOT_A_PASS, plain, {"proof": Proof.UNREADABLE, "why": "not_ours", "cti": "", "subject": ""}, ALL),
    (Reason.FORGED, plain, {"proof": Proof.FORGED, "cti": "", "subject": ""}, ALL),
    (Reason.CANNOT_CHECK, plain, {"proof": Proof.UNCHECKED, "cti": "", "subject": ""}, ALL),
    (Reason.WITHDRAWN, withdrawn, {}, ALL),
    (Reason.WITHDRAWN, withdrawn_person, {"cti": "c0ffee0000000009"}, ALL),
    (Reason.NOT_YET_VALID, plain, {"not_before": START + timedelta(days=1)}, ALL),
    (Reason.EXPIRED, plain, {"not_after": START}, ALL),
    (Reason.WRONG_COMPOUND, plain, {"compound": "cedar"}, ALL),
    (Reason.WRONG_GATE, plain, {"gates": 0b10}, ALL),
    (Reason.FOREIGN, plain, {**CREDENTIAL, "holder": ""}, ALL),
    (Reason.FOREIGN, plain, CREDENTIAL, those([Direction.OUT])),
    (Reason.ADMITTED, plain, CREDENTIAL, those(NOT_OUT)),
    (Reason.CURFEW, curfew, CREDENTIAL, those(NOT_OUT, GUESTS)),
    (Reason.FOREIGN_OUTSIDE, plain, {**CREDENTIAL, "not_after": START}, ALL),
    (Reason.FOREIGN_REVOKED, plain, {**CREDENTIAL, "proof": Proof.WITHDRAWN}, ALL),
    (Reason.FOREIGN_FALSE, plain, {**CREDENTIAL, "proof": Proof.FORGED}, ALL),
    (Reason.CODE_USED, code_used, {"stepped": START}, ALL),
    (Reason.CODE_OLD, plain, {"stepped": START - timedelta(seconds=40)}, ALL),
    (Reason.CODE_AHEAD, plain, {"stepped": START + timedelta(seconds=21)}, ALL),
    (Reason.SPENT, spent, {"once": True}, those(NOT_OUT)),
    (Reason.QUARANTINED, observed, {}, ALL),
    (Reason.CLOCK_NOT_TRUSTED, astray, {}, ALL),
    (Reason.FIRE, burning, {}, ALL),
    (Reason.HOT, hot, {}, ALL),
    (Reason.ALREADY_INSIDE, inside, {}, those([Direction.IN])),
    (Reason.NOT_INSIDE, outside, {}, those([Direction.OUT])),
    (Reason.QUOTA, household_out, {}, those(NOT_IN, AT_HOME)),
    (Reason.FULL, full, {}, those(NOT_OUT, set(Holder) - AT_HOME)),
    (Reason.CURFEW, curfew, {}, those(NOT_OUT, GUESTS) | those([Direction.OUT], AT_HOME)),
    (Reason.EXPECTED, awaited, {}, those(NOT_OUT)),
    (Reason.BACK_HOME, in_hospital, {}, those(NOT_OUT)),
    (Reason.NOT_IN_BOOK, plain, {"proof": Proof.UNKNOWN, "cti": "", "subject": "", "medium": "card"}, ALL),
    (Reason.PLATE_UNSURE, plain, {"proof": Proof.UNSURE, "cti": "", "subject": "", "medium": "plate"}, ALL),
    (Reason.TYPED, plain, {"medium": "typed"}, ALL),
    (Reason.TYPED, awaited, {"medium": "typed"}, ALL),
]
REFUSED_IN = {
    Reason.FORGED,
    Reason.WITHDRAWN,
    Reason.NOT_YET_VALID,
    Reason.EXPIRED,
    Reason.WRONG_COMPOUND,
    Reason.WRONG_GATE,
    Reason.SPENT,
    Reason.CURFEW,
    Reason.CODE_USED,
    Reason.CODE_OLD,
}
ADMITTED = {Reason.ADMITTED, Reason.REPEATED, Reason.EXPECTED, Reason.BACK_HOME, Reason.FIRE}


def test_every_reason_comes_about_here() -> None:
    assert {reason for reason, *_ in SITUATIONS} == set(Reason) - {Reason.RULED_BY_GUARD, Reason.RULING_UNDONE}
    assert set(GRAVITY) == set(Reason)


@pytest.mark.parametrize("holder", Holder)
@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: f"{situation[0]}-{situation[1].__name__}")
def test_every_reason_in_every_direction_for_every_kind(
    situation: Situation,
    direction: Direction,
    holder: Holder,
) -> None:
    reason, come_about, shown, whom = situation
    kept = come_about(LANES[direction])
    found = decision(kept.show(LANES[direction], **{"holder": str(holder), **shown}))
    assert (found.reason is reason) is ((direction, holder) in whom), found
    if direction is Direction.IN and found.reason in REFUSED_IN and "foreign" not in shown:
        assert found.verdict is Verdict.REFUSE
    elif found.reason in ADMITTED:
        assert found.verdict is Verdict.ADMIT
    else:
        assert found.verdict is Verdict.REFER


@pytest.mark.parametrize("medium", [Medium.CARD, Medium.PLATE, Medium.TYPED])
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: f"{situation[0]}-{situation[1].__name__}")
def test_going_out_by_card_plate_or_typed_code_is_admitted_or_referred(situation: Situation, medium: Medium) -> None:
    reason, come_about, shown, whom = situation
    for holder in Holder:
        kept = come_about(OUT)
        found = decision(kept.show(OUT, **{"holder": str(holder), **shown, "medium": medium}))
        assert found.verdict in (Verdict.ADMIT, Verdict.REFER)
        proven = medium is not Medium.TYPED or reason not in (Reason.ADMITTED, Reason.EXPECTED, Reason.BACK_HOME)
        if proven and reason is not Reason.TYPED:
            assert (found.reason is reason) is ((Direction.OUT, holder) in whom), found
        if found.reason in (Reason.ADMITTED, Reason.EXPECTED, Reason.BACK_HOME):
            assert medium is not Medium.TYPED


# the profiles


@pytest.mark.parametrize(
    "come_about", [hot, inside, outside, household_out, full, curfew], ids=lambda each: each.__name__
)
@pytest.mark.parametrize("direction", Direction)
def test_the_ordinary_profile_asks_for_nothing_but_a_valid_pass(
    come_about: Callable[[str], Kept], direction: Direction
) -> None:
    kept = come_about(LANES[direction])
    assert kept.order(ProfileChosen(id="o", at=kept.now, by="d1", profile="ordinary")).done
    assert decision(kept.show(LANES[direction], holder="visitor")).reason is Reason.ADMITTED
    heat(kept, LANES[direction])
    assert kept.state.decisions[-1].reason is Reason.ADMITTED


def test_a_profile_that_an_order_chose_outlives_a_restart_and_a_configuration_that_says_the_same() -> None:
    kept = under()
    assert kept.order(ProfileChosen(id="o", at=kept.now, by="centre", profile="lockdown")).done
    again = kept.reopened()
    assert again.state.asked.name == "lockdown"
    again.consider(
        ConfigLoaded(
            at=again.now, heard=again.now, fingerprint="q", site=make_site(), profiles=PROFILES, profile="test"
        )
    )
    assert again.state.asked.name == "lockdown"
    again.load(make_site())  # now it says "ordinary"
    assert again.state.asked.name == "ordinary"


def test_what_is_kept_for_a_rule_is_dropped_with_it() -> None:
    kept = under(quota_people=1, inside_outside=True, thermometer=True)
    kept.show(OUT)
    heat(kept)
    assert kept.state.outings
    assert kept.state.outside
    assert kept.state.heat
    assert kept.order(ProfileChosen(id="o", at=kept.now, by="d1", profile="ordinary")).done
    assert kept.state.outings == kept.state.outside == kept.state.heat == {}


def test_a_profile_nobody_has_described_is_refused() -> None:
    kept = under()
    assert kept.order(ProfileChosen(id="o", at=kept.now, by="d1", profile="siege")).why == "unknown profile"
    assert kept.state.asked.name == "test"


# quota, cap, curfew, inside and outside


def test_one_of_a_household_every_two_days_by_the_days_of_the_compound() -> None:
    kept = under(datetime(2026, 3, 12, 15, 50, tzinfo=UTC), quota_people=1, quota_days=2)  # ten to midnight there
    assert decision(kept.show(OUT, subject=ANNA)).verdict is Verdict.ADMIT
    kept.pass_time(timedelta(minutes=20))  # tomorrow
    assert decision(kept.show(OUT)).reason is Reason.QUOTA
    kept.pass_time(timedelta(days=1))
    assert decision(kept.show(OUT)).verdict is Verdict.ADMIT
    assert decision(kept.show(OUT, subject=ANNA, cti="c0ffee0000000002")).reason is Reason.QUOTA


def test_a_resident_of_no_known_household_cannot_be_checked_against_a_quota() -> None:
    kept = under(quota_people=1)
    found = decision(kept.show(OUT, subject=CHEN))
    assert (found.reason, found.verdict) == (Reason.CANNOT_CHECK, Verdict.REFER)


def test_who_goes_out_by_the_guards_ruling_had_the_households_turn() -> None:
    kept = under(quota_people=1)
    kept.show(OUT, gates=0b10)
    rule(kept, OUT)
    assert decision(kept.show(OUT, subject=ANNA)).reason is Reason.QUOTA


def test_when_an_outsider_leaves_another_may_come() -> None:
    kept = under(head_cap=1)
    first, second = {"cti": "c0ffee0000000001", "holder": "visitor"}, {"cti": "c0ffee0000000002", "holder": "courier"}
    for pass_ in (first, second):
        pass_["subject"] = ""
    assert decision(kept.show(IN, **first)).verdict is Verdict.ADMIT
    assert decision(kept.show(IN, **second)).reason is Reason.FULL
    assert decision(kept.show(IN)).verdict is Verdict.ADMIT, "a resident comes home"
    kept.show(OUT, **first)
    assert decision(kept.show(IN, **second)).verdict is Verdict.ADMIT


@pytest.mark.parametrize(
    ("hour", "reason"),
    [
        ("21:59:59", Reason.ADMITTED),
        ("22:00:00", Reason.CURFEW),
        ("05:59:59", Reason.CURFEW),
        ("06:00:00", Reason.ADMITTED),
    ],
)
def test_a_curfew_over_midnight_begins_and_ends_on_the_second(hour: str, reason: Reason) -> None:
    local = datetime.fromisoformat(f"2026-03-12T{hour}+08:00")
    kept = under(local.astimezone(UTC), curfew_begins=time(22), curfew_ends=time(6))
    assert decision(kept.show(OUT)).reason is reason


def test_a_curfew_within_one_day() -> None:
    profile = Profile(name="noon", curfew_begins=time(12), curfew_ends=time(14))
    zone = make_site().street.compounds[0].timezone
    hours = [datetime(2026, 3, 12, hour, tzinfo=ZoneInfo(zone)) for hour in (11, 12, 13, 14)]
    assert [profile.in_curfew(hour, ZoneInfo(zone)) for hour in hours] == [False, True, True, False]


def test_a_curfew_by_a_clock_that_is_not_trusted_is_none() -> None:
    kept = under(NIGHT, trusted=False, curfew_begins=time(22), curfew_ends=time(6))
    found = decision(kept.show(OUT, not_before=None, not_after=None))
    assert (found.reason, found.verdict) == (Reason.CLOCK_NOT_TRUSTED, Verdict.REFER)


def test_who_came_in_before_it_was_looked_at_is_not_told_so() -> None:
    kept = under()
    kept.show(IN)
    kept.pass_time(seconds(600))
    assert kept.order(ProfileChosen(id="o", at=kept.now, by="d1", profile="lockdown")).done
    assert decision(kept.show(IN)).reason is Reason.ADMITTED
    kept.pass_time(seconds(600))
    assert decision(kept.show(IN)).reason is Reason.ALREADY_INSIDE


def test_on_a_lane_for_both_ways_nobody_is_inside_already() -> None:
    kept = under(inside_outside=True)
    for _ in range(4):
        assert decision(kept.show(BOTH)).reason is Reason.ADMITTED
        kept.pass_time(seconds(60))


def test_validity_comes_before_what_the_profile_asks() -> None:
    kept = curfew(OUT)
    assert decision(kept.show(OUT, not_after=START)).reason is Reason.EXPIRED


def test_a_profile_has_figures_of_its_own_while_it_is_in_force() -> None:
    kept = Kept()
    strict = Profile(name="strict", limits={"left_open_seconds": 30.0, "door_silent_seconds": 300.0})
    kept.consider(
        ConfigLoaded(at=kept.now, heard=kept.now, fingerprint="p", site=make_site(), profiles=(*PROFILES, strict))
    )
    kept.quarantine()

    def left_open(seconds_open: float) -> bool:
        before = len(kept.raised(Kind.QUARANTINE_DOOR_LEFT_OPEN))
        kept.hear(DOOR, DoorSeen(open=True))
        kept.pass_time(seconds(seconds_open))
        kept.hear(DOOR, DoorSeen(open=False))
        for alert in list(kept.state.alerts.values()):
            kept.order(AlertClosed(id=f"c{alert.id}", at=kept.now, by="d", alert=alert.id, closing="real"))
        return len(kept.raised(Kind.QUARANTINE_DOOR_LEFT_OPEN)) > before

    assert not left_open(60)
    kept.order(ProfileChosen(id="p1", at=kept.now, by="centre", profile="strict"))
    assert left_open(60)
    assert kept.state.limits.door_silent_seconds == 300.0
    kept.order(ProfileChosen(id="p2", at=kept.now, by="centre", profile="ordinary"))
    assert not left_open(60)
    assert kept.state.limits == Limits()
