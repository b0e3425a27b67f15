"""A reminder of an alert, or whom it was given to, in; its next revision out: pages and phones ring for it anew.

Floor 3, a pure room, as gateway/alerts/life.py. A reminder changes nothing else: who has taken the alert keeps it.
"""

from datetime import datetime

from msgspec.structs import replace

from gateway.findings import Alert


def remind(alert: Alert, *, by: str, comment: str, now: datetime) -> Alert:
    """Ring again."""
    return replace(
        alert,
        revision=alert.revision + 1,
        changed_at=now,
        reminded=alert.reminded + 1,
        reminded_at=now,
        reminded_by=by,
        asked=True,
        comment=comment or alert.comment,
    )


def give(alert: Alert, *, to: str, by: str, comment: str, now: datetime) -> Alert:
    """Somebody else is to see to it, and hears of it; who gives it to themselves knows."""
    changed = replace(
        alert,
        revision=alert.revision + 1,
        changed_at=now,
        assigned_to=to,
        comment=comment or alert.comment,
    )
    return changed if to == by else ask(changed, now)


def ask(alert: Alert, now: datetime) -> Alert:
    """Whoever it is assigned to is asked to see to it."""
    return replace(alert, given=alert.given + 1, given_at=now, asked=True)
