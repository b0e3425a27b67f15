"""An order about a stay that goes on, in; stays, bands and what is over moved on. What makes no sense is refused.

Floor 3, a pure room. Serves the state and what pages show alike: both are `StayBooks`.
"""

from datetime import datetime, timedelta
from typing import Protocol

from msgspec.structs import replace

from gateway.compound import Places
from gateway.enact.registry import Homes
from gateway.orders.stays import BandReturned, StayExtended, StayMoved, StayOrder, StayResumed, StaySuspended
from gateway.people import Person, Quarantine, Released

MAX_STAY_DAYS = 60  # longer than any order of 2020-23; a slip of the finger is caught, an extension is a new order


class StayBooks(Homes, Protocol):
    """The part of a state that is about stays."""

    released: dict[str, Released]


class Bands(StayBooks, Protocol):
    """With what only the state knows of bands."""

    unclean: dict[str, str]
    band_keys: dict[str, str]


def refused_stay(order: StayOrder, books: StayBooks, places: Places) -> str:
    """Why it cannot be done, empty if it can."""
    if isinstance(order, BandReturned):
        worn = (*books.quarantines.values(), *books.suspended.values())
        if any(stay.band == order.band for stay in worn):
            return "the band is still worn"
        out = any(each.stay.band == order.band and each.band_out for each in books.released.values())
        return "" if out else "no such band is to come back"
    here, away = books.quarantines.get(order.quarantine), books.suspended.get(order.quarantine)
    stay = here or away
    if stay is None:
        return "unknown quarantine"
    match order:
        case StayExtended() | StaySuspended() | StayMoved() if not order.reason.strip():
            return "a reason is needed"
        case StayExtended() if order.last_day <= stay.last_day:
            return "it lasts until then already; to end it earlier, release"
        case StayExtended() if (order.last_day - stay.first_day).days > MAX_STAY_DAYS:
            return f"longer than {MAX_STAY_DAYS} days"
        case StayResumed() if away is None:
            return "they are not away"
        case StaySuspended() if order.back_by is not None and not _soon(order.back_by, order.at):
            return f"the hour of return is past, or more than {MAX_STAY_DAYS} days away"
        case StaySuspended(back_by=None) | StayMoved() if here is None:
            return "they are away"
        case StayMoved() if order.flat not in places.flats:
            return "unknown flat"
        case StayMoved() if order.flat == stay.flat:
            return "they are in that flat"
        case _:
            return ""


def refused_band(band: str, subject: str, books: Bands) -> str:
    """Why a band cannot be given to somebody: its last wearer still has it, or the next could be read with its key."""
    if any(
        each.stay.band == band and each.band_out and each.stay.subject != subject for each in books.released.values()
    ):
        return "the band was not given back"
    if books.unclean.get(band) and books.unclean[band] == books.band_keys.get(band):
        return "the band needs a new key"
    return ""


def move_stay(order: StayOrder, books: StayBooks) -> None:
    """The stay itself; what is over by it is the rule's to say (gateway/rules/stays.py)."""
    match order:
        case StayExtended():
            book = books.quarantines if order.quarantine in books.quarantines else books.suspended
            book[order.quarantine] = replace(book[order.quarantine], last_day=order.last_day)
        case StaySuspended():
            stay = books.quarantines.pop(order.quarantine, None) or books.suspended[order.quarantine]
            since = stay.away_since or order.at
            books.suspended[stay.id] = replace(stay, away=order.reason, away_since=since, back_by=order.back_by)
        case StayResumed():
            bring_back(order.quarantine, books)
        case StayMoved():
            stay = replace(books.quarantines[order.quarantine], flat=order.flat)
            books.quarantines[stay.id] = stay
            person = books.people.get(stay.subject)
            if person is None or not person.registered:  # who is registered moves in the registry
                books.people[stay.subject] = Person(subject=stay.subject, flat=stay.flat)
        case BandReturned():
            for key, each in books.released.items():
                if each.stay.band == order.band:
                    books.released[key] = replace(each, band_out=False)


def bring_back(quarantine: str, books: StayBooks) -> Quarantine:
    """A stay that was suspended goes on."""
    stay = replace(books.suspended.pop(quarantine), away="", away_since=None, back_by=None)
    books.quarantines[stay.id] = stay
    return stay


def note_release(stay: Quarantine, at: datetime, early: bool, books: StayBooks) -> None:
    """For its note, for the band that is to come back, and until its times are over (gateway/times_over.py)."""
    books.released[stay.id] = Released(stay=stay, at=at, early=early, band_out=bool(stay.band))


def take_stay(quarantine: str, books: StayBooks) -> Quarantine | None:
    """A stay that ends, at home or away; taken out of the books."""
    return books.quarantines.pop(quarantine, None) or books.suspended.pop(quarantine, None)


def _soon(hour: datetime, now: datetime) -> bool:
    return now < hour <= now + timedelta(days=MAX_STAY_DAYS)
