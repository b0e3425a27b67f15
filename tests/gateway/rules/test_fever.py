"""37.3 or more, held over n readings of a period. One hot reading is none."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from devices.reading import BandSeen
from gateway.events.every import TemperatureTaken
from gateway.findings import AlertState
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.every import AlertAcknowledged, AlertClosed
from tests.gateway.keeping import ANNA, BAND, FLAT, START, Kept, seconds


def take(kept: Kept, *celsius: float, apart: float = 60.0) -> None:
    for each in celsius:
        kept.consider(TemperatureTaken(at=kept.now, heard=kept.now, device=BAND, celsius=each))
        kept.now += seconds(apart)


HELD = Limits().fever_held_seconds


def worn(limits: Limits = Limits(), *, held: float = 0.0) -> Kept:  # noqa: B008 (frozen)
    """A fever is told by its readings, however soon they follow each other, unless a test asks how long it is held."""
    kept = Kept(limits=replace(limits, fever_held_seconds=held))
    kept.quarantine(band=BAND)
    return kept


@pytest.mark.parametrize(("celsius", "fevers"), [(37.29, 0), (37.3, 1), (37.300001, 1), (373 * 0.1, 1), (38.9, 1)])
def test_the_threshold(celsius: float, fevers: int) -> None:
    kept = worn()
    take(kept, celsius, celsius, celsius)
    assert len(kept.raised(Kind.FEVER)) == fevers


@pytest.mark.parametrize(
    ("readings", "hot", "fevers"), [(3, 1, 0), (3, 2, 0), (3, 3, 1), (5, 4, 0), (5, 5, 1), (1, 1, 1)]
)
def test_so_many_readings(readings: int, hot: int, fevers: int) -> None:
    kept = worn(Limits(fever_readings=readings))
    take(kept, *[38.5] * hot)
    assert len(kept.raised(Kind.FEVER)) == fevers


@pytest.mark.parametrize(
    ("apart", "readings", "told_after"),
    [
        (10.0, 13, None),  # two minutes: a cup of tea
        (10.0, 30, None),
        (10.0, 31, HELD),
        (60.0, 9, HELD),
        (110.0, 4, 330.0),
        (600.0, 3, 1200.0),
    ],
)
def test_held_for_so_long(apart: float, readings: int, told_after: float | None) -> None:
    kept = worn(held=HELD)
    take(kept, *[38.0] * readings, apart=apart)
    assert [a.raised_at for a in kept.raised(Kind.FEVER)] == (
        [] if told_after is None else [START + seconds(told_after)]
    )


def test_a_cool_reading_between_begins_the_time_anew_and_a_step_of_the_clock_does_not() -> None:
    kept = worn(held=HELD)
    take(kept, *[38.0] * 5, 37.0, *[38.0] * 3)
    kept.set_clock(timedelta(hours=8))
    take(kept, 38.0, 38.0)
    assert kept.raised(Kind.FEVER) == []
    take(kept, 38.0)
    assert len(kept.raised(Kind.FEVER)) == 1


@pytest.mark.parametrize(("apart", "fevers"), [(899.0, 1), (900.0, 1), (900.5, 0), (5000.0, 0)])
def test_within_the_period(apart: float, fevers: int) -> None:
    kept = worn()
    take(kept, *[38.0] * 6, apart=apart)
    assert len(kept.raised(Kind.FEVER)) == fevers


def test_a_cool_reading_between_begins_anew() -> None:
    kept = worn()
    take(kept, 38.0, 38.0, 37.2, 38.0, 38.0)
    assert kept.raised(Kind.FEVER) == []
    take(kept, 38.0)
    assert len(kept.raised(Kind.FEVER)) == 1


def test_what_the_alert_says() -> None:
    kept = worn()
    take(kept, 38.1, 39.0, 38.2)
    alert = kept.alert(Kind.FEVER)
    assert (alert.celsius, alert.subject, alert.place, alert.device) == (39.0, ANNA, FLAT, BAND)
    assert alert.raised_at == START + seconds(120)


def test_a_fever_goes_on_until_it_is_clearly_over() -> None:
    kept = worn()
    take(kept, 38.0, 38.0, 38.0, 37.2, 37.0)
    assert kept.alert(Kind.FEVER).active
    take(kept, 36.99)
    assert (kept.alert(Kind.FEVER).active, kept.alert(Kind.FEVER).state) == (False, AlertState.RAISED)


def test_hot_for_hours_is_one_alert() -> None:
    kept = worn()
    take(kept, *[38.4] * 200)
    assert [a.count for a in kept.raised(Kind.FEVER)] == [kept.alert(Kind.FEVER).count] == [1]


def test_acknowledged_it_stays_so_while_hot_and_rings_anew_after() -> None:
    kept = worn()
    take(kept, 38.0, 38.0, 38.0)
    kept.order(AlertAcknowledged(id="a", at=kept.now, by="d1", alert=kept.alert(Kind.FEVER).id))
    take(kept, 38.0, 38.0, 38.0, 38.0)
    assert kept.alert(Kind.FEVER).state is AlertState.ACKNOWLEDGED
    take(kept, 36.5)
    assert kept.alert(Kind.FEVER).state is AlertState.CLEARED
    take(kept, 38.0, 38.0, 38.0)
    assert len(kept.raised(Kind.FEVER)) == 2


def test_closed_while_hot_it_is_not_told_again_at_the_next_reading() -> None:
    kept = worn()
    take(kept, 38.0, 38.0, 38.0)
    kept.order(AlertClosed(id="c", at=kept.now, by="d1", alert=kept.alert(Kind.FEVER).id, closing="real"))
    take(kept, 38.0, 38.0, 38.0, 38.0)
    assert len(kept.raised(Kind.FEVER)) == 1
    take(kept, 36.5, 38.0, 38.0, 38.0)
    assert len(kept.raised(Kind.FEVER)) == 2


def test_a_run_of_hot_readings_outlives_a_step_of_the_clock() -> None:
    kept = worn()
    take(kept, 38.0, 38.0)
    kept.set_clock(timedelta(hours=8))
    take(kept, 38.0)
    assert len(kept.raised(Kind.FEVER)) == 1


def test_what_is_not_worn_has_no_fever() -> None:
    kept = worn()
    for counter in range(20):
        kept.hear(BAND, BandSeen(rssi=-60, counter=counter, celsius=39.0, worn=False), link="radio")
        kept.now += seconds(30)
    assert kept.raised(Kind.FEVER) == []
