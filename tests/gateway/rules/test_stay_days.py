"""Days are the compound's calendar: every boundary of a stay, also where clocks move at midnight and in leap years."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from devices.reading import BandSeen, DoorSeen
from gateway.findings import Reason, StayBegun, StayEnded
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.every import ArrivalExpected, QuarantineEnded
from gateway.orders.stays import StayMoved, StayResumed, StaySuspended
from gateway.registry.enrolment import days_of, today
from tests.gateway.keeping import ANNA, BAND, BO, DOOR, FLAT, IN, OTHER_FLAT, Kept, decision, make_site, of, seconds
from tests.gateway.rules.test_stays_go_on import pages_agree

INSTANT = timedelta(microseconds=1)
QUIET = Limits(camera_silent_seconds=0, door_silent_seconds=0)
OUT_OF_HEARING = {Kind.BAND_SILENT, Kind.BAND_GONE, Kind.BAND_TAKEN_OFF}
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def utc(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


DAYS = [  # zone, a day, its first instant, the first instant after it
    ("Asia/Shanghai", date(2026, 3, 12), utc("2026-03-11T16:00"), utc("2026-03-12T16:00")),
    ("Asia/Shanghai", date(2028, 2, 29), utc("2028-02-28T16:00"), utc("2028-02-29T16:00")),
    ("Asia/Shanghai", date(2026, 12, 31), utc("2026-12-30T16:00"), utc("2026-12-31T16:00")),
    ("Europe/Berlin", date(2026, 3, 29), utc("2026-03-28T23:00"), utc("2026-03-29T22:00")),  # 23 h
    ("Europe/Berlin", date(2026, 10, 25), utc("2026-10-24T22:00"), utc("2026-10-25T23:00")),  # 25 h
    ("America/Sao_Paulo", date(2018, 11, 4), utc("2018-11-04T03:00"), utc("2018-11-05T02:00")),  # from 01:00
    ("America/Sao_Paulo", date(2019, 2, 16), utc("2019-02-16T02:00"), utc("2019-02-17T03:00")),  # 23:00 twice
    ("Australia/Lord_Howe", date(2026, 10, 4), utc("2026-10-03T13:30"), utc("2026-10-04T13:00")),  # 23:30 h
]  # fmt: skip


def house(zone: str, start: datetime) -> Kept:
    return Kept(make_site(zone), start=start, limits=QUIET)


@pytest.mark.parametrize(("zone", "day", "first", "after"), DAYS)
def test_a_stay_of_one_day_counts_from_its_first_instant_to_its_last(
    zone: str, day: date, first: datetime, after: datetime
) -> None:
    kept = house(zone, first - timedelta(hours=5))
    kept.quarantine(ANNA, first_day=day, last_day=day)
    assert decision(kept.show(IN, subject=ANNA, not_before=LONG_AGO)).reason is not Reason.QUARANTINED
    kept.pass_time(first - kept.now - INSTANT)
    assert decision(kept.show(IN, subject=ANNA, not_before=LONG_AGO)).reason is not Reason.QUARANTINED
    kept.pass_time(INSTANT)
    assert decision(kept.show(IN, subject=ANNA, not_before=LONG_AGO)).reason is Reason.QUARANTINED
    kept.pass_time(after - kept.now - INSTANT)
    assert of(StayEnded, kept.wrote()) == []
    assert decision(kept.show(IN, subject=ANNA, not_before=LONG_AGO)).reason is Reason.QUARANTINED
    kept.pass_time(INSTANT)
    assert [each.at for each in of(StayEnded, kept.wrote())] == [after]
    pages_agree(kept)


@pytest.mark.parametrize(("zone", "day", "first", "after"), DAYS)
def test_a_band_handed_out_the_day_before_is_missed_from_the_first_day_on(
    zone: str, day: date, first: datetime, after: datetime
) -> None:
    kept = house(zone, first - timedelta(hours=9))
    kept.quarantine(ANNA, band=BAND, first_day=day, last_day=day + timedelta(days=3))
    kept.hear(BAND, BandSeen(rssi=-60, counter=1, worn=False, celsius=22.0), link="radio")
    kept.hear(DOOR, DoorSeen(open=False))
    kept.pass_time(timedelta(hours=2), timedelta(minutes=10))
    kept.hear(DOOR, DoorSeen(open=True))
    kept.hear(DOOR, DoorSeen(open=False))
    kept.pass_time(first - kept.now - INSTANT, timedelta(minutes=10))
    assert kept.raised() == [], "it lies in a drawer, and nobody is observed yet"
    kept.pass_time(timedelta(hours=1), timedelta(minutes=1))
    told = [alert for alert in kept.raised() if alert.kind in OUT_OF_HEARING]
    assert told, "from now on it is missed"
    assert all(first < alert.raised_at < after for alert in told)


def test_what_a_band_measures_before_the_first_day_is_nobodys_business() -> None:
    for first, looked_at in ((date(2026, 3, 13), False), (date(2026, 3, 12), True)):
        kept = Kept(limits=QUIET)
        kept.quarantine(ANNA, band=BAND, first_day=first, last_day=date(2026, 3, 20))
        for counter in range(1, 40):
            kept.hear(BAND, BandSeen(rssi=-60, counter=counter, worn=True, celsius=39.4), link="radio")
            kept.pass_time(seconds(30))
        assert (Kind.FEVER_HIGH in {alert.kind for alert in kept.raised()}) is looked_at
        assert (BAND in kept.state.baselines) is looked_at


def test_a_house_that_was_closed_at_the_first_midnight_misses_the_band_when_it_opens() -> None:
    kept = house("Asia/Shanghai", datetime(2026, 3, 12, 2, tzinfo=UTC))
    stay = kept.quarantine(ANNA, band=BAND, first_day=date(2026, 3, 13), last_day=date(2026, 3, 20))
    assert kept.state.waiting == {stay: datetime(2026, 3, 12, 16, tzinfo=UTC)}
    again = kept.reopened()
    assert again.state.waiting.keys() == {stay}
    again.pass_time(timedelta(days=1), timedelta(hours=24))  # nothing was asked of it in between
    assert again.state.waiting == {}
    again.pass_time(timedelta(hours=1), timedelta(minutes=5))
    assert OUT_OF_HEARING & {alert.kind for alert in again.raised()}


def test_a_stay_to_come_that_is_ended_moved_or_suspended_arms_nothing_before_its_day() -> None:
    day = {"first_day": date(2026, 3, 13), "last_day": date(2026, 3, 20)}
    kept = Kept(limits=QUIET)
    about = {"at": kept.now, "by": "d1", "quarantine": kept.quarantine(ANNA, band=BAND, **day)}
    assert kept.order(StayMoved(id="m", **about, flat=OTHER_FLAT, reason="r")).done
    assert kept.order(StaySuspended(id="s", **about, reason="r")).done
    assert kept.order(StayResumed(id="r", **about)).done
    kept.pass_time(timedelta(hours=3), timedelta(minutes=10))
    assert kept.raised() == []
    assert kept.order(QuarantineEnded(id="e", **about, reason="r")).done
    assert kept.state.waiting == {}
    kept.pass_time(timedelta(days=1), timedelta(minutes=30))
    assert kept.raised() == []


def test_by_a_clock_nobody_trusts_the_first_day_has_come() -> None:
    kept = Kept(limits=QUIET)
    kept.quarantine(ANNA, band=BAND, first_day=date(2026, 3, 13), last_day=date(2026, 3, 20))
    kept.set_clock(timedelta(hours=-1), trusted=False)
    assert kept.state.waiting == {}
    kept.pass_time(timedelta(hours=1), timedelta(minutes=5))
    assert OUT_OF_HEARING & {alert.kind for alert in kept.raised()}


@pytest.mark.parametrize(("zone", "day", "first", "after"), DAYS)
def test_who_comes_in_on_the_last_instant_of_a_day_has_that_day_counted(
    zone: str, day: date, first: datetime, after: datetime
) -> None:
    for instant, counted in ((first, day), (after - INSTANT, day), (after, day + timedelta(days=1))):
        kept = house(zone, instant - timedelta(hours=2))
        order = ArrivalExpected(
            id="a1",
            at=kept.now,
            by="d1",
            flat=FLAT,
            subject=ANNA,
            ground="g",
            days=14,
            arrive_by=instant + timedelta(hours=1),
        )
        assert kept.order(order).done
        kept.pass_time(instant - kept.now)
        (begun,) = of(StayBegun, kept.show(IN, subject=ANNA, not_before=LONG_AGO))
        assert (begun.stay.first_day, begun.stay.last_day) == (counted, counted + timedelta(days=13))
        assert today(instant, zone) == counted


def test_fourteen_days_over_the_end_of_february_and_of_the_year() -> None:
    assert days_of(date(2028, 2, 20), 14) == date(2028, 3, 4)
    assert days_of(date(2027, 2, 20), 14) == date(2027, 3, 5)
    assert days_of(date(2028, 2, 29), 1) == date(2028, 2, 29)
    assert days_of(date(2026, 12, 25), 14) == date(2027, 1, 7)
    kept = house("Asia/Shanghai", datetime(2028, 2, 20, 2, tzinfo=UTC))
    kept.quarantine(ANNA, first_day=date(2028, 2, 20), last_day=days_of(date(2028, 2, 20), 14))
    kept.pass_time(timedelta(days=14), timedelta(hours=3))
    assert [each.at for each in of(StayEnded, kept.wrote())] == [datetime(2028, 3, 4, 16, tzinfo=UTC)]


def test_one_flat_three_people_three_ends() -> None:
    kept = Kept(limits=QUIET)
    zone = ZoneInfo("Asia/Shanghai")
    third = "5afe000000000003"
    for number, subject in enumerate((ANNA, BO, third)):
        kept.quarantine(subject, first_day=date(2026, 3, 12), last_day=date(2026, 3, 13 + 2 * number))
    kept.pass_time(timedelta(days=7), timedelta(hours=1))
    ends = [(each.subject, each.at.astimezone(zone).date()) for each in of(StayEnded, kept.wrote())]
    assert ends == [(ANNA, date(2026, 3, 14)), (BO, date(2026, 3, 16)), (third, date(2026, 3, 18))]


def test_nobody_has_two_stays_on_one_day_and_one_may_follow_the_other() -> None:
    kept = Kept(limits=QUIET)
    stay = kept.quarantine(ANNA, first_day=date(2026, 3, 12), last_day=date(2026, 3, 20))
    for first, last in ((12, 20), (20, 25), (15, 16)):
        with pytest.raises(AssertionError, match="already in quarantine"):
            kept.quarantine(ANNA, first_day=date(2026, 3, first), last_day=date(2026, 3, last))
    assert kept.order(StaySuspended(id="s", at=kept.now, by="d1", quarantine=stay, reason="hospital")).done
    with pytest.raises(AssertionError, match="already in quarantine"):
        kept.quarantine(ANNA, first_day=date(2026, 3, 15), last_day=date(2026, 3, 22))
    kept.quarantine(ANNA, first_day=date(2026, 3, 21), last_day=date(2026, 3, 22))
    kept.quarantine(BO, first_day=date(2026, 3, 12), last_day=date(2026, 3, 20))
