"""People who agreed to be looked after outside quarantine: their bands, their doors, their water, and no more."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from devices.reading import AliveSeen, BandSeen, DoorSeen, MeterSeen
from gateway.compound import Device, DeviceKind, Site
from gateway.events.every import DoorMoved, TemperatureTaken
from gateway.events.meters import WaterDrawn
from gateway.findings import AlertState
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.care import AwayUntil, CareAgreed, CareEnded
from gateway.orders.every import ProfileChosen
from gateway.orders.homes import HouseholdsChanged, RegisteredFlat
from tests.gateway.keeping import (
    ANNA,
    BAND,
    BO,
    DOOR,
    FLAT,
    OTHER_BAND,
    OTHER_FLAT,
    START,
    Kept,
    make_site,
    of,
    seconds,
)

METER = "meter-101"
HOUR = timedelta(hours=1)
PATIENT = Limits(door_silent_seconds=0, meter_silent_seconds=0, camera_silent_seconds=0, band_silent_seconds=0)


def site() -> Site:
    known = make_site()
    return replace(known, devices=(*known.devices, Device(METER, DeviceKind.METER, "cable", FLAT)))


def agreed(**changes: object) -> CareAgreed:
    order = CareAgreed(
        id="care-1",
        at=START,
        by="d1",
        flat=FLAT,
        subject=ANNA,
        reason="lives alone",
        agreed_by="self",
        last_day=date(2026, 6, 30),
    )
    return replace(order, **changes)


def looked_after(limits: Limits = PATIENT, **parts: object) -> Kept:
    kept = Kept(site(), limits)
    result = kept.order(agreed(**parts))
    assert result.done, result.why
    return kept


def door(kept: Kept) -> None:
    kept.consider(DoorMoved(at=kept.now, heard=kept.now, device=DOOR, flat=FLAT, open=True))
    kept.consider(DoorMoved(at=kept.now, heard=kept.now, device=DOOR, flat=FLAT, open=False))


def water(kept: Kept, pulses: int) -> None:
    kept.consider(WaterDrawn(at=kept.now, heard=kept.now, device=METER, flat=FLAT, pulses=pulses))


def inactive(kept: Kept) -> list[datetime]:
    return [alert.raised_at for alert in kept.raised(Kind.INACTIVE)]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"flat": "nowhere"}, "unknown flat"),
        ({"subject": "Anna"}, "a subject is 16 hex digits"),
        ({"reason": " "}, "a reason is needed"),
        ({"agreed_by": ""}, "who agreed to it is mandatory"),
        ({"door": False}, "nothing was agreed to"),
        ({"temperatures": True}, "a temperature needs a band"),
        ({"last_day": date(2026, 3, 11)}, "the last day is past"),
        ({"last_day": date(2027, 3, 14)}, "longer than 366 days"),
        ({"meter": DOOR}, "no such meter in this flat"),
        ({"meter": METER, "flat": OTHER_FLAT}, "no such meter in this flat"),
        ({"band": OTHER_BAND}, "the band is already worn"),
    ],
)
def test_what_is_no_agreement(changes: dict[str, object], why: str) -> None:
    kept = Kept(site(), PATIENT)
    kept.quarantine(subject=BO, flat=OTHER_FLAT, band=OTHER_BAND)
    assert kept.order(agreed(**{"door": True, **changes})).why == why


def test_a_band_given_by_agreement_is_given_to_nobody_else() -> None:
    kept = looked_after(band=BAND)
    with pytest.raises(AssertionError, match="already worn"):
        kept.quarantine(subject=BO, flat=OTHER_FLAT, band=BAND)


def say(kept: Kept, **said: object) -> None:
    kept.hear(BAND, BandSeen(rssi=-60, counter=int(kept.now.timestamp() * 10), **said), link="radio")  # type: ignore[arg-type]  # flags and celsius


def test_help_fall_battery_and_silence_of_a_band_worn_by_agreement() -> None:
    kept = looked_after(replace(PATIENT, band_silent_seconds=900), band=BAND)
    say(kept, sos=True)
    kept.now += seconds(1)
    say(kept, fallen=True)
    kept.now += seconds(1)
    say(kept, battery_percent=9)
    kept.pass_time(seconds(901))
    about = {(alert.kind, alert.subject, alert.place) for alert in kept.raised() if alert.device == BAND}
    assert about == {(kind, ANNA, FLAT) for kind in (Kind.HELP_CALLED, Kind.FALL, Kind.BATTERY_LOW, Kind.BAND_SILENT)}


def test_whoever_agreed_to_a_band_may_take_it_off() -> None:
    kept = looked_after(band=BAND)
    say(kept, worn=False)
    kept.pass_time(seconds(600))
    assert kept.raised() == []


@pytest.mark.parametrize("temperatures", [True, False])
def test_a_fever_is_looked_for_only_if_they_agreed_to_that(temperatures: bool) -> None:
    kept = looked_after(band=BAND, temperatures=temperatures)
    for _ in range(80):
        say(kept, celsius=38.6, worn=True)
        kept.now += seconds(5)
    assert bool(of(TemperatureTaken, kept.wrote())) is temperatures
    assert len(kept.raised(Kind.FEVER)) == temperatures
    assert kept.state.counters[BAND] > 0  # the replay guard outlives a restart either way


def test_it_ends_by_itself_and_leaves_nothing() -> None:
    kept = looked_after(band=BAND, temperatures=True, door=True, last_day=date(2026, 3, 13))
    say(kept, celsius=36.5)
    kept.pass_time(30 * HOUR)
    assert kept.alert(Kind.INACTIVE).active
    kept.pass_time(9 * HOUR)  # midnight of the 13th in Shanghai is 16:00 in UTC
    state = kept.state
    assert (state.care, state.lives, state.baselines) == ({}, {}, {})
    assert kept.alert(Kind.INACTIVE).state is AlertState.CLEARED
    say(kept, celsius=36.5)
    assert len(of(TemperatureTaken, kept.wrote())) == 1


def test_it_can_be_taken_back_at_once() -> None:
    kept = looked_after(door=True)
    assert kept.order(CareEnded(id="e", at=kept.now, by="d1", care="care-1")).done
    kept.pass_time(100 * HOUR)
    assert (inactive(kept), kept.state.care) == ([], {})


def test_who_lives_there_no_more_is_looked_after_no_more() -> None:
    kept = looked_after(door=True)
    left = HouseholdsChanged(id="h", at=kept.now, by="d1", ref="r", flats=(RegisteredFlat(flat=FLAT),), left=(ANNA,))
    assert kept.order(left).done
    assert (kept.state.care, kept.state.lives) == ({}, {})


# ---- no sign of life


def test_a_door_that_has_not_moved_for_a_day() -> None:
    kept = looked_after(door=True)
    kept.pass_time(5 * HOUR)
    door(kept)
    kept.pass_time(timedelta(hours=23, minutes=59))
    assert inactive(kept) == []
    kept.pass_time(timedelta(minutes=1))
    assert inactive(kept) == [START + 29 * HOUR]
    assert (kept.alert(Kind.INACTIVE).place, kept.alert(Kind.INACTIVE).subject) == (FLAT, ANNA)
    kept.pass_time(48 * HOUR)
    assert kept.alert(Kind.INACTIVE).count == 1
    door(kept)
    assert kept.alert(Kind.INACTIVE).state is AlertState.CLEARED
    kept.pass_time(24 * HOUR)
    assert len(inactive(kept)) == 2


@pytest.mark.parametrize(
    ("draws", "due"),
    [
        ([], 12),
        ([(1, 5)], 13),
        ([(1, 4)], 12),
        ([(1, 4), (6, 1)], 13),  # from the fourth back the five are there until the hour of the first has gone
        ([(1, 4), (6, 9)], 18),
        ([(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)], 13),
        ([(h, 5) for h in range(1, 31, 6)], 37),
    ],
)
def test_water_that_hardly_runs(draws: list[tuple[int, int]], due: int) -> None:
    kept = looked_after(meter=METER)
    for hour, pulses in draws:
        kept.pass_time(START + hour * HOUR - kept.now)
        water(kept, pulses)
    kept.pass_time(START + 60 * HOUR - kept.now)
    assert inactive(kept) == [START + due * HOUR]


@pytest.mark.parametrize("sign", [door, lambda kept: water(kept, 9)])
def test_a_sign_of_life_by_the_one_counts_for_the_other(sign: Callable[[Kept], object]) -> None:
    kept = looked_after(door=True, meter=METER)
    kept.pass_time(13 * HOUR)
    assert inactive(kept) == [START + 12 * HOUR]
    sign(kept)
    assert not kept.alert(Kind.INACTIVE).active
    for _ in range(6):  # days in which only the one says something
        kept.pass_time(11 * HOUR)
        sign(kept)
    last = kept.now
    kept.pass_time(13 * HOUR)
    assert inactive(kept) == [START + 12 * HOUR, last + 12 * HOUR]


def test_only_in_a_profile_that_asks_for_it() -> None:
    kept = looked_after(door=True)
    kept.order(ProfileChosen(id="p", at=kept.now, by="d1", profile="epidemic"))
    kept.pass_time(100 * HOUR)
    assert inactive(kept) == []
    kept.order(ProfileChosen(id="p2", at=kept.now, by="d1", profile="ordinary"))
    switched = kept.now
    kept.pass_time(30 * HOUR)
    assert inactive(kept) == [switched + 24 * HOUR]


def test_who_is_away_is_not_missed_and_is_again_after_the_return() -> None:
    kept = looked_after(door=True)
    kept.pass_time(25 * HOUR)
    kept.order(AwayUntil(id="a", at=kept.now, by="d1", care="care-1", until=kept.now + 100 * HOUR))
    assert kept.alert(Kind.INACTIVE).state is AlertState.CLEARED
    back = kept.now + 100 * HOUR
    kept.pass_time(50 * HOUR)
    door(kept)  # a neighbour waters the flowers
    kept.pass_time(200 * HOUR)
    assert inactive(kept) == [START + 24 * HOUR, back + 24 * HOUR]


def test_back_before_the_hour() -> None:
    kept = looked_after(door=True)
    kept.order(AwayUntil(id="a", at=kept.now, by="d1", care="care-1", until=kept.now + 100 * HOUR))
    kept.pass_time(10 * HOUR)
    kept.order(AwayUntil(id="b", at=kept.now, by="d1", care="care-1", until=kept.now))
    kept.pass_time(30 * HOUR)
    assert inactive(kept) == [START + 34 * HOUR]
    kept.pass_time(100 * HOUR)
    assert kept.alert(Kind.INACTIVE).count == 1


def test_of_a_silent_sensor_nobody_knows() -> None:
    kept = looked_after(replace(PATIENT, door_silent_seconds=3600), door=True)
    kept.pass_time(40 * HOUR)
    assert (len(kept.raised(Kind.DOOR_SILENT)) > 0, inactive(kept)) == (True, [])
    kept.hear(DOOR, DoorSeen(open=False))
    heard = kept.now
    for _ in range(50):
        kept.pass_time(0.5 * HOUR)
        moves = kept.now - heard < 12 * HOUR
        kept.hear(DOOR, DoorSeen(open=False) if moves else AliveSeen(open=False))
    assert inactive(kept) == []


def test_a_restart_forgets_no_sign_of_life() -> None:
    kept = looked_after(door=True)
    kept.pass_time(23 * HOUR)
    again = kept.reopened()
    again.pass_time(2 * HOUR)
    assert inactive(again) == [START + 24 * HOUR]


def test_a_step_of_the_clock_makes_nobody_late() -> None:
    kept = looked_after(door=True)
    kept.pass_time(23 * HOUR)
    kept.set_clock(timedelta(days=300 - 293))
    assert inactive(kept) == []
    kept.pass_time(2 * HOUR)
    assert len(inactive(kept)) == 1


# ---- the meter itself


def test_a_meter_is_told_in_a_quarter_of_an_hour_and_only_what_was_drawn() -> None:
    kept = looked_after(meter=METER)
    for total in (500, 501, 502, 502, 510, 3, 4, 4):  # 3: the meter was changed
        kept.hear(METER, MeterSeen(total))
        kept.now += seconds(600)
    assert [drawn.pulses for drawn in of(WaterDrawn, kept.wrote())] == [1, 1, 8, 1]


def test_nobody_counts_the_water_of_whom_nobody_asked() -> None:
    kept = Kept(site(), PATIENT)
    for total in range(0, 1000, 100):
        kept.hear(METER, MeterSeen(total))
        kept.now += seconds(1000)
    assert of(WaterDrawn, kept.wrote()) == []


@given(st.lists(st.tuples(st.sampled_from("dwaob"), st.integers(1, 40)), max_size=40))
@settings(max_examples=40, deadline=None)
def test_never_two_open_alerts_and_a_restart_changes_nothing(history: list[tuple[str, int]]) -> None:
    kept, restarted = looked_after(door=True, meter=METER), looked_after(door=True, meter=METER)
    for number, (what, hours) in enumerate(history):
        for each in (kept, restarted):
            each.pass_time(hours * HOUR)
            match what:
                case "d":
                    door(each)
                case "w":
                    water(each, 7)
                case "a" | "b":
                    until = each.now + (hours * HOUR if what == "a" else timedelta(0))
                    each.order(AwayUntil(id=f"o{number}", at=each.now, by="d1", care="care-1", until=until))
                case _:
                    profile = "epidemic" if hours % 2 else "ordinary"
                    each.order(ProfileChosen(id=f"o{number}", at=each.now, by="d1", profile=profile))
        restarted = restarted.reopened() if hours % 3 == 0 else restarted
        open_now = [alert for alert in kept.state.alerts.values() if alert.kind is Kind.INACTIVE]
        assert len(open_now) <= 1
    assert kept.state.lives == restarted.state.lives
