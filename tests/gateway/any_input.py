"""A handful of numbers in, any event or order of the house out: of every type there is, about a small compound.

The types are those of the unions themselves, so a new event or order comes into every random history by itself. Fields
are filled by their names: who, where and which device from this compound, ids from what the house has just now.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct, structs
from msgspec.structs import replace

from gateway.bodies import Body
from gateway.compound import Device, DeviceKind, Exit, ExitKind, Site
from gateway.events.every import ConfigLoaded, Proof
from gateway.findings import Finding
from gateway.gatekeeper import Gatekeeper
from gateway.limits import Limits
from gateway.orders.care import CareAgreed
from gateway.orders.every import Order
from gateway.passes.gate_pass import ALL_GATES
from gateway.retention import Retention
from gateway.rounds import RoundRules
from gateway.rules.every import RULES
from gateway.rules.rule import Rule
from gateway.services import Purpose
from gateway.shown.fold import Shown
from tests.gateway.keeping import ANNA, BAND, BO, BOTH, IN, OTHER_BAND, OUT, make_site
from tests.gateway.test_fold import Day, Step

FLATS = tuple(f"palm/b1-1-10{number}" for number in range(1, 7))
DOORS = tuple(f"node-0000000{number}" for number in range(1, 7))
SUBJECTS = (ANNA, BO, "5afe0000000000c1")
PASSES = tuple(f"c0ffee000000000{number}" for number in range(1, 7))
COURIER: dict[str, Any] = {"subject": SUBJECTS[2], "holder": "courier", "cti": PASSES[5], "not_after": None}
EXITS = {"exit": "palm/back", "sealed": "palm/north", "barrier": "palm/back"}
HOURS = (-4000, -120, 61, 900, 4000, 25_000, 40_000)

NOT_DRAWN: dict[str, str] = {
    "HouseOpened": "a history reopens the house itself (test_fold.reopen)",
    "ConfigLoaded": "a history loads sites itself (test_fold.load)",
    "ClockSet": "a history steps the clock itself (test_fold.steps)",
    "HourStruck": "the hour of a history passes",
    "OrderRefused": "the house writes it",
    "ContentsDeleted": "the journal's own account of what it did",
}


def site() -> Site:
    """The small compound with a device of every kind."""
    plain = make_site(flats=len(FLATS))
    (palm,) = plain.street.compounds
    exits = (
        Exit("palm/back", "Back stairs", "palm", ExitKind.FIRE_EXIT),
        Exit("palm/north", "North gate", "palm", ExitKind.SEALED_GATE),
    )
    doors = tuple(Device(door, DeviceKind.DOOR, "cable", flat) for door, flat in zip(DOORS, FLATS, strict=True))
    others = (
        Device("exit", DeviceKind.DOOR, "cable", EXITS["exit"]),
        Device("sealed", DeviceKind.DOOR, "cable", EXITS["sealed"]),
        Device("barrier", DeviceKind.OBSTRUCTION, "cable", EXITS["barrier"]),
        Device("thermometer", DeviceKind.THERMOMETER, "cable", IN),
        Device("meter", DeviceKind.METER, "cable", FLATS[0]),
        Device("bell", DeviceKind.FIRE, "cable", "palm"),
        Device("neighbours", DeviceKind.NEIGHBOUR, "neighbours"),
    )
    kept = tuple(each for each in plain.devices if each.kind is not DeviceKind.DOOR)
    street = replace(plain.street, compounds=(replace(palm, exits=exits),))
    return Site(street, (*kept, *doors, *others))


SITE = site()
KIND_OF = {device.id: device.kind for device in SITE.devices}
TOGETHER: dict[str, Sequence[dict[str, Any]]] = {  # fields that must fit: devices.interpret sees to that in life
    "DoorMoved": [{"device": door, "flat": flat} for door, flat in zip(DOORS, FLATS, strict=True)],
    "TamperMoved": [{"device": door, "place": flat} for door, flat in zip(DOORS, FLATS, strict=True)],
    "ExitMoved": [{"device": each, "place": place, "obstruction": each == "barrier"} for each, place in EXITS.items()],
    "WaterDrawn": [{"device": "meter", "flat": FLATS[0]}],
    "FireSignalled": [{"device": "bell", "compound": "palm"}],
    "CameraSightChanged": [{"device": "camera", "lane": IN}],
    "LaneTemperatureTaken": [{"device": "thermometer", "lane": lane} for lane in (IN, BOTH)],
    "PassShown": [
        {"device": "camera", "lane": lane, "holder": holder, "compound": "palm", "gates": ALL_GATES}
        for lane in (IN, OUT, BOTH)
        for holder in ("resident", "courier", "visitor")
    ]
    + [
        {"device": "camera", "lane": lane, "compound": "palm", "gates": ALL_GATES, "proof": Proof.GENUINE, **whose}
        for lane in (IN, OUT)
        for whose in ({"once": True, "subject": ""}, {"subject": ANNA}, COURIER)
    ],
    "OutputTried": [{"device": "node-0000000a"}, {"device": "node-0000000b"}],
    "PassSpentElsewhere": [{"device": "neighbours"}],
    "CodeUsedElsewhere": [{"device": "neighbours"}],
    "ChargeTold": [{"device": BAND}, {"device": DOORS[0]}],
    **{
        name: [{"device": device, "kind": kind} for device, kind in KIND_OF.items()]
        for name in ("DeviceSilent", "DeviceBack")
    },
    **{
        name: [{"device": band, "flat": flat} for band in (BAND, OTHER_BAND) for flat in FLATS[:2]]
        for name in ("BandHeard", "TemperatureTaken", "PresenceChanged")
    },
}


def members(union: object) -> list[type[Struct]]:
    if isinstance(union, UnionType) or get_origin(union) is not None:
        return [each for part in get_args(union) for each in members(part)]
    assert isinstance(union, type)
    return [union]


INPUTS = sorted(
    (each for each in members(Body) if each not in members(Finding) and each.__name__ not in NOT_DRAWN),
    key=lambda each: each.__name__,
)
ORDERS = frozenset(members(Order))
OFTEN_ALSO = ("Window", "Alert", "Rul", "Guard", "PassS")
OFTEN = [each for each in INPUTS if each.__name__ in TOGETHER or each.__name__.startswith(OFTEN_ALSO)]
DRAWN = [*INPUTS, *OFTEN, *OFTEN]
WAITS = (1.0, 30.0, 61.0, 300.0, 3600.0, 40_000.0)


class AnyDay(Day):
    """The rich compound, with rounds, couriers that are missed, and requests granted by nobody."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        super().__init__()
        self.gatekeeper = Gatekeeper(self.state, rules)
        self.furnish()
        for subject, flat, band in ((ANNA, FLATS[0], BAND), (BO, FLATS[1], OTHER_BAND)):
            self.quarantine(subject=subject, flat=flat, band=band)
        self.order(
            CareAgreed(
                **self.about(),
                flat=FLATS[2],
                subject=SUBJECTS[2],
                reason="lives alone",
                agreed_by="self",
                last_day=self.now.date() + timedelta(days=90),
                door=True,
            )
        )
        self.shown = Shown(self.state)

    def furnish(self) -> None:
        self.consider(
            ConfigLoaded(
                at=self.now,
                heard=self.now,
                fingerprint="rich",
                site=SITE,
                limits=Limits(courier_alert_seconds=3600.0),
                reports=("decisions", "stays", "services", "tasks", "rounds"),
                round_rules=RoundRules(),
            )
        )


