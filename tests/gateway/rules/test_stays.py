"""Quarantines end at the midnight of the compound's own time zone, to the second, and by no wrong clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.reading import DoorSeen
from gateway.findings import StayEnded
from gateway.kinds import Kind
from gateway.orders.every import QuarantineEnded, WindowOpened
from gateway.people import Quarantine
from tests.gateway.keeping import ANNA, BAND, BO, DOOR, FLAT, Kept, make_site, of, seconds

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Africa/Cairo", "Asia/Kathmandu", "UTC"]


def stay(first: date, last: date) -> Quarantine:
    return Quarantine("q", FLAT, ANNA, "order 7", first, last, "d1")


@pytest.mark.parametrize(
    ("zone", "last_day", "ends"),
    [
        ("Asia/Shanghai", date(2026, 3, 14), datetime(2026, 3, 14, 16, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 3, 28), datetime(2026, 3, 28, 23, tzinfo=UTC)),  # summer time begins next day
        ("Europe/Berlin", date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),  # a day of 25 hours
        ("Africa/Cairo", date(2026, 4, 23), datetime(2026, 4, 23, 22, tzinfo=UTC)),  # there is no midnight that night
        ("America/Sao_Paulo", date(2018, 11, 3), datetime(2018, 11, 4, 3, tzinfo=UTC)),  # nor was there that one
    ],
)
@pytest.mark.parametrize("every", [60.0, 40_000.0])
def test_a_stay_ends_at_the_midnight_after_its_last_day(
    zone: str, last_day: date, ends: datetime, every: float
) -> None:
    kept = Kept(site=make_site(zone), start=ends - timedelta(days=2))
    kept.quarantine(first_day=last_day - timedelta(days=1), last_day=last_day)
    kept.pass_time(timedelta(days=2) - seconds(1), seconds(every))
    assert of(StayEnded, kept.wrote()) == []
    kept.pass_time(seconds(1))
    (ended,) = of(StayEnded, kept.wrote())
    assert (ended.at, ended.flat, ended.subject) == (ends, FLAT, ANNA)
    assert kept.state.quarantines == {}


@given(zone=st.sampled_from(ZONES), last=st.dates(date(2015, 1, 1), date(2037, 1, 1)))
@settings(max_examples=300, deadline=None)
def test_the_end_is_the_first_instant_that_is_not_covered(zone: str, last: date) -> None:
    its = ZoneInfo(zone)
    served = stay(last, last)
    ends = served.ends(its)
    assert not served.covers(ends, its)
    assert served.covers(ends - timedelta(microseconds=1), its)


def test_a_clock_that_is_not_trusted_releases_nobody() -> None:
    kept = Kept(clock_trusted=False)
    kept.quarantine(days=1)
    kept.pass_time(timedelta(days=5), timedelta(minutes=50))
    assert of(StayEnded, kept.wrote()) == []
    kept.set_clock(seconds(-5))
    kept.pass_time(seconds(1))
    (ended,) = of(StayEnded, kept.wrote())
    assert ended.at == datetime(2026, 3, 12, 16, tzinfo=UTC)


def test_a_clock_set_back_by_years_does_not_keep_anybody_for_years() -> None:
    kept = Kept(clock_trusted=False, start=datetime(2036, 1, 1, tzinfo=UTC))
    kept.quarantine(first_day=date(2035, 12, 1), last_day=date(2036, 1, 1))
    kept.quarantine(subject="5afe000000000009", first_day=date(2035, 6, 1), last_day=date(2035, 7, 1))
    kept.pass_time(timedelta(days=3), timedelta(hours=1))
    kept.set_clock(timedelta(days=-150))  # August 2035
    kept.pass_time(seconds(1))
    assert [ended.subject for ended in of(StayEnded, kept.wrote())] == ["5afe000000000009"]
    kept.pass_time(timedelta(days=160), timedelta(days=1))
    assert len(of(StayEnded, kept.wrote())) == 2


def test_a_step_of_the_clock_does_not_move_the_calendar() -> None:
    kept = Kept()
    kept.quarantine(days=2)
    kept.set_clock(timedelta(hours=7))
    kept.pass_time(timedelta(days=3), timedelta(minutes=10))
    assert [ended.at for ended in of(StayEnded, kept.wrote())] == [datetime(2026, 3, 13, 16, tzinfo=UTC)]


def test_another_time_zone_in_the_configuration_moves_the_end() -> None:
    kept = Kept()
    kept.quarantine(days=1)
    kept.load(make_site("Europe/Berlin"))
    kept.pass_time(timedelta(days=3), timedelta(minutes=10))
    assert [ended.at for ended in of(StayEnded, kept.wrote())] == [datetime(2026, 3, 12, 23, tzinfo=UTC)]


def test_a_flat_taken_out_of_the_configuration_keeps_the_end_of_its_stay() -> None:
    kept = Kept()
    kept.quarantine(flat="palm/b1-1-102", days=1)
    kept.load(make_site(flats=1))
    kept.pass_time(timedelta(days=3), timedelta(minutes=10))
    assert [ended.at for ended in of(StayEnded, kept.wrote())] == [datetime(2026, 3, 12, 16, tzinfo=UTC)]


def test_ended_by_order_it_does_not_end_again() -> None:
    kept = Kept()
    name = kept.quarantine(band=BAND)
    assert kept.order(QuarantineEnded(id="e", at=kept.now, by="d1", quarantine=name, reason="set right")).done
    kept.pass_time(timedelta(days=30))
    assert [each.early for each in of(StayEnded, kept.wrote())] == [True]


def test_a_stay_entered_after_its_end_is_over_at_once() -> None:
    kept = Kept()
    kept.quarantine(first_day=date(2026, 2, 1), last_day=date(2026, 2, 14))
    kept.pass_time(seconds(1))
    assert [ended.at for ended in of(StayEnded, kept.wrote())] == [datetime(2026, 2, 14, 16, tzinfo=UTC)]


def test_a_service_window_ends_with_the_stay_it_was_given_for() -> None:
    kept = Kept()
    first = kept.quarantine(ANNA)
    window = WindowOpened(
        id="w1",
        at=kept.now,
        by="d1",
        flat=FLAT,
        opens=kept.now,
        closes=kept.now + timedelta(hours=5),
        purpose="food",
    )
    assert kept.order(window).done
    assert kept.order(QuarantineEnded(id="e1", at=kept.now, by="d1", quarantine=first, reason="test")).done
    assert kept.state.windows == {}
    kept.quarantine(BO)
    kept.hear(DOOR, DoorSeen(open=True))
    assert len(kept.raised(Kind.QUARANTINE_DOOR_OPENED)) == 1
