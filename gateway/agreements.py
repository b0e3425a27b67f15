"""What somebody outside quarantine agreed to have looked after, for which reason and until when. Immutable values.

Floor 2, a pure room. Nobody is watched because of a mark in a register: without an agreement there is no band, no
count of doors or water and no temperature.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

DRAWS_KEPT = 64  # readings of a water meter that a rule looks back on; at most one in a quarter of an hour is journaled


class Agreement(Struct, frozen=True):
    """Each part is agreed to by itself. `agreed_by`: "self", or who speaks for them; never a name.

    `band`: call for help, fall, battery and silence of this band; with `temperatures` its temperatures as well.
    `door`: that their door does not move for a day is told; `meter`: that this water meter hardly turns.
    """

    id: str
    flat: str
    subject: str
    reason: str
    agreed_by: str
    last_day: date
    begun_at: datetime
    begun_by: str
    band: str = ""
    temperatures: bool = False
    door: bool = False
    meter: str = ""

    def ends(self, zone: ZoneInfo) -> datetime:
        """The first instant after the last day, in UTC."""
        return datetime.combine(self.last_day + timedelta(days=1), time(), zone).astimezone(UTC)


class Draw(Struct, frozen=True):
    """Water was drawn: so many pulses of the meter by then."""

    at: datetime
    pulses: int


class Life(Struct, frozen=True):
    """The newest signs of life of one agreement; `since`: when the limits began or began anew. `away`: until then."""

    since: datetime
    moved: datetime | None = None
    draws: tuple[Draw, ...] = ()
    away: datetime | None = None
    told: bool = False

    def drawn(self, pulses: int) -> datetime:
        """Since when fewer pulses than that were drawn; the limits' beginning, if ever since then."""
        left = pulses
        for draw in reversed(self.draws):
            left -= draw.pulses
            if left <= 0:
                return max(self.since, draw.at)
        return self.since

    def shifted(self, step: timedelta) -> "Life":
        """The same on a clock that was set; what is of the calendar stays."""
        return replace(
            self,
            since=self.since + step,
            moved=None if self.moved is None else self.moved + step,
            draws=tuple(replace(draw, at=draw.at + step) for draw in self.draws),
        )
