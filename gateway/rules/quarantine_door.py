"""Quarantine homes: the door stays shut outside service windows. Door movements and the hour in, anomalies out."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from gateway.compound import DeviceKind, Places
from gateway.events import ConfigLoaded, DoorMoved
from gateway.findings import Anomaly, Over, StayBegun
from gateway.kinds import Kind
from gateway.orders import QuarantineBegun
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.state import State


class QuarantineDoor:
    name = "quarantine_door"
    reads = (DoorMoved, QuarantineBegun, StayBegun, ConfigLoaded)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case DoorMoved(flat=flat, open=True) if flat not in state.open_doors:
                yield from self._opened(what, state, places)
            case DoorMoved(flat=flat, open=False) if flat in state.open_doors:
                del state.open_doors[flat]
                yield from _over(flat, what.at)
            case QuarantineBegun(flat=flat) | StayBegun(flat=flat) if flat in state.open_doors:
                dated = what.at + timedelta(seconds=state.limits.left_open_seconds)
                yield Wake(key=flat, due=dated, dated=dated)
            case ConfigLoaded():
                for flat in doors_gone(state.open_doors, places):
                    del state.open_doors[flat]
                    yield from _over(flat, what.at)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        """The door has stood open for as long as it may."""
        if key not in state.open_doors or not _watched(key, dated, state, places):
            return
        window = window_end(key, dated, state)
        if window is not None:  # permitted now; look again when the window is over
            yield Wake(key=key, due=window, dated=window, calendar=True)
            return
        yield Anomaly(kind=Kind.QUARANTINE_DOOR_LEFT_OPEN, key=key, at=dated, place=key)

    def _opened(self, moved: DoorMoved, state: State, places: Places) -> Iterator[Conclusion]:
        state.open_doors[moved.flat] = moved.at
        if not _watched(moved.flat, moved.at, state, places):
            return
        if window_end(moved.flat, moved.at, state) is None:
            yield Anomaly(
                kind=Kind.QUARANTINE_DOOR_OPENED, key=moved.flat, at=moved.at, place=moved.flat, device=moved.device
            )
        dated = moved.at + timedelta(seconds=state.limits.left_open_seconds)
        # told late by a ring: its "shut" may be the next word in the same breath
        settled = moved.heard + timedelta(seconds=state.limits.late_settle_seconds)
        late = moved.heard - moved.at > timedelta(seconds=state.limits.late_settle_seconds)
        yield Wake(key=moved.flat, due=max(dated, settled) if late else dated, dated=dated)


def doors_gone(open_doors: Iterable[str], places: Places) -> list[str]:
    """The open doors whose sensor was taken out of the configuration: nobody would ever say that they shut."""
    watched = {device.place for device in places.devices.values() if device.kind is DeviceKind.DOOR}
    return [flat for flat in open_doors if flat not in watched]


def _over(flat: str, at: datetime) -> Iterator[Conclusion]:
    yield Sleep(flat)
    yield Over(kind=Kind.QUARANTINE_DOOR_OPENED, key=flat, at=at)
    yield Over(kind=Kind.QUARANTINE_DOOR_LEFT_OPEN, key=flat, at=at)


def _watched(flat: str, at: datetime, state: State, places: Places) -> bool:
    """Is somebody of this flat in quarantine at that instant? An untrusted clock ends nobody's stay."""
    home = places.flats.get(flat)
    if home is None:
        return False
    zone = ZoneInfo(places.compounds[home.compound].timezone)
    return any(stay.covers(at, zone) or not state.clock_trusted for stay in state.quarantines_of(flat))


def window_end(flat: str, at: datetime, state: State) -> datetime | None:
    """When the service window that covers this instant closes (an instant after its last), None if there is none."""
    ends = [window.closes for window in state.windows_of(flat) if window.covers(at)]
    return max(ends) + timedelta(microseconds=1) if ends else None
