"""Somebody goes through a lane in; who is inside, who went out, what is spent: the books moved on.

Each new line lets two old ones go: no book grows for ever, and none is read through while people queue.
"""

from datetime import datetime, timedelta
from itertools import islice

from devices.reading import SpentPass
from gateway.compound import Direction
from gateway.findings import Decision
from gateway.rules.asked import AT_HOME
from gateway.state.state import State

INSIDE_KEPT = timedelta(days=60)  # who came in and never out by a lane; a visitor's pass must not be kept for ever


def pass_through(decision: Decision, spent_until: datetime | None, state: State) -> None:
    """`spent_until`: until when to remember that this pass was used, if it is good for once."""
    who = decision.subject or decision.cti
    if not who:
        return
    for book in (state.inside, state.outside, state.guests):
        book.pop(who, None)
    if decision.direction is Direction.IN:
        state.inside[who] = decision.at
        if decision.holder not in AT_HOME:
            state.guests[who] = decision.compound
        if spent_until is not None and decision.cti:
            if decision.cti not in state.spent:  # else a guard let in what was used before, knowing it
                state.spent_here[decision.cti] = SpentPass(
                    cti=decision.cti, at=decision.at, until=spent_until, lane=decision.lane
                )
            state.spent[decision.cti] = spent_until
        for old in _first_two_before(state.inside, decision.at - INSIDE_KEPT, state):
            del state.inside[old]
            state.guests.pop(old, None)
        for old in _first_two_before(state.spent, decision.at, state):
            del state.spent[old]
            state.spent_here.pop(old, None)
        return
    profile = state.asked
    if profile.inside_outside:
        state.outside[who] = decision.at
        for old in _first_two_before(state.outside, decision.at - INSIDE_KEPT, state):
            del state.outside[old]
    if profile.quota_people and decision.flat and decision.holder in AT_HOME:
        state.outings[decision.flat] = (*state.outings.get(decision.flat, ()), decision.at)[-profile.quota_people :]


def _first_two_before(book: dict[str, datetime], limit: datetime, state: State) -> list[str]:
    """None of them while nobody knows the hour: what was used would be good again once the clock is put right."""
    return [key for key in islice(book, 2) if book[key] < limit] if state.clock_trusted else []
