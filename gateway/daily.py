"""Records of some days in, the figures of each day out: people, who came and went, alerts, rounds, services.

Floor 4, a pure room. It reads each record once and keeps counts, so that a month costs no more memory than a day.
Drills and what installers set off at work are not counted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from gateway.findings import Alert, StayBegun, StayEnded
from gateway.kinds import Kind
from gateway.orders.every import QuarantineBegun
from gateway.rounds import RoundDone
from gateway.services import ServiceMoved, ServiceState

READS = tuple(each.__name__ for each in (Alert, StayBegun, StayEnded, QuarantineBegun, RoundDone, ServiceMoved))


class DayFigures(Struct):
    """One day. `people`: in quarantine at its end, or now. `saved`: flats that nobody had to visit."""

    day: date
    people: int = 0
    arrivals: int = 0
    releases: int = 0
    early: int = 0
    alerts: Counter[Kind] = field(default_factory=Counter)
    put_right: int = 0
    rounds: int = 0
    persons: int = 0
    measured: int = 0
    calls: int = 0
    knocks: int = 0
    reached: int = 0
    saved: int = 0
    asked: int = 0
    delivered: int = 0
    missed: int = 0


def daily(
    bodies: Iterable[Struct], going_on: Mapping[str, date], since: date, until: date, zone: ZoneInfo
) -> list[DayFigures]:
    """`bodies`: every record of `READS` since the first of these days, oldest first. `going_on`: the stays of now, with
    their first days."""
    days = {
        since + timedelta(days=n): DayFigures(day=since + timedelta(days=n)) for n in range((until - since).days + 1)
    }
    nowhere = DayFigures(day=date.min)
    first_days, last_days = dict(going_on), dict[str, date]()
    rounds: dict[str, RoundDone] = {}
    services = set[str]()

    def of(at: datetime) -> DayFigures:
        return days.get(at.astimezone(zone).date(), nowhere)

    for body in bodies:
        match body:
            case Alert() if body.drill or body.work:
                pass
            case ServiceMoved(drill=True):
                pass
            case Alert(revision=1):
                of(body.raised_at).alerts[body.kind] += 1
            case Alert(open=False):
                of(body.changed_at).put_right += 1
            case QuarantineBegun():
                first = max(body.first_day, body.at.astimezone(zone).date())
                first_days[body.id] = body.first_day
                days.get(first, nowhere).arrivals += 1
            case StayBegun():
                first_days[body.stay.id] = body.stay.first_day
                of(body.at).arrivals += 1
            case StayEnded():
                last_days[body.quarantine] = body.at.astimezone(zone).date()
                of(body.at).releases += 1
                of(body.at).early += body.early
            case RoundDone():
                rounds[body.round] = body
            case ServiceMoved(service=service):
                if service.id not in services:  # what the settings grant at once was never seen as only asked for
                    services.add(service.id)
                    of(service.asked_at).asked += 1
                of(body.at).delivered += service.state is ServiceState.DELIVERED
                of(body.at).missed += service.state is ServiceState.LAPSED
            case _:
                pass
    for done in rounds.values():
        figures = of(done.at)
        figures.rounds += 1
        for name in ("persons", "measured", "calls", "knocks", "reached", "saved"):
            setattr(figures, name, getattr(figures, name) + getattr(done, name))
    for stay in first_days.keys() | last_days.keys():
        # one that began before these days and ended in them has no beginning here
        begins, ends = first_days.get(stay, date.min), last_days.get(stay, date.max)
        for figures in days.values():
            figures.people += begins <= figures.day < ends
    return list(days.values())
