"""An order in, the state moved on and its result out. What makes no sense here is refused in one sentence.

Floor 3, a pure room. The same order twice is done once: the state remembers results by order id.
"""

from collections.abc import Iterator

from gateway.alerts.life import acknowledge, close
from gateway.compound import Places
from gateway.drills import enact_drill, refused_for_drill
from gateway.enact.alerts import enact_about_alerts, refused_about_alerts
from gateway.enact.care import enact_for_care, refused_for_care
from gateway.enact.duty import DutyOrder, enact_on_duty, refused_on_duty
from gateway.enact.homes import enact_at_home, refused_at_home
from gateway.enact.privacy import enact_erasure, refused_erasure
from gateway.enact.windows import refused_at_window
from gateway.findings import Alert, Closing
from gateway.orders.alerts import AlertAssigned, AlertShelved, WorkBegun, WorkEnded
from gateway.orders.care import CareOrder
from gateway.orders.cases import CaseNoted
from gateway.orders.drill import DrillOrder
from gateway.orders.every import (
    AlertAcknowledged,
    AlertClosed,
    DeviceKeyed,
    FireDeclared,
    FireEnded,
    FlatLookedUp,
    GuardOnPatrol,
    GuardRuled,
    Order,
    OrderResult,
    PassWithdrawn,
    PersonWithdrawn,
    ProfileChosen,
    RulingUndone,
    TrustTaken,
)
from gateway.orders.privacy import PersonErased
from gateway.orders.rounds import TaskAnswered
from gateway.orders.staff import DataLookedAt, PinsRefused, StaffChanged, VolunteerAdmitted
from gateway.orders.windows import WindowOrder
from gateway.round_evidence import refused_answer
from gateway.rules.admission import is_ruled_already
from gateway.rules.undo import why_not
from gateway.settling import choose
from gateway.state.state import State

RESULTS_KEPT = 1000
LONGEST_PATROL_MINUTES = 120


def refusal(order: Order, state: State, places: Places) -> str:
    """Why an order cannot be done, empty if it can."""
    match order:
        case GuardRuled() | GuardOnPatrol() if order.lane not in places.lanes:
            return "unknown lane"
        case GuardOnPatrol() if not 0 < order.minutes <= LONGEST_PATROL_MINUTES:
            return f"a patrol takes 1 to {LONGEST_PATROL_MINUTES} minutes"
        case RulingUndone():
            return why_not(order, state)
        case FireDeclared() | FireEnded() if order.compound not in places.compounds:
            return "unknown compound"
        case FireEnded() if order.compound not in state.fires:
            return "there is no fire there"
        case FireEnded() if not order.by.strip():
            return "a name is needed"
        case GuardRuled() if not order.reason.strip():
            return "a reason is needed"
        case GuardRuled() if is_ruled_already(order, state):
            return "somebody has ruled already"
        case FlatLookedUp() if order.flat not in places.flats:
            return "unknown flat"
        case ProfileChosen() if order.profile not in state.profiles:
            return "unknown profile"
        case TrustTaken() if order.version < state.trust_version:
            return "an older trust list"
        case TaskAnswered():
            return refused_answer(order, state)
        case AlertAssigned() | AlertShelved() | WorkBegun() | WorkEnded() | CaseNoted():
            return refused_about_alerts(order, state, places)
        case AlertAcknowledged() | AlertClosed() if order.alert not in state.alerts:
            return "no such open alert"
        case AlertAcknowledged() | AlertClosed() if not order.by.strip():
            return "a name is needed"
        case AlertClosed() if order.closing not in set(Closing) - {Closing.WEARER}:
            return "unknown closing code"
        case PersonErased():
            return refused_erasure(order, state)
        case _ if isinstance(order, WindowOrder):
            return refused_at_window(order, state, places)
        case _ if isinstance(order, DutyOrder):
            return refused_on_duty(order, state, places)
        case _ if isinstance(order, CareOrder):
            return refused_for_care(order, state, places)
        case _ if isinstance(order, DrillOrder):
            return refused_for_drill(order, state, places)
        case _:
            return refused_at_home(order, state, places)


def enact(order: Order, state: State, places: Places) -> Iterator[Alert]:
    """Move the state on. Call it only for an order that `refusal` did not refuse. Yields alerts that changed."""
    match order:
        case PassWithdrawn():
            state.withdrawn[order.cti] = order.at
        case PersonWithdrawn():
            state.withdrawn_people[order.subject] = order.at
        case ProfileChosen():
            choose(order.profile, order.at, state)
        case TrustTaken():
            state.trust_version = order.version
            state.trust_digest = order.digest
            state.trust_issued_at = order.issued_at
            state.trust_next_update = order.next_update
        case AlertAcknowledged():
            yield acknowledge(
                state.alerts[order.alert],
                by=order.by,
                comment=order.comment,
                now=order.at,
                limits=state.limits,
            )
        case AlertClosed():
            yield close(
                state.alerts[order.alert],
                by=order.by,
                closing=Closing(order.closing),
                comment=order.comment,
                now=order.at,
            )
        case AlertAssigned() | AlertShelved() | WorkBegun() | WorkEnded() | CaseNoted():
            yield from enact_about_alerts(order, state)
        case DeviceKeyed():
            if state.band_keys.get(order.device) != order.fingerprint:
                state.band_keys[order.device] = order.fingerprint
                state.counters.pop(order.device, None)
        case FlatLookedUp() | DataLookedAt() | VolunteerAdmitted() | StaffChanged():
            pass  # to be on record is all of it
        case GuardRuled() | RulingUndone() | GuardOnPatrol() | FireDeclared() | FireEnded() | PinsRefused():
            pass  # rules read these
        case PersonErased():
            enact_erasure(order, state)
        case _ if isinstance(order, DutyOrder):
            yield from enact_on_duty(order, state)
        case _ if isinstance(order, CareOrder):
            enact_for_care(order, state)
        case _ if isinstance(order, DrillOrder):
            enact_drill(order, state)
        case _:
            enact_at_home(order, state)


def answered(order_id: str, why: str, state: State) -> OrderResult:
    """Remember what came of an order, and forget the oldest."""
    result = OrderResult(order=order_id, done=not why, why=why)
    state.orders[order_id] = result
    while len(state.orders) > RESULTS_KEPT:
        del state.orders[next(iter(state.orders))]
    return result
