"""Each person's own usual temperature, a rise over it, and a very high fever at once."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.reading import BandSeen
from gateway.events.every import BandHeard, ConfigLoaded, TemperatureTaken
from gateway.findings import AlertState
from gateway.kinds import Kind, Severity
from gateway.limits import Limits
from gateway.profile import PROFILES, Profile
from gateway.temperatures import median
from tests.gateway.keeping import ANNA, BAND, BO, FLAT, OTHER_BAND, Kept, make_site, seconds

FEVERS = (Kind.FEVER, Kind.FEVER_HIGH, Kind.FEVER_RISING)


def take(kept: Kept, *celsius: float, apart: float = 900.0, band: str = BAND) -> None:
    for each in celsius:
        kept.consider(TemperatureTaken(at=kept.now, heard=kept.now, device=band, celsius=each))
        kept.now += seconds(apart)


HALF_AN_HOUR = Limits(fever_rise_held_seconds=1800.0, fever_held_seconds=0.0)


def worn(limits: Limits = HALF_AN_HOUR) -> Kept:
    kept = Kept(limits=limits)
    kept.quarantine(band=BAND)
    return kept


def known(usual: float = 35.6, limits: Limits = HALF_AN_HOUR) -> Kept:
    """After a first day of this temperature, a little up and down."""
    kept = worn(limits)
    take(kept, *[usual - 0.2, usual, usual + 0.2] * 33)
    baseline = kept.state.baselines[BAND]
    assert baseline.celsius == pytest.approx(usual)
    assert baseline.tenths == {}
    return kept


def told(kept: Kept) -> list[Kind]:
    return [alert.kind for alert in kept.raised() if alert.kind in FEVERS]


@pytest.mark.parametrize(
    ("celsius", "apart", "found"),
    [
        ((36.3, 36.3), 900.0, []),  # a quarter of an hour
        ((36.4, 36.4, 36.4), 900.0, [Kind.FEVER_RISING]),  # half an hour
        ((36.39, 36.39, 36.39), 900.0, []),  # 0.79 over their own
        ((36.4, 36.1, 36.4, 36.4), 900.0, [Kind.FEVER_RISING]),  # it wavers, and goes on
        ((36.4, 36.0, 36.4, 36.4), 900.0, [Kind.FEVER_RISING]),
        ((36.4, 35.9, 36.4, 36.4), 900.0, []),  # it was over between
        ((36.4, 37.4, 37.4, 37.4), 900.0, [Kind.FEVER_RISING, Kind.FEVER]),
        ((36.4, 37.4, 37.4, 37.4), 30.0, [Kind.FEVER]),
    ],
)
def test_a_rise_over_their_own(celsius: tuple[float, ...], apart: float, found: list[Kind]) -> None:
    kept = known()
    take(kept, *celsius, apart=apart)
    assert told(kept) == found


def test_an_hour_under_a_blanket_is_no_rise() -> None:
    kept = known(limits=Limits())
    take(kept, *[36.5] * 5, *[35.6] * 4)
    assert told(kept) == []
    take(kept, *[36.5] * 7)
    assert told(kept) == [Kind.FEVER_RISING]


def test_a_cool_wrist_that_warms_up_to_a_cool_one_has_no_fever() -> None:
    kept = known(33.0)
    take(kept, *[35.0] * 8)
    assert told(kept) == []
    take(kept, *[36.2] * 3)
    assert told(kept) == [Kind.FEVER_RISING]


def test_in_the_first_day_nobody_knows_what_is_usual() -> None:
    kept = worn()
    take(kept, *[35.0] * 40, *[36.9] * 8)
    assert told(kept) == []


def test_a_band_that_lay_on_the_table_all_day_has_no_first_day() -> None:
    kept = worn()
    take(kept, *[35.0] * 20, apart=4400.0)
    assert kept.state.baselines[BAND].celsius is None
    take(kept, *[35.0] * 4)
    assert kept.state.baselines[BAND].celsius == 35.0


def test_who_comes_with_a_fever_is_measured_against_the_well() -> None:
    kept = worn()
    take(kept, *[38.0] * 99)
    assert kept.state.baselines[BAND].celsius == 37.0


def test_a_run_of_hot_readings_every_ten_seconds_is_not_usual_for_that() -> None:
    kept = worn()
    take(kept, *[35.5] * 60)
    take(kept, *[36.9] * 1000, apart=10.0)
    take(kept, *[35.5] * 40)
    assert kept.state.baselines[BAND].celsius == 35.5


def test_a_rise_of_days_is_the_heating_and_no_fever() -> None:
    kept = known()
    for step in range(30):
        take(kept, 35.9 + step * 0.02, apart=3600.0)
    take(kept, *[36.6] * 10)
    assert told(kept) == []


def test_a_rise_nobody_saw_coming_is_told() -> None:
    kept = known()
    kept.now += timedelta(hours=20)  # out of range of every receiver
    take(kept, *[36.6] * 3)
    assert told(kept) == [Kind.FEVER_RISING]


def test_a_rise_clears_by_itself_and_gives_way_to_a_fever() -> None:
    kept = known()
    take(kept, *[36.5] * 3)
    alert = kept.alert(Kind.FEVER_RISING)
    assert (alert.severity, alert.subject, alert.place, alert.celsius) == (Severity.MEDIUM, ANNA, FLAT, 36.5)
    take(kept, 35.9)
    assert kept.alert(Kind.FEVER_RISING).state is AlertState.CLEARED
    take(kept, *[36.5] * 3, 37.5, 37.5, 37.5)
    assert [(kept.alert(kind).state, kept.alert(kind).active) for kind in (Kind.FEVER_RISING, Kind.FEVER)] == [
        (AlertState.CLEARED, False),
        (AlertState.RAISED, True),
    ]


@pytest.mark.parametrize(
    ("celsius", "apart", "found"),
    [
        ((39.0,), 10.0, []),  # a glitch, a hand on the radiator
        ((39.0, 39.0), 10.0, [Kind.FEVER_HIGH]),
        ((38.9, 38.9), 10.0, []),
        ((39.5, 36.5, 39.5), 10.0, []),
        ((39.5, 39.5), 1800.0, [Kind.FEVER_HIGH]),
        ((39.5, 39.5), 1801.0, []),
        ((43.0, 43.0, 44.9), 10.0, []),  # hot water: no living wrist
        ((38.0, 38.0, 38.0, 39.2, 39.2), 10.0, [Kind.FEVER, Kind.FEVER_HIGH]),
        ((39.2, 39.2, 38.0, 38.0, 38.0, 38.0), 10.0, [Kind.FEVER_HIGH]),  # one person, one fever
        ((39.2, 39.2, 38.0, 39.2, 39.2), 10.0, [Kind.FEVER_HIGH]),
        ((39.2, 39.2, 36.5, 39.2, 39.2), 10.0, [Kind.FEVER_HIGH]),  # nobody has looked at the first yet: one more
    ],
)
def test_very_high(celsius: tuple[float, ...], apart: float, found: list[Kind]) -> None:
    kept = worn()
    take(kept, *celsius, apart=apart)
    assert told(kept) == found


def test_very_high_is_told_from_the_air_within_some_seconds() -> None:
    kept = worn()
    for counter in range(8):
        kept.hear(BAND, BandSeen(rssi=-60, counter=counter, celsius=39.4, worn=True), link="radio")
        kept.now += seconds(2)
    (alert,) = [alert for alert in kept.raised() if alert.kind is Kind.FEVER_HIGH]
    assert (alert.severity, alert.subject) == (Severity.CRITICAL, ANNA)


def test_one_glitch_on_the_air_is_told_by_nobody() -> None:
    kept = worn()
    for counter in range(60):
        kept.hear(BAND, BandSeen(rssi=-60, counter=counter, celsius=40.0 if counter % 10 == 5 else 36.4), link="radio")
        kept.now += seconds(2)
    assert told(kept) == []


def test_the_room_is_nobodys_fever() -> None:
    """A shower: taken off, put by on the heater, put on again. It is "not worn", and nobody has left."""
    kept = known()
    kept.consider(BandHeard(at=kept.now, heard=kept.now, device=BAND, worn=False))
    for counter in range(40):
        kept.hear(BAND, BandSeen(rssi=-60, counter=counter, celsius=39.9, worn=False), link="radio")
        kept.now += seconds(30)
        kept.pass_time(seconds(1))
    assert [alert.kind for alert in kept.raised() if alert.subject] == []


def test_what_is_usual_outlives_a_restart_and_a_step_of_the_clock() -> None:
    kept = known().reopened()
    kept.set_clock(timedelta(hours=-8))
    take(kept, *[36.5] * 3)
    assert told(kept) == [Kind.FEVER_RISING]


def test_what_is_usual_for_one_is_not_for_the_next_wearer() -> None:
    kept = known()
    kept.state.quarantines.clear()  # as after the end of the stay; the record of it is not
    kept.quarantine(subject=BO, band=BAND)
    take(kept, 36.9)
    assert kept.state.baselines[BAND].celsius is None


def test_a_band_nobody_was_given_has_no_fever() -> None:
    kept = worn()
    take(kept, *[39.5] * 5, band=OTHER_BAND, apart=10.0)
    assert told(kept) == []
    assert OTHER_BAND not in kept.state.baselines


def test_a_profile_sets_another_threshold() -> None:
    kept = worn()
    strict = (*PROFILES, Profile(name="strict", fever_celsius=37.0))
    kept.consider(
        ConfigLoaded(
            at=kept.now,
            heard=kept.now,
            fingerprint="g",
            site=make_site(),
            limits=HALF_AN_HOUR,
            profiles=strict,
            profile="strict",
        )
    )
    take(kept, *[37.1] * 3, apart=60.0)
    assert told(kept) == [Kind.FEVER]


@given(st.dictionaries(st.integers(300, 420), st.integers(1, 9), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_the_median_is_the_middle_one(tenths: dict[int, int]) -> None:
    listed = sorted(tenth for tenth, times in tenths.items() for _ in range(times))
    assert median(tenths) == listed[(len(listed) - 1) // 2] / 10


@given(
    st.lists(
        st.tuples(st.sampled_from([34.0, 35.6, 36.5, 37.0, 37.4, 39.1, 44.0]), st.sampled_from([10.0, 900.0, 7200.0])),
        max_size=150,
    )
)
@settings(max_examples=60, deadline=None)
def test_never_two_open_fevers_of_one_kind_and_a_restart_changes_none(history: list[tuple[float, float]]) -> None:
    kept, restarted = worn(), worn()
    for celsius, apart in history:
        take(kept, celsius, apart=apart)
        take(restarted, celsius, apart=apart)
        restarted = restarted.reopened() if celsius > 39 else restarted
        kinds = [alert.kind for alert in kept.state.alerts.values() if alert.kind in FEVERS]
        assert len(kinds) == len(set(kinds))
    again = [(alert.kind, alert.state) for alert in restarted.state.alerts.values() if alert.kind in FEVERS]
    assert again == [(alert.kind, alert.state) for alert in kept.state.alerts.values() if alert.kind in FEVERS]
