"""Revisions of alerts in, the figures of a duty out: how many, of what, how soon taken and put right.

Floor 4, a pure room. What is bearable are the usual targets for alarm systems (ISA-18.2 as quoted by secondary sources:
at most 150 a day, no more than ten in ten minutes in over 1 % of the time, few that stand for a day). Drills and what
installers set off at work are counted apart.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from gateway.findings import Alert, AlertState
from gateway.kinds import Kind, Severity

SPAN = timedelta(minutes=10)
FLOOD = 10  # more than so many new ones in a span are more than anybody takes in
WORST = 10

MOST_A_DAY = 150.0
MOST_FLOODED = 0.01
MOST_STANDING = 5
STANDS_AFTER = timedelta(days=1)


class Took(Struct, frozen=True):
    """How long it took, in seconds: the middle one, nine in ten, and of how many. None of none."""

    number: int = 0
    median: float | None = None
    ninety: float | None = None


class AlertReport(Struct, frozen=True):
    """The figures from `since` until `until`. Hours are those of the time zone they were asked for in."""

    since: datetime
    until: datetime
    raised: int
    per_day: float
    by_severity: tuple[tuple[Severity, int], ...]
    by_kind: tuple[tuple[Kind, int], ...]
    by_hour: tuple[int, ...]
    worst_devices: tuple[tuple[str, int], ...]
    taken: Took
    put_right: Took
    flooded_share: float
    standing: int
    in_drills: int
    at_work: int

    @property
    def verdicts(self) -> tuple[tuple[str, float, float, bool], ...]:
        """What is asked, what was, what may be at most, and is it met."""
        asked = (
            ("per_day", self.per_day, MOST_A_DAY),
            ("flooded_share", self.flooded_share, MOST_FLOODED),
            ("standing", float(self.standing), float(MOST_STANDING)),
        )
        return tuple((name, was, most, was <= most) for name, was, most in asked)


def alert_report(revisions: Iterable[Alert], since: datetime, until: datetime) -> AlertReport:
    """`revisions` in any order; `since` and `until` are aware instants of the zone whose hours are counted."""
    born: dict[str, Alert] = {}
    last: dict[str, Alert] = {}
    for alert in revisions:
        if alert.raised_at < since or alert.raised_at > until:
            continue
        if alert.id not in last or alert.revision > last[alert.id].revision:
            last[alert.id] = alert
        if alert.id not in born or alert.revision < born[alert.id].revision:
            born[alert.id] = alert
    drills = {id_ for id_, alert in last.items() if alert.drill}
    work = {id_ for id_, alert in born.items() if alert.work} - drills
    counted = [last[id_] for id_ in last if id_ not in drills and id_ not in work]
    zone = since.tzinfo
    days = max((until - since) / timedelta(days=1), 1 / 24)
    hours = Counter(alert.raised_at.astimezone(zone).hour for alert in counted)
    return AlertReport(
        since=since,
        until=until,
        raised=len(counted),
        per_day=len(counted) / days,
        by_severity=tuple((level, sum(alert.severity is level for alert in counted)) for level in Severity),
        by_kind=tuple(Counter(alert.kind for alert in counted).most_common()),
        by_hour=tuple(hours[hour] for hour in range(24)),
        worst_devices=tuple(Counter(alert.device for alert in counted if alert.device).most_common(WORST)),
        taken=_took(
            [alert.acknowledged_at - alert.raised_at for alert in counted if alert.acknowledged_at is not None]
        ),
        put_right=_took([timedelta(seconds=s) for alert in counted if (s := alert.lasted_seconds) is not None]),
        flooded_share=_flooded([alert.raised_at for alert in counted], since, until),
        standing=sum(alert.open and until - alert.raised_at > STANDS_AFTER for alert in counted),
        in_drills=len(drills),
        at_work=len(work),
    )


def is_flood(raised: Sequence[datetime], now: datetime) -> int:
    """How many were raised in the last span, if that is a flood; else 0."""
    recent = sum(timedelta() <= now - at <= SPAN for at in raised)
    return recent if recent > FLOOD else 0


def counts_to_flood(alert: Alert) -> bool:
    """A new one that somebody has to look at."""
    return alert.revision == 1 and alert.state is AlertState.RAISED and not alert.parent and not alert.drill


def _took(times: Sequence[timedelta]) -> Took:
    seconds = sorted(each.total_seconds() for each in times)
    if not seconds:
        return Took()
    return Took(number=len(seconds), median=seconds[len(seconds) // 2], ninety=seconds[int((len(seconds) - 1) * 0.9)])


def _flooded(raised: Sequence[datetime], since: datetime, until: datetime) -> float:
    spans = Counter((at - since) // SPAN for at in raised)
    number = max(1, -(-(until - since) // SPAN))
    return sum(count > FLOOD for count in spans.values()) / number
