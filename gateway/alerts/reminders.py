"""A reminder of an alert in, its next revision out; and how an alert that is over was put right.

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
        comment=comment or alert.comment,
    )
