"""What guards ask of a lane, and anybody in a fire.

Floor 2, a pure room.
"""

from datetime import datetime

from msgspec import Struct


class GuardRuled(Struct, frozen=True, tag=True, kw_only=True):
    """A guard decided at a lane, by hand. `decision` is the journal number of the decision it answers, if any."""

    id: str
    at: datetime
    by: str
    lane: str
    admit: bool
    reason: str
    decision: int | None = None


class RulingUndone(Struct, frozen=True, tag=True, kw_only=True):
    """A guard takes a ruling back, within half a minute. `decision` is the journal number of its decision."""

    id: str
    at: datetime
    by: str
    decision: int


class FlatLookedUp(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody at a gate asked whether a flat is a quarantine home. To be on record is all that comes of it."""

    id: str
    at: datetime
    by: str
    flat: str


class FireDeclared(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody pressed the fire button. It asks for no PIN; `by` is who was logged in there, if anybody was."""

    id: str
    at: datetime
    by: str
    compound: str


class FireEnded(Struct, frozen=True, tag=True, kw_only=True):
    """A named person says that the lanes may close again."""

    id: str
    at: datetime
    by: str
    compound: str


class GuardOnPatrol(Struct, frozen=True, tag=True, kw_only=True):
    """A guard leaves a lane for a round; for so long nobody is missed there."""

    id: str
    at: datetime
    by: str
    lane: str
    minutes: int