def put(day: Day, kind: type[Struct], draws: Sequence[int]) -> None:
    """One of these into the house; the numbers choose what it says."""
    source = iter(_endless(draws))
    given = _fields(day, kind, source)
    if kind in ORDERS:
        day.order(kind(**given))
    else:
        day.consider(kind(**given))


def _endless(draws: Sequence[int]) -> Iterator[int]:
    yield from draws
    rest = random.Random(repr(tuple(draws)))
    while True:
        yield rest.randrange(1 << 16)


def _fields(day: Day, kind: type[Struct], source: Iterator[int]) -> dict[str, Any]:
    together = TOGETHER.get(kind.__name__, ({},))
    hints = get_type_hints(kind)
    given = {name: each for name, each in together[next(source) % len(together)].items() if name in hints}
    for field in structs.fields(kind):
        name = field.name
        if name in given or (name == "drill" and hints[name] is bool):
            continue
        draw = next(source)
        if not field.required and draw % 3 == 0:
            continue  # as it stands by itself
        given[name] = _value(day, name, hints[name], draw // 3, source)
    return given


NAMED: dict[str, Callable[[Day], Sequence[object]]] = {
    "id": lambda day: [day.about()["id"]],
    "at": lambda day: [day.now, day.now, day.now, day.now - timedelta(seconds=100)],
    "heard": lambda day: [day.now],
    "by": lambda day: ["d1", "g1", "resident"],
    "flat": lambda day: [*FLATS[:3], *FLATS[:2], *FLATS],
    "opens": lambda day: [day.now + timedelta(seconds=late) for late in (-60, 0, 600)],
    "closes": lambda day: [day.now + timedelta(seconds=late) for late in (-120, 1800, 4000)],
    "lane": lambda day: [IN, OUT, BOTH],
    "gate": lambda day: ["palm/east", "palm/west"],
    "compound": lambda day: ["palm"],
    "place": lambda day: [*FLATS[:2], "palm/b1", "palm"],
    "places": lambda day: [(FLATS[0],), ("palm/b1",), ("palm",), (IN,), ()],
    "device": lambda day: list(KIND_OF),
    "devices": lambda day: [(), (BAND,), (DOORS[0],), ("bell",)],
    "band": lambda day: ["", BAND, OTHER_BAND],
    "meter": lambda day: ["", "meter"],
    "camera": lambda day: ["camera"],
    "subject": lambda day: SUBJECTS,
    "who": lambda day: [SUBJECTS[2]],
    "cti": lambda day: PASSES,
    "alert": lambda day: sorted(day.state.alerts) or ["e1/0"],
    "case": lambda day: sorted(alert.case for alert in day.state.alerts.values()) or ["e1/0"],
    "quarantine": lambda day: sorted([*day.state.quarantines, *day.state.arrivals, *day.state.suspended]) or ["none"],
    "request": lambda day: sorted(day.state.services) or ["none"],
    "task": lambda day: sorted(day.state.tasks) or ["none"],
    "drill": lambda day: sorted(day.state.drills) or ["none"],
    "work": lambda day: sorted(day.state.works) or ["none"],
    "care": lambda day: sorted(day.state.care) or ["none"],
    "look": lambda day: sorted(day.state.looks) or ["none"],
    "shift": lambda day: sorted(shift.id for shift in day.state.shifts.values()) or ["none"],
    "takes": lambda day: ["", *sorted(shift.id for shift in day.state.shifts.values())],
    "decision": lambda day: day.state.decision_numbers[-2:] or [1],
    "purpose": lambda day: [str(each) for each in Purpose],
    "outcome": lambda day: ["well", "unwell", "no_answer", "not_at_home"],
    "closing": lambda day: ["real", "test", "drill"],
    "profile": lambda day: ["ordinary", "epidemic", "lockdown"],
    "seconds": lambda day: [30, 60],
    "minutes": lambda day: [5, 30],
    "celsius": lambda day: [35.0, 36.5, 37.5, 38.5, 39.5],
    "proof": lambda day: [*[Proof.GENUINE] * 5, *Proof],
    "gates": lambda day: [ALL_GATES],
    "not_before": lambda day: [None],
    "not_after": lambda day: [None, day.now + timedelta(days=9)],
    "stepped": lambda day: [day.now - timedelta(seconds=5)],
    "foreign": lambda day: [""],
    "medium": lambda day: ["card", "plate"],
    "unreadable": lambda day: [(), ("people.json",)],
    "agreed_by": lambda day: ["self"],
    "there": lambda day: ["palm-2"],
    "days": lambda day: [1, 7, 14],
    "level": lambda day: [10, 50, 60, 70, 80],
    "why": lambda day: ["", "why"],
    "left": lambda day: [(), (BO,)],
    "was": lambda day: [None],
    "at_home": lambda day: [None, day.now - timedelta(seconds=90)],
    "retention": lambda day: [Retention()],
    "first_day": lambda day: [day.now.date()],
    "last_day": lambda day: [day.now.date() + timedelta(days=n) for n in (0, 1, 13)],
    "since": lambda day: [day.now - timedelta(seconds=600)],
}
PLAIN: dict[object, Sequence[object]] = {str: ["x"], int: [0, 1, 7], float: [1.0, 37.0], bool: [True, False]}


def _value(day: Day, name: str, hint: Any, draw: int, source: Iterator[int]) -> object:
    if name in NAMED:
        pool = NAMED[name](day)
        with suppress(msgspec.ValidationError):  # another field of this name: `care` is an agreement, or marks
            return msgspec.convert(pool[draw % len(pool)], hint)
    options = [each for each in get_args(hint) if each is not type(None)] if isinstance(hint, UnionType) else [hint]
    wanted = options[0]
    if wanted is datetime:
        return day.now + timedelta(seconds=HOURS[draw % len(HOURS)])
    if wanted is date:
        return day.now.date()
    if wanted in PLAIN:
        return PLAIN[wanted][draw % len(PLAIN[wanted])]
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return list(wanted)[draw % len(list(wanted))]
    if isinstance(wanted, type) and issubclass(wanted, Struct):
        return wanted(**_fields(day, wanted, source))
    if get_origin(wanted) is tuple:
        inside = get_args(wanted)[0]
        return tuple(_value(day, "", inside, next(source), source) for _ in range(1 + draw % 2))
    if get_origin(wanted) is dict:
        return {}
    raise AssertionError(f"say in tests/gateway/any_input.py what {name}: {hint} is")


def any_history(seed: int, length: int = 80) -> list[Step]:
    """A history of its own for each seed."""
    chance = random.Random(seed)
    history: list[Step] = []
    for _ in range(length):
        kind, draws = chance.choice(DRAWN), tuple(chance.randrange(1 << 16) for _ in range(24))
        history.append(step_of(kind, draws))
        if chance.random() < 0.5:
            history.append(waits(chance.choice(WAITS)))
    return history


def step_of(kind: type[Struct], draws: Sequence[int]) -> Step:
    return lambda day: put(day, kind, draws)


def waits(long: float) -> Step:
    return lambda day: day.pass_time(timedelta(seconds=long))
