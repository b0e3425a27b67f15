"""A busy inbox, a late waking or a power cut changes nothing: the same inputs lead to the same findings."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from msgspec import Struct
from msgspec.structs import replace

from devices.reading import BandSeen, DoorSeen, Reading, Receipt, Seen
from gateway.bodies import read_body
from gateway.entries import Batch, Entry, EntryClass
from gateway.events.every import ConfigLoaded, HouseOpened
from gateway.findings import Alert, Decision, StayEnded
from gateway.gatekeeper import Gatekeeper
from gateway.limits import Limits
from gateway.orders.every import AlertAcknowledged, Order
from gateway.state.state import State, freeze, thaw
from tests.small_site import BAND, DOOR, NEXT_DOOR_DOOR, NOON, quarantine, small_site

REST = timedelta(hours=7)  # a round falls into it, which begins at 15:00, and the hour by which somebody was to call
Happening = tuple[float, str, Seen | Order]  # seconds after noon, device, what


def door(second: float, device: str, is_open: bool) -> Happening:
    return second, device, DoorSeen(open=is_open)


def band(second: float, celsius: float, counter: int, **said: bool) -> Happening:
    return second, BAND, BandSeen(rssi=-60, celsius=celsius, counter=counter, **said)


DAY: list[Happening] = [
    (1, "", quarantine()),
    door(10, DOOR, True),
    band(20, 36.6, 1, worn=True),
    door(25, NEXT_DOOR_DOOR, True),
    door(200, DOOR, False),
    band(300, 38.0, 2, worn=True),
    band(330, 38.2, 3, worn=True),
    (340, "", AlertAcknowledged(id="ack-1", at=NOON + timedelta(seconds=340), by="duty-1", alert="the first")),
    band(360, 38.1, 4, worn=True),
    band(400, 36.4, 5, worn=True),
    band(500, 30.0, 6, worn=False),
    band(900, 36.5, 7, worn=True, sos=True),
    door(1000, DOOR, True),
    door(1010, DOOR, False),
    door(3000, NEXT_DOOR_DOOR, False),
]


QUICK = Limits(fever_held_seconds=0.0, taken_off_at_home_seconds=60.0)


def live(happenings: Sequence[Happening], *, woken_every: timedelta | None) -> tuple[Gatekeeper, list[Entry]]:
    """A day at the house; `woken_every`: how often it looks at the hour between what comes in."""
    gatekeeper = Gatekeeper(State())
    written: list[Entry] = []

    def keep(batch: Batch) -> None:
        written.extend(batch.entries)

    keep(gatekeeper.consider(HouseOpened(at=NOON, heard=NOON, version="test", epoch="e0", clock_trusted=True)))
    keep(gatekeeper.consider(ConfigLoaded(at=NOON, heard=NOON, fingerprint="f", site=small_site(), limits=QUICK)))
    hour = NOON
    for number, (second, device, what) in enumerate(happenings, start=1):
        at = NOON + timedelta(seconds=second)
        while woken_every and hour < at:
            keep(gatekeeper.tick(hour))
            hour += woken_every
        if isinstance(what, AlertAcknowledged):
            [first, *_] = gatekeeper.state.alerts
            what = replace(what, alert=first)
        if isinstance(what, Order):
            keep(gatekeeper.order(what)[0])
            continue
        receipt = Receipt(device=device, ring=1, sequence=number) if isinstance(what, DoorSeen) else None
        keep(gatekeeper.receive(Reading(at=at, heard=at, link="x", device=device, seen=what, receipt=receipt)))
    keep(gatekeeper.tick(NOON + REST))
    return gatekeeper, written


def findings(entries: Sequence[Entry]) -> list[tuple[str, str, datetime]]:
    """Kind, subject or place, and the hour it is dated."""
    found = []
    for entry in entries:
        match read_body(entry.body):
            case Alert(kind=kind, key=key, raised_at=at, state=state, count=count):
                found.append((f"{kind}/{state}/{count}", key, at))
            case Decision(verdict=verdict, lane=lane, at=at):
                found.append((verdict, lane, at))
            case StayEnded(flat=flat, at=at):
                found.append(("stay_ended", flat, at))
            case _:
                pass
    return sorted(found)


def inputs(entries: Sequence[Entry]) -> list[tuple[Entry, Struct]]:
    return [(entry, read_body(entry.body)) for entry in entries if entry.entry_class is EntryClass.INPUT]


def test_findings_do_not_depend_on_when_the_house_was_woken() -> None:
    _, never = live(DAY, woken_every=None)
    kinds = {kind.partition("/")[0] for kind, _, _ in findings(never)}
    assert {
        "quarantine_door_opened",
        "quarantine_door_left_open",
        "fever",
        "band_taken_off",
        "help_called",
        "door_silent",
        "not_looked_after",
    } <= kinds
    for pause in (timedelta(seconds=0.7), timedelta(seconds=7), timedelta(minutes=3), timedelta(hours=1)):
        assert findings(live(DAY, woken_every=pause)[1]) == findings(never)


def test_a_replay_of_the_journal_gives_the_same_state_and_the_same_findings_word_for_word() -> None:
    gatekeeper, written = live(DAY, woken_every=timedelta(seconds=30))
    again = Gatekeeper(State())
    concluded = list(again.replay(inputs(written)))
    assert concluded == [entry for entry in written if entry.entry_class is EntryClass.FINDING]
    assert freeze(again.state) == freeze(gatekeeper.state)


@pytest.mark.parametrize("cut", range(2, len(DAY) + 1))
def test_a_replay_may_begin_at_any_snapshot(cut: int) -> None:
    gatekeeper, written = live(DAY, woken_every=timedelta(seconds=30))
    before, _ = live(DAY[:cut], woken_every=timedelta(seconds=30))
    # the snapshot is of the moment before the hours of rest that `live` ends with
    snapshot_number = next(n for n, state in states_of(written) if n >= cut)
    snapshot = dict(states_of(written))[snapshot_number]
    again = Gatekeeper(thaw(snapshot))
    rest = [entry for entry in written if entry.number > snapshot_number]
    concluded = list(again.replay(inputs(rest)))
    assert concluded == [entry for entry in rest if entry.entry_class is EntryClass.FINDING]
    assert freeze(again.state) == freeze(gatekeeper.state)
    assert before.state.rules_version == again.state.rules_version


def states_of(written: Sequence[Entry]) -> list[tuple[int, bytes]]:
    """The state after each input with its findings, as a snapshot would have kept it."""
    gatekeeper = Gatekeeper(State())
    found = []
    for entry, body in inputs(written):
        list(gatekeeper.replay([(entry, body)]))
        found.append((gatekeeper.state.number, freeze(gatekeeper.state)))
    return found
