"""What the devices said since the last round in; whether they answer for a flat, and if not why, out.

Floor 3, a pure room. Evidence is unbroken while the door's sensor was heard and the door stayed shut but for what was
permitted, and each band was worn and heard. One gap is enough for somebody to knock.
"""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.compound import Places
from gateway.orders.rounds import TaskAnswered
from gateway.people import Quarantine
from gateway.rounds import Outcome, Round, Why
from gateway.state.state import State


def doubt(flat: str, why: Why, state: State) -> None:
    """Something since the last round that breaks the evidence of a flat."""
    if state.quarantines_of(flat):
        known = state.gaps.get(flat, ())
        if why not in known:
            state.gaps[flat] = (*known, why)


def gaps_of(flat: str, state: State, places: Places) -> tuple[Why, ...]:
    """Why somebody must knock there: what happened since the last round, and what is so now."""
    found = list(state.gaps.get(flat, ()))
    now = set(_now(flat, state, places))
    return (*found, *(why for why in Why if why in now and why not in found))  # in one order, also after a restart


def _now(flat: str, state: State, places: Places) -> Iterator[Why]:
    doors = [each.id for each in places.doors_of(flat)]
    if not doors:
        yield Why.NO_DOOR
    if any(door in state.silent for door in doors):
        yield Why.DOOR_SILENT
    if flat in state.open_doors:
        yield Why.DOOR_OPENED
    for stay in state.quarantines_of(flat):
        if not stay.band:
            yield Why.NO_BAND
        elif stay.band in state.silent:
            yield Why.BAND_SILENT
        elif stay.band in state.off:
            yield Why.BAND_OFF


def observed(compound: str, at: datetime, state: State, places: Places) -> list[Quarantine]:
    """Whose stay counts in a compound at this instant, by flat."""
    zone = ZoneInfo(places.compounds[compound].timezone)
    found = []
    for stay in state.quarantines.values():
        home = places.flats.get(stay.flat)
        if home is not None and home.compound == compound and (stay.covers(at, zone) or not state.clock_trusted):
            found.append(stay)
    return sorted(found, key=lambda stay: (stay.flat, stay.subject))


def is_measured(stay: Quarantine, round_: Round, state: State) -> bool:
    """Did the band say a worn temperature within the round?"""
    at = state.measured.get(stay.band)
    return at is not None and round_.begun <= at <= round_.ends


ANSWERS = frozenset({Outcome.WELL, Outcome.UNWELL, Outcome.NO_ANSWER, Outcome.NOT_AT_HOME})
PLAUSIBLE = (30.0, 45.0)  # degrees Celsius that somebody alive may say


def refused_answer(order: TaskAnswered, state: State) -> str:
    """Why an answer cannot be taken, empty if it can."""
    if order.task not in state.tasks:
        return "no such task; it may be done"
    if order.outcome not in ANSWERS:
        return "say what came of it"
    if not order.by.strip():
        return "a name is needed"
    if order.celsius is not None and not PLAUSIBLE[0] <= order.celsius <= PLAUSIBLE[1]:
        return "no temperature of a living person"
    return ""
