"""A scenario file in; the compound, its hardware and the dice of its rounds out. sim/plan.py throws the dice."""

import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Literal

import msgspec
from msgspec import Struct


class LaneWanted(Struct, frozen=True, forbid_unknown_fields=True):
    """`reader` is what stands at the lane; the rest is how a scanner of it speaks."""

    id: str
    name: str
    direction: Literal["in", "out"]
    reader: Literal["camera", "scanner"]
    suffix: str = "cr"
    acknowledges: bool = False


class GateWanted(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    number: int
    lanes: tuple[LaneWanted, ...]


class BuildingWanted(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    floors: int
    flats_per_floor: int


class CompoundWanted(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    timezone: str
    gates: tuple[GateWanted, ...]
    buildings: tuple[BuildingWanted, ...]


class Street(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str


class Doors(Struct, frozen=True, forbid_unknown_fields=True):
    alone: int
    shared: int


class Bands(Struct, frozen=True, forbid_unknown_fields=True):
    count: int


class Receivers(Struct, frozen=True, forbid_unknown_fields=True):
    """Radios beside the gateway's own."""

    gate: str  # an ESP32 there hears who comes with a band on


class People(Struct, frozen=True, forbid_unknown_fields=True):
    """How many of each in one round."""

    residents_in: int
    residents_out: int
    visitors: int
    visitors_twice: int
    expired: int
    wrong_gate: int
    forged: int
    withdrawn: int
    scanned_twice: int
    door_movements: int
    foreign: tuple[str, ...]


class Lane(Struct, frozen=True):
    """A lane by its whole id, as in `compound/gate/lane`."""

    id: str
    gate: int
    wanted: LaneWanted


class Scenario(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    round_seconds: float
    limits: dict[str, float]
    street: Street
    compound: CompoundWanted
    doors: Doors
    bands: Bands
    receivers: Receivers
    people: People

    def lanes(self) -> Iterator[Lane]:
        for gate in self.compound.gates:
            for lane in gate.lanes:
                yield Lane(f"{self.compound.id}/{gate.id}/{lane.id}", gate.number, lane)

    @property
    def gate_with_receiver(self) -> str:
        return f"{self.compound.id}/{self.receivers.gate}"

    def flats(self) -> list[str]:
        """All flats, as the house names them: compound/building-unit-flat."""
        return [
            f"{self.compound.id}/{building.id}-1-{floor}{number:02d}"
            for building in self.compound.buildings
            for floor in range(1, building.floors + 1)
            for number in range(1, building.flats_per_floor + 1)
        ]

    def watched_flats(self) -> list[str]:
        """Those with a door node: the first ones."""
        return self.flats()[: self.doors.alone + self.doors.shared]


def read_scenario(text: str) -> Scenario:
    """Raises tomllib.TOMLDecodeError, msgspec.ValidationError."""
    return msgspec.convert(tomllib.loads(text), Scenario)


def scenario(name: str = "palm") -> Scenario:
    """One that comes with Menshen. Raises FileNotFoundError."""
    return read_scenario(resources.files("sim").joinpath("scenarios", f"{name}.toml").read_text("utf-8"))
