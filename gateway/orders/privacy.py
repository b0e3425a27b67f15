"""Somebody asks that what is kept of them goes. Floor 2, a pure room.

The order itself names the pseudonym, and so goes with everything else that does; its receipt names nobody.
"""

from datetime import datetime

from msgspec import Struct

from gateway.retention import Hold


class PersonErased(Struct, frozen=True, tag=True, kw_only=True):
    """Name, phone and care are gone at once, passes are withdrawn, contents go as soon as they are told and folded."""

    id: str
    at: datetime
    by: str
    subject: str
    reason: str


class Erasing(Struct, frozen=True):
    """An erasure whose last record has not gone yet. `holds`: which band and door were theirs, since when."""

    order: str
    subject: str
    by: str
    at: datetime
    holds: tuple[Hold, ...] = ()
