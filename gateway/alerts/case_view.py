"""Open alerts and their log in, one item per case as whoever is on duty works it down out: mine, nobody's, others'.

Floor 4, a pure room.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from gateway.case_log import CaseLog, Moment, Step, case_of, moments_of
from gateway.findings import Alert, AlertState
from gateway.kinds import Severity

GRAVITY = tuple(Severity)


class Whose(StrEnum):
    """In the order in which they stand on the page."""

    MINE = "mine"
    NOBODYS = "nobodys"
    OTHERS = "others"
    ASIDE = "aside"


class CaseView(NamedTuple):
    """`alerts`: the open ones, gravest first; `held`: those that ring through one of them. `going`: who, since when."""

    id: str
    whose: Whose
    alerts: tuple[Alert, ...]
    held: tuple[Alert, ...]
    moments: tuple[Moment, ...]
    going: tuple[tuple[str, datetime], ...]

    @property
    def first(self) -> Alert:
        """What it is about."""
        return self.alerts[0]

    @property
    def taken_by(self) -> tuple[str, ...]:
        """Who has taken an alert of it that is still open."""
        return tuple(dict.fromkeys(alert.acknowledged_by for alert in self.alerts if alert.acknowledged_by))

    @property
    def called(self) -> tuple[str, ...]:
        """Who is called and has not taken it."""
        names = dict.fromkeys(alert.assigned_to for alert in self.alerts if alert.assigned_to)
        return tuple(name for name in names if name not in self.taken_by)

    @property
    def ringing(self) -> bool:
        """Is there something in it to take: what nobody has taken, or what was asked for anew?"""
        return any(alert.state is AlertState.RAISED or alert.asked for alert in self.alerts)

    @property
    def due(self) -> datetime | None:
        """The first hour by which somebody has to have done something."""
        hours = [alert.due_at for alert in self.alerts if alert.due_at and alert.state is not AlertState.SHELVED]
        return min(hours, default=None)

    @property
    def late(self) -> int:
        """How often such an hour has passed."""
        return max(alert.escalated for alert in self.alerts)


def cases_of(alerts: Sequence[Alert], log: CaseLog, me: str) -> list[CaseView]:
    """`alerts`: the open ones somebody may see, gravest first; one that another rings for stands under that."""
    case_by_alert = {alert.id: case_of(alert) for alert in alerts}
    open_ones: dict[str, list[Alert]] = {}
    held: dict[str, list[Alert]] = {}
    for alert in alerts:
        parent_case = case_by_alert.get(alert.parent)
        if parent_case is None:
            open_ones.setdefault(case_of(alert), []).append(alert)
        else:
            held.setdefault(parent_case, []).append(alert)
    views = [_view(case, tuple(some), held, log, me) for case, some in open_ones.items()]
    order = tuple(Whose)
    return sorted(
        views,
        key=lambda view: (
            order.index(view.whose),
            GRAVITY.index(view.first.severity),
            view.due or view.first.raised_at,
            view.id,
        ),
    )


def _view(case: str, alerts: tuple[Alert, ...], held: Mapping[str, Sequence[Alert]], log: CaseLog, me: str) -> CaseView:
    moments = log.get(case) or tuple(each for alert in alerts for each in moments_of(None, alert))
    holders = {alert.acknowledged_by for alert in alerts if alert.acknowledged_by}
    going = {each.who: each.at for each in moments if each.what is Step.GOING and (each.who in holders or not holders)}
    return CaseView(
        id=case,
        whose=_whose(alerts, moments, me),
        alerts=alerts,
        held=tuple(held.get(case, ())),
        moments=moments,
        going=tuple(going.items()),
    )


def _whose(alerts: Sequence[Alert], moments: Sequence[Moment], me: str) -> Whose:
    owners = {_owner(alert, moments) for alert in alerts if alert.state is not AlertState.SHELVED}
    if not owners:
        return Whose.ASIDE
    if me in owners or any(alert.assigned_to == me and alert.state is AlertState.RAISED for alert in alerts):
        return Whose.MINE
    return Whose.NOBODYS if "" in owners else Whose.OTHERS


def _owner(alert: Alert, moments: Sequence[Moment]) -> str:
    """Who took it, unless it was given to somebody else since."""
    if alert.state is AlertState.RAISED:
        return ""
    for each in reversed(moments):
        if each.kind is alert.kind and each.what in (Step.TAKEN, Step.CALLED):
            return alert.assigned_to if each.what is Step.CALLED else alert.acknowledged_by
    return alert.acknowledged_by
