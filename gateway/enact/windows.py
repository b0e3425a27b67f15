"""An order about a service in, why it cannot be done out; empty if it can. What it does: gateway/rules/services.py.

Floor 3, a pure room.
"""

from datetime import datetime, timedelta

from gateway.compound import Places
from gateway.enact.homes import FAR_DAYS, MAX_WINDOW
from gateway.orders.windows import (
    WindowApproved,
    WindowAsked,
    WindowConfirmed,
    WindowDelivered,
    WindowDenied,
    WindowOrder,
    WindowTaken,
    WindowWithdrawn,
)
from gateway.services import LONGEST_WORDS, RESIDENT, WAITING, Act, Purpose, may
from gateway.state.state import State

ACTS: dict[type, Act] = {
    WindowApproved: Act.APPROVE,
    WindowDenied: Act.DENY,
    WindowTaken: Act.TAKE,
    WindowDelivered: Act.DELIVER,
    WindowConfirmed: Act.CONFIRM,
    WindowWithdrawn: Act.WITHDRAW,
}


def refused_at_window(order: WindowOrder, state: State, places: Places) -> str:
    """Why such an order cannot be done."""
    if isinstance(order, WindowAsked):
        return _not_asked(order, state, places)
    service = state.services.get(order.request)
    match order:
        case _ if service is None:
            return "unknown request"
        case _ if not may(service.state, ACTS[type(order)]):
            return "that cannot be done with this request any more"
        case _ if not order.by.strip():
            return "a name is needed"
        case WindowApproved() if not state.quarantines_of(service.flat):
            return "nobody of this flat is in quarantine"
        case WindowApproved():
            return _wrong_hours(order.opens, order.closes, order.at)
        case WindowDenied() if not order.reason.strip():
            return "a reason is needed"
        case _:
            return ""


def _not_asked(order: WindowAsked, state: State, places: Places) -> str:
    of_flat = state.services_of(order.flat)
    last_hour = [each for each in of_flat if order.at - each.asked_at < timedelta(hours=1)]
    rules = state.window_rules
    if order.flat not in places.flats:
        return "unknown flat"
    if not state.quarantines_of(order.flat):
        return "nobody of this flat is in quarantine"
    if order.purpose not in set(Purpose) or len(order.words) > LONGEST_WORDS:
        return "unknown purpose, or too many words"
    if (order.opens is None) is not (order.closes is None) or (order.opens and order.by == RESIDENT):
        return "a service window needs opens and closes"
    if order.by == RESIDENT and sum(each.state in WAITING for each in of_flat) >= rules.most_open:
        return "too many requests are open"
    if order.by == RESIDENT and len(last_hour) >= rules.most_an_hour:
        return "too many requests in one hour"
    if order.opens is not None and order.closes is not None:
        return _wrong_hours(order.opens, order.closes, order.at)
    return ""


def _wrong_hours(opens: datetime, closes: datetime, now: datetime) -> str:
    if closes <= opens:
        return "the window closes before it opens"
    if closes <= now:
        return "the window is over already"
    if closes - opens > MAX_WINDOW or opens - now > timedelta(days=FAR_DAYS):
        return f"longer than {MAX_WINDOW.days} days, or more than {FAR_DAYS} days away"
    return ""
