"""Somebody is expected in, or back; their stay once they have come in by a lane, or that they have not arrived, out.

The closed loop: the bus is met, the lane starts the quarantine, and door and band are watched from that instant.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from gateway.compound import Places
from gateway.enact.registry import forget
from gateway.findings import Anomaly, Over, StayBegun
from gateway.kinds import Kind
from gateway.orders.every import ArrivalExpected, QuarantineBegun, QuarantineEnded
from gateway.orders.stays import StaySuspended
from gateway.people import Person, Quarantine
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.state.state import State


class Arrivals:
    name = "arrivals"
    reads = (ArrivalExpected, StayBegun, QuarantineBegun, QuarantineEnded, StaySuspended)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case ArrivalExpected():
                yield Wake(key=what.id, due=what.arrive_by, dated=what.arrive_by, calendar=True)
            case StayBegun(stay=stay):
                yield from _no_longer(stay.id, what.at)
            case StaySuspended(quarantine=away):
                yield from _no_longer(away, what.at)  # another hour was said
                if what.back_by is not None:
                    yield Wake(key=away, due=what.back_by, dated=what.back_by, calendar=True)
            case QuarantineEnded(quarantine=taken_back) if taken_back in state.arrivals:
                forget([state.arrivals.pop(taken_back).subject], state)
                yield from _no_longer(taken_back, what.at)
            case QuarantineBegun(subject=subject):  # they are there, whichever way they came
                for order in [each.id for each in state.arrivals.values() if each.subject == subject]:
                    del state.arrivals[order]
                    yield from _no_longer(order, what.at)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        order = state.arrivals.get(key) or state.suspended.get(key)
        if order is None:
            return
        if not state.clock_trusted:  # nobody is late by a wrong clock; ask again in an hour of the house's own
            yield Wake(key=key, due=state.heard + timedelta(hours=1), dated=dated, calendar=True)
            return
        yield Anomaly(kind=Kind.NOT_ARRIVED, key=key, at=dated, place=order.flat, subject=order.subject)


def expected(subject: str, compound: str, state: State, places: Places) -> ArrivalExpected | None:
    """The order that says this person is to come to this compound; a flat taken out of the configuration may be it."""
    for order in state.arrivals.values():
        home = places.flats.get(order.flat)
        if order.subject == subject and (home is None or home.compound == compound):
            return order
    return None


def arrived(order: ArrivalExpected, at: datetime, lane: str, zone: ZoneInfo, state: State) -> StayBegun:
    """They came in: the stay begins. By a clock that is not trusted it counts from the day they were expected."""
    first = (at if state.clock_trusted else order.arrive_by).astimezone(zone).date()
    stay = Quarantine(
        id=order.id,
        flat=order.flat,
        subject=order.subject,
        ground=order.ground,
        first_day=first,
        last_day=first + timedelta(days=order.days - 1),
        begun_by=order.by,
        band=order.band,
        origin=order.origin,
        begun_at=at,
    )
    del state.arrivals[order.id]
    state.quarantines[stay.id] = stay
    state.people.setdefault(stay.subject, Person(subject=stay.subject, flat=stay.flat))
    return StayBegun(at=at, stay=stay, flat=stay.flat, subject=stay.subject, lane=lane)


def _no_longer(order: str, at: datetime) -> Iterator[Conclusion]:
    yield Sleep(order)
    yield Over(kind=Kind.NOT_ARRIVED, key=order, at=at)
