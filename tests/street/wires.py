"""A day and the places in; what happens to cables, radios, sensors and batteries out, and the work on them. Pure."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from devices.reading import BandSeen
from gateway.compound import Building, DeviceKind, Street
from gateway.events.every import BatteryFell, DeviceBack, DeviceSilent, DoorMoved, TamperMoved
from gateway.events.meters import ChargeTold
from gateway.events.presence import Where
from gateway.kinds import Kind
from gateway.orders.alerts import WorkBegun
from gateway.orders.drill import DrillBegun
from tests.street.homes import MINUTE, presence
from tests.street.people import Household, Person
from tests.street.site import bus, radio, sensor
from tests.street.steps import Said, Tape, clock

DOOR_LIMIT = timedelta(seconds=600)
BAND_LIMIT = timedelta(seconds=900)
CABLE_LIMIT = timedelta(seconds=30)
HOUR = timedelta(hours=1)


def buildings_of(street: Street) -> list[Building]:
    return [building for compound in street.compounds for building in compound.buildings]


def breaks(
    street: Street,
    observed: Sequence[Household],
    day: int,
    busy: set[str],
    least: int,
    chance: random.Random,
    tape: Tape,
) -> None:
    """`busy`: homes in which something happens that day that a dead sensor would hide."""
    buildings = buildings_of(street)
    chance.shuffle(buildings)
    scale = len(buildings) / 44  # of a whole street
    for what, number in (
        (_radio_restarts, 4.0),
        (_radio_dies, 0.5),
        (_cable_cut, 0.5),
        (_power_cut, 0.15),
        (_nodes_dark, 0.1),
        (_installers, 0.6),
    ):
        for _ in range(max(least, _drawn(number * scale, chance))):
            if buildings:
                what(buildings.pop(), clock(day, chance.uniform(8, 19)), chance, tape)
    free = [home for home in observed if home.flat not in busy and home.first < day < home.last]
    chance.shuffle(free)
    for what_of_home, a_thousand in (
        (_band_runs_down, 20.0),
        (_door_battery, 1.0),
        (_node_dies, 0.6),
        (_tampered, 0.6),
        (_drill, 0.15),
    ):
        for _ in range(max(least, _drawn(a_thousand * len(observed) / 1000, chance))):
            if free:
                home = free.pop()
                what_of_home(home, home.people[-1], clock(day, chance.uniform(8, 19)), chance, tape)
                busy.add(home.flat)


def _drawn(expected: float, chance: random.Random) -> int:
    return int(expected) + (chance.random() < expected % 1)


def silent(device: str, kind: DeviceKind, at: datetime, limit: timedelta, back: datetime, tape: Tape) -> None:
    """As gateway/liveness.py says it: once its limit has run out."""
    due = at + limit
    if due < back:
        tape.happens(due, DeviceSilent(at=due, heard=due, device=device, kind=kind, since=at))
        tape.happens(back, DeviceBack(at=back, heard=back, device=device, kind=kind))


def _radio_restarts(building: Building, at: datetime, chance: random.Random, tape: Tape) -> None:
    """Mostly within its limit, which is nothing; in one of four it hears nothing for minutes."""
    if chance.random() < 0.25:
        _deaf(building, at, MINUTE * chance.uniform(2, 9), tape)


def _deaf(building: Building, at: datetime, lasts: timedelta, tape: Tape) -> None:
    silent(radio(building.id), DeviceKind.RADIO, at, timedelta(), at + lasts, tape)
    tape.case("radio deaf", [Kind.RADIO_DEAF], [radio(building.id)], at, lasts=lasts)


def _radio_dies(building: Building, at: datetime, chance: random.Random, tape: Tape) -> None:
    _deaf(building, at, HOUR * chance.uniform(1, 5), tape)


def _cable_cut(building: Building, at: datetime, chance: random.Random, tape: Tape) -> None:
    back = at + MINUTE * chance.uniform(8, 90)
    silent(bus(building.id), DeviceKind.CABLE, at, CABLE_LIMIT, back, tape)
    tape.case("cable cut", [Kind.CABLE_LOST], [bus(building.id)], at, within=CABLE_LIMIT + MINUTE / 20, lasts=back - at)


def _power_cut(building: Building, at: datetime, chance: random.Random, tape: Tape) -> None:
    """Adapter and receiver stand in the building: both are gone."""
    back = at + MINUTE * chance.uniform(10, 60)
    silent(bus(building.id), DeviceKind.CABLE, at, CABLE_LIMIT, back, tape)
    silent(radio(building.id), DeviceKind.RADIO, at, timedelta(seconds=120), back, tape)
    tape.case(
        "power cut of a building",
        [Kind.CABLE_LOST, Kind.RADIO_DEAF],
        [bus(building.id), radio(building.id)],
        at,
        within=MINUTE * 3,
        lasts=back - at,
    )


def _nodes_dark(building: Building, at: datetime, chance: random.Random, tape: Tape) -> None:
    """The adapter is fed from elsewhere: the cable is there, and no node on it says anything."""
    back = at + MINUTE * chance.uniform(25, 60)
    sensors = [sensor(flat.id) for flat in building.flats()]
    for device in sensors:
        beat = timedelta(seconds=chance.uniform(0, 60))
        silent(device, DeviceKind.DOOR, at - beat, DOOR_LIMIT, back + beat, tape)
    tape.case(
        "all nodes of a building dark",
        [Kind.BUILDING_SILENT],
        [*sensors, building.id],
        at,
        within=DOOR_LIMIT,
        explains=(Kind.BUILDING_SILENT, Kind.DOOR_SILENT),
        lasts=back - at + MINUTE,
    )


def _installers(building: Building, at: datetime, chance: random.Random, tape: Tape) -> None:
    """They test what they put in, and have said so: nothing rings."""
    until = at + HOUR * 2
    work = WorkBegun(
        id=f"work {building.id} {at:%d%H%M}",
        at=at,
        by="installer",
        until=until,
        reason="new sensors",
        places=(building.id,),
    )
    tape.happens(at, work)
    for flat in list(building.flats())[:12]:
        at += MINUTE * chance.uniform(1, 8)
        for again in (True, False):
            tape.happens(at, TamperMoved(at=at, heard=at, device=sensor(flat.id), place=flat.id, open=again))
            at += timedelta(seconds=20)
            tape.happens(at, DoorMoved(at=at, heard=at, device=sensor(flat.id), flat=flat.id, open=again))


def _band_runs_down(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """Low, and in one of four homes nobody charges it: it dies in the evening and is changed in the morning."""
    tape.happens(at, ChargeTold(at=at, heard=at, device=person.band, level=14))
    tape.happens(at, BatteryFell(at=at, heard=at, device=person.band, low=True, battery_percent=14))
    tape.case("battery low", [Kind.BATTERY_LOW], [person.band], at, lasts=HOUR)
    dies = chance.random() < 0.25
    charged = at + HOUR * chance.uniform(1, 8)
    if dies:
        died = at + HOUR * chance.uniform(1, 4)
        charged = died + HOUR * chance.uniform(1, 4)
        gone = died + timedelta(seconds=75)
        presence(home, person, gone, Where.GONE, Where.HOME, tape)
        silent(person.band, DeviceKind.BAND, died, BAND_LIMIT, charged, tape)
        tape.case(
            "band dead",
            [Kind.BAND_SILENT, Kind.BAND_GONE],
            [person.band],
            died,
            within=BAND_LIMIT + MINUTE / 20,
            lasts=charged - died,
        )
        presence(home, person, charged + MINUTE / 3, Where.HOME, Where.GONE, tape)
    tape.happens(charged, ChargeTold(at=charged, heard=charged, device=person.band, level=100))
    tape.happens(charged, BatteryFell(at=charged, heard=charged, device=person.band, low=False, battery_percent=100))


def _door_battery(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    device = sensor(home.flat)
    tape.happens(at, BatteryFell(at=at, heard=at, device=device, low=True, battery_millivolts=3200))
    tape.case("battery low", [Kind.BATTERY_LOW], [device], at, lasts=HOUR)
    changed = at + HOUR * 20
    tape.happens(changed, BatteryFell(at=changed, heard=changed, device=device, low=False, battery_millivolts=3600))


def _node_dies(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    back = at + HOUR * chance.uniform(1, 6)
    silent(sensor(home.flat), DeviceKind.DOOR, at, DOOR_LIMIT, back, tape)
    tape.case(
        "door node dead", [Kind.DOOR_SILENT], [sensor(home.flat)], at, within=DOOR_LIMIT + MINUTE / 20, lasts=back - at
    )


def _tampered(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    device = sensor(home.flat)
    for again in (True, False):
        tape.happens(at, TamperMoved(at=at, heard=at, device=device, place=home.flat, open=again))
        if again:
            tape.case("sensor tampered with", [Kind.SENSOR_TAMPERED], [device], at)
        at += MINUTE * 4


def _drill(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """A call for help is rehearsed: marked, and no phone rings."""
    drill = DrillBegun(
        id=f"drill {home.flat} {at:%d%H%M}",
        at=at,
        by="office",
        reason="rehearsal",
        until=at + HOUR,
        places=(home.flat,),
        rehearsed=(Kind.HELP_CALLED,),
    )
    tape.happens(at, drill)
    tape.happens(at + MINUTE * 10, Said(person.band, BandSeen(rssi=-60, sos=True)))
