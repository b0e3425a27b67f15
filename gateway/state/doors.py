"""What the rules remember of doors: the newest word of each, one that chatters, many of a building, a doubted sensor.

Floor 2, a pure room: immutable values, parts of the State.
"""

from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gateway.events.every import DoorMoved


class DoorMemory(Struct, frozen=True, array_like=True):  # thousands of them are in each snapshot
    """One flat's door.

    `word`: the hour of the newest thing it said; what is older comes too late to say how it stands now.
    `opened`: its last opening. `found`: it stands open and nobody saw it move. `home`: since then somebody observed was
    known to be behind it. `times`: its last openings that were not permitted; `untold`: those of a chattering door that
    no alert has counted yet. `coming`: since then somebody is on the way home, to be observed there.
    """

    word: datetime
    opened: datetime | None = None
    found: bool = False
    home: datetime | None = None
    times: tuple[datetime, ...] = ()
    untold: int = 0
    chatters: bool = False
    coming: datetime | None = None


SLACK = timedelta(seconds=5)  # a node says how long ago: two of its words may change places by the time on the way
NOTHING_YET = DoorMemory(word=datetime(1970, 1, 1, tzinfo=UTC))


def is_stale(moved: DoorMoved, memory: DoorMemory) -> bool:
    """Does it come too late to say how the door stands now?"""
    return moved.at < memory.word - SLACK


def stands(moved: DoorMoved, memory: DoorMemory, since: datetime | None) -> tuple[datetime | None, DoorMemory]:
    """Since when the door is open after this word, None for a shut one; `since` is what was known before."""
    if is_stale(moved, memory):  # yet it may tell since when
        tells = moved.open and not moved.found and memory.found and since is not None
        return (moved.at if tells else since), memory
    memory = replace(memory, word=max(moved.at, memory.word))
    if not moved.open:
        return None, memory
    if since is not None and (moved.found or moved.at <= since):
        return since, memory
    return moved.at, replace(memory, found=moved.found)


class ManyDoors(Struct, frozen=True):
    """Doors of one building that opened shortly after each other: flat -> when. `told`: a fire is suspected."""

    flats: dict[str, datetime]
    told: bool = False


class Doubt(Struct, frozen=True):
    """Somebody was seen elsewhere while their door said shut; looked at again once late words had time to come.

    An opening after `since` explains it. `band`: it was their band that was heard elsewhere.
    """

    subject: str
    at: datetime
    since: datetime
    band: str = ""
