"""The dice of one round of the simulated town: who takes which lane when, and what was thrown so far."""

import random
from dataclasses import dataclass, field
from typing import Final

from sim.happenings import Expected, Fake, Happening, PassWanted, Shows, Stay, verdict_of
from sim.scenario import Lane, Scenario

STEP_SECONDS: Final = {"camera": 2.4, "scanner": 1.6}  # from one showing at a lane to the next
LAST_SECONDS: Final = 5.0  # of a round, in which nobody new comes
SETTLES_SECONDS: Final = 3.0  # from a happening to all that comes of it, at the centre
APART_SECONDS: Final = 4.0  # between two showings of one pass at two lanes


class TooMany(Exception):
    """The scenario has more people than its lanes can take in one round."""

    def __init__(self, scenario: str, direction: str) -> None:
        super().__init__(f"{scenario}: more people than the lanes that lead {direction} can take in one round")


@dataclass
class Throw:
    """The dice of one round, and what they have shown so far."""

    scenario: Scenario
    number: int
    dice: random.Random
    passes: list[PassWanted] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    free: list[tuple[Lane, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        end = self.scenario.round_seconds - LAST_SECONDS
        for lane in self.scenario.lanes():
            step = STEP_SECONDS[lane.wanted.reader]
            at = 0.3 + self.dice.uniform(0, step / 2)
            while at < end:
                self.free.append((lane, round(at, 2)))
                at += step

    def take(self, direction: str, reader: str = "") -> tuple[Lane, float]:
        """A lane of that direction and an hour at which it is free."""
        fits = [each for each in self._free(direction) if reader in ("", each[0].wanted.reader)]
        if not fits:
            raise TooMany(self.scenario.name, direction)
        taken = self.dice.choice(fits)
        self.free.remove(taken)
        return taken

    def take_two(self, first: str, latest: float = 1e9) -> tuple[tuple[Lane, float], tuple[Lane, float]]:
        """A lane of that direction and its hour, and another lane, leading in, some time later."""
        fits = [
            (one, other)
            for one in self._free(first)
            for other in self._free("in")
            if one[0].id != other[0].id and one[1] <= latest and other[1] >= one[1] + APART_SECONDS
        ]
        if not fits:
            raise TooMany(self.scenario.name, first)
        taken = self.dice.choice(fits)
        for each in taken:
            self.free.remove(each)
        return taken

    def _free(self, direction: str) -> list[tuple[Lane, float]]:
        return [(lane, at) for lane, at in self.free if lane.wanted.direction == direction]

    def shows(self, scene: str, lane: Lane, at: float, gate_pass: str, reason: str, after: str = "") -> None:
        self.happenings.append(
            Shows(
                at=at,
                scene=scene,
                settled=at + SETTLES_SECONDS + (2 if lane.wanted.reader == "camera" else 0),
                lane=lane.id,
                gate_pass=gate_pass,
                verdict=verdict_of(reason, lane.wanted.direction),
                reason=reason,
                after=after,
            )
        )

    def wanted(self, kind: str, name: str, **how: str | bool | float | Fake) -> str:
        wanted = PassWanted(name=f"{self.number}-{name}", kind=kind, **how)  # type: ignore[arg-type]  # fields by name
        self.passes.append(wanted)
        return wanted.name

    def scene(self, name: str) -> str:
        return f"{self.number} {name}"
