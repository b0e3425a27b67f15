"""Silent doors and bands of one building in; that it is the building and not each of them, out.

| what happens | what follows |
|---|---|
| a fourth of them falls silent within five minutes | BUILDING_SILENT; what each set off is held |
| one more falls silent while it rings | held as well; the alert stands for all |
| some are heard again | nothing: the alerts of these are over, held or not |
| more than half of them are heard again | over; whichever is silent still rings for itself |
| three within five minutes, or four in an afternoon | each for itself |
| the cable, or the radio that heard them, is known to be gone | nothing: that speaks for them (gateway/liveness.py) |
| a band that is known to be gone, by presence | counts for nothing: whoever wears it has left |
| a device leaves the configuration, a stay ends | it is waited for no longer |

A power cut takes the nodes of a building and leaves the adapter, which is fed from elsewhere; a fault of its receiver
takes the bands and leaves the doors. Nobody can say which from here, so one alert sends somebody to look.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from gateway.compound import DeviceKind, Places
from gateway.events.every import ClockSet, ConfigLoaded, DeviceBack, DeviceSilent
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.rules.rule import Conclusion
from gateway.rules.silence import SILENT
from gateway.rules.wearer import wearer_of
from gateway.state.state import Dark, State

COUNTED = frozenset({DeviceKind.DOOR, DeviceKind.BAND})


class DarkBuildings:
    name = "dark"
    reads = (DeviceSilent, DeviceBack, ClockSet, ConfigLoaded)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case DeviceSilent(kind=kind) if kind in COUNTED:
                yield from _silent(what, state, places)
            case DeviceBack(kind=kind) if kind in COUNTED:
                yield Over(
                    kind=SILENT[kind], key=what.device, at=what.at
                )  # before it is let go, so that it never rings
                yield from no_longer_dark(what.device, what.at, state)
            case ClockSet(seconds=moved):
                step = timedelta(seconds=moved)
                for building, dark in state.dark.items():
                    state.dark[building] = Dark({each: at + step for each, at in dark.silent.items()}, most=dark.most)
            case ConfigLoaded():
                for device in [each for dark in state.dark.values() for each in dark.silent]:
                    if not _building(device, state, places):
                        yield from no_longer_dark(device, what.at, state)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()


def _silent(what: DeviceSilent, state: State, places: Places) -> Iterator[Conclusion]:
    least = state.limits.dark_sensors
    building = _building(what.device, state, places)
    if not building or least <= 0 or f"{Kind.BAND_GONE}|{what.device}" in state.ringing:
        return
    known = state.dark.get(building, Dark({}))
    silent = {**known.silent, what.device: what.at}
    within = timedelta(seconds=state.limits.dark_within_seconds)
    together = [at for at in silent.values() if abs(what.at - at) <= within]
    rings = f"{Kind.BUILDING_SILENT}|{building}" in state.ringing
    state.dark[building] = Dark(silent, most=max(known.most, len(silent)) if rings else len(silent))
    if not rings and len(together) >= least:
        yield Anomaly(
            kind=Kind.BUILDING_SILENT, key=building, at=what.at, place=building, device=what.device, count=len(together)
        )


def no_longer_dark(device: str, at: datetime, state: State) -> Iterator[Conclusion]:
    """It is heard again, or nobody waits for it any more."""
    for building, dark in list(state.dark.items()):
        if device not in dark.silent:
            continue
        left = {each: since for each, since in dark.silent.items() if each != device}
        if left:
            state.dark[building] = Dark(left, most=dark.most)
        else:
            del state.dark[building]
        if 2 * len(left) < dark.most:
            yield Over(kind=Kind.BUILDING_SILENT, key=building, at=at)


def _building(device: str, state: State, places: Places) -> str:
    """Where the door is, or the home of whoever wears the band."""
    found = places.devices.get(device)
    flat = found.place if found is not None and found.kind is DeviceKind.DOOR else wearer_of(device, state, places)[0]
    home = places.flats.get(flat)
    return home.building if home is not None else ""
