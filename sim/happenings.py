"""What happens in the simulated compound and what ought to come of it: values only."""

from enum import StrEnum
from typing import Final

from msgspec import Struct


class Mood(StrEnum):
    """What the wearer of a band does, or what somebody else does to it."""

    WELL = "well"
    FEVER = "fever"
    HOT_ONCE = "hot_once"  # one reading, as a hand on a cup of tea gives
    CALLS = "calls"
    FALLS = "falls"
    CANCELS = "cancels"  # falls, and says by a short press that it was nothing
    AT_GATE = "at_gate"  # goes to the gate that has a receiver, with the band on
    TAKES_OFF = "takes_off"
    SILENT = "silent"
    FORGED = "forged"  # somebody speaks in its name without its key
    REPLAYED = "replayed"  # somebody plays its old words again


class Fake(StrEnum):
    """What is done to a pass, or shown in its place."""

    NONE = ""
    FORGED = "forged"  # one letter of the signature is another
    FOREIGN = "foreign"  # somebody else's code


class PassWanted(Struct, frozen=True, kw_only=True):
    """A pass to be had from `menshen pass issue`. `days_ago`: since when it is valid; `gates` as for the command."""

    name: str
    kind: str
    gates: str = "all"
    once: bool = False
    days: float = 7.0
    days_ago: float = 1.0
    fake: Fake = Fake.NONE
    withdrawn: bool = False
    text: str = ""  # of a foreign code


class Stay(Struct, frozen=True, kw_only=True):
    """A quarantine that the centre orders at the beginning of a round; `gate_pass` names the pass of its person."""

    flat: str
    band: int
    gate_pass: str
    window: bool = False  # the door may open for as long as the round lasts


class Shows(Struct, frozen=True, kw_only=True, tag=True):
    """Somebody shows a code at a lane; `verdict` and `reason` are what must come of it."""

    at: float
    scene: str
    settled: float
    lane: str
    gate_pass: str
    verdict: str
    reason: str
    after: str = ""  # the scene goes on when this lane has had the same pass


class DoorMoves(Struct, frozen=True, kw_only=True, tag=True):
    at: float
    scene: str
    settled: float
    flat: str
    open: bool


class BandTurns(Struct, frozen=True, kw_only=True, tag=True):
    at: float
    scene: str
    settled: float
    band: int
    mood: Mood


class CameraFails(Struct, frozen=True, kw_only=True, tag=True):
    """The camera of a lane goes away for a moment: the house opens it again, and nobody is called for that."""

    at: float
    scene: str
    settled: float
    lane: str
    seconds: float


class NodeResets(Struct, frozen=True, kw_only=True, tag=True):
    """The watchdog of a door's node bites while it still has something to say: nothing may be lost by it."""

    at: float
    scene: str
    settled: float
    flat: str


class AsksService(Struct, frozen=True, kw_only=True, tag=True):
    """A resident scans the code on the inside of the door and asks; once it is at the door, they take it in."""

    at: float
    scene: str
    settled: float
    flat: str
    purpose: str


Happening = Shows | DoorMoves | BandTurns | CameraFails | NodeResets | AsksService


class Expected(Struct, frozen=True, kw_only=True):
    """An alert that must reach the centre. `cause` tells what is timed: "code", "door", "band"; empty for a limit.

    `closing`: how it must end by itself; empty where that is left to people.
    """

    scene: str
    kind: str
    place: str
    cause: str = ""
    closing: str = ""


class Round(Struct, frozen=True, kw_only=True):
    """One round of a scenario. Times are seconds from its beginning."""

    number: int
    passes: tuple[PassWanted, ...]
    stays: tuple[Stay, ...]
    happenings: tuple[Happening, ...]
    expected: tuple[Expected, ...]

    def within(self, seconds: float) -> "Round":
        """The scenes that are over, with all that comes of them, by then."""
        ends: dict[str, float] = {}
        for happening in self.happenings:
            ends[happening.scene] = max(happening.settled, ends.get(happening.scene, 0.0))
        kept = {scene for scene, end in ends.items() if end <= seconds}
        return Round(
            number=self.number,
            passes=self.passes,
            stays=self.stays,
            happenings=tuple(each for each in self.happenings if each.scene in kept),
            expected=tuple(each for each in self.expected if each.scene in kept),
        )


_REFUSED_IN: Final = frozenset({"forged", "withdrawn", "expired", "wrong_gate", "spent"})
_REFERRED: Final = frozenset({"unreadable", "not_a_pass", "quarantined"})


def verdict_of(reason: str, direction: str) -> str:
    """The house's law as the street wrote it down: nobody is locked in."""
    if reason in _REFERRED:
        return "refer"
    if reason in _REFUSED_IN:
        return "refuse" if direction == "in" else "refer"
    return "admit"
