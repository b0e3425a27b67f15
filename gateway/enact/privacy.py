"""An order to erase a person in; what the house remembers of them out of its state, or in one sentence why not.

Floor 3, a pure room. Serves the state and what pages show alike.
"""

import re
from typing import Any

from msgspec.structs import replace

from gateway.events.retention import ContentsDeleted, TimesOver
from gateway.holds import holds_of_person
from gateway.orders.privacy import Erasing, PersonErased
from gateway.state.state import State
from gateway.times_over import forget_over, without_name

STAY_GOES_ON = "their quarantine goes on: what has a legal ground stays until it ends"
ALERT_IS_OPEN = "an alert about them is open: put it right first"
_PSEUDONYM = re.compile(r"[0-9a-f]{16}")


def refused_erasure(order: PersonErased, state: State) -> str:
    """Why it cannot be done, empty if it can."""
    staying = {stay.subject for stay in (*state.quarantines.values(), *state.suspended.values())}
    staying |= {each.subject for each in state.arrivals.values()}
    if not _PSEUDONYM.fullmatch(order.subject):
        return "a subject is 16 hex digits"
    if not order.by.strip():
        return "a name is needed"
    if not order.reason.strip():
        return "a reason is needed"
    if order.subject in staying:
        return STAY_GOES_ON
    if any(alert.subject == order.subject for alert in state.alerts.values()):
        return ALERT_IS_OPEN
    return ""


def enact_erasure(order: PersonErased, state: State) -> None:
    """Their passes are refused from now on: a random pseudonym is all that stays of them, and nothing leads to it."""
    state.erasing[order.id] = Erasing(
        order=order.id,
        subject=order.subject,
        by=order.by,
        at=order.at,
        holds=holds_of_person(order.subject, state),
    )
    state.withdrawn_people[order.subject] = order.at
    forget_person(order.subject, state)


def note_deletion(receipt: ContentsDeleted, state: State) -> None:
    """The last of what an erasure asked for is gone."""
    if receipt.order and not receipt.left:
        state.erasing.pop(receipt.order, None)


def forget_person(subject: str, books: Any) -> None:
    """Out of every book of the state, or of the pages, that names them."""
    books.people.pop(subject, None)
    for key, each in list(books.released.items()):
        if each.stay.subject == subject:
            books.released[key] = without_name(each)
            if not each.band_out:
                del books.released[key]
    for name in ("inside", "outside", "guests", "couriers"):
        getattr(books, name, {}).pop(subject, None)
    for name in ("known", "doubts"):
        book = getattr(books, name, {})
        for key in [key for key, each in book.items() if each.subject == subject]:
            del book[key]
    for place, decision in enumerate(books.decisions):
        if decision.subject == subject:
            books.decisions[place] = replace(decision, subject="", cti="", flat="")


def forget_shown(what: PersonErased | TimesOver, books: Any) -> None:
    """As the state forgets, so do the pages."""
    if isinstance(what, TimesOver):
        forget_over(what, books)
        return
    forget_person(what.subject, books)
