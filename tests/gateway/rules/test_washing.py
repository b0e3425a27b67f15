"""How long a band that came off behind a shut door may be a shower: the table of gateway/rules/washing.py."""

from datetime import datetime, timedelta

import pytest

from gateway.events.every import BandHeard, DoorMoved
from gateway.events.presence import PresenceChanged, Where
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.every import QuarantineEnded, WindowOpened
from tests.gateway.keeping import ANNA, BAND, BO, DOOR, FLAT, OTHER_BAND, OUT, START, Kept, seconds


def at_home_behind_a_door(start: datetime = START) -> Kept:
    kept = Kept(limits=Limits(door_silent_seconds=0.0, camera_silent_seconds=0.0, band_silent_seconds=0.0), start=start)
    kept.quarantine(subject=ANNA, flat=FLAT, band=BAND, days=60)
    kept.quarantine(subject=BO, flat=FLAT, band=OTHER_BAND, days=60)
    for band in (BAND, OTHER_BAND):
        kept.consider(BandHeard(at=kept.now, heard=kept.now, device=band, worn=True))
    return kept


def worn(kept: Kept, is_worn: bool, band: str = BAND) -> None:
    kept.consider(BandHeard(at=kept.now, heard=kept.now, device=band, worn=is_worn))


def washes(kept: Kept, minutes: float = 12) -> None:
    worn(kept, False)
    kept.pass_time(timedelta(minutes=minutes))
    worn(kept, True)


def opens(kept: Kept) -> None:
    for is_open in (True, False):
        kept.consider(DoorMoved(at=kept.now, heard=kept.now, device=DOOR, flat=FLAT, open=is_open))
        kept.pass_time(seconds(10))


def window(kept: Kept) -> None:
    hour = timedelta(hours=1)
    order = WindowOpened(
        id=f"w{kept.now}", at=kept.now, by="d1", flat=FLAT, opens=kept.now, closes=kept.now + hour, purpose="food"
    )
    assert kept.order(order).done


def told_after(kept: Kept) -> float | None:
    """Minutes from now on until it is told that BAND is off; None if not within an hour."""
    began = kept.now
    kept.pass_time(timedelta(hours=1))
    told = [alert for alert in kept.raised(Kind.BAND_TAKEN_OFF) if alert.raised_at >= began]
    return (told[0].raised_at - began) / timedelta(minutes=1) if told else None


def test_nothing_is_known_against_a_shower() -> None:
    kept = at_home_behind_a_door()
    worn(kept, False)
    assert told_after(kept) == 45


@pytest.mark.parametrize(("hour", "minutes"), [(15, 45), (16, 20), (20, 20), (20.99, 20), (21, 45)])
def test_at_night_nobody_washes_for_long(hour: float, minutes: float) -> None:
    kept = at_home_behind_a_door(START.replace(hour=0) + timedelta(hours=hour))  # 16:00 UTC is midnight in Shanghai
    worn(kept, False)
    assert told_after(kept) == minutes


def test_who_has_washed_a_while_ago_hardly_washes_again() -> None:
    kept = at_home_behind_a_door()
    washes(kept)
    kept.pass_time(timedelta(hours=6))
    worn(kept, False)
    assert told_after(kept) == 30


def test_a_strap_put_right_is_no_shower() -> None:
    kept = at_home_behind_a_door()
    washes(kept, minutes=2)
    kept.pass_time(timedelta(hours=6))
    worn(kept, False)
    assert told_after(kept) == 45


@pytest.mark.parametrize(
    ("days", "hours", "minutes"), [(6, 0, 45), (6, 1.9, 45), (6, 2.5, 30), (6, -3, 30), (5, 8, 45)]
)
def test_at_an_hour_at_which_this_wearer_never_washes(days: int, hours: float, minutes: float) -> None:
    kept = at_home_behind_a_door()
    for _ in range(days):
        washes(kept)
        kept.pass_time(timedelta(days=1, minutes=-12))
    kept.pass_time(timedelta(hours=hours % 24))
    worn(kept, False)
    assert told_after(kept) == minutes


def test_another_one_takes_breakfast_in_during_a_shower() -> None:
    kept = at_home_behind_a_door()
    window(kept)
    worn(kept, False)
    kept.pass_time(timedelta(minutes=10))
    opens(kept)
    kept.pass_time(timedelta(minutes=14))
    assert kept.raised(Kind.BAND_TAKEN_OFF) == []
    kept.pass_time(timedelta(minutes=1))
    assert len(kept.raised(Kind.BAND_TAKEN_OFF)) == 1, "25 minutes after it came off"


@pytest.mark.parametrize("why_not", ["no window", "at once", "the other has theirs off", "the other has left", "alone"])
def test_a_door_that_opens_is_told_at_once_unless_somebody_else_may_have_opened_it(why_not: str) -> None:
    kept = at_home_behind_a_door()
    if why_not != "no window":
        window(kept)
    match why_not:
        case "the other has theirs off":
            worn(kept, False, OTHER_BAND)
        case "the other has left":
            kept.consider(PresenceChanged(at=kept.now, heard=kept.now, device=OTHER_BAND, flat=FLAT, where=Where.LEFT))
        case "alone":
            other = kept.state.stay_with(OTHER_BAND)
            assert other is not None
            ended = QuarantineEnded(id="e", at=kept.now, by="d1", quarantine=other.id, reason="moved")
            assert kept.order(ended).done
        case _:
            pass
    worn(kept, False)
    kept.pass_time(timedelta(minutes=2 if why_not == "at once" else 10))
    opens(kept)
    assert len([alert for alert in kept.raised(Kind.BAND_TAKEN_OFF) if alert.device == BAND]) == 1


def test_seen_at_a_lane_with_the_band_at_home() -> None:
    kept = at_home_behind_a_door()
    worn(kept, False)
    kept.pass_time(timedelta(minutes=8))
    kept.show(OUT, subject=ANNA)
    assert [alert.raised_at for alert in kept.raised(Kind.BAND_TAKEN_OFF)] == [kept.now]


def test_what_is_usual_goes_with_the_stay() -> None:
    kept = at_home_behind_a_door()
    washes(kept)
    stay = kept.state.stay_with(BAND)
    assert stay is not None
    assert BAND in kept.state.washes
    assert kept.order(QuarantineEnded(id="e", at=kept.now, by="d1", quarantine=stay.id, reason="over")).done
    assert (kept.state.washes, kept.state.others_door) == ({}, {})
