"""An order about alerts in; why it cannot be done, or the alerts it changes, out.

Floor 3, a pure room. gateway/enact/every.py asks here for the orders of gateway/orders/alerts.py.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from gateway.alerts.reminders import give
from gateway.alerts.times import due_when_rung
from gateway.calling import around
from gateway.compound import Places
from gateway.enact.cases import enact_case, refused_case
from gateway.findings import Alert, AlertState
from gateway.kinds import MOMENTARY, MUST_BE_SEEN, Kind
from gateway.orders.alerts import AlertAssigned, AlertOrder, AlertShelved, WorkBegun, WorkEnded
from gateway.orders.cases import CaseNoted
from gateway.state.state import State, Work

NEVER_SHELVED = frozenset({Kind.FIRE, Kind.HELP_CALLED, Kind.FALL, Kind.QUARANTINED_PERSON_LEFT})
OF_PEOPLE = frozenset(
    {
        Kind.FEVER,
        Kind.FEVER_HIGH,
        Kind.FEVER_RISING,
        Kind.BAND_TAKEN_OFF,
        Kind.BAND_LEFT_FLAT,
        Kind.BAND_AT_GATE,
        Kind.BAND_GONE,
        Kind.QUARANTINED_PERSON_AT_GATE,
        Kind.INACTIVE,
        Kind.NOT_ARRIVED,
        Kind.NOT_LOOKED_AFTER,
        Kind.NOT_AT_HOME,
        Kind.SAID_UNWELL,
        Kind.SERVICE_UNANSWERED,
        Kind.SERVICE_MISSED,
    }
)
"""Nobody sets these off by working on the sensors of a house: put aside only for a device that the work names."""
LONGEST_SHELVED = timedelta(hours=24)
LONGEST_WORK = timedelta(hours=8)
MOST_WORKS = 100


def refused_about_alerts(order: AlertOrder, state: State, places: Places) -> str:
    """Why such an order cannot be done, empty if it can."""
    if not order.by.strip():
        return "a name is needed"
    match order:
        case CaseNoted():
            return refused_case(order, state)
        case AlertAssigned() | AlertShelved() if order.alert not in state.alerts:
            return "no such open alert"
        case AlertAssigned() if not order.to.strip():
            return "say who is to see to it"
        case AlertShelved() if state.alerts[order.alert].kind in NEVER_SHELVED:
            return "this alert is never put aside; take it, or close it"
        case AlertShelved() | WorkBegun() if not order.reason.strip():
            return "a reason is needed"
        case AlertShelved() if not order.at < order.until <= order.at + LONGEST_SHELVED:
            return f"put aside for at most {LONGEST_SHELVED // timedelta(hours=1)} hours"
        case WorkBegun() if not order.at < order.until <= order.at + LONGEST_WORK:
            return f"work mode lasts at most {LONGEST_WORK // timedelta(hours=1)} hours"
        case WorkBegun() if not order.places and not order.devices:
            return "say where the work is"
        case WorkBegun() if any(not is_known(place, places) for place in order.places):
            return "unknown place"
        case WorkBegun() if any(device not in places.devices for device in order.devices):
            return "unknown device"
        case WorkBegun() if len(state.works) >= MOST_WORKS:
            return f"more than {MOST_WORKS} works at once"
        case WorkEnded() if order.work not in state.works:
            return "no such work"
        case _:
            return ""


def enact_about_alerts(order: AlertOrder, state: State) -> Iterator[Alert]:
    """Move the state on, for an order that was not refused. Yields alerts that changed."""
    match order:
        case AlertAssigned():
            alert = state.alerts[order.alert]
            yield give(alert, to=order.to, by=order.by, comment=order.comment, now=order.at)
        case AlertShelved():
            alert = state.alerts[order.alert]
            yield replace(
                alert,
                revision=alert.revision + 1,
                changed_at=order.at,
                state=AlertState.SHELVED,
                shelved_until=order.until,
                shelved_by=order.by,
                asked=False,
                comment=order.reason,
            )
        case CaseNoted():
            enact_case(order, state)
        case WorkBegun():
            state.works[order.id] = work_of(order)
        case WorkEnded():
            del state.works[order.work]
            for alert in list(state.alerts.values()):
                if alert.state is AlertState.SHELVED and alert.work == order.work:
                    yield unshelve(alert, order.at, state)


def work_of(order: WorkBegun) -> Work:
    """The work that this order begins; its id is the order's."""
    return Work(
        id=order.id,
        by=order.by,
        until=order.until,
        reason=order.reason,
        places=order.places,
        devices=order.devices,
    )


def unshelve(alert: Alert, now: datetime, state: State) -> Alert:
    """Its time is over: it rings again if there is still something to see to."""
    over = not alert.active and alert.kind not in MOMENTARY and alert.kind not in MUST_BE_SEEN
    newer = state.ringing.get(f"{alert.kind}|{alert.key}", alert.id)
    if newer != alert.id and newer in state.alerts and alert.acknowledged_by:  # that one rings: this one stays taken
        taken = replace(alert, state=AlertState.ACKNOWLEDGED, shelved_until=None, shelved_by="", work="")
        return replace(taken, revision=alert.revision + 1, changed_at=now)
    return replace(
        alert,
        revision=alert.revision + 1,
        changed_at=now,
        state=AlertState.CLEARED if over else AlertState.RAISED,
        shelved_until=None,
        shelved_by="",
        work="",
        acknowledged_by="",
        due_at=due_when_rung(alert, now, state.limits),
    )


def work_over(alert: Alert, now: datetime, state: State, places: Places) -> Work | None:
    """The work that has set this alert off, if it is where installers are."""
    if alert.kind in NEVER_SHELVED:
        return None
    for ended in [work.id for work in state.works.values() if work.until <= now]:
        del state.works[ended]
    chain = set(around(alert.place, places))
    for work in state.works.values():
        here = alert.kind not in OF_PEOPLE and not chain.isdisjoint(work.places)
        if here or alert.device in work.devices:
            return work
    return None


def is_known(place: str, places: Places) -> bool:
    """Is there such a place?"""
    units = (unit.id for building in places.buildings.values() for unit in building.units)
    return any(place in known for known in (places.flats, places.lanes, places.gates, places.buildings)) or (
        place in places.compounds or place in units
    )
