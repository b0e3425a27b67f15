"""An order about people, stays and service windows, in; the state moved on. What makes no sense is refused.

Floor 3, a pure room. gateway/enact/every.py asks here for every order that is not about a lane, an alert or a list.
"""

import re
from datetime import date, datetime, timedelta

from gateway.compound import Places
from gateway.enact.registry import refused_registration, register
from gateway.enact.stays import MAX_STAY_DAYS, refused_band, refused_stay
from gateway.orders.codes import WindowCodeRenewed
from gateway.orders.every import (
    ArrivalExpected,
    Order,
    PersonEntered,
    PersonWithdrawn,
    QuarantineBegun,
    QuarantineEnded,
    WindowOpened,
    quarantine_of,
    window_of,
)
from gateway.orders.homes import HouseholdsChanged
from gateway.orders.notes import FlatNoted, refused_note
from gateway.orders.stays import BandReturned, StayExtended, StayMoved, StayResumed, StaySuspended
from gateway.people import Person, ServiceWindow
from gateway.state.state import State

FAR_DAYS = 366  # a slip of the finger in the year; and no instant here comes near the ends of the calendar
MAX_WINDOW = timedelta(days=7)
WINDOW_KEPT = timedelta(days=2)  # a ring may tell of a door opened in a window that is over
PSEUDONYM = re.compile(r"[0-9a-f]{16}")  # as in an entry pass; nobody's name comes in by this way


def refused_at_home(order: Order, state: State, places: Places) -> str:
    """Why such an order cannot be done, empty if it can."""
    match order:
        case PersonEntered() | QuarantineBegun() | ArrivalExpected() | WindowOpened() if order.flat not in places.flats:
            return "unknown flat"
        case WindowCodeRenewed() if order.flat not in places.flats:
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
        case QuarantineBegun() if _observed_then(order, state):
            return "already in quarantine"
        case QuarantineBegun() if _far(order.first_day, order.at.date()):
            return f"the first day is more than {FAR_DAYS} days away"
        case QuarantineBegun() | ArrivalExpected() if order.band and _is_given(order.band, order.subject, state):
            return "the band is already worn"
        case QuarantineBegun() | ArrivalExpected() if order.band and (
            why := refused_band(order.band, order.subject, state)
        ):
            return why
        case ArrivalExpected() if not 1 <= order.days <= MAX_STAY_DAYS:
            return f"1 to {MAX_STAY_DAYS} days"
        case ArrivalExpected() if order.arrive_by <= order.at or _far(order.arrive_by.date(), order.at.date()):
            return f"the hour of arrival is past, or more than {FAR_DAYS} days away"
        case ArrivalExpected() if state.stays_by("subject", order.subject) or _is_away(order.subject, state):
            return "already in quarantine"
        case ArrivalExpected() if any(known.subject == order.subject for known in state.arrivals.values()):
            return "already expected"
        case QuarantineEnded() if not any(
            order.quarantine in book for book in (state.quarantines, state.arrivals, state.suspended)
        ):
            return "unknown quarantine"
        case QuarantineEnded() if not order.reason.strip():
            return "a reason is needed"
        case WindowOpened() if order.closes <= order.opens:
            return "the window closes before it opens"
        case WindowOpened() if order.closes - order.opens > MAX_WINDOW or _far(order.opens.date(), order.at.date()):
            return f"longer than {MAX_WINDOW.days} days, or more than {FAR_DAYS} days away"
        case HouseholdsChanged():
            return refused_registration(order, places)
        case FlatNoted():
            return refused_note(order, places)
        case StayExtended() | StaySuspended() | StayResumed() | StayMoved() | BandReturned():
            return refused_stay(order, state, places)
        case _:
            return ""


def enact_at_home(order: Order, state: State) -> None:
    """Move the state on, for an order that was not refused."""
    match order:
        case PersonEntered():
            state.people[order.subject] = Person(
                subject=order.subject, flat=order.flat, care=order.care, registered=True
            )
        case QuarantineBegun():
            state.quarantines[order.id] = quarantine_of(order)
            state.people.setdefault(order.subject, Person(subject=order.subject, flat=order.flat))
            state.inside.setdefault(order.subject, order.at)  # observed at home: at a lane for both ways they go out
        case WindowOpened():
            state.windows[order.id] = window_of(order)
            forget_windows(state.windows, order.at)
        case ArrivalExpected():
            state.arrivals[order.id] = order
            state.people.setdefault(order.subject, Person(subject=order.subject, flat=order.flat))
        case HouseholdsChanged():
            register(order, state)
        case _:
            # of FlatNoted and WindowCodeRenewed to be on record is all; QuarantineEnded and the orders about a stay
            pass  # that goes on are read by the rule of stays


def close_windows(windows: dict[str, ServiceWindow], flat: str, at: datetime) -> None:
    """Those of a flat that have begun by then: nobody's stay inherits another's permission to open the door."""
    for begun in [window.id for window in windows.values() if window.flat == flat and window.opens <= at]:
        del windows[begun]


def forget_windows(windows: dict[str, ServiceWindow], now: datetime) -> None:
    """Those that closed long ago."""
    for old in [window.id for window in windows.values() if window.closes < now - WINDOW_KEPT]:
        del windows[old]


def _is_given(band: str, subject: str, state: State) -> bool:
    """Does somebody wear this band, or will somebody else who is expected?"""
    if any(stay.band == band for stay in state.suspended.values()):
        return True
    return bool(state.stays_by("band", band) or state.care_by("band", band)) or any(
        expected.band == band and expected.subject != subject for expected in state.arrivals.values()
    )


def _observed_then(order: QuarantineBegun, state: State) -> bool:
    """Has this person a stay, at home or away, on one of these days? An extension is an order of its own."""
    away = [stay for stay in state.suspended.values() if stay.subject == order.subject]
    return any(
        stay.first_day <= order.last_day and order.first_day <= stay.last_day
        for stay in (*state.stays_by("subject", order.subject), *away)
    )


def _is_away(subject: str, state: State) -> bool:
    return any(stay.subject == subject for stay in state.suspended.values())


def _far(day: date, today: date) -> bool:
    return abs((day - today).days) > FAR_DAYS
