"""What happened and what was alerted, in; found, late, missed and false by kind, out. Pure.

A case is found when an alert of one of its kinds about it began to ring, or counted it, within its limit: by itself, or
held by a parent that rings. An alert that rang and belongs to no case is false. Drills and work mode are counted apart.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.findings import Alert, AlertState
from gateway.kinds import Kind
from tests.street.run import Run
from tests.street.steps import Case

SLACK = timedelta(seconds=1)
SETTLES = timedelta(seconds=90)  # presence_settle_seconds


@dataclass
class Line:
    """One sort of case."""

    true: int = 0
    found: int = 0
    late: int = 0
    blind: int = 0  # nobody could have known: the radio that would hear it was deaf, and rang
    took: list[float] = field(default_factory=list)  # seconds
    missed: list[Case] = field(default_factory=list)


@dataclass
class Verdict:
    lines: dict[str, Line]
    false: dict[Kind, list[Alert]]
    raised: int
    apart: int  # in drills and work mode

    @property
    def all_found(self) -> bool:
        return all(line.found == line.true for line in self.lines.values())

    @property
    def false_alerts(self) -> int:
        return sum(len(alerts) for alerts in self.false.values())


def judge(run: Run) -> Verdict:
    by_key = _by_key(run.alerts)
    by_id = {alert.id: alert for alert in run.alerts if alert.revision == 1}
    rang = {alert.id for alert in run.alerts if alert.rings}
    lines: defaultdict[str, Line] = defaultdict(Line)
    explained: set[str] = set()
    deaf = _deaf(run.alerts)
    for case in run.cases:
        told = list(_about(case, by_key))
        explained |= {alert.id for alert in told if alert.kind in case.explains}
        if not case.true or case.at + case.within > run.ended:
            continue
        line = lines[case.name]
        blind = _blind(case, deaf.get(case.hearing, []))
        if blind and case.at + case.within + blind >= case.until:
            line.blind += 1  # over before the radio heard again, whose own alert rang for this
            continue
        line.true += 1
        heard = sorted(
            alert.changed_at
            for alert in told
            if alert.kind in case.kinds and (alert.id in rang or alert.parent in rang)
        )
        if heard and heard[0] - case.at <= case.within + SLACK + blind:
            line.found += 1
            line.took.append(max(0.0, (heard[0] - case.at).total_seconds()))
        else:
            line.late += bool(heard)
            line.missed.append(case)
    false: defaultdict[Kind, list[Alert]] = defaultdict(list)
    apart = 0
    for alert in by_id.values():
        if alert.drill or alert.state is AlertState.SHELVED:
            apart += 1
        elif alert.id not in explained and alert.id in rang:
            false[alert.kind].append(alert)
    return Verdict(lines=dict(lines), false=dict(false), raised=len(by_id) - apart, apart=apart)


def _deaf(revisions: Iterable[Alert]) -> dict[str, list[tuple[datetime, datetime]]]:
    """Of each radio: since when and until when it was known to hear nothing. That rings, and stands for its bands."""
    found: defaultdict[str, dict[str, tuple[datetime, datetime]]] = defaultdict(dict)
    for alert in revisions:
        if alert.kind is Kind.RADIO_DEAF:
            found[alert.device][alert.id] = (alert.raised_at, alert.over_at or alert.changed_at)
    return {radio: list(spans.values()) for radio, spans in found.items()}


def _blind(case: Case, deaf: list[tuple[datetime, datetime]]) -> timedelta:
    """By how much longer it may take."""
    over = [until for since, until in deaf if since <= case.at + case.within and case.at <= until + SETTLES]
    return max((until + SETTLES - case.at for until in over), default=timedelta())


def _by_key(revisions: Iterable[Alert]) -> dict[str, list[Alert]]:
    """Those that say that something happened: new ones, and one more on the count. By all they are about."""
    count: Counter[str] = Counter()
    found: defaultdict[str, list[Alert]] = defaultdict(list)
    for alert in revisions:
        if alert.count > count[alert.id]:
            count[alert.id] = alert.count
            for key in {alert.place, alert.subject, alert.device, alert.key} - {""}:
                found[key].append(alert)
    return found


def _about(case: Case, by_key: dict[str, list[Alert]]) -> Iterator[Alert]:
    for key in case.keys:
        alerts = by_key.get(key, [])
        first = bisect_left(alerts, case.at - SLACK, key=lambda alert: alert.changed_at)
        for alert in alerts[first:]:
            if alert.changed_at > case.until + SLACK:
                break
            if alert.kind in case.explains and not alert.drill:
                yield alert
