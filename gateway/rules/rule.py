"""What a rule is: an event or the hour in, conclusions out.

Floor 3, a pure room. A rule keeps nothing itself: what it remembers is its own part of the State, which it changes
while it considers. It reads no clock; it asks to be woken. Findings of a late waking are dated by when they fell due.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from devices.reading import SpentPass, UsedCode
from gateway.compound import Places
from gateway.findings import Alert, Anomaly, Cancelled, Decision, Over, Settled, StayBegun, StayChanged, StayEnded
from gateway.findings_shifts import ShiftSheet
from gateway.rounds import RoundDone, Task
from gateway.services import ServiceMoved
from gateway.state.state import State


class Wake(Struct, frozen=True, kw_only=True):
    """Wake me for `key` when the house's clock reads `due`; what I then find is dated `dated`.

    `calendar`: that is a date (a midnight, the end of a window), which stays where it is when the clock is set.
    """

    key: str
    due: datetime
    dated: datetime
    calendar: bool = False


class Sleep(Struct, frozen=True):
    """Never mind `key`."""

    key: str


class OpenLane(Struct, frozen=True):
    """Open this lane, once the decision is on disk."""

    lane: str


class TellNeighbours(Struct, frozen=True):
    """Tell the other gateways of the compound, once it is on disk."""

    passes: tuple[SpentPass, ...] = ()
    codes: tuple[UsedCode, ...] = ()


class Revised(Struct, frozen=True):
    """An alert goes on by itself: this is its next revision."""

    alert: Alert


class Armed(Struct, frozen=True):
    """A stay is watched again, or elsewhere: rules look at it as at one that has just begun. StayChanged tells it."""

    begun: StayBegun


Conclusion = (
    Decision
    | Anomaly
    | Over
    | Cancelled
    | Settled
    | StayBegun
    | Armed
    | StayChanged
    | StayEnded
    | ServiceMoved
    | ShiftSheet
    | Task
    | RoundDone
    | Wake
    | Sleep
    | OpenLane
    | TellNeighbours
    | Revised
)


class Rule(Protocol):
    """`name` is unique; `reads` names the types of events and orders it wants to see."""

    @property
    def name(self) -> str: ...

    @property
    def reads(self) -> tuple[type[Struct], ...]: ...

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]: ...

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]: ...
