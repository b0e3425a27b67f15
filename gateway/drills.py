"""An event, a decision, a request or an alert in; whether it is part of a drill, out. Real stays real elsewhere.

Floor 3, a pure room. A drill's alert joins no real case and holds no real alert; when the drill ends, its alerts are
closed, and what still is as it was is told anew, as real.

| what | is a drill's where |
|---|---|
| what a sensing path says (every `Marked` event), an alert, | its place lies in the drill's places, or its device is |
| a decision at a lane, a request for service | named; only alerts of `kinds`, if the drill names any |
| what is about life (`OF_LIFE`), and the events that say it | its device is named, or its kind (`kinds`, `rehearsed`) |
| an anomaly of a drill's alert, from outside of any drill | nowhere: the drill's alert is closed, a real one raised |
| who is inside, spent passes, stays, tasks, rounds | nowhere: a barrier opens for somebody who is there |
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gateway.calling import around
from gateway.compound import Places
from gateway.enact.alerts import is_known
from gateway.events.every import BandHeard, FireSignalled, TemperatureTaken
from gateway.events.marked import Marked
from gateway.findings import Alert, Anomaly, Decision
from gateway.kinds import Kind
from gateway.orders.drill import DrillBegun, DrillEnded, DrillOrder
from gateway.rules.wearer import wearer_of
from gateway.services import WAITING, Service
from gateway.state.state import State

LONGEST_DRILL = timedelta(hours=12)
MOST_DRILLS = 8
OF_LIFE = frozenset(
    {
        Kind.FIRE,
        Kind.FIRE_SUSPECTED,
        Kind.HELP_CALLED,
        Kind.FALL,
        Kind.INACTIVE,
        Kind.FEVER,
        Kind.FEVER_HIGH,
        Kind.FEVER_RISING,
        Kind.SAID_UNWELL,
        Kind.NOT_AT_HOME,
        Kind.NOT_LOOKED_AFTER,
    }
)
"""Somebody who lies there where doors are rehearsed cannot be told from a rehearsal: real, unless it was announced."""
MAY_BE_REHEARSED = (Kind.FIRE, Kind.HELP_CALLED, Kind.FALL, Kind.INACTIVE)  # of these, what the drill page offers
SAME = {Kind.FIRE_SUSPECTED: Kind.FIRE}  # who rehearses a fire sends people out through many doors


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


def covers(drill: DrillBegun, now: datetime, kind: Kind | None, device: str, place: str, places: Places) -> bool:
    """Is this part of that drill? `kind` is None for what is no alert and about nobody's life."""
    if not drill.at <= now < drill.until:
        return False
    named = bool(device) and device in drill.devices
    kinds = {kind, SAME.get(kind)} if kind is not None else set()
    if kind in OF_LIFE and not named and kinds.isdisjoint((*drill.kinds, *drill.rehearsed)):
        return False
    if drill.kinds and kinds.isdisjoint(drill.kinds) and (kind is not None or not named):
        return False
    if named:
        return True
    found = places.devices.get(device)
    where = place or (found.place if found is not None else "")
    return bool(where) and any(each in drill.places for each in around(where, places))


def drill_over(alert: Alert | Anomaly, now: datetime, state: State, places: Places) -> DrillBegun | None:
    """The drill whose places or devices this alert comes from, if there is one."""
    for drill in state.drills.values():
        if covers(drill, now, alert.kind, alert.device, alert.place, places):
            return drill
    return None


def marked(what: Struct, state: State, places: Places) -> Struct:
    """What came in, with its mark."""
    if not state.drills or not isinstance(what, Marked) or what.drill:
        return what
    at: datetime = getattr(what, "at")  # noqa: B009 (each event has its hour; the base has only the mark)
    device = str(getattr(what, "device", ""))
    place = next((found for name in ("flat", "lane", "place", "compound") if (found := getattr(what, name, ""))), "")
    where = str(place) or wearer_of(device, state, places)[0]
    if any(covers(drill, at, _kind_of(what), device, where, places) for drill in state.drills.values()):
        return replace(what, drill=True)
    return what


def _kind_of(what: Marked) -> Kind | None:
    """What about somebody's life this event says, if anything."""
    match what:
        case FireSignalled():
            return Kind.FIRE
        case BandHeard(sos=True):
            return Kind.HELP_CALLED
        case BandHeard(fallen=True) | BandHeard(fine=True):
            return Kind.FALL
        case TemperatureTaken():
            return Kind.FEVER
        case _:
            return None


def decided(decision: Decision, cause: Struct | None, state: State, places: Places) -> Decision:
    """A decision, marked if its lane, what was shown there, or the decision it answers is part of a drill."""
    if decision.drill:
        return decision
    answered = decision.answers is not None and any(
        number == decision.answers and asked.drill
        for number, asked in zip(state.decision_numbers, state.decisions, strict=True)
    )
    shown = isinstance(cause, Marked) and cause.drill
    return replace(decision, drill=True) if answered or shown or is_drilled(decision.lane, state, places) else decision


def is_drilled(place: str, state: State, places: Places) -> bool:
    """Is there a drill at this place, of everything?"""
    return any(covers(drill, state.heard, None, "", place, places) for drill in state.drills.values())


def displaced(anomaly: Anomaly, state: State, places: Places) -> Alert | None:
    """The drill's alert of the same happening, where this is none of a drill: a real fire in a fire drill."""
    ringing = state.alerts.get(state.ringing.get(f"{anomaly.kind}|{anomaly.key}", ""))
    if ringing is None or not ringing.drill or drill_over(anomaly, state.heard, state, places) is not None:
        return None
    return ringing


def real_again(state: State, places: Places) -> Iterator[Service]:
    """Requests asked for in a drill that is over, and still waiting: whoever asked may have meant it."""
    for service in list(state.services.values()):
        if service.drill and service.state in WAITING and not is_drilled(service.flat, state, places):
            yield replace(service, drill=False)


def in_drill(alert: Alert, state: State, places: Places, now: datetime) -> Alert:
    """The first revision of an alert, marked if it is part of a drill."""
    drill = drill_over(alert, now, state, places)
    if drill is None:
        return alert
    return replace(alert, drill=True, quiet=alert.quiet or not drill.phones)
