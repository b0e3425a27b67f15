"""Places: street > compound > gates > lanes, and compound > building > unit > flat. Immutable values.

Floor 2, a pure room. Ids are opaque to everybody but the people who wrote menshen.toml; `path` is what is read aloud.
A gateway may serve several compounds, and a compound several gateways.
"""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

PAGE = "page:"  # before a lane's id: the guard's page there, a scanner like any other that is in no configuration


class Direction(StrEnum):
    """Which way a lane leads. `both`: in, unless the person is known to be inside."""

    IN = "in"
    OUT = "out"
    BOTH = "both"


class Lane(Struct, frozen=True):
    """One barrier of a gate. `output` is the device whose output opens it, empty where a guard does it by hand."""

    id: str
    name: str
    gate: str
    compound: str
    direction: Direction
    output: str = ""
    open_seconds: float = 5.0


class Gate(Struct, frozen=True):
    """An entrance. `number` 1..32 is its place in the gates bitmask of a pass."""

    id: str
    name: str
    compound: str
    number: int
    lanes: tuple[Lane, ...]


class Flat(Struct, frozen=True):
    """A home. A quarantine home is a flat with a Quarantine."""

    id: str
    name: str
    compound: str
    building: str
    unit: str
    path: str
    floor: int = 0


class Unit(Struct, frozen=True):
    """One stairwell (单元) of a building."""

    id: str
    name: str
    flats: tuple[Flat, ...]


class Building(Struct, frozen=True):
    id: str
    name: str
    compound: str
    units: tuple[Unit, ...]

    def flats(self) -> Iterator[Flat]:
        for unit in self.units:
            yield from unit.flats


class ExitKind(StrEnum):
    """A door that is to stay shut, and why."""

    FIRE_EXIT = "fire_exit"
    SEALED_GATE = "sealed_gate"


class Exit(Struct, frozen=True):
    """A fire exit or a sealed gate: nobody is to go through, everybody may; a lane it is not."""

    id: str
    name: str
    compound: str
    kind: ExitKind


class Compound(Struct, frozen=True):
    """A residential compound (小区). `timezone` decides what a day is."""

    id: str
    name: str
    timezone: str
    gates: tuple[Gate, ...]
    buildings: tuple[Building, ...]
    exits: tuple[Exit, ...] = ()


class Street(Struct, frozen=True):
    id: str
    name: str
    compounds: tuple[Compound, ...]


class DeviceKind(StrEnum):
    """What a device watches; each has its own limit of silence."""

    DOOR = "door"
    BAND = "band"
    CAMERA = "camera"
    SCANNER = "scanner"
    RADIO = "radio"
    CABLE = "cable"
    OUTPUT = "output"
    THERMOMETER = "thermometer"
    NEIGHBOUR = "neighbour"  # the other gateways of the compound
    METER = "meter"  # of a flat's water, in pulses
    FIRE = "fire"  # a dry contact of the fire alarm; its place is a compound
    OBSTRUCTION = "obstruction"  # a light barrier across an exit: open means that something stands there


class Device(Struct, frozen=True):
    """A device and the place it watches: a flat for a door, a lane for a camera or scanner, none for a radio.

    `link` is what carries it; when that is gone or deaf, its devices are not missed one by one.
    """

    id: str
    kind: DeviceKind
    link: str
    place: str = ""
    model: str = ""
    silent_seconds: float | None = None  # its model's limit of silence; None: that of its kind


class Site(Struct, frozen=True):
    """All a gateway looks after: the places and the devices that watch them. Journaled when it changes."""

    street: Street
    devices: tuple[Device, ...]
    expected: dict[str, tuple[str, ...]] = {}  # flat, unit or building -> the receivers that hear its bands


class Places:
    """A site, looked up. Built once for each site; every look-up is one dict access."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.compounds: dict[str, Compound] = {}
        self.gates: dict[str, Gate] = {}
        self.lanes: dict[str, Lane] = {}
        self.buildings: dict[str, Building] = {}
        self.flats: dict[str, Flat] = {}
        self.exits: dict[str, Exit] = {}
        self.devices: dict[str, Device] = {device.id: device for device in site.devices}
        for compound in site.street.compounds:
            self.compounds[compound.id] = compound
            for gate in compound.gates:
                self.gates[gate.id] = gate
                self.lanes.update((lane.id, lane) for lane in gate.lanes)
            self.exits.update((each.id, each) for each in compound.exits)
            for building in compound.buildings:
                self.buildings[building.id] = building
                self.flats.update((flat.id, flat) for flat in building.flats())
        self._doors: dict[str, tuple[Device, ...]] = {}
        for device in site.devices:
            if device.kind is DeviceKind.DOOR:
                self._doors[device.place] = (*self._doors.get(device.place, ()), device)
        self.radios = [device for device in site.devices if device.kind is DeviceKind.RADIO]
        gates = {lane.id: lane.gate for lane in self.lanes.values()} | {gate: gate for gate in self.gates}
        self.at_gates = {radio.id: gates[radio.place] for radio in self.radios if radio.place in gates}

    def lane_of(self, device: str) -> Lane | None:
        """The lane a camera, a scanner or a guard's page stands at."""
        if device.startswith(PAGE):
            return self.lanes.get(device.removeprefix(PAGE))
        found = self.devices.get(device)
        return None if found is None else self.lanes.get(found.place)

    def flat_of(self, device: str) -> Flat | None:
        """The flat whose door a sensor watches."""
        found = self.devices.get(device)
        return None if found is None else self.flats.get(found.place)

    def doors_of(self, flat: str) -> tuple[Device, ...]:
        """The sensors at a flat's door."""
        return self._doors.get(flat, ())

    def home_receivers(self, flat: str) -> tuple[str, ...]:
        """The radios that hear a band in this flat: those it expects, else those nearest, else any but a gate's."""
        home = self.flats.get(flat)
        around = (flat,) if home is None else (flat, home.unit, home.building, home.compound)
        for place in around:
            if place in self.site.expected:
                return self.site.expected[place]
            if found := tuple(radio.id for radio in self.radios if radio.place == place):
                return found
        return tuple(radio.id for radio in self.radios if radio.id not in self.at_gates)

    def exit_of(self, device: str) -> Exit | None:
        """The fire exit or sealed gate a contact watches."""
        found = self.devices.get(device)
        return None if found is None else self.exits.get(found.place)

    def path(self, place: str) -> str:
        """How a place is read aloud; the id itself for one that is unknown."""
        if (flat := self.flats.get(place)) is not None:
            return flat.path
        if (lane := self.lanes.get(place)) is not None:
            return f"{self.compounds[lane.compound].name} / {self.gates[lane.gate].name} / {lane.name}"
        if (gate := self.gates.get(place)) is not None:
            return f"{self.compounds[gate.compound].name} / {gate.name}"
        if (building := self.buildings.get(place)) is not None:
            return f"{self.compounds[building.compound].name} / {building.name}"
        if (way_out := self.exits.get(place)) is not None:
            return f"{self.compounds[way_out.compound].name} / {way_out.name}"
        if (compound := self.compounds.get(place)) is not None:
            return compound.name
        return place
