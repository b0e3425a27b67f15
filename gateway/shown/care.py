"""Committed entries in, the agreements that are over with them out. A part of the pages' fold (gateway/shown/fold.py).

An agreement's last day ends without an entry of its own, as in gateway/rules/care.py: the first entry that the house
heard after that ends it here, unless nobody trusts the clock.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from gateway.agreements import Agreement
from gateway.compound import Places
from gateway.events.every import ClockSet, ConfigLoaded, HouseOpened
from gateway.orders.care import CareAgreed, CareEnded
from gateway.orders.homes import HouseholdsChanged
from gateway.orders.privacy import PersonErased
from gateway.state.state import State


class CareEnds:
    """`care`: the agreements, which this takes out as they end."""

    def __init__(self, state: State, care: dict[str, Agreement]) -> None:
        self._care = care
        self._trusted = state.clock_trusted
        self._next: datetime | None = None  # nothing ends by itself before that; None: to be reckoned

    def ended(self, body: Struct, places: Places) -> list[Agreement]:
        match body:
            case CareEnded():
                return self._take([body.care])
            case HouseholdsChanged(left=left) if left:
                return self._take([care for care, each in self._care.items() if each.subject in left])
            case PersonErased(subject=subject):
                return self._take([care for care, each in self._care.items() if each.subject == subject])
            case CareAgreed() | ConfigLoaded():
                self._next = None
            case HouseOpened() | ClockSet():
                self._trusted, self._next = body.clock_trusted, None
            case _:
                pass
        heard: datetime | None = getattr(body, "heard", None)
        if not self._care or not self._trusted or heard is None or (self._next is not None and heard < self._next):
            return []
        ends = {each.id: _end(each, places) for each in self._care.values()}
        over = self._take([care for care, end in ends.items() if end is not None and end <= heard])
        later = [end for end in ends.values() if end is not None and end > heard]
        self._next = min(later, default=heard + timedelta(days=1))
        return over

    def _take(self, ended: list[str]) -> list[Agreement]:
        return [found for care in ended if (found := self._care.pop(care, None)) is not None]


def _end(agreement: Agreement, places: Places) -> datetime | None:
    home = places.flats.get(agreement.flat)
    return None if home is None else agreement.ends(ZoneInfo(places.compounds[home.compound].timezone))
