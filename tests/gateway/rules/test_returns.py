"""Somebody in hospital comes back by the lane: their stay goes on from that instant; who does not come is missed."""

from datetime import UTC, datetime, timedelta

import pytest

from devices.reading import BandSeen, DoorSeen
from gateway.compound import Direction
from gateway.findings import Reason, StayBegun, StayChanged, StayEnded, StayStep, Verdict
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.every import GuardRuled, ProfileChosen, QuarantineEnded, RulingUndone
from gateway.orders.stays import StayResumed, StaySuspended
from tests.gateway.keeping import (
    ANNA,
    BAND,
    BO,
    BOTH,
    DOOR,
    FLAT,
    IN,
    OUT,
    START,
    Kept,
    decision,
    of,
    seconds,
)
from tests.gateway.rules.test_stays_go_on import open_door, pages_agree

STAY = "q1"


def away(kept: Kept | None = None, back_in: timedelta | None = timedelta(hours=6)) -> Kept:
    """ANNA is observed, and in hospital since a minute ago."""
    kept = kept or Kept(reports=("stays",), limits=Limits(camera_silent_seconds=0, door_silent_seconds=0))
    stay = kept.quarantine(band=BAND)
    assert stay == STAY
    suspend(kept, back_in)
    kept.pass_time(seconds(60))
    return kept


def suspend(kept: Kept, back_in: timedelta | None, name: str = "s", reason: str = "hospital") -> str:
    back_by = None if back_in is None else kept.now + back_in
    order = StaySuspended(id=name, at=kept.now, by="d1", quarantine=STAY, reason=reason, back_by=back_by)
    return kept.order(order).why


def resume(kept: Kept) -> None:
    assert kept.order(StayResumed(id="r", at=kept.now, by="d1", quarantine=STAY)).done


def release(kept: Kept) -> None:
    assert kept.order(QuarantineEnded(id="e", at=kept.now, by="d1", quarantine=STAY, reason="negative")).done


def test_scanning_in_resumes_the_stay_and_tells_the_centre() -> None:
    kept = away()
    bodies = kept.show(IN, subject=ANNA)
    found = decision(bodies)
    assert (found.reason, found.verdict, found.flat) == (Reason.BACK_HOME, Verdict.ADMIT, FLAT)
    (changed,) = of(StayChanged, bodies)
    assert (changed.step, changed.lane, changed.flat, changed.subject) == (StayStep.RESUMED, IN, FLAT, ANNA)
    assert changed.stay == kept.state.quarantines[STAY]
    assert (changed.stay.away, changed.stay.away_since, changed.stay.back_by) == ("", None, None)
    assert of(StayBegun, bodies) == [], "nobody's stay begins anew"
    assert kept.state.suspended == {}
    told = [entry.kind for batch in kept.batches for entry in batch.entries if entry.stream == "report"]
    assert told == ["QuarantineBegun", "StayChanged", "StayChanged"]
    pages_agree(kept)


def test_door_and_band_are_watched_from_then_on_and_they_may_open_their_door_once() -> None:
    kept = away()
    open_door(kept)
    kept.hear(DOOR, DoorSeen(open=False))
    kept.pass_time(timedelta(hours=2), timedelta(minutes=10))
    assert kept.raised() == []
    kept.show(IN, subject=ANNA)
    kept.pass_time(seconds(240))
    kept.hear(DOOR, DoorSeen(open=True))
    kept.hear(DOOR, DoorSeen(open=False))
    kept.hear(BAND, BandSeen(rssi=-60, counter=1, worn=True), link="radio")
    assert kept.raised() == [], "they come home"
    kept.pass_time(timedelta(minutes=10))
    kept.hear(DOOR, DoorSeen(open=True))
    assert {alert.kind for alert in kept.raised()} == {Kind.BAND_GONE, Kind.QUARANTINE_DOOR_OPENED}


def test_the_code_still_before_the_scanner_is_no_second_happening() -> None:
    kept = away()
    kept.show(IN, subject=ANNA)
    kept.pass_time(seconds(2))
    assert decision(kept.show(IN, subject=ANNA)).reason is Reason.REPEATED
    assert kept.raised() == []
    kept.pass_time(seconds(60))
    assert decision(kept.show(OUT, subject=ANNA)).reason is Reason.QUARANTINED
    assert [alert.kind for alert in kept.raised()] == [Kind.QUARANTINED_PERSON_LEFT]


def test_on_the_way_out_to_the_hospital_nobody_is_held_and_nothing_is_resumed() -> None:
    for lane in (OUT, BOTH):
        kept = away()
        found = decision(kept.show(lane, subject=ANNA))
        assert (found.direction, found.reason, found.verdict) == (Direction.OUT, Reason.ADMITTED, Verdict.ADMIT)
        assert STAY in kept.state.suspended
        kept.pass_time(timedelta(minutes=30))
        found = decision(kept.show(BOTH, subject=ANNA))
        assert (found.direction, found.reason) == (Direction.IN, Reason.BACK_HOME)
        assert STAY in kept.state.quarantines


def test_whom_an_ambulance_took_without_a_scan_comes_back_at_a_lane_for_both_ways() -> None:
    kept = away()
    kept.pass_time(timedelta(hours=3), timedelta(minutes=10))
    found = decision(kept.show(BOTH, subject=ANNA))
    assert (found.direction, found.reason) == (Direction.IN, Reason.BACK_HOME)
    assert STAY in kept.state.quarantines


