"""A quarantine door opened outside a window, and one left open: dated right however seldom the hour strikes."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.reading import DoorSeen, Receipt
from gateway.findings import AlertState
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.every import AlertAcknowledged, QuarantineEnded, WindowOpened
from tests.gateway.keeping import BO, DOOR, FLAT, START, Kept, make_site, seconds

EXACT = Limits(window_early_seconds=0, window_late_seconds=0, night_begins_hour=0, night_ends_hour=0)


def watched(limits: Limits = EXACT) -> Kept:
    kept = Kept(limits=limits)
    kept.quarantine()
    return kept


def move(kept: Kept, is_open: bool, ago: float = 0.0) -> None:
    kept.hear(DOOR, DoorSeen(open=is_open), ago=ago)


def window(kept: Kept, opens: float, closes: float) -> None:
    order = WindowOpened(
        id=f"w{opens}",
        at=kept.now,
        by="d1",
        flat=FLAT,
        opens=START + seconds(opens),
        closes=START + seconds(closes),
        purpose="food",
    )
    assert kept.order(order).done


def kinds(kept: Kept) -> list[Kind]:
    return [alert.kind for alert in kept.raised() if alert.kind.startswith("quarantine_door")]


def test_a_flat_without_quarantine_opens_as_it_likes() -> None:
    kept = Kept()
    move(kept, True)
    kept.pass_time(seconds(300))
    assert kinds(kept) == []


def test_opened_outside_a_window() -> None:
    kept = watched()
    move(kept, True)
    alert = kept.alert(Kind.QUARANTINE_DOOR_OPENED)
    assert (alert.place, alert.device, alert.raised_at, alert.active) == (FLAT, DOOR, START, True)


def test_a_door_that_shut_again_stays_until_somebody_has_seen_it() -> None:
    kept = watched()
    move(kept, True)
    kept.pass_time(seconds(5))
    move(kept, False)
    alert = kept.alert(Kind.QUARANTINE_DOOR_OPENED)
    assert (alert.state, alert.active) == (AlertState.RAISED, False)
    assert kept.order(AlertAcknowledged(id="a", at=kept.now, by="d1", alert=alert.id)).done
    assert kept.alert(Kind.QUARANTINE_DOOR_OPENED).state is AlertState.CLEARED
    move(kept, True)
    assert kinds(kept) == [Kind.QUARANTINE_DOOR_OPENED] * 2


@pytest.mark.parametrize(
    ("at", "expected"),
    [(-1, [Kind.QUARANTINE_DOOR_OPENED]), (0, []), (30, []), (60, []), (61, [Kind.QUARANTINE_DOOR_OPENED])],
)
def test_a_window_includes_both_its_ends(at: float, expected: list[Kind]) -> None:
    kept = watched()
    kept.now = START - seconds(1)
    window(kept, 0, 60)
    kept.now = START + seconds(at)
    move(kept, True)
    assert kinds(kept) == expected


@pytest.mark.parametrize("every", [1.0, 7.0, 3600.0])
def test_opened_in_a_window_and_left_open_when_it_closes(every: float) -> None:
    kept = watched()
    window(kept, 0, 600)
    move(kept, True)
    kept.pass_time(seconds(3600), seconds(every))
    assert kinds(kept) == [Kind.QUARANTINE_DOOR_LEFT_OPEN]
    late = kept.raised(Kind.QUARANTINE_DOOR_LEFT_OPEN)[0].raised_at - START - seconds(600)
    assert timedelta(0) < late <= timedelta(microseconds=1)


def test_a_window_that_closes_at_once_still_leaves_time_to_shut() -> None:
    kept = watched()
    window(kept, 0, 10)
    move(kept, True)
    kept.pass_time(seconds(3600))
    assert [a.raised_at for a in kept.raised(Kind.QUARANTINE_DOOR_LEFT_OPEN)] == [START + seconds(120)]


def test_the_end_of_a_window_stays_where_it_is_when_the_clock_is_set() -> None:
    kept = watched()
    window(kept, 0, 1800)
    move(kept, True)
    kept.set_clock(seconds(1000))
    kept.pass_time(seconds(799), seconds(1))
    assert kinds(kept) == []
    kept.pass_time(seconds(2), seconds(1))
    assert kinds(kept) == [Kind.QUARANTINE_DOOR_LEFT_OPEN]


@pytest.mark.parametrize("every", [0.5, 10.0, 119.9, 10_000.0])
def test_left_open_is_dated_by_when_it_fell_due(every: float) -> None:
    kept = watched()
    move(kept, True)
    kept.pass_time(seconds(10_000), seconds(every))
    assert [a.raised_at for a in kept.raised(Kind.QUARANTINE_DOOR_LEFT_OPEN)] == [START + seconds(120)]


def test_shut_in_time_is_not_left_open_however_late_that_is_told() -> None:
    kept = watched()
    move(kept, True)
    kept.now += seconds(300)  # nothing struck the hour in between: a busy house takes the reading first
    move(kept, False, ago=200)
    kept.pass_time(seconds(600))
    assert kinds(kept) == [Kind.QUARANTINE_DOOR_OPENED]


def test_shut_too_late_was_left_open_though_nothing_struck_the_hour() -> None:
    kept = watched()
    move(kept, True)
    kept.now += seconds(300)
    move(kept, False, ago=10)
    assert kinds(kept) == [Kind.QUARANTINE_DOOR_OPENED, Kind.QUARANTINE_DOOR_LEFT_OPEN]


@given(
    opened_ago=st.floats(0.0, 90_000.0),
    stood_open=st.floats(0.0, 119.0),
    breath=st.floats(0.0, 1.9),
    every=st.floats(0.05, 500.0),
)
@settings(max_examples=150, deadline=None)
def test_opened_and_shut_told_in_one_breath_is_never_left_open(
    opened_ago: float, stood_open: float, breath: float, every: float
) -> None:
    """A ring delivers what happened while the cable was away."""
    kept = watched()
    kept.now = START + timedelta(days=1)
    stood_open = min(stood_open, opened_ago)
    kept.hear(DOOR, DoorSeen(open=True), ago=opened_ago, receipt=Receipt(DOOR, 9, 1))
    kept.pass_time(seconds(breath), seconds(every))
    shut_ago = opened_ago - stood_open + breath
    kept.hear(DOOR, DoorSeen(open=False), ago=shut_ago, receipt=Receipt(DOOR, 9, 2))
    kept.pass_time(seconds(10), seconds(every))
    kept.pass_time(seconds(990), seconds(max(every, 10.0)))
    assert Kind.QUARANTINE_DOOR_LEFT_OPEN not in kinds(kept)
    opened_at = START + timedelta(days=1) - seconds(opened_ago)
    assert [a.raised_at for a in kept.raised(Kind.QUARANTINE_DOOR_OPENED)] == [opened_at]


@given(ago=st.floats(0.0, 100_000.0), every=st.floats(0.5, 2000.0))
@settings(max_examples=80, deadline=None)
def test_a_door_still_open_is_left_open_once_and_dated_right(ago: float, every: float) -> None:
    kept = watched()
    kept.now = START + timedelta(days=2)
    opened_at = kept.now - seconds(ago)
    move(kept, True, ago=ago)
    kept.pass_time(seconds(5000), seconds(every))
    left = kept.raised(Kind.QUARANTINE_DOOR_LEFT_OPEN)
    assert [a.raised_at for a in left] == [opened_at + seconds(120)]
    assert [a.count for a in [kept.alert(Kind.QUARANTINE_DOOR_LEFT_OPEN)]] == [1]


def test_a_window_that_is_over_still_excuses_what_a_ring_tells_late() -> None:
    kept = watched()
    window(kept, 0, 600)
    kept.pass_time(seconds(7200))
    window(kept, 8000, 8600)
    move(kept, True, ago=6900)  # inside the first window
    move(kept, False, ago=6850)
    assert kinds(kept) == []


def test_a_door_open_when_the_quarantine_begins_has_its_time_to_be_shut() -> None:
    kept = Kept()
    move(kept, True)
    kept.pass_time(seconds(1000))
    began = kept.now
    kept.quarantine()
    kept.pass_time(seconds(1000))
    assert kinds(kept) == [Kind.QUARANTINE_DOOR_LEFT_OPEN]
    assert kept.raised(Kind.QUARANTINE_DOOR_LEFT_OPEN)[0].raised_at == began + seconds(120)


def test_the_door_is_watched_until_the_last_of_the_flat_is_free() -> None:
    kept = Kept()
    first = kept.quarantine()
    second = kept.quarantine(subject=BO)
    move(kept, True)
    assert kept.order(QuarantineEnded(id="e1", at=kept.now, by="d1", quarantine=first, reason="set right")).done
    assert kept.alert(Kind.QUARANTINE_DOOR_OPENED).active
    assert kept.order(QuarantineEnded(id="e2", at=kept.now, by="d1", quarantine=second, reason="set right")).done
    assert not kept.alert(Kind.QUARANTINE_DOOR_OPENED).active
    kept.pass_time(seconds(1000))
    assert kinds(kept) == [Kind.QUARANTINE_DOOR_OPENED]


def test_a_flat_taken_out_of_the_configuration_while_its_door_is_open() -> None:
    kept = Kept()
    kept.quarantine(flat="palm/b1-1-102")
    kept.hear("node-00000002", DoorSeen(open=True))
    kept.load(make_site(flats=1))
    kept.pass_time(timedelta(days=20), timedelta(hours=7))
    assert kinds(kept) == [Kind.QUARANTINE_DOOR_OPENED]
    assert not kept.alert(Kind.QUARANTINE_DOOR_OPENED).active
