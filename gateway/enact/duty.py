"""An order about couriers, shifts, reminders and looks in; the state moved on. What makes no sense is refused.

Floor 3, a pure room. gateway/enact/every.py asks here for the orders of gateway/orders/gate.py and its neighbours.
"""

from collections.abc import Iterator

from gateway.alerts.reminders import remind
from gateway.compound import Places
from gateway.findings import Alert
from gateway.orders.gate import CourierLeft, LookAsked, LookEnded
from gateway.orders.remind import AlertReminded
from gateway.orders.shifts import ShiftBegun, ShiftEnded, ShiftHandedOver
from gateway.rules.looks import why_no_look
from gateway.rules.shifts import why_not
from gateway.state.state import State

DutyOrder = CourierLeft | AlertReminded | ShiftBegun | ShiftHandedOver | ShiftEnded | LookAsked | LookEnded


def refused_on_duty(order: DutyOrder, state: State, places: Places) -> str:
    """Why such an order cannot be done, empty if it can."""
    if not order.by.strip():
        return "a name is needed"
    match order:
        case CourierLeft() if order.who not in state.couriers:
            return "no such courier inside"
        case AlertReminded() if order.alert not in state.alerts:
            return "no such open alert"
        case ShiftBegun() | ShiftHandedOver() | ShiftEnded():
            return why_not(order, state, places)
        case LookAsked() | LookEnded():
            return why_no_look(order, state, places)
        case _:
            return ""


def enact_on_duty(order: DutyOrder, state: State) -> Iterator[Alert]:
    """Move the state on, for an order that was not refused. Yields alerts that changed."""
    match order:
        case AlertReminded():
            yield remind(state.alerts[order.alert], by=order.by, comment=order.comment, now=order.at)
        case CourierLeft() | ShiftBegun() | ShiftHandedOver() | ShiftEnded() | LookAsked() | LookEnded():
            pass  # the rules of couriers, shifts and looks read these
