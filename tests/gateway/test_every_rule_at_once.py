"""All rules over random histories: one alert rings for one happening, what was taken stays taken, order among equals.

tests/gateway/test_fold.py holds that any history is a fold; here the history is that of a simulated street, in which
every rule has something to say, and random happenings of one household, of which two fall on the same instant.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

import gateway.rules
from devices.reading import SightFault
from gateway.alerts.family import DOORS as DOOR_ALERTS
from gateway.bodies import read_body
from gateway.compound import DeviceKind, Places
from gateway.entries import Batch, Entry, EntryClass
from gateway.events.books import BooksRead
from gateway.events.every import (
    BandHeard,
    BatteryFell,
    CameraSightChanged,
    DeviceBack,
    DeviceSilent,
    DoorMoved,
    ExitMoved,
    FireSignalled,
    LaneTemperatureTaken,
    TamperMoved,
    TemperatureTaken,
)
from gateway.events.meters import ChargeTold, WaterDrawn
from gateway.events.neighbours import PassSpentElsewhere
from gateway.events.presence import PresenceChanged, Where
from gateway.findings import Alert, AlertState
from gateway.gatekeeper import Gatekeeper
from gateway.kinds import MOMENTARY, Kind
from gateway.rules.every import RULES
from gateway.rules.rule import Conclusion, Rule
from gateway.state.state import State, freeze, thaw
from tests.gateway.any_input import DOORS, DRAWN, PASSES, WAITS, AnyDay, any_history, site, step_of, waits
from tests.gateway.keeping import ANNA, BAND, DOOR, FLAT, IN, OUT, Kept, of, seconds
from tests.gateway.test_fold import Day, Step, folded, live, steps
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
        # who calls again after somebody has taken the first call rings anew, while that one is still open
        one_only = alert.open if alert.kind not in MOMENTARY else alert.state is AlertState.RAISED
        if one_only:
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


# every input there is


class Watched:
    """A rule, and how often it has concluded something or was woken."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self.name, self.reads = rule.name, rule.reads
        self.asked = self.concluded = 0

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        self.asked += 1
        for each in self._rule.consider(what, state, places):
            self.concluded += 1
            yield each

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        for each in self._rule.wake(key, dated, state, places):
            self.concluded += 1
            yield each


CONCLUDES_NOTHING = {
    "charges": "keeps what batteries said; the forecast is read, never told",
    "looks": "keeps who looks through a camera; that they do is on record",
}
"""Rules that only remember: replay holds them."""


def test_the_random_histories_make_every_rule_of_the_house_speak() -> None:
    """Each module of gateway/rules/ that is a rule is in RULES, and what is below is held of each of them."""
    found = {
        each
        for module in iter_modules(gateway.rules.__path__)
        for each in vars(import_module(f"gateway.rules.{module.name}")).values()
        if isinstance(each, type) and {"name", "reads", "consider", "wake"} <= set(dir(each)) and each is not Rule
    }
    assert {type(rule) for rule in RULES} == found
    rules = [Watched(rule) for rule in RULES]
    silent = {rule.name for rule in rules}
    for seed in range(300):  # some thirty do; a new input is one more among which each history chooses
        day = AnyDay(rules)
        for step in any_history(seed):
            step(day)
        silent = {each.name for each in rules if not (each.asked if each.name in CONCLUDES_NOTHING else each.concluded)}
        if not silent:
            break
    assert silent == set(), "no random history makes these speak: give tests/gateway/any_input.py what they wait for"


anything: st.SearchStrategy[Step] = st.one_of(
    st.builds(step_of, st.sampled_from(DRAWN), st.lists(st.integers(0, 1 << 16), min_size=4, max_size=24)),
    st.builds(waits, st.sampled_from(WAITS)),
    steps,
)


@given(chosen=st.lists(anything, max_size=50))
@settings(max_examples=150, deadline=None)
def test_whatever_happens_one_is_open_for_each_happening_and_the_journal_is_its_fold(chosen: list[Step]) -> None:
    held(live(chosen, AnyDay()))


@pytest.mark.parametrize("seed", range(8))
def test_in_longer_histories_as_well(seed: int) -> None:
    held(live(any_history(seed, 250), AnyDay()))


