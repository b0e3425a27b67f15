"""An order in, the state moved on and its result out. What makes no sense here is refused in one sentence.

Floor 3, a pure room. The same order twice is done once: the state remembers results by order id.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from gateway.alerts import acknowledge, close
from gateway.compound import Places
from gateway.findings import Alert, Closing
from gateway.orders import (
    AlertAcknowledged,
    AlertClosed,
    ArrivalExpected,
    DeviceKeyed,
    FireDeclared,
    FireEnded,
    FlatLookedUp,
    GuardOnPatrol,
    GuardRuled,
    Order,
    OrderResult,
    PassWithdrawn,
    PersonEntered,
    PersonWithdrawn,
    ProfileChosen,
    QuarantineBegun,
    QuarantineEnded,
    RulingUndone,
    TrustTaken,
    WindowOpened,
    quarantine_of,
    window_of,
)
from gateway.people import Person, ServiceWindow
from gateway.rules.undo import why_not
from gateway.settling import choose
from gateway.state import State

RESULTS_KEPT = 1000
MAX_STAY_DAYS = 60  # longer than any order of 2020-23; a slip of the finger is caught, an extension is a new order
FAR_DAYS = 366  # a slip of the finger in the year; and no instant here comes near the ends of the calendar
LONGEST_PATROL_MINUTES = 120
MAX_WINDOW = timedelta(days=7)
WINDOW_KEPT = timedelta(days=2)  # a ring may tell of a door opened in a window that is over
PSEUDONYM = re.compile(r"[0-9a-f]{16}")  # as in an entry pass; nobody's name comes in by this way


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
        case FlatLookedUp() if order.flat not in places.flats:
            return "unknown flat"
        case PersonEntered() | QuarantineBegun() | ArrivalExpected() | WindowOpened() if order.flat not in places.flats:
            return "unknown flat"
        case PersonEntered() | PersonWithdrawn() | QuarantineBegun() | ArrivalExpected() if not PSEUDONYM.fullmatch(
            order.subject
        ):
            return "a subject is 16 hex digits"
        case QuarantineBegun() | ArrivalExpected() if not order.ground.strip():
            return "the legal ground is mandatory"
        case QuarantineBegun() if order.last_day < order.first_day:
            return "the last day is before the first"
        case QuarantineBegun() if (order.last_day - order.first_day).days > MAX_STAY_DAYS:
            return f"longer than {MAX_STAY_DAYS} days"
        case QuarantineBegun() if _far(order.first_day, order.at.date()):
            return f"the first day is more than {FAR_DAYS} days away"
        case QuarantineBegun() | ArrivalExpected() if order.band and _is_given(order.band, order.subject, state):
            return "the band is already worn"
        case ArrivalExpected() if not 1 <= order.days <= MAX_STAY_DAYS:
            return f"1 to {MAX_STAY_DAYS} days"
        case ArrivalExpected() if order.arrive_by <= order.at or _far(order.arrive_by.date(), order.at.date()):
            return f"the hour of arrival is past, or more than {FAR_DAYS} days away"
        case ArrivalExpected() if any(known.subject == order.subject for known in state.quarantines.values()):
            return "already in quarantine"
        case ArrivalExpected() if any(known.subject == order.subject for known in state.arrivals.values()):
            return "already expected"
        case ProfileChosen() if order.profile not in state.profiles:
            return "unknown profile"
        case QuarantineEnded() if order.quarantine not in state.quarantines and order.quarantine not in state.arrivals:
            return "unknown quarantine"
        case WindowOpened() if order.closes <= order.opens:
            return "the window closes before it opens"
        case WindowOpened() if order.closes - order.opens > MAX_WINDOW or _far(order.opens.date(), order.at.date()):
            return f"longer than {MAX_WINDOW.days} days, or more than {FAR_DAYS} days away"
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


def _is_given(band: str, subject: str, state: State) -> bool:
    """Does somebody wear this band, or will somebody else who is expected?"""
    return any(stay.band == band for stay in state.quarantines.values()) or any(
        expected.band == band and expected.subject != subject for expected in state.arrivals.values()
    )


def _far(day: date, today: date) -> bool:
    return abs((day - today).days) > FAR_DAYS


def enact(order: Order, state: State, places: Places) -> Iterator[Alert]:
    """Move the state on. Call it only for an order that `refusal` did not refuse. Yields alerts that changed."""
    match order:
        case PersonEntered():
            state.people[order.subject] = Person(subject=order.subject, flat=order.flat, care=order.care)
        case QuarantineBegun():
            state.quarantines[order.id] = quarantine_of(order)
            state.people.setdefault(order.subject, Person(subject=order.subject, flat=order.flat))
            state.inside.setdefault(order.subject, order.at)  # observed at home: at a lane for both ways they go out
        case WindowOpened():
            state.windows[order.id] = window_of(order)
            forget_windows(state.windows, order.at)
        case PassWithdrawn():
            state.withdrawn[order.cti] = order.at
        case PersonWithdrawn():
            state.withdrawn_people[order.subject] = order.at
        case ArrivalExpected():
            state.arrivals[order.id] = order
            state.people.setdefault(order.subject, Person(subject=order.subject, flat=order.flat))
        case ProfileChosen():
            choose(order.profile, order.at, state)
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
        case DeviceKeyed():
            if state.band_keys.get(order.device) != order.fingerprint:
                state.band_keys[order.device] = order.fingerprint
                state.counters.pop(order.device, None)
        case FlatLookedUp():
            pass  # to be on record is all of it
        case GuardRuled() | RulingUndone() | GuardOnPatrol() | FireDeclared() | FireEnded() | QuarantineEnded():
            pass  # the rules of admission and of stays read these


def close_windows(windows: dict[str, ServiceWindow], flat: str, at: datetime) -> None:
    """Those of a flat that have begun by then: nobody's stay inherits another's permission to open the door."""
    for begun in [window.id for window in windows.values() if window.flat == flat and window.opens <= at]:
        del windows[begun]


def forget_windows(windows: dict[str, ServiceWindow], now: datetime) -> None:
    """Those that closed long ago."""
    for old in [window.id for window in windows.values() if window.closes < now - WINDOW_KEPT]:
        del windows[old]


def answered(order_id: str, why: str, state: State) -> OrderResult:
    """Remember what came of an order, and forget the oldest."""
    result = OrderResult(order=order_id, done=not why, why=why)
    state.orders[order_id] = result
    while len(state.orders) > RESULTS_KEPT:
        del state.orders[next(iter(state.orders))]
    return result
