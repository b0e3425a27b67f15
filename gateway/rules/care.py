"""Agreements end by themselves: their last day in, their end out, at midnight of the compound's own time zone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from gateway.agreements import Agreement
from gateway.compound import Places
from gateway.events.every import ClockSet, ConfigLoaded, HouseOpened
from gateway.findings import Over
from gateway.kinds import Kind
from gateway.orders.care import CareAgreed, CareEnded
from gateway.orders.homes import HouseholdsChanged
from gateway.orders.privacy import PersonErased
from gateway.rules.dark import no_longer_dark
from gateway.rules.fever import forget_temperatures
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.state.state import State


class CareEnds:
    name = "care"
    reads = (CareAgreed, CareEnded, HouseholdsChanged, PersonErased, HouseOpened, ClockSet, ConfigLoaded)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case CareAgreed():
                yield from _until_its_end(state.care[what.id], places)
            case CareEnded():
                yield Sleep(what.care)
                yield from _leave(state.care.pop(what.care, None), what.at, state)
            case HouseholdsChanged(left=left):  # who lives there no more is looked after no more
                for agreement in [each for each in state.care.values() if each.subject in left]:
                    yield Sleep(agreement.id)
                    yield from _leave(state.care.pop(agreement.id), what.at, state)
            case PersonErased(subject=subject):
                for agreement in [each for each in state.care.values() if each.subject == subject]:
                    yield Sleep(agreement.id)
                    yield from _leave(state.care.pop(agreement.id), what.at, state)
            case HouseOpened() | ClockSet() | ConfigLoaded():
                for agreement in state.care.values():
                    yield from _until_its_end(agreement, places)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        if key in state.care and not state.clock_trusted:  # by a wrong clock nobody is left alone; ask in an hour
            yield Wake(key=key, due=state.heard + timedelta(hours=1), dated=dated, calendar=True)
            return
        yield from _leave(state.care.pop(key, None), dated, state)


def _until_its_end(agreement: Agreement, places: Places) -> Iterator[Conclusion]:
    home = places.flats.get(agreement.flat)
    if home is not None:
        ends = agreement.ends(ZoneInfo(places.compounds[home.compound].timezone))
        yield Wake(key=agreement.id, due=ends, dated=ends, calendar=True)


def _leave(agreement: Agreement | None, at: datetime, state: State) -> Iterator[Conclusion]:
    """What was only looked after by this agreement is over, and forgotten."""
    if agreement is None:
        return
    state.lives.pop(agreement.id, None)
    yield Over(kind=Kind.INACTIVE, key=agreement.id, at=at)
    if agreement.band:
        state.off.pop(agreement.band, None)
        state.silent.pop(agreement.band, None)
        forget_temperatures(agreement.band, state)
        state.baselines.pop(agreement.band, None)
        yield from no_longer_dark(agreement.band, at, state)
        for kind in (Kind.BAND_SILENT, Kind.FEVER, Kind.FEVER_HIGH, Kind.FEVER_RISING):
            yield Over(kind=kind, key=agreement.band, at=at)
