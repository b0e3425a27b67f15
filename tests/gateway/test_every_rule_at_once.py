"""All rules over random histories: one alert rings for one happening, what was taken stays taken, order among equals.

tests/gateway/test_fold.py holds that any history is a fold; here the history is that of a simulated street, in which
every rule has something to say, and random happenings of one household, of which two fall on the same instant.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.bodies import read_body
from gateway.compound import DeviceKind
from gateway.entries import Batch, Entry, EntryClass
from gateway.events.every import (
    BandHeard,
    BatteryFell,
    DeviceBack,
    DeviceSilent,
    DoorMoved,
    TamperMoved,
    TemperatureTaken,
)
from gateway.events.presence import PresenceChanged, Where
from gateway.findings import Alert, AlertState
from gateway.gatekeeper import Gatekeeper
from gateway.state.state import State, freeze, thaw
from tests.gateway.keeping import ANNA, BAND, DOOR, FLAT, OUT, Kept, of, seconds
from tests.gateway.test_fold import live, steps
from tests.street.run import House, run
from tests.street.street import SimulatedStreet

SEEDS = (11, 12)


@cache
def lived(seed: int) -> tuple[list[Entry], dict[int, bytes], bytes]:
    """Two days of a small street: its journal, a snapshot now and then, and the state it came to."""
    house = House(State())
    entries: list[Entry] = []
    snapshots: dict[int, bytes] = {}

    def look(batch: Batch) -> None:
        entries.extend(batch.entries)
        if len(entries) // 4_000 > len(snapshots):
            snapshots[house.state.number] = freeze(house.state)

    run(SimulatedStreet(seed, flats=160, observed=60, days=2, least=1), seed, look, house=house)
    return entries, snapshots, freeze(house.state)


def alerts_of(seed: int) -> list[Alert]:
    return [body for entry in lived(seed)[0] if isinstance(body := read_body(entry.body), Alert)]


def promises(alerts: Sequence[Alert]) -> None:
    """In the order in which they were written."""
    newest: dict[str, Alert] = {}
    ringing: dict[tuple[str, str], str] = {}
    for alert in alerts:
        before = newest.get(alert.id)
        assert alert.revision == (1 if before is None else before.revision + 1)
        if before is not None:
            assert before.open, f"{alert.id} came back"
            assert (before.state, alert.state) != (AlertState.ACKNOWLEDGED, AlertState.RAISED), f"{alert.id} was taken"
            assert before.state is not AlertState.ACKNOWLEDGED or alert.acknowledged_by, f"{alert.id} was taken"
        newest[alert.id] = alert
        happening = (alert.kind, alert.key)
        if alert.state is AlertState.RAISED:
            assert ringing.setdefault(happening, alert.id) == alert.id, f"two of {happening}"
        elif ringing.get(happening) == alert.id:
            del ringing[happening]


@pytest.mark.parametrize("seed", SEEDS)
def test_in_a_street_one_rings_for_each_happening_and_what_was_taken_stays_taken(seed: int) -> None:
    promises(alerts_of(seed))
    assert len({alert.kind for alert in alerts_of(seed)}) >= 18


@given(chosen=st.lists(steps, max_size=50))
@settings(max_examples=120, deadline=None)
def test_in_any_history_one_rings_for_each_happening_and_what_was_taken_stays_taken(chosen: list[object]) -> None:
    promises(of(Alert, live(chosen).wrote()))  # type: ignore[arg-type]  # steps are functions of a day


@pytest.mark.parametrize("seed", SEEDS)
def test_a_replay_of_the_street_from_the_start_or_any_snapshot_comes_to_the_same(seed: int) -> None:
    entries, snapshots, ended = lived(seed)
    assert snapshots
    for number, state in [(0, freeze(State())), *snapshots.items()]:
        rest = [entry for entry in entries if entry.number > number]
        again = Gatekeeper(thaw(state))
        inputs = [(entry, read_body(entry.body)) for entry in rest if entry.entry_class is EntryClass.INPUT]
        assert list(again.replay(inputs)) == [entry for entry in rest if entry.entry_class is EntryClass.FINDING]
        again.state.number = entries[-1].number
        assert freeze(again.state) == ended


# two at the same instant

Happens = Callable[[Kept], object]


def _door(*, is_open: bool) -> Happens:
    return lambda kept: kept.consider(DoorMoved(at=kept.now, heard=kept.now, device=DOOR, flat=FLAT, open=is_open))


def _band(**said: bool) -> Happens:
    return lambda kept: kept.consider(BandHeard(at=kept.now, heard=kept.now, device=BAND, **said))


def _warm(celsius: float) -> Happens:
    return lambda kept: kept.consider(TemperatureTaken(at=kept.now, heard=kept.now, device=BAND, celsius=celsius))


def _heard(where: Where) -> Happens:
    return lambda kept: kept.consider(
        PresenceChanged(at=kept.now, heard=kept.now, device=BAND, flat=FLAT, where=where, was=Where.HOME)
    )


def _silent(device: str, kind: DeviceKind) -> Happens:
    return lambda kept: kept.consider(
        DeviceSilent(at=kept.now, heard=kept.now, device=device, kind=kind, since=kept.now - seconds(60))
    )


def _back(device: str, kind: DeviceKind) -> Happens:
    return lambda kept: kept.consider(DeviceBack(at=kept.now, heard=kept.now, device=device, kind=kind))


SAID: dict[str, dict[str, Happens]] = {
    "door": {"open": _door(is_open=True), "shut": _door(is_open=False)},
    "band": {  # one radio advert is one word: what it says of place, strap and wrist is said in that order
        "off": _band(worn=False),
        "on": _band(worn=True),
        "help": _band(sos=True),
        "fall": _band(fallen=True),
        "39.5": _warm(39.5),
        "38": _warm(38.0),
        "36": _warm(36.0),
        **{where.value: _heard(where) for where in Where},
    },
    "lane": {"pass": lambda kept: kept.show(OUT, subject=ANNA)},
    "radio": {"deaf": _silent("radio", DeviceKind.RADIO), "back": _back("radio", DeviceKind.RADIO)},
    "cable": {"lost": _silent("cable", DeviceKind.CABLE), "back": _back("cable", DeviceKind.CABLE)},
    "case": {
        "tampered": lambda kept: kept.consider(
            TamperMoved(at=kept.now, heard=kept.now, device=DOOR, place=FLAT, open=True)
        ),
        "battery": lambda kept: kept.consider(BatteryFell(at=kept.now, heard=kept.now, device=BAND, low=True)),
    },
}
"""Who speaks, and what they say. Of one speaker's own words the order is known."""