@pytest.mark.parametrize("lane", [OUT, BOTH])
@pytest.mark.parametrize("hours", [0, 1, 3])
def test_the_way_out_is_never_refused_whatever_the_profile_asks(lane: str, hours: int) -> None:
    kept = away()
    kept.order(ProfileChosen(id="p", at=kept.now, by="d1", profile="lockdown"))
    kept.pass_time(timedelta(hours=hours), timedelta(minutes=10))
    for _ in range(2):
        kept.pass_time(seconds(30))
        assert decision(kept.show(lane, subject=ANNA)).verdict is not Verdict.REFUSE


def test_under_a_profile_that_counts_who_is_inside_they_come_in_all_the_same() -> None:
    kept = away()
    kept.order(ProfileChosen(id="p", at=kept.now, by="d1", profile="lockdown"))
    kept.pass_time(seconds(5))
    kept.state.inside[ANNA] = kept.now  # the ambulance scanned nothing
    assert decision(kept.show(IN, subject=ANNA)).reason is Reason.BACK_HOME


def test_a_guard_who_admits_them_by_hand_resumes_it_too_and_that_is_not_undone() -> None:
    kept = away()
    assert decision(kept.show(IN, subject=ANNA, medium="typed")).reason is Reason.TYPED
    assert STAY in kept.state.suspended
    number = kept.state.decision_numbers[-1]
    kept.order(GuardRuled(id="r", at=kept.now, by="g1", lane=IN, admit=True, reason="known", decision=number))
    assert [(each.by, each.lane) for each in of(StayChanged, kept.wrote())][-1] == ("g1", IN)
    assert STAY in kept.state.quarantines
    undone = RulingUndone(id="u", at=kept.now, by="g1", decision=kept.state.decision_numbers[-1])
    assert kept.order(undone).why == "a quarantine began with it"


def test_who_is_not_back_by_then_is_asked_after_until_they_come() -> None:
    kept = away()
    due = kept.state.suspended[STAY].back_by
    kept.pass_time(timedelta(hours=7), timedelta(minutes=10))
    alert = kept.alert(Kind.NOT_ARRIVED)
    assert (alert.raised_at, alert.place, alert.subject, alert.active) == (due, FLAT, ANNA, True)
    kept.show(IN, subject=ANNA)
    assert not kept.alert(Kind.NOT_ARRIVED).active
    assert kept.alert(Kind.NOT_ARRIVED).key == STAY


def test_the_button_and_the_end_of_the_stay_stop_asking_too() -> None:
    for how in (resume, release, lambda kept: kept.pass_time(timedelta(days=15), timedelta(hours=6))):
        kept = away()
        kept.pass_time(timedelta(hours=7), timedelta(minutes=10))
        assert kept.alert(Kind.NOT_ARRIVED).active
        how(kept)
        assert not kept.alert(Kind.NOT_ARRIVED).active
    for how in (resume, release):
        before = away()
        how(before)
        before.pass_time(timedelta(hours=7), timedelta(minutes=10))
        assert before.raised(Kind.NOT_ARRIVED) == []


def test_the_hospital_keeps_them_longer() -> None:
    kept = away()
    kept.pass_time(timedelta(hours=7), timedelta(minutes=10))
    assert suspend(kept, timedelta(days=1), "s2", "kept for the night") == ""
    assert not kept.alert(Kind.NOT_ARRIVED).active
    stay = kept.state.suspended[STAY]
    assert (stay.away, stay.away_since) == ("kept for the night", START)
    kept.pass_time(timedelta(hours=23), timedelta(minutes=10))
    assert not kept.alert(Kind.NOT_ARRIVED).active
    kept.pass_time(timedelta(hours=1), timedelta(minutes=10))
    again = kept.alert(Kind.NOT_ARRIVED)
    assert (again.active, again.count) == (True, 2)
    pages_agree(kept)


def test_with_no_hour_nobody_is_asked_after_and_a_restart_forgets_no_hour() -> None:
    kept = away(back_in=None)
    kept.pass_time(timedelta(days=2), timedelta(hours=1))
    assert kept.raised(Kind.NOT_ARRIVED) == []
    again = away().reopened()
    again.pass_time(timedelta(hours=7), timedelta(minutes=10))
    assert len(again.raised(Kind.NOT_ARRIVED)) == 1


@pytest.mark.parametrize(("back_in", "why"), [(timedelta(0), "past"), (timedelta(days=61), "past"), (None, "away")])
def test_an_hour_of_return_that_makes_no_sense_is_refused(back_in: timedelta | None, why: str) -> None:
    kept = away()
    said = suspend(kept, back_in, "again")
    assert said == ("they are away" if why == "away" else "the hour of return is past, or more than 60 days away")


def test_somebody_else_of_the_flat_resumes_nothing_and_days_that_are_over_do_not_come_back() -> None:
    kept = away()
    assert decision(kept.show(IN, subject=BO)).reason is Reason.ADMITTED
    assert STAY in kept.state.suspended
    kept.pass_time(timedelta(days=15), timedelta(hours=6))
    assert [each.at for each in of(StayEnded, kept.wrote())] == [datetime(2026, 3, 25, 16, tzinfo=UTC)]
    found = decision(kept.show(IN, subject=ANNA, not_before=None))
    assert found.reason is Reason.ADMITTED
    assert kept.state.quarantines == {}
