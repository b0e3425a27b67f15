"""Open alerts in, the list as it is worked down out: of one happening together, the held under what holds them."""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.findings import Alert


class Family(NamedTuple):
    """One line of the list. `held` ring through it; `others` of the same happening stand beside it in the list."""

    alert: Alert
    held: tuple[Alert, ...] = ()
    others: int = 0


def families_of(alerts: Sequence[Alert]) -> list[Family]:
    """`alerts`: gravest first. A child whose parent is not among them stands for itself."""
    here = {alert.id for alert in alerts}
    held: dict[str, list[Alert]] = {}
    cases: dict[str, list[Alert]] = {}
    for alert in alerts:
        if alert.parent in here:
            held.setdefault(alert.parent, []).append(alert)
        else:
            cases.setdefault(alert.case or alert.id, []).append(alert)
    return [
        Family(alert, tuple(held.get(alert.id, ())), len(together) - 1)
        for together in cases.values()
        for alert in together
    ]
