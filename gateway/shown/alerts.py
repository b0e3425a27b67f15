"""Alerts and doors as the pages show them: gravest first, and moved along when the clock is set.

Floor 4, a pure room: part of the pages' own fold (gateway/shown/fold.py).
"""

from collections.abc import Iterable
from datetime import timedelta

from msgspec.structs import replace

from gateway.findings import Alert
from gateway.kinds import Severity
from gateway.state.doors import DoorMemory

GRAVITY = tuple(Severity)  # gravest first


def gravest_first(alerts: Iterable[Alert]) -> list[Alert]:
    """Of the same severity the oldest first."""
    return sorted(alerts, key=lambda alert: (GRAVITY.index(alert.severity), alert.raised_at, alert.id))


def move_doors(doors: dict[str, DoorMemory], step: timedelta) -> None:
    """The last word of each door is as old as before."""
    for flat, memory in doors.items():
        doors[flat] = replace(memory, word=memory.word + step)


def move_alerts(alerts: dict[str, Alert], step: timedelta) -> None:
    """Who may still cancel a fall has as long as before."""
    for alert in [each for each in alerts.values() if each.cancel_until is not None]:
        alerts[alert.id] = replace(alert, cancel_until=alert.cancel_until and alert.cancel_until + step)
