"""Orders about a quarantine that goes on: extended, suspended for a hospital, moved; and a band that was given back.

Floor 2, a pure room; part of the union of gateway/orders/every.py. `quarantine` is the id of the order that began the
stay.
"""

from datetime import date, datetime

from msgspec import Struct


class StayExtended(Struct, frozen=True, tag=True, kw_only=True):
    """It lasts until a later day, and why. To end it earlier is QuarantineEnded."""

    id: str
    at: datetime
    by: str
    quarantine: str
    last_day: date
    reason: str


class StaySuspended(Struct, frozen=True, tag=True, kw_only=True):
    """They are in hospital, say: away with a reason. Until they are back nobody watches door and band; the days run.

    Who is not back by `back_by` is asked after. Said again of somebody who is away, it says another such hour.
    """

    id: str
    at: datetime
    by: str
    quarantine: str
    reason: str
    back_by: datetime | None = None


class StayResumed(Struct, frozen=True, tag=True, kw_only=True):
    """They are back home: door and band are watched from now on. Coming in by a lane does the same by itself."""

    id: str
    at: datetime
    by: str
    quarantine: str


class StayMoved(Struct, frozen=True, tag=True, kw_only=True):
    """The rest of the days is spent in another flat."""

    id: str
    at: datetime
    by: str
    quarantine: str
    flat: str
    reason: str


class BandReturned(Struct, frozen=True, tag=True, kw_only=True):
    """A band was given back and cleaned. With a key of its own it needs a new one before somebody else wears it."""

    id: str
    at: datetime
    by: str
    band: str


StayOrder = StayExtended | StaySuspended | StayResumed | StayMoved | BandReturned
"""What the union of gateway/orders/every.py takes in."""
