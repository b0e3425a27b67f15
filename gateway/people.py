"""People as the house knows them: pseudonyms, stays, windows. Names and phone numbers stand only in the registry.

Floor 2, a pure room: immutable values, moved on by orders (gateway/orders/every.py).
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct


class Care(StrEnum):
    """Why somebody needs looking after first."""

    LIVES_ALONE = "lives_alone"
    DISABLED = "disabled"
    SMALL_CHILDREN = "small_children"
    PREGNANT = "pregnant"
    DIALYSIS = "dialysis"
    DOES_NOT_READ = "does_not_read"


class Person(Struct, frozen=True):
    """A pseudonym and the flat it belongs to. `subject` is 16 hex digits, as in an entry pass.

    `head_of`: the stairwell (a unit's id) that this person looks after. `registered`: stands in the registry; who does
    not is known for a stay alone, and forgotten with it.
    """

    subject: str
    flat: str
    care: tuple[Care, ...] = ()
    head_of: str = ""
    registered: bool = False


class Quarantine(Struct, frozen=True, gc=False):
    """One person's home observation. A legal ground and a last day are mandatory: nobody is watched without end.

    Days are calendar days of the compound's time zone: from the start of `first_day` to the end of `last_day`.
    """

    id: str
    flat: str
    subject: str
    ground: str
    first_day: date
    last_day: date
    begun_by: str
    band: str = ""
    origin: str = ""
    begun_at: datetime | None = None  # what was measured before is somebody else's, or from before the stay
    away: str = ""  # in hospital, say: why nobody watches door and band just now
    away_since: datetime | None = None
    back_by: datetime | None = None  # who is not back by then is asked after

    def covers(self, instant: datetime, zone: ZoneInfo) -> bool:
        """Is this instant within the days?"""
        return self.first_day <= instant.astimezone(zone).date() <= self.last_day

    def begins(self, zone: ZoneInfo) -> datetime:
        """The first instant of the first day, in UTC."""
        return datetime.combine(self.first_day, time(), zone).astimezone(UTC)

    def ends(self, zone: ZoneInfo) -> datetime:
        """The first instant after the last day, in UTC."""
        return datetime.combine(self.last_day + timedelta(days=1), time(), zone).astimezone(UTC)


class Released(Struct, frozen=True):
    """A stay that is over. `band_out`: its band was not given back yet."""

    stay: Quarantine
    at: datetime
    early: bool = False
    band_out: bool = False


class ServiceWindow(Struct, frozen=True):
    """A time in which a quarantine door may open: food, medicine, a swab, waste."""

    id: str
    flat: str
    opens: datetime
    closes: datetime
    purpose: str
    asked_by: str

    def covers(self, instant: datetime) -> bool:
        return self.opens <= instant <= self.closes
