"""Twice a day everybody in home observation is looked after: the wristband answers, or somebody calls, or knocks.

Floor 2, a pure room: the values of a round. In 2022 two voice calls a day went to each of them (曹杨新村), and patrols
were cut sharply where door sensors could answer instead (石泉); here what the devices say counts first.
"""

from datetime import datetime, time
from enum import StrEnum

from msgspec import Struct


class RoundRules(Struct, frozen=True):
    """Hours of the compound's time zone at which a round begins; so long it lasts, and so soon each task is due."""

    hours: tuple[time, ...] = (time(8), time(15))
    seconds: float = 7200.0
    call_within_seconds: float = 3600.0
    knock_within_seconds: float = 3600.0


class Round(Struct, frozen=True):
    """The round of a compound that goes on, or the last one."""

    id: str
    begun: datetime
    ends: datetime


class TaskKind(StrEnum):
    CALL = "call"  # by telephone: the centre's voice system, or a person
    KNOCK = "knock"  # somebody goes there


class TaskState(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"  # still to be done
    DONE = "done"


class Outcome(StrEnum):
    """What came of it. `measured`: the band answered after all."""

    WELL = "well"
    UNWELL = "unwell"
    NO_ANSWER = "no_answer"
    NOT_AT_HOME = "not_at_home"
    MEASURED = "measured"
    RELEASED = "released"


class Why(StrEnum):
    """Why the devices do not answer for somebody."""

    NOT_MEASURED = "not_measured"
    NO_BAND = "no_band"
    BAND_SILENT = "band_silent"
    BAND_OFF = "band_off"
    NO_DOOR = "no_door"
    DOOR_SILENT = "door_silent"
    DOOR_OPENED = "door_opened"
    RECORDS_LOST = "records_lost"
    NO_ANSWER = "no_answer"


class Task(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody is to call, or to go there. `subject` is empty where it is about the flat."""

    id: str
    at: datetime
    changed_at: datetime
    due: datetime
    round: str
    kind: TaskKind
    state: TaskState
    revision: int
    flat: str
    subject: str = ""
    why: tuple[Why, ...] = ()
    outcome: Outcome | None = None
    celsius: float | None = None
    by: str = ""
    comment: str = ""

    @property
    def open(self) -> bool:
        """Is it still to be done?"""
        return self.state is not TaskState.DONE


class RoundDone(Struct, frozen=True, tag=True, kw_only=True):
    """The figures of a round: at its end, and once more (`final`) when the last of its tasks is done.

    `saved`: flats nobody need go to, for door and band answered for them without a break since the round before.
    """

    at: datetime
    round: str
    compound: str
    persons: int
    measured: int
    calls: int
    flats: int
    knocks: int
    saved: int
    reached: int = 0
    final: bool = False