def held(day: Day) -> None:
    promises(of(Alert, day.wrote()))
    final = freeze(day.state)
    concluded = [(each.number, each.body) for each in day.entries() if each.entry_class is EntryClass.FINDING]
    assert folded(day, 0, State()) == (final, concluded)
    for number, snapshot in day.snapshots[:: max(1, len(day.snapshots) // 3)]:
        assert folded(day, number, thaw(snapshot)) == (final, [each for each in concluded if each[0] > number])


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


def _exit(*, is_open: bool) -> Happens:
    return lambda kept: kept.consider(
        ExitMoved(at=kept.now, heard=kept.now, device="exit", place="palm/back", open=is_open)
    )


def _sees(fault: SightFault | None) -> Happens:
    return lambda kept: kept.consider(
        CameraSightChanged(at=kept.now, heard=kept.now, device="camera", lane=IN, fault=fault)
    )


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
    "node": {"silent": _silent(DOORS[1], DeviceKind.DOOR), "back": _back(DOORS[1], DeviceKind.DOOR)},
    "exit": {"open": _exit(is_open=True), "shut": _exit(is_open=False)},
    "bell": {
        "rings": lambda kept: kept.consider(
            FireSignalled(at=kept.now, heard=kept.now, device="bell", compound="palm", on=True)
        )
    },
    "thermometer": {
        "hot": lambda kept: kept.consider(
            LaneTemperatureTaken(at=kept.now, heard=kept.now, device="thermometer", lane=OUT, celsius=38.4)
        )
    },
    "camera": {"covered": _sees(SightFault.COVERED), "sees": _sees(None)},
    "water": {
        "drawn": lambda kept: kept.consider(
            WaterDrawn(at=kept.now, heard=kept.now, device="meter", flat=FLAT, pulses=7)
        )
    },
    "charge": {
        "told": lambda kept: kept.consider(ChargeTold(at=kept.now, heard=kept.now, device=BAND, level=20)),
    },
    "neighbour": {
        "spent": lambda kept: kept.consider(
            PassSpentElsewhere(
                at=kept.now,
                heard=kept.now,
                device="neighbours",
                gateway="palm-2",
                cti=PASSES[1],
                spent_at=kept.now,
                until=kept.now + timedelta(days=1),
            )
        )
    },
    "books": {
        "unreadable": lambda kept: kept.consider(BooksRead(at=kept.now, heard=kept.now, unreadable=("people.json",))),
    },
}
"""Who speaks, and what they say. Of one speaker's own words the order is known."""

ORDERS_ONLY = {
    "arrivals": "orders, and what a lane began: people give them one after the other",
    "care": "orders",
    "drills": "orders",
    "looks": "orders",
    "shifts": "orders; what it counts is compared with the journal in tests/gateway/rules/test_shifts.py",
    "stays": "orders and midnights",
    "pins": "orders",
    "undo": "orders",
    "life": "hours of alerts",
    "rounds": "hours of rounds, and orders",
}
"""Rules that read nothing two devices could say at one instant."""


def test_every_rule_that_reads_what_devices_say_is_asked_in_either_order() -> None:
    rules = [Watched(rule) for rule in RULES]
    kept = Kept(site())
    kept.gatekeeper = Gatekeeper(kept.state, rules)
    kept.quarantine(band=BAND)
    for rule in rules:
        rule.asked = 0
    for words in SAID.values():
        for say in words.values():
            say(kept)
    assert {rule.name for rule in rules if not rule.asked} <= ORDERS_ONLY.keys()


ALL = [(who, what) for who, words in SAID.items() for what in words]
happenings = st.lists(st.tuples(st.sampled_from(ALL), st.sampled_from([1.0, 30.0, 61.0, 200.0, 3000.0])), max_size=8)
pairs = st.tuples(st.sampled_from(ALL), st.sampled_from(ALL)).filter(lambda pair: pair[0][0] != pair[1][0])


OPENINGS = DOOR_ALERTS | {Kind.FIRE_EXIT_OPENED, Kind.FIRE_EXIT_LEFT_OPEN}


def outcome(before: Sequence[tuple[tuple[str, str], float]], both: Sequence[tuple[str, str]]) -> list[object]:
    kept = Kept(site())
    kept.quarantine(band=BAND)
    for (who, what), then in before:
        SAID[who][what](kept)
        kept.pass_time(seconds(then))
    for who, what in both:
        SAID[who][what](kept)
    kept.pass_time(timedelta(hours=2))
    last = {alert.id: alert for alert in of(Alert, kept.wrote())}
    burns = any(alert.kind is Kind.FIRE for alert in last.values())
    return sorted(
        (alert.kind, alert.key, alert.raised_at, alert.state, alert.active, alert.count, bool(alert.parent))
        for alert in last.values()
        if not (burns and alert.kind in OPENINGS)  # in a fire none is an alert of its own; one just before is held
    )


@given(before=happenings, pair=pairs)
@settings(max_examples=200, deadline=None)
def test_of_two_things_at_the_same_instant_the_order_makes_no_difference(
    before: list[tuple[tuple[str, str], float]], pair: tuple[tuple[str, str], tuple[str, str]]
) -> None:
    assert outcome(before, pair) == outcome(before, pair[::-1])
