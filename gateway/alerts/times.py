"""An alert in; by when somebody has to have taken it, or put it right, and who is called when that hour passes, out.

Floor 3, a pure room. Sources: help at the door within 15 minutes of a fall (the pilot of 2022 in Shanghai, a phone that
shows it at once); an alarm nobody must answer in time is no alarm (ISA-18.2). The hours by severity are limits.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from gateway.alerts.reminders import ask
from gateway.calling import ladder
from gateway.compound import Places
from gateway.findings import Alert, AlertState
from gateway.kinds import Kind, Severity
from gateway.limits import Limits
from gateway.state.state import State

AT_THE_DOOR: Mapping[Kind, timedelta] = {
    Kind.FALL: timedelta(minutes=15),
    Kind.HELP_CALLED: timedelta(minutes=15),
    Kind.FIRE: timedelta(minutes=15),
}
"""To be put right so soon after the happening; the others by their severity."""

LONG_CLOSED = timedelta(hours=6)
LONGEST_PAUSE = timedelta(hours=1)  # between one call and the next, where the first came sooner


def take_within(severity: Severity, limits: Limits) -> timedelta:
    """So long after it rang somebody should have taken it."""
    seconds = {
        Severity.CRITICAL: limits.take_critical_seconds,
        Severity.HIGH: limits.take_high_seconds,
        Severity.MEDIUM: limits.take_medium_seconds,
        Severity.LOW: limits.take_low_seconds,
    }[severity]
    return timedelta(seconds=seconds)


def right_within(kind: Kind, severity: Severity, limits: Limits) -> timedelta:
    """So long after the happening it should have been put right."""
    if (known := AT_THE_DOOR.get(kind)) is not None:
        return known
    seconds = {
        Severity.CRITICAL: limits.right_critical_seconds,
        Severity.HIGH: limits.right_high_seconds,
        Severity.MEDIUM: limits.right_medium_seconds,
        Severity.LOW: limits.right_low_seconds,
    }[severity]
    return timedelta(seconds=seconds)


def due_when_rung(alert: Alert, now: datetime, limits: Limits) -> datetime:
    """It rings from `now` on: somebody is to take it by then."""
    return now + take_within(alert.severity, limits)


def due_when_taken(alert: Alert, now: datetime, limits: Limits) -> datetime:
    """Somebody took it `now`: to be put right by then. Who came late has at least the time it takes to go there."""
    wanted = alert.raised_at + right_within(alert.kind, alert.severity, limits)
    return max(wanted, now + take_within(alert.severity, limits))


def overdue(alert: Alert, now: datetime, state: State, places: Places) -> Alert:
    """The hour has passed: the next one on the ladder is called, and the hour set anew, each time a little later.

    `now` is the hour that passed. A house that was closed for long calls once when it opens, not once for each.
    """
    level = alert.escalated + 1
    first = take_within(alert.severity, state.limits)
    pause = max(first, min(LONGEST_PAUSE, first * 2 ** min(level, 10)))
    due = now + pause
    late = replace(
        alert,
        revision=alert.revision + 1,
        changed_at=now,
        escalated=level,
        assigned_to=called(alert, level, state, places) or alert.assigned_to,
        due_at=due if state.heard - due < LONG_CLOSED else state.heard + pause,
    )
    another = late.assigned_to not in (alert.assigned_to, alert.acknowledged_by)
    return ask(late, now) if another and alert.state is AlertState.ACKNOWLEDGED else late


def called(alert: Alert, level: int, state: State, places: Places) -> str:
    """Who is called at this level: one after the other, the last of them again and again."""
    ids = ladder(alert.kind, alert.place, state.calling.responders, places)
    return ids[min(level, len(ids) - 1)] if ids else ""


def next_step(alert: Alert) -> datetime | None:
    """When something is to happen to it by itself: the hour passes, or it is no longer shelved."""
    if not alert.open or alert.parent:
        return None
    return alert.shelved_until if alert.state is AlertState.SHELVED else alert.due_at
