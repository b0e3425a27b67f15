"""A guard's shift: what was counted in it, what is open, and the sheet of it once it is handed over or over.

Floor 2, a pure room; the sheet is one of the findings of gateway/findings.py. Pseudonyms and staff ids, no names.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Tally(Struct, frozen=True, kw_only=True):
    """What was answered at one lane; `by_hand` was admitted by the guard, `undone` taken back by them.

    What was answered in a drill stands in `in_drills` alone."""

    admitted: int = 0
    refused: int = 0
    referred: int = 0
    by_hand: int = 0
    undone: int = 0
    in_drills: int = 0  # of a drill: counted nowhere else


class Shift(Struct, frozen=True, kw_only=True):
    """A shift at a gate, and what was counted since it began: answers by lane, alerts of the house by their kind."""

    id: str
    gate: str
    by: str
    begun_at: datetime
    lanes: dict[str, Tally] = {}
    raised: dict[str, int] = {}
    handed_at: datetime | None = None
    note: str = ""
    pending: int = 0  # what the centre had not confirmed when it was handed over


class StillInside(Struct, frozen=True, kw_only=True):
    """A courier who should have left long ago."""

    who: str
    lane: str
    came: datetime


class OpenMatters(Struct, frozen=True, kw_only=True):
    """What whoever comes next must know: open alerts by kind, couriers inside and those overdue, people who wait."""

    alerts: dict[str, int] = {}
    couriers: int = 0
    overdue: tuple[StillInside, ...] = ()
    referrals: int = 0
    silent: tuple[str, ...] = ()  # sensing paths that are down


class ShiftStage(StrEnum):
    HANDED_OVER = "handed_over"
    TAKEN = "taken"
    ENDED = "ended"


class ShiftSheet(Struct, frozen=True, tag=True, kw_only=True):
    """The sheet of a shift. The last one of a shift counts: handed over, then taken by somebody or ended."""

    at: datetime
    stage: ShiftStage
    by: str  # who handed it over, took it, or ended it
    shift: Shift
    matters: OpenMatters
