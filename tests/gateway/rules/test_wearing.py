"""A band taken off, a call for help, a fall."""

from collections.abc import Callable

import pytest

from devices.reading import BandSeen, DoorSeen
from gateway.compound import DeviceKind
from gateway.events.every import DeviceSilent
from gateway.events.presence import PresenceChanged, Where
from gateway.findings import AlertState
from gateway.kinds import Kind, Severity
from gateway.limits import Limits
from gateway.orders.every import AlertAcknowledged, QuarantineEnded
from tests.gateway.keeping import ANNA, BAND, DOOR, FLAT, START, Kept, seconds


def say(kept: Kept, **said: bool) -> None:
    kept.hear(BAND, BandSeen(rssi=-60, counter=int(kept.now.timestamp()), **said), link="radio")


NO_SHOWERS = Limits(taken_off_at_home_seconds=60.0)


def worn(limits: Limits = NO_SHOWERS) -> Kept:
    kept = Kept(limits=limits)
    kept.quarantine(band=BAND)
    say(kept, worn=True)
    return kept


def test_taken_off_for_longer_than_it_takes_to_put_it_right() -> None:
    kept = worn()
    say(kept, worn=False)
    kept.pass_time(seconds(59.9))
    assert kept.raised(Kind.BAND_TAKEN_OFF) == []
    kept.pass_time(seconds(500))
    (alert,) = kept.raised(Kind.BAND_TAKEN_OFF)
    assert (alert.raised_at, alert.subject, alert.place) == (START + seconds(60), ANNA, FLAT)


def opens(kept: Kept) -> None:
    kept.hear(DOOR, DoorSeen(open=True))
    kept.hear(DOOR, DoorSeen(open=False))


def is_heard(kept: Kept, where: Where) -> None:
    kept.consider(PresenceChanged(at=kept.now, heard=kept.now, device=BAND, flat=FLAT, where=where))


def falls_silent(kept: Kept) -> None:
    kept.consider(
        DeviceSilent(at=kept.now, heard=kept.now, device=DOOR, kind=DeviceKind.DOOR, since=kept.now - seconds(600))
    )


SHOWER = Limits().taken_off_at_home_seconds


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, None, SHOWER),  # behind a shut door: a shower
        (opens, None, SHOWER),
        (None, opens, 200.0),  # the door opens: at once
        (falls_silent, None, 60.0),  # nobody knows what the door does
        (lambda kept: kept.hear(DOOR, DoorSeen(open=True)), None, 60.0),
        (None, lambda kept: is_heard(kept, Where.AT_GATE), 200.0),  # in a pocket
        (None, lambda kept: is_heard(kept, Where.LEFT), 380.0),
        (None, lambda kept: is_heard(kept, Where.GONE), SHOWER),  # a bathroom, a drawer of tin
        (None, lambda kept: [is_heard(kept, each) for each in (Where.LEFT, Where.HOME)], SHOWER),
    ],
)
def test_off_behind_a_shut_door_may_be_a_shower(
    before: Callable[[Kept], object] | None, after: Callable[[Kept], object] | None, told: float
) -> None:
    kept = worn(Limits())
    for happens, then in ((before, 1.0), (lambda kept: say(kept, worn=False), 200.0), (after, 6000.0)):
        off = kept.now
        if happens is not None:
            happens(kept)
        kept.pass_time(seconds(then))
    assert [a.raised_at for a in kept.raised(Kind.BAND_TAKEN_OFF)] == [off - seconds(200) + seconds(told)]


def test_put_on_again_in_time() -> None:
    kept = worn()
    say(kept, worn=False)
    kept.pass_time(seconds(30))
    say(kept, worn=True)
    kept.pass_time(seconds(500))
    assert kept.raised(Kind.BAND_TAKEN_OFF) == []


def test_put_on_again_later_waits_to_be_seen() -> None:
    kept = worn()
    say(kept, worn=False)
    kept.pass_time(seconds(100))
    say(kept, worn=True)
    alert = kept.alert(Kind.BAND_TAKEN_OFF)
    assert (alert.active, alert.state) == (False, AlertState.RAISED)
    kept.order(AlertAcknowledged(id="a", at=kept.now, by="d1", alert=alert.id))
    assert kept.alert(Kind.BAND_TAKEN_OFF).state is AlertState.CLEARED


def test_a_band_nobody_was_given_may_lie_about() -> None:
    kept = Kept()
    say(kept, worn=False)
    kept.pass_time(seconds(500))
    assert kept.raised(Kind.BAND_TAKEN_OFF) == []


def test_a_band_given_and_never_put_on() -> None:
    kept = Kept()
    say(kept, worn=False)
    kept.pass_time(seconds(500))
    kept.quarantine(band=BAND)
    given = kept.now
    kept.pass_time(seconds(300))
    assert [a.raised_at for a in kept.raised(Kind.BAND_TAKEN_OFF)] == [given + seconds(60)]


def test_after_the_stay_it_may_be_taken_off() -> None:
    kept = Kept()
    stay = kept.quarantine(band=BAND)
    say(kept, worn=False)
    kept.order(QuarantineEnded(id="e", at=kept.now, by="d1", quarantine=stay, reason="served"))
    kept.pass_time(seconds(500))
    assert kept.raised(Kind.BAND_TAKEN_OFF) == []


def test_a_call_for_help_and_a_fall_are_critical_and_stay_until_somebody_closes_them() -> None:
    kept = worn()
    say(kept, sos=True)
    say(kept, fallen=True)
    assert [(a.kind, a.severity) for a in kept.raised()] == [
        (Kind.HELP_CALLED, Severity.CRITICAL),
        (Kind.FALL, Severity.CRITICAL),
    ]
    kept.order(AlertAcknowledged(id="a", at=kept.now, by="d1", alert=kept.alert(Kind.FALL).id))
    assert kept.alert(Kind.FALL).state is AlertState.ACKNOWLEDGED


def test_a_button_held_down_is_one_call() -> None:
    kept = worn()
    for _ in range(59):
        say(kept, sos=True)
        kept.now += seconds(1)
    assert kept.alert(Kind.HELP_CALLED).count == 1
    kept.now += seconds(2)
    say(kept, sos=True)
    assert kept.alert(Kind.HELP_CALLED).count == 2


def test_anybody_may_call_for_help_also_with_a_band_nobody_was_given() -> None:
    kept = Kept()
    say(kept, sos=True)
    assert len(kept.raised(Kind.HELP_CALLED)) == 1
