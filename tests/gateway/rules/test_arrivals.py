"""The closed loop: who is expected comes in by a lane, and is observed from that instant; who does not is missed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from devices.reading import BandSeen, DoorSeen
from gateway.findings import AlertState, Reason, StayBegun, StayEnded, Verdict
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.every import ArrivalExpected, GuardRuled, OrderResult, QuarantineBegun, QuarantineEnded
from tests.gateway.keeping import ANNA, BAND, BO, BOTH, DOOR, FLAT, IN, OTHER_FLAT, OUT, Kept, decision, of, seconds

SOON = timedelta(hours=3)


def expect(kept: Kept, name: str = "a1", **changes: Any) -> OrderResult:
    order = {"flat": FLAT, "subject": ANNA, "ground": "order 7", "days": 14, "arrive_by": kept.now + SOON}
    return kept.order(ArrivalExpected(id=name, at=kept.now, by="d1", **{**order, **changes}))


def home() -> Kept:
    kept = Kept(limits=Limits(camera_silent_seconds=0, door_silent_seconds=0))
    assert expect(kept, band=BAND).done
    kept.pass_time(timedelta(hours=1))
    return kept


def test_scanning_in_begins_the_quarantine() -> None:
    kept = home()
    bodies = kept.show(IN, subject=ANNA)
    found = decision(bodies)
    assert (found.reason, found.verdict, found.flat) == (Reason.EXPECTED, Verdict.ADMIT, FLAT)
    (begun,) = of(StayBegun, bodies)
    assert begun.stay == kept.state.quarantines["a1"]
    assert (begun.stay.first_day, begun.stay.last_day) == (date(2026, 3, 12), date(2026, 3, 25))
    assert (begun.stay.ground, begun.stay.begun_by, begun.stay.band) == ("order 7", "d1", BAND)
    assert kept.state.arrivals == {}
    assert ANNA in kept.state.inside


def test_door_and_band_are_watched_from_then_on() -> None:
    kept = home()
    kept.hear(DOOR, DoorSeen(open=True))
    kept.hear(DOOR, DoorSeen(open=False))
    kept.hear(BAND, BandSeen(rssi=-60, counter=1, worn=False), link="radio")
    kept.pass_time(seconds(300))
    assert kept.raised() == [], "before they are there nobody is watched"
    kept.show(IN, subject=ANNA)
    kept.pass_time(seconds(59))
    assert kept.raised() == []
    kept.pass_time(seconds(2))
    kept.hear(DOOR, DoorSeen(open=True))  # their own door: they come home
    kept.hear(DOOR, DoorSeen(open=False))
    kept.pass_time(seconds(119))
    kept.hear(DOOR, DoorSeen(open=True))  # and the luggage
    kept.hear(DOOR, DoorSeen(open=False))
    assert [alert.kind for alert in kept.raised()] == [Kind.BAND_TAKEN_OFF]
    kept.pass_time(seconds(30))
    kept.hear(DOOR, DoorSeen(open=True))
    assert [alert.kind for alert in kept.raised()] == [Kind.BAND_TAKEN_OFF, Kind.QUARANTINE_DOOR_OPENED]
    kept.pass_time(timedelta(minutes=16))
    assert Kind.BAND_SILENT in {alert.kind for alert in kept.raised()}, "a band given for a stay is missed"


def test_a_door_already_open_when_they_come_is_told_when_it_stays_so() -> None:
    kept = home()
    kept.hear(DOOR, DoorSeen(open=True))
    kept.show(IN, subject=ANNA)
    kept.pass_time(seconds(121))
    assert [alert.kind for alert in kept.raised()] == [Kind.QUARANTINE_DOOR_LEFT_OPEN]


def test_the_stay_ends_by_itself_at_the_midnight_after_its_last_day() -> None:
    kept = home()
    kept.show(IN, subject=ANNA)
    kept.pass_time(timedelta(days=15))
    (ended,) = of(StayEnded, kept.wrote())
    assert (ended.at, ended.quarantine) == (datetime(2026, 3, 25, 16, tzinfo=UTC), "a1")


@pytest.mark.parametrize("lane", [IN, BOTH])
def test_the_code_that_is_still_before_the_scanner_is_no_attempt_to_leave(lane: str) -> None:
    kept = home()
    kept.show(lane, subject=ANNA)
    kept.pass_time(seconds(4))
    again = decision(kept.show(lane, subject=ANNA))
    assert (again.reason, again.verdict) == (Reason.REPEATED, Verdict.ADMIT)
    assert kept.raised() == []
    kept.pass_time(seconds(30))
    assert decision(kept.show(OUT, subject=ANNA)).reason is Reason.QUARANTINED
    assert [alert.kind for alert in kept.raised()] == [Kind.QUARANTINED_PERSON_LEFT]


def test_whom_the_guard_lets_in_is_observed_too() -> None:
    kept = home()
    kept.show(IN, subject=ANNA, gates=0b10)
    number = kept.state.decision_numbers[-1]
    kept.order(GuardRuled(id="r", at=kept.now, by="g1", lane=IN, admit=True, reason="expected", decision=number))
    assert [begun.subject for begun in of(StayBegun, kept.wrote())] == [ANNA]
    assert decision(kept.show(IN, subject=ANNA)).reason is Reason.REPEATED


def test_others_come_and_go_as_ever_and_on_the_way_out_nobody_arrives() -> None:
    kept = home()
    assert decision(kept.show(IN, subject=BO)).reason is Reason.ADMITTED
    assert decision(kept.show(OUT, subject=ANNA)).reason is Reason.ADMITTED
    assert list(kept.state.arrivals) == ["a1"]


def test_a_pass_that_is_not_valid_begins_nothing() -> None:
    kept = home()
    assert decision(kept.show(IN, subject=ANNA, not_after=kept.now)).reason is Reason.EXPIRED
    assert list(kept.state.arrivals) == ["a1"]


def test_who_has_not_come_by_the_hour_is_missed_until_they_come() -> None:
    kept = home()
    kept.pass_time(timedelta(hours=2) - seconds(1))
    assert kept.raised() == []
    due = kept.now + seconds(1)
    kept.pass_time(seconds(600))
    alert = kept.alert(Kind.NOT_ARRIVED)
    assert (alert.raised_at, alert.place, alert.subject, alert.state) == (due, FLAT, ANNA, AlertState.RAISED)
    assert decision(kept.show(IN, subject=ANNA)).reason is Reason.EXPECTED
    assert not kept.alert(Kind.NOT_ARRIVED).active


def test_who_came_in_time_is_not_missed_and_a_restart_forgets_nobody() -> None:
    kept = home()
    again = kept.reopened()
    again.pass_time(timedelta(hours=3))
    assert [alert.kind for alert in again.raised() if alert.kind is Kind.NOT_ARRIVED] == [Kind.NOT_ARRIVED]
    kept.show(IN, subject=ANNA)
    kept.pass_time(timedelta(hours=3))
    assert kept.raised(Kind.NOT_ARRIVED) == []


def test_nobody_is_late_by_a_clock_that_is_not_trusted() -> None:
    kept = home()
    kept.set_clock(timedelta(hours=9), trusted=False)
    kept.pass_time(timedelta(minutes=50))
    assert kept.raised(Kind.NOT_ARRIVED) == []
    kept.set_clock(timedelta(hours=-9))
    kept.pass_time(timedelta(hours=12), timedelta(minutes=30))
    assert len(kept.raised(Kind.NOT_ARRIVED)) == 1


def test_by_a_wrong_clock_the_stay_counts_from_the_day_they_were_expected() -> None:
    kept = home()
    kept.set_clock(timedelta(days=-300), trusted=False)
    kept.show(IN, subject=ANNA)
    number = kept.state.decision_numbers[-1]
    kept.order(GuardRuled(id="r", at=kept.now, by="g1", lane=IN, admit=True, reason="expected", decision=number))
    assert kept.state.quarantines["a1"].first_day == date(2026, 3, 12)


def test_an_arrival_is_taken_back_like_a_quarantine() -> None:
    kept = home()
    assert kept.order(QuarantineEnded(id="x", at=kept.now, by="d1", quarantine="a1", reason="another street")).done
    kept.pass_time(timedelta(hours=5))
    assert kept.raised(Kind.NOT_ARRIVED) == []
    assert decision(kept.show(IN, subject=ANNA)).reason is Reason.ADMITTED


def test_who_is_put_into_quarantine_by_hand_has_arrived() -> None:
    kept = home()
    kept.pass_time(timedelta(hours=3))
    kept.quarantine(ANNA, band=OTHER)
    assert kept.state.arrivals == {}
    assert not kept.alert(Kind.NOT_ARRIVED).active


OTHER = "band-2"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"flat": "palm/b9"}, "unknown flat"),
        ({"subject": "王静"}, "a subject is 16 hex digits"),
        ({"ground": " "}, "the legal ground is mandatory"),
        ({"days": 0}, "1 to 60 days"),
        ({"days": 61}, "1 to 60 days"),
        ({"arrive_by": datetime(2026, 3, 12, 2, tzinfo=UTC)}, "the hour of arrival is past"),
        ({"arrive_by": datetime(2036, 3, 12, tzinfo=UTC)}, "the hour of arrival is past"),
        ({"subject": ANNA}, "already expected"),
        ({"band": BAND}, "the band is already worn"),
    ],
)
def test_an_arrival_that_makes_no_sense_is_refused(changes: dict[str, Any], why: str) -> None:
    kept = home()
    assert expect(kept, "a2", **{"subject": BO, "flat": OTHER_FLAT, **changes}).why.startswith(why)


def test_who_is_in_quarantine_is_not_expected_and_a_promised_band_is_not_given_away() -> None:
    kept = home()
    stay = QuarantineBegun(
        id="q",
        at=kept.now,
        by="d1",
        flat=FLAT,
        subject=BO,
        ground="g",
        first_day=date(2026, 3, 12),
        last_day=date(2026, 3, 13),
        band=BAND,
    )
    assert kept.order(stay).why == "the band is already worn"
    kept.quarantine(BO)
    assert expect(kept, "a2", subject=BO).why == "already in quarantine"
