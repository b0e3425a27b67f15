"""What is on record of the staff themselves: who looked at what, and who may log in. Floor 2, a pure room.

No personal data stands in them: `by` and `member` are staff ids, `about` a place's id or a pseudonym.
"""

from datetime import datetime

from msgspec import Struct


class DataLookedAt(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody opened a page that shows people's data. `what` is the page, `about` the flat, building or pseudonym."""

    id: str
    at: datetime
    by: str
    what: str
    about: str = ""


class VolunteerAdmitted(Struct, frozen=True, tag=True, kw_only=True):
    """A duty officer let a volunteer in for one shift. The name went to the registry, the code to the volunteer."""

    id: str
    at: datetime
    by: str
    member: str
    starts: datetime
    ends: datetime


class StaffChanged(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody was added, given a new PIN or another role, or struck off (`role` empty)."""

    id: str
    at: datetime
    by: str
    member: str
    role: str = ""


class PinsRefused(Struct, frozen=True, tag=True, kw_only=True):
    """So many wrong PINs were typed for a member, or for names nobody has (`member` empty), since it was last told.

    No address and no name stands here: whose tablet it was is nobody's business as long as nobody guesses.
    """

    id: str
    at: datetime
    by: str
    member: str
    count: int


StaffOrder = DataLookedAt | VolunteerAdmitted | StaffChanged | PinsRefused