ALL = [(who, what) for who, words in SAID.items() for what in words]
happenings = st.lists(st.tuples(st.sampled_from(ALL), st.sampled_from([1.0, 30.0, 61.0, 200.0, 3000.0])), max_size=8)
pairs = st.tuples(st.sampled_from(ALL), st.sampled_from(ALL)).filter(lambda pair: pair[0][0] != pair[1][0])


def outcome(before: Sequence[tuple[tuple[str, str], float]], both: Sequence[tuple[str, str]]) -> list[object]:
    kept = Kept()
    kept.quarantine(band=BAND)
    for (who, what), then in before:
        SAID[who][what](kept)
        kept.pass_time(seconds(then))
    for who, what in both:
        SAID[who][what](kept)
    kept.pass_time(timedelta(hours=2))
    last = {alert.id: alert for alert in of(Alert, kept.wrote())}
    return sorted(
        (alert.kind, alert.key, alert.raised_at, alert.state, alert.active, alert.count, bool(alert.parent))
        for alert in last.values()
    )


@given(before=happenings, pair=pairs)
@settings(max_examples=200, deadline=None)
def test_of_two_things_at_the_same_instant_the_order_makes_no_difference(
    before: list[tuple[tuple[str, str], float]], pair: tuple[tuple[str, str], tuple[str, str]]
) -> None:
    assert outcome(before, pair) == outcome(before, pair[::-1])
