"""Couriers through a lane in; that one is still inside long after out, as an alert of low severity where it is wanted.

It stands after admission and undo in the order of the rules, for it reads what they have just decided.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from gateway.compound import Places
from gateway.couriers import note, shift
from gateway.events.every import ClockSet, ConfigLoaded, PassShown
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.orders.every import GuardRuled, RulingUndone
from gateway.orders.gate import CourierLeft
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.state.state import State


class Couriers:
    name = "couriers"
    reads = (PassShown, GuardRuled, RulingUndone, CourierLeft, ClockSet, ConfigLoaded)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case PassShown() | GuardRuled() | RulingUndone():
                who = note(state.couriers, state.decisions[-1], places)
                if who:
                    yield from _anew(who, what.at, state)
            case CourierLeft():
                # by the books, too: at a lane for both ways their next code would else be taken for the way out
                for book in (state.couriers, state.inside, state.guests):
                    book.pop(what.who, None)
                yield from _anew(what.who, what.at, state)
            case ClockSet():
                shift(state.couriers, timedelta(seconds=what.seconds))
            case ConfigLoaded():
                for who in list(state.couriers):
                    if state.couriers[who].lane not in places.lanes:
                        del state.couriers[who]
                    yield from _anew(who, what.at, state)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        courier = state.couriers.get(key)
        if courier is not None:
            yield Anomaly(kind=Kind.COURIER_OVERDUE, key=key, at=dated, place=courier.lane, subject=courier.subject)


def _anew(who: str, at: datetime, state: State) -> Iterator[Conclusion]:
    """Their line has changed: what was told of the old one is over, and the new one has its own hour."""
    yield Over(kind=Kind.COURIER_OVERDUE, key=who, at=at)
    courier, limit = state.couriers.get(who), state.limits.courier_alert_seconds
    if courier is None or limit <= 0:
        yield Sleep(who)
        return
    due = max(courier.came + timedelta(seconds=limit), at)
    yield Wake(key=who, due=due, dated=due)
