"""How many days a battery has left: a range, or nothing said."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.reading import AliveSeen, BandSeen
from gateway.batteries import Battery, DaysLeft, charged, days_left
from gateway.events.meters import ChargeTold
from tests.gateway.keeping import BAND, DOOR, Kept, of, seconds

NOW = datetime(2026, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def told(*levels: int, every: timedelta = DAY, millivolts: bool = False) -> tuple[Battery, datetime]:
    battery: Battery | None = None
    at = NOW
    for number, level in enumerate(levels):
        at = NOW + number * every
        battery = charged(battery, at, level, millivolts)
    assert battery is not None
    return battery, at


@pytest.mark.parametrize(
    ("levels", "left"),
    [
        ((100, 98, 96, 94, 92), DaysLeft(38, 39)),
        ((100, 99, 96, 95, 91, 90), DaysLeft(30, 46)),
        ((90, 90, 90, 89, 90), None),
        ((80, 81, 82, 83), None),
        ((100, 98, 96), None),  # too few
        ((100, 90, 80, 70), DaysLeft(5, 6)),
        ((18, 17, 16, 15), DaysLeft(0, 1)),
    ],
)
def test_days_left(levels: tuple[int, ...], left: DaysLeft | None) -> None:
    battery, at = told(*levels)
    found = days_left(battery, 15, at)
    assert found == left


def test_one_wild_reading_of_a_cold_night_is_no_nonsense() -> None:
    battery, at = told(100, 98, 96, 94, 80, 90, 88, 86, 84, 82)
    found = days_left(battery, 15, at)
    assert found is not None
    assert found.most is not None
    assert 25 <= found.least <= 33 <= found.most <= 45


def test_the_days_since_it_last_said_something_are_gone() -> None:
    battery, at = told(100, 98, 96, 94, 92)
    assert days_left(battery, 15, at + 10 * DAY) == DaysLeft(28, 29)


def test_two_hours_are_no_forecast() -> None:
    battery, at = told(100, 99, 98, 97, every=timedelta(hours=7))
    assert days_left(battery, 15, at) is None


def test_a_new_battery_begins_anew() -> None:
    battery, _ = told(40, 38, 36, 100)
    assert len(battery.charges) == 1


def test_a_node_says_millivolts() -> None:
    battery, at = told(3600, 3590, 3580, 3570, millivolts=True)
    assert days_left(battery, 3300, at) == DaysLeft(27, 28)


def test_slow_enough_for_years_has_no_end() -> None:
    battery, at = told(100, 100, 99, 99, 99, every=30 * DAY)
    found = days_left(battery, 15, at)
    assert found is None or found.most is None


@given(st.lists(st.tuples(st.integers(0, 100), st.floats(0, 2000)), min_size=1, max_size=60))
@settings(max_examples=80, deadline=None)
def test_never_nonsense(history: list[tuple[int, float]]) -> None:
    battery: Battery | None = None
    at = NOW
    for level, hours in history:
        at += timedelta(hours=hours)
        battery = charged(battery, at, level, False)
    found = days_left(battery, 15, at)
    assert found is None or 0 <= found.least <= (100_000 if found.most is None else found.most)


def test_what_a_band_says_of_its_battery_is_told_when_it_changed_and_four_times_a_day_at_most() -> None:
    kept = Kept()
    for hour in range(48):
        for _ in range(3):
            kept.hear(BAND, BandSeen(rssi=-60, battery_percent=90 - hour), link="radio")
            kept.now += seconds(1200)
    assert [told.level for told in of(ChargeTold, kept.wrote())] == [90, 84, 78, 72, 66, 60, 54, 48]
    again = kept.reopened()
    for percent in (43, 42, 41):
        again.hear(BAND, BandSeen(rssi=-60, battery_percent=percent), link="radio")
    assert [charge.level for charge in again.state.batteries[BAND].charges][-2:] == [48, 43]


def test_a_door_says_millivolts() -> None:
    kept = Kept()
    kept.hear(DOOR, AliveSeen(battery_millivolts=3612))
    assert kept.state.batteries[DOOR].millivolts
