"""A band taken off, a call for help, a fall."""

from devices.reading import BandSeen
from gateway.findings import AlertState
from gateway.kinds import Kind, Severity
from gateway.orders import AlertAcknowledged, QuarantineEnded
from tests.gateway.keeping import ANNA, BAND, FLAT, START, Kept, seconds


def say(kept: Kept, **said: bool) -> None:
    kept.hear(BAND, BandSeen(rssi=-60, counter=int(kept.now.timestamp()), **said), link="radio")


def worn() -> Kept:
    kept = Kept()
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
