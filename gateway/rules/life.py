"""The hour in; alerts that go on by themselves out: nobody took it in time, or it is no longer put aside."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from gateway.alerts.times import overdue
from gateway.compound import Places
from gateway.enact.alerts import unshelve
from gateway.findings import AlertState
from gateway.rules.rule import Conclusion, Revised
from gateway.state.state import State


class AlertLife:
    """Its timers are set by the gatekeeper, one for each open alert, under the alert's id."""

    name = "life"
    reads: tuple[type[Struct], ...] = ()

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        alert = state.alerts.get(key)
        if alert is None:
            return
        if alert.state is AlertState.SHELVED:
            yield Revised(unshelve(alert, dated, state))
        else:
            yield Revised(overdue(alert, dated, state, places))
