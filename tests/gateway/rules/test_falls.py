"""A call for help rings at once; a fall lets its wearer say "I am fine" first."""

from datetime import timedelta

import pytest

from devices.band_values import Believable
from devices.reading import BandSeen
from gateway.compound import Places
from gateway.events.every import BandHeard
from gateway.findings import Alert, AlertState, Closing
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.messages.every import AlertMessage
from gateway.messages.telling import numbered
from gateway.orders.every import AlertAcknowledged, AlertClosed
from gateway.reach.escalation import Escalation, Rung
from gateway.words.catalogue import alert_text
from gateway.words.language import Lang
from tests.gateway.keeping import BAND, FLAT, Kept, of, seconds


def say(kept: Kept, **said: bool) -> None:
    kept.hear(BAND, BandSeen(rssi=-60, counter=int(kept.now.timestamp() * 10), **said), link="radio")


def worn(limits: Limits = Limits()) -> Kept:  # noqa: B008 (frozen)
    kept = Kept(limits=limits)
    kept.quarantine(band=BAND)
    say(kept, worn=True)
    return kept


def phones(kept: Kept) -> list[Kind]:
    """Which alerts phones were told of, in the order of the journal."""
    escalation = Escalation([Rung(name="sms", suits=lambda alert: True, wait_seconds=60, gap_seconds=0)])
    told: list[Kind] = []
    for alert in of(Alert, kept.wrote()):
        escalation.see(alert, 0)
        ready = [each for each in escalation.due(0, 0) if each.device == BAND]
        told += [each.kind for each in ready]
        escalation.told(0, ready, 0)
    return told


def test_a_fall_is_seen_at_once_and_told_to_phones_when_nobody_cancels() -> None:
    kept = worn()
    say(kept, fallen=True)
    alert = kept.alert(Kind.FALL)
    assert (alert.state, alert.place, alert.quiet, alert.cancel_until) == (
        AlertState.RAISED,
        FLAT,
        True,
        kept.now + seconds(25),
    )
    assert phones(kept) == []
    kept.pass_time(seconds(24.9))
    assert phones(kept) == []
    kept.pass_time(seconds(0.1))
    assert (kept.alert(Kind.FALL).quiet, kept.alert(Kind.FALL).cancel_until) == (False, None)
    assert phones(kept) == [Kind.FALL]


@pytest.mark.parametrize(
    ("after", "cancels"), [(0.0, False), (2.9, False), (3.0, True), (12.0, True), (25.0, False), (60.0, False)]
)
def test_i_am_fine_within_the_time(after: float, cancels: bool) -> None:
    """At the very last instant the phones have it: told is told."""
    kept = worn()
    say(kept, fallen=True)
    kept.pass_time(seconds(after)) if after else None
    say(kept, fine=True)
    kept.pass_time(seconds(100))
    alert = kept.alert(Kind.FALL)
    assert (alert.closing is Closing.WEARER) is cancels
    assert phones(kept) == ([] if cancels else [Kind.FALL])


def test_what_is_said_of_a_cancelled_fall() -> None:
    kept = worn()
    say(kept, fallen=True)
    kept.now += seconds(6)
    say(kept, fine=True)
    alert = kept.alert(Kind.FALL)
    assert (alert.state, alert.quiet, alert.open) == (AlertState.CLOSED, False, False)
    message = numbered(
        alert,
        gw="g1",
        stream="alert",
        epoch="e1",
        number=2,
        heard=kept.now,
        places=Places(kept.state.site),
        late=False,
    )
    assert isinstance(message, AlertMessage)
    assert (message.text_zh, message.text_en) == (
        "Palm / b1 / 101：跌倒（佩戴者已取消）",
        "Palm / b1 / 101: Fall, cancelled by wearer",
    )
    assert message.closing == "wearer"


def test_i_am_fine_while_the_band_still_says_fallen() -> None:
    """It says so in every advert for ten seconds and more (devices/bthome.py); that is the same fall."""
    kept = worn()
    say(kept, fallen=True)
    kept.now += seconds(6)
    say(kept, fallen=True, fine=True)
    kept.pass_time(seconds(53))
    say(kept, fallen=True)
    assert (kept.alert(Kind.FALL).closing, phones(kept)) == (Closing.WEARER, [])
    kept.now += seconds(10)
    say(kept, fallen=True)  # a minute later they still lie there
    assert kept.alert(Kind.FALL).state is AlertState.RAISED


