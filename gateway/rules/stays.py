"""Quarantines end by themselves: their last day in, their end out, at the midnight of the compound's own time zone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from gateway.compound import Places
from gateway.enact_homes import close_windows
from gateway.enact_registry import forget
from gateway.events import ClockSet, ConfigLoaded, HouseOpened
from gateway.findings import Over, StayBegun, StayEnded
from gateway.kinds import Kind
from gateway.orders import QuarantineBegun, QuarantineEnded
from gateway.people import Quarantine
from gateway.rules.door_watched import OF_ONE_OPENING
from gateway.rules.fever import forget_temperatures
from gateway.rules.presence import KINDS as OUT
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.state import State


class Stays:
    name = "stays"
    reads = (QuarantineBegun, StayBegun, QuarantineEnded, HouseOpened, ClockSet, ConfigLoaded)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case QuarantineBegun() if (stay := state.quarantines.get(what.id)) is not None:
                yield from _until_its_end(stay, places)
            case StayBegun(stay=stay):
                yield from _until_its_end(stay, places)
            case HouseOpened() | ClockSet() | ConfigLoaded():  # another hour, or another time zone: look again
                for stay in state.quarantines.values():
                    yield from _until_its_end(stay, places)
            case QuarantineEnded():
                yield Sleep(what.quarantine)
                yield from _leave(state.quarantines.pop(what.quarantine, None), what.at, state)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        stay = state.quarantines.get(key)
        if stay is None:
            return
        if not state.clock_trusted:  # a wrong clock releases nobody; ask again in an hour of the house's own
            yield Wake(key=key, due=state.heard + timedelta(hours=1), dated=dated, calendar=True)
            return
        del state.quarantines[key]
        yield StayEnded(at=dated, quarantine=key, flat=stay.flat, subject=stay.subject)
        yield from _leave(stay, dated, state)


def _until_its_end(stay: Quarantine, places: Places) -> Iterator[Conclusion]:
    home = places.flats.get(stay.flat)
    if home is not None:  # a flat that was taken out of the configuration keeps the end it had
        ends = stay.ends(ZoneInfo(places.compounds[home.compound].timezone))
        yield Wake(key=stay.id, due=ends, dated=ends, calendar=True)


def _leave(stay: Quarantine | None, at: datetime, state: State) -> Iterator[Conclusion]:
    """Nobody wears the band any more and nobody watches the door: what only mattered for the stay is over."""
    if stay is None:
        return
    forget([stay.subject], state)
    if stay.band:
        state.off.pop(stay.band, None)
        forget_temperatures(stay.band, state)
        state.baselines.pop(stay.band, None)
        state.silent.pop(stay.band, None)
        state.presence.pop(stay.band, None)
        for kind in (Kind.BAND_SILENT, Kind.BAND_TAKEN_OFF, Kind.FEVER, Kind.FEVER_HIGH, Kind.FEVER_RISING, *OUT):
            yield Over(kind=kind, key=stay.band, at=at)
    if not state.quarantines_of(stay.flat):
        close_windows(state.windows, stay.flat, at)  # they were given for this stay; the next one is asked anew
        for kind in (*OF_ONE_OPENING, Kind.DOOR_SENSOR_DOUBTED):
            yield Over(kind=kind, key=stay.flat, at=at)
