"""An order in, the state moved on and its result out. What makes no sense here is refused in one sentence.

Floor 3, a pure room. The same order twice is done once: the state remembers results by order id.
"""

from collections.abc import Iterator

from gateway.alerts import acknowledge, close
from gateway.compound import Places
from gateway.findings import Alert, Closing
from gateway.orders import (
    AlertAcknowledged,
    AlertClosed,
    DeviceNamed,
    GuardRuled,
    Order,
    OrderResult,
    PassWithdrawn,
    PersonEntered,
    QuarantineBegun,
    QuarantineEnded,
    TrustTaken,
    WindowOpened,
    quarantine_of,
    window_of,
)
from gateway.people import Person
from gateway.state import State

RESULTS_KEPT = 1000
MAX_STAY_DAYS = 60  # longer than any order of 2020-23; a slip of the finger is caught, an extension is a new order


def refusal(order: Order, state: State, places: Places) -> str:
    """Why an order cannot be done, empty if it can."""
    match order:
        case GuardRuled() if order.lane not in places.lanes:
            return "unknown lane"
        case GuardRuled() if not order.reason.strip():
            return "a reason is needed"
        case PersonEntered() | QuarantineBegun() | WindowOpened() if order.flat not in places.flats:
            return "unknown flat"
        case QuarantineBegun() if not order.ground.strip():
            return "the legal ground is mandatory"
        case QuarantineBegun() if order.last_day < order.first_day:
            return "the last day is before the first"
        case QuarantineBegun() if (order.last_day - order.first_day).days > MAX_STAY_DAYS:
            return f"longer than {MAX_STAY_DAYS} days"
        case QuarantineBegun() if order.band and any(stay.band == order.band for stay in state.quarantines.values()):
            return "the band is already worn"
        case QuarantineEnded() if order.quarantine not in state.quarantines:
            return "unknown quarantine"
        case WindowOpened() if order.closes <= order.opens:
            return "the window closes before it opens"
        case TrustTaken() if order.version < state.trust_version:
            return "an older trust list"
        case AlertAcknowledged() | AlertClosed() if order.alert not in state.alerts:
            return "no such open alert"
        case AlertAcknowledged() | AlertClosed() if not order.by.strip():
            return "a name is needed"
        case AlertClosed() if order.closing not in set(Closing):
            return "unknown closing code"
        case _:
            return ""


def enact(order: Order, state: State, places: Places) -> Iterator[Alert]:
    """Move the state on. Call it only for an order that `refusal` did not refuse. Yields alerts that changed."""
    match order:
        case PersonEntered():
            state.people[order.subject] = Person(subject=order.subject, flat=order.flat, care=order.care)
        case QuarantineBegun():
            state.quarantines[order.id] = quarantine_of(order)
            state.people.setdefault(order.subject, Person(subject=order.subject, flat=order.flat))
        case WindowOpened():
            state.windows[order.id] = window_of(order)
            for old in [window.id for window in state.windows.values() if window.closes < order.at]:
                del state.windows[old]
        case PassWithdrawn():
            state.withdrawn[order.cti] = order.at
        case TrustTaken():
            state.trust_version = order.version
            state.trust_digest = order.digest
            state.trust_issued_at = order.issued_at
            state.trust_next_update = order.next_update
        case AlertAcknowledged():
            yield acknowledge(state.alerts[order.alert], by=order.by, comment=order.comment, now=order.at)
        case AlertClosed():
            yield close(
                state.alerts[order.alert],
                by=order.by,
                closing=Closing(order.closing),
                comment=order.comment,
                now=order.at,
            )
        case GuardRuled() | QuarantineEnded() | DeviceNamed():
            pass  # the rules of admission and of stays read these; a device's key went to the registry


def answered(order: Order, why: str, state: State) -> OrderResult:
    """Remember what came of an order, and forget the oldest."""
    result = OrderResult(order=order.id, done=not why, why=why)
    state.orders[order.id] = result
    while len(state.orders) > RESULTS_KEPT:
        del state.orders[next(iter(state.orders))]
    return result