def test_help_called_during_the_countdown_ends_it() -> None:
    kept = worn()
    say(kept, fallen=True)
    kept.now += seconds(5)
    say(kept, sos=True)
    assert set(phones(kept)) == {Kind.FALL, Kind.HELP_CALLED}
    kept.now += seconds(5)
    say(kept, fine=True)
    assert kept.alert(Kind.FALL).state is AlertState.RAISED


def test_a_call_for_help_is_never_quiet_and_never_cancelled() -> None:
    kept = worn()
    say(kept, sos=True)
    assert phones(kept) == [Kind.HELP_CALLED]
    kept.now += seconds(6)
    say(kept, fine=True)
    assert kept.alert(Kind.HELP_CALLED).state is AlertState.RAISED


def test_both_at_once_ring_at_once() -> None:
    kept = worn()
    say(kept, sos=True, fallen=True)
    assert set(phones(kept)) == {Kind.FALL, Kind.HELP_CALLED}


def test_a_second_fall_gives_no_more_time() -> None:
    kept = worn()
    say(kept, fallen=True)
    until = kept.alert(Kind.FALL).cancel_until
    for _ in range(3):
        kept.now += seconds(6)
        say(kept)
        kept.now += seconds(1)
        say(kept, fallen=True)
    assert (kept.alert(Kind.FALL).cancel_until, kept.alert(Kind.FALL).count) == (until, 4)
    kept.pass_time(seconds(10))
    assert phones(kept) == [Kind.FALL]


def test_taken_by_somebody_it_stays_theirs() -> None:
    kept = worn()
    say(kept, fallen=True)
    kept.order(AlertAcknowledged(id="a", at=kept.now, by="d1", alert=kept.alert(Kind.FALL).id))
    kept.now += seconds(6)
    say(kept, fine=True)
    kept.pass_time(seconds(60))
    assert kept.alert(Kind.FALL).state is AlertState.ACKNOWLEDGED
    kept.now += seconds(60)
    say(kept, fallen=True)
    assert (kept.alert(Kind.FALL).state, kept.alert(Kind.FALL).quiet) == (AlertState.RAISED, True)
    kept.pass_time(seconds(25))
    assert not kept.alert(Kind.FALL).quiet


def test_a_restart_in_the_middle_of_the_countdown() -> None:
    kept = worn()
    say(kept, fallen=True)
    again = kept.reopened()
    again.pass_time(seconds(25))
    assert not again.alert(Kind.FALL).quiet


def test_a_step_of_the_clock_in_the_middle_of_the_countdown() -> None:
    kept = worn()
    say(kept, fallen=True)
    kept.now += seconds(5)
    kept.set_clock(timedelta(hours=-8))
    kept.now += seconds(5)
    say(kept, fine=True)
    assert kept.alert(Kind.FALL).closing is Closing.WEARER


def test_with_no_time_to_cancel_a_fall_rings_at_once() -> None:
    kept = worn(Limits(fall_cancel_seconds=0))
    say(kept, fallen=True)
    assert phones(kept) == [Kind.FALL]


def test_nobody_of_the_staff_closes_in_the_wearers_name() -> None:
    kept = worn()
    say(kept, fallen=True)
    closed = AlertClosed(id="c", at=kept.now, by="d1", alert=kept.alert(Kind.FALL).id, closing="wearer")
    assert kept.order(closed).why == "unknown closing code"


def test_a_short_press_means_nothing_else() -> None:
    kept = worn()
    before = len(kept.wrote())
    for _ in range(5):
        kept.now += seconds(10)
        say(kept, fine=True)
    assert of(BandHeard, kept.wrote()[before:]) == []


@pytest.mark.parametrize(
    ("button", "sos", "fine"),
    [(0, False, False), (1, False, True), (2, False, True), (4, True, False), (0x80, True, False)],
)
def test_the_button(button: int, sos: bool, fine: bool) -> None:
    seen = Believable(25.0, 45.0).from_objects(-60, 1, [(0x3A, button)])
    assert (seen.sos, seen.fine) == (sos, fine)


def test_a_fall_is_no_call_for_help_in_words() -> None:
    assert alert_text(Kind.FALL, "502", Lang.ZH) == "502：跌倒"
