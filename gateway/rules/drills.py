"""Drills end by themselves: their hour in; their alerts closed, what is still so or asked for told as real, out."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from gateway.alerts.life import close
from gateway.compound import Places
from gateway.drills import drill_over, real_again
from gateway.findings import Anomaly, Closing
from gateway.orders.drill import DrillBegun, DrillEnded
from gateway.rules.rule import Conclusion, Revised, Sleep, Wake
from gateway.services import ServiceMoved
from gateway.state.state import State


class Drills:
    name = "drills"
    reads = (DrillBegun, DrillEnded)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case DrillBegun():
                yield Wake(key=what.id, due=what.until, dated=what.until)
            case DrillEnded():
                yield Sleep(what.drill)
                yield from _over(what.drill, what.by, what.at, state, places)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        drill = state.drills.get(key)
        if drill is not None:
            yield from _over(key, drill.by, dated, state, places)


def _over(drill: str, by: str, at: datetime, state: State, places: Places) -> Iterator[Conclusion]:
    del state.drills[drill]
    for service in real_again(state, places):
        state.services[service.id] = service
        yield ServiceMoved(at=at, flat=service.flat, service=service)
    for alert_id in [each.id for each in state.alerts.values() if each.drill]:
        alert = state.alerts.get(alert_id)  # as it is now: the one closed before may have been its parent
        if alert is None or drill_over(alert, at, state, places) is not None:
            continue  # another drill goes on there
        yield Revised(close(alert, by=by, closing=Closing.DRILL, comment="", now=state.heard))
        if alert.active:
            yield Anomaly(
                kind=alert.kind,
                key=alert.key,
                at=at,
                place=alert.place,
                subject=alert.subject,
                device=alert.device,
                celsius=alert.celsius,
            )
