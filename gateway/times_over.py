"""That times are over, in; what the house still remembered of people beyond them, out of its state and its pages.

Floor 3, a pure room. The rules forget what they need no more; this is for what nobody comes by to tidy up: who was
released, who never arrived, a band that lies in a drawer. Serves the state and what pages show alike.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from gateway.case_log import KEPT as CASES_KEPT
from gateway.enact.homes import forget_windows
from gateway.events.retention import TimesOver
from gateway.people import Released
from gateway.retention import Keeping
from gateway.rules.passage import INSIDE_KEPT
from gateway.rules.services import is_forgotten

A_DAY = timedelta(days=1)


class Over(Struct, frozen=True):
    """The hours before which things are over, and the bands somebody wears."""

    at: datetime
    before: Mapping[Keeping, datetime]
    worn: frozenset[str]


Is = Callable[[str, Any, Over], bool]


def _unworn(band: str, _: object, over: Over) -> bool:
    return band not in over.worn


def _a_day_old(_: str, each: Any, over: Over) -> bool:
    return bool(each.at < over.at - A_DAY)


def _released(_: str, each: Released, over: Over) -> bool:
    return each.at < over.before[Keeping.STAYS if each.band_out else Keeping.MEASURED]


OVER: Mapping[str, Is] = {  # book of the state, and of the pages where they have it -> is this of it over?
    "arrivals": lambda _, each, over: each.arrive_by < over.before[Keeping.STAYS],
    "released": _released,
    "services": lambda _, each, over: is_forgotten(each, over.at),
    "spent": lambda _, until, over: until < over.at,
    "spent_here": lambda _, each, over: each.until < over.at,
    "spent_elsewhere": lambda _, at, over: at < over.before[Keeping.PASSAGES],
    "used_codes": lambda _, at, over: at < over.at - A_DAY,
    "known": lambda _, each, over: 0 < each.ends < over.at.timestamp(),
    "inside": lambda _, at, over: at < over.at - INSIDE_KEPT,
    "outside": lambda _, at, over: at < over.at - INSIDE_KEPT,
    "outings": lambda _, times, over: not times or times[-1] < over.before[Keeping.PASSAGES],
    "heat": _a_day_old,
    "forgeries": lambda _, each, over: not each.times or each.times[-1] < over.at - A_DAY,
    "passings": _a_day_old,
    "doubts": _a_day_old,
    "hot": _unworn,
    "risen": _unworn,
    "high": _unworn,
    "high_told": _unworn,
    "baselines": _unworn,
    "off": _unworn,
    "presence": _unworn,
    "measured": _unworn,
    "temperatures": _unworn,  # of the pages
    "couriers": lambda _, each, over: each.came < over.before[Keeping.PASSAGES],
    "sheets": lambda _, each, over: each.at < over.before[Keeping.ORDERS],
    "looks": lambda _, each, over: each.until < over.at - A_DAY,
    "cases": lambda _, each, over: each.at < over.before[Keeping.ALERTS],
    "case_log": lambda _, moments, over: moments[-1].at < over.at - CASES_KEPT,
    "works": lambda _, each, over: each.until < over.at - A_DAY,
}


def over_at(event: TimesOver, books: Any) -> Over:
    """What is over at this hour; `books` is a state, or what pages show."""
    wearers = (*books.quarantines.values(), *books.suspended.values(), *books.arrivals.values(), *books.care.values())
    return Over(
        at=event.at,
        before={each: event.at - timedelta(days=event.retention.days(each)) for each in Keeping},
        worn=frozenset(each.band for each in wearers),
    )


def overdue(over: Over, books: Any) -> Iterator[tuple[str, str]]:
    """Each name of a book and the key in it that is over."""
    for name, is_over in OVER.items():
        for key, each in getattr(books, name, {}).items():
            if is_over(key, each, over):
                yield name, key


def anything_over(event: TimesOver, books: Any) -> bool:
    """Is there anything to forget? Changes nothing."""
    over = over_at(event, books)
    if next(overdue(over, books), None) is not None or next(_nameless(over, books), None) is not None:
        return True
    return any(each.at < over.before[Keeping.PASSAGES] for each in books.decisions)


def forget_over(event: TimesOver, books: Any) -> None:
    """Move the state, or what pages show, on."""
    over = over_at(event, books)
    for name, key in list(overdue(over, books)):
        del getattr(books, name)[key]
    for key in list(_nameless(over, books)):
        books.released[key] = without_name(books.released[key])
    if hasattr(books, "guests"):  # of the state alone
        for who in [who for who in books.guests if who not in books.inside]:
            del books.guests[who]
    forget_windows(books.windows, event.at)
    gone = sum(each.at < over.before[Keeping.PASSAGES] for each in books.decisions)  # the oldest come first
    for _ in range(gone):
        del books.decisions[0]
        if hasattr(books, "decision_numbers"):
            del books.decision_numbers[0]


def _nameless(over: Over, books: Any) -> Iterator[str]:
    """Stays that are remembered for their band's sake alone."""
    for key, each in books.released.items():
        if each.stay.subject and each.at < over.before[Keeping.MEASURED]:
            yield key


def without_name(released: Released) -> Released:
    """Where a band is to be fetched, and not whose it was."""
    return replace(released, stay=replace(released.stay, subject="", ground="", begun_by="", origin=""))
