"""An alert in; whether it is part of a drill, out. Real stays real: outside of a drill's places nothing is marked.

Floor 3, a pure room. A drill's alert joins no real case and holds no real alert; when the drill ends, its alerts are
closed, and what still is as it was is told anew, as real.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from gateway.calling import around
from gateway.compound import Places
from gateway.enact_alerts import is_known
from gateway.findings import Alert
from gateway.orders_drill import DrillBegun, DrillEnded, DrillOrder
from gateway.state import State

LONGEST_DRILL = timedelta(hours=12)
MOST_DRILLS = 8


def refused_for_drill(order: DrillOrder, state: State, places: Places) -> str:
    """Why such an order cannot be done, empty if it can."""
    if not order.by.strip():
        return "a name is needed"
    match order:
        case DrillBegun() if not order.reason.strip():
            return "a reason is needed"
        case DrillBegun() if not order.at < order.until <= order.at + LONGEST_DRILL:
            return f"a drill lasts at most {LONGEST_DRILL // timedelta(hours=1)} hours"
        case DrillBegun() if not order.places and not order.devices:
            return "say where the drill is"
        case DrillBegun() if any(not is_known(place, places) for place in order.places):
            return "unknown place"
        case DrillBegun() if any(device not in places.devices for device in order.devices):
            return "unknown device"
        case DrillBegun() if len(state.drills) >= MOST_DRILLS:
            return f"more than {MOST_DRILLS} drills at once"
        case DrillEnded() if order.drill not in state.drills:
            return "no such drill"
        case _:
            return ""


def enact_drill(order: DrillOrder, state: State) -> None:
    """Move the state on, for an order that was not refused. Its end is the rule's (gateway/rules/drills.py)."""
    if isinstance(order, DrillBegun):
        state.drills[order.id] = order


def drill_over(alert: Alert, now: datetime, state: State, places: Places) -> DrillBegun | None:
    """The drill whose places or devices this alert comes from, if there is one."""
    device = places.devices.get(alert.device)
    for drill in state.drills.values():
        if now >= drill.until or (drill.kinds and alert.kind not in drill.kinds):
            continue
        if alert.device in drill.devices and alert.device:
            return drill
        where = alert.place or (device.place if device is not None else "")
        if where and any(place in drill.places for place in around(where, places)):
            return drill
    return None


def in_drill(alert: Alert, state: State, places: Places, now: datetime) -> Alert:
    """The first revision of an alert, marked if it is part of a drill."""
    drill = drill_over(alert, now, state, places)
    if drill is None:
        return alert
    return replace(alert, drill=True, quiet=alert.quiet or not drill.phones)
