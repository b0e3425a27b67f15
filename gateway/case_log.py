"""Revisions of alerts and notes in, the timeline of each case out: raised, called, taken, going, noted, put right.

Floor 2, a pure room. The gatekeeper's state and what pages show keep the same log by the same functions; what is not
in it (a case of before the log began) is told from the alert itself.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from gateway.findings import Alert, AlertState, Closing
from gateway.kinds import Kind
from gateway.orders.cases import CaseNoted

MOST_CASES = 200  # the newest; more are open only in a flood, and there the older half tells less of itself
MOST_MOMENTS = 30  # of one case: its first, and the newest
KEPT = timedelta(days=30)


class Step(StrEnum):
    """What happened in a case."""

    RAISED = "raised"
    AGAIN = "again"  # the condition was gone, and is back
    CALLED = "called"
    OVERDUE = "overdue"  # nobody came by the hour: the next one is called
    REMINDED = "reminded"
    TAKEN = "taken"
    GOING = "going"
    NOTE = "note"
    SHELVED = "shelved"
    BACK = "back"  # no longer put aside
    OVER = "over"  # gone by itself
    PUT_RIGHT = "put_right"


class Moment(Struct, frozen=True):
    """One line of a timeline. `who`: a staff id, a responder, or the centre's word for itself."""

    at: datetime
    what: Step
    who: str = ""
    kind: Kind | None = None
    text: str = ""
    closing: Closing | None = None


CaseLog = dict[str, tuple[Moment, ...]]


def case_of(alert: Alert) -> str:
    """The case an alert belongs to; an alert of before there were cases is one of its own."""
    return alert.case or alert.id


def note_alert(log: CaseLog, before: Alert | None, alert: Alert) -> None:
    """One more revision of an alert."""
    _keep(log, case_of(alert), tuple(moments_of(before, alert)))


def note_case(log: CaseLog, noted: CaseNoted) -> None:
    """Somebody is on their way, or wrote something down."""
    step = Step.GOING if noted.going else Step.NOTE
    _keep(log, noted.case, (Moment(at=noted.at, what=step, who=noted.by, text=noted.text),))


def moments_of(before: Alert | None, alert: Alert) -> Iterator[Moment]:
    """What this revision of an alert says that the one before it did not."""
    at = alert.changed_at
    if before is None:
        yield Moment(at=alert.raised_at, what=Step.RAISED, kind=alert.kind)
    elif alert.active and not before.active:
        yield Moment(at=at, what=Step.AGAIN, kind=alert.kind)
    if alert.state is AlertState.SHELVED and (before is None or before.state is not AlertState.SHELVED):
        yield Moment(at=at, what=Step.SHELVED, who=alert.shelved_by, kind=alert.kind, text=alert.comment)
    elif before is not None and before.state is AlertState.SHELVED and alert.state is AlertState.RAISED:
        yield Moment(at=at, what=Step.BACK, kind=alert.kind)
    if before is not None and alert.escalated > before.escalated:
        yield Moment(at=at, what=Step.OVERDUE, who=alert.assigned_to, kind=alert.kind)
    elif before is not None and alert.acknowledged_at != before.acknowledged_at:
        yield Moment(at=at, what=Step.TAKEN, who=alert.acknowledged_by, kind=alert.kind, text=_new(before, alert))
    elif alert.assigned_to and (before is None or alert.assigned_to != before.assigned_to):
        yield Moment(at=at, what=Step.CALLED, who=alert.assigned_to, kind=alert.kind, text=_new(before, alert))
    if before is not None and alert.reminded > before.reminded:
        yield Moment(at=at, what=Step.REMINDED, who=alert.reminded_by, kind=alert.kind)
    if alert.closing is not None:
        yield Moment(
            at=at,
            what=Step.PUT_RIGHT,
            who=alert.closed_by,
            kind=alert.kind,
            text=_new(before, alert),
            closing=alert.closing,
        )
    elif before is not None and before.active and not alert.active and alert.over_at is not None:
        yield Moment(at=at, what=Step.OVER, kind=alert.kind)


def _new(before: Alert | None, alert: Alert) -> str:
    return alert.comment if before is None or alert.comment != before.comment else ""


def _keep(log: CaseLog, case: str, moments: tuple[Moment, ...]) -> None:
    if not moments:
        return
    known = (*log.pop(case, ()), *moments)  # the case that moved last stands last
    log[case] = known if len(known) <= MOST_MOMENTS else (known[0], *known[1 - MOST_MOMENTS :])
    oldest = moments[-1].at - KEPT
    while len(log) > MOST_CASES or log[next(iter(log))][-1].at < oldest:
        del log[next(iter(log))]
