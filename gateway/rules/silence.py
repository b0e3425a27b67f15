"""The liveness of every sensing path: silent devices, dying batteries, forgers and tampering in, anomalies out."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from gateway.agreements import Agreement
from gateway.compound import DeviceKind, Places
from gateway.events.every import (
    BatteryFell,
    ClockSet,
    ConfigLoaded,
    DeviceBack,
    DeviceForged,
    DeviceSilent,
    DiskFilled,
    HouseOpened,
    OutputTried,
    SightingsLost,
    TamperMoved,
)
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.people import Quarantine
from gateway.rules.rule import Conclusion
from gateway.rules.wearer import wearer_of
from gateway.state.state import State

SILENT: dict[DeviceKind, Kind] = {
    DeviceKind.DOOR: Kind.DOOR_SILENT,
    DeviceKind.BAND: Kind.BAND_SILENT,
    DeviceKind.CAMERA: Kind.CAMERA_SILENT,
    DeviceKind.SCANNER: Kind.SCANNER_SILENT,
    DeviceKind.RADIO: Kind.RADIO_DEAF,
    DeviceKind.CABLE: Kind.CABLE_LOST,
    DeviceKind.OUTPUT: Kind.OUTPUT_FAILED,
    DeviceKind.THERMOMETER: Kind.THERMOMETER_SILENT,
    DeviceKind.NEIGHBOUR: Kind.NEIGHBOURS_AWAY,
    DeviceKind.FIRE: Kind.DOOR_SILENT,
    DeviceKind.OBSTRUCTION: Kind.DOOR_SILENT,
    DeviceKind.METER: Kind.METER_SILENT,
}


class Silence:
    name = "silence"
    reads = (
        DeviceSilent,
        DeviceBack,
        BatteryFell,
        DeviceForged,
        TamperMoved,
        OutputTried,
        SightingsLost,
        HouseOpened,
        ClockSet,
        ConfigLoaded,
        DiskFilled,
    )

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case DeviceSilent():
                state.silent[what.device] = what.since
                if what.kind is DeviceKind.BAND and _rings(Kind.BAND_GONE, state, what.device):
                    return  # that is told already, and says more
                yield _about(SILENT[what.kind], what.device, what.at, state, places)
            case DeviceBack():
                state.silent.pop(what.device, None)
                yield Over(kind=SILENT[what.kind], key=what.device, at=what.at)
            case BatteryFell(low=True):
                yield _about(Kind.BATTERY_LOW, what.device, what.at, state, places)
            case BatteryFell():
                yield Over(kind=Kind.BATTERY_LOW, key=what.device, at=what.at)
            case DeviceForged():
                yield _about(_forged(what.device, places), what.device, what.at, state, places)
            case TamperMoved(open=True):
                yield _about(Kind.SENSOR_TAMPERED, what.device, what.at, state, places)
            case TamperMoved():
                yield Over(kind=Kind.SENSOR_TAMPERED, key=what.device, at=what.at)
            case OutputTried(ok=False):
                yield Anomaly(
                    kind=Kind.OUTPUT_FAILED,
                    key=what.device,
                    at=what.at,
                    place=_opened_by(what.device, places),
                    device=what.device,
                )
            case OutputTried():
                yield Over(kind=Kind.OUTPUT_FAILED, key=what.device, at=what.at)
            case SightingsLost():
                yield _about(Kind.SIGHTINGS_LOST, what.device, what.at, state, places)
            case DiskFilled():
                yield Anomaly(kind=Kind.JOURNAL_FULL, key="house", at=what.at)
            case ConfigLoaded():
                for device in devices_gone(state.silent, (*state.quarantines.values(), *state.care.values()), places):
                    del state.silent[device]
                    for kind in sorted(set(SILENT.values())):
                        yield Over(kind=kind, key=device, at=what.at)
            case HouseOpened():
                if what.lost:
                    yield Anomaly(kind=Kind.JOURNAL_LOST, key="house", at=what.at, count=what.lost)
                yield from _clock(what.at, state, trusted=what.clock_trusted)
            case ClockSet():
                yield from _clock(what.at, state, trusted=what.clock_trusted)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()


def devices_gone(silent: Iterable[str], stays: Iterable[Quarantine | Agreement], places: Places) -> list[str]:
    """Silent devices that were taken out of the configuration: nobody waits for them any more."""
    worn = {stay.band for stay in stays}
    return [device for device in silent if device not in places.devices and device not in worn]


def _opened_by(output: str, places: Places) -> str:
    """The first lane this output opens; else where it was installed."""
    device = places.devices.get(output)
    lanes = (lane.id for lane in places.lanes.values() if lane.output == output)
    return next(lanes, device.place if device else "")


def _forged(device: str, places: Places) -> Kind:
    found = places.devices.get(device)
    neighbour = found is not None and found.kind is DeviceKind.NEIGHBOUR
    return Kind.NEIGHBOUR_FORGED if neighbour else Kind.BAND_FORGED


def _about(kind: Kind, device: str, at: datetime, state: State, places: Places) -> Anomaly:
    place, subject = wearer_of(device, state, places)
    place = place or _opened_by(device, places)
    return Anomaly(kind=kind, key=device, at=at, place=place, subject=subject, device=device)


def _clock(at: datetime, state: State, *, trusted: bool) -> Iterator[Conclusion]:
    if trusted:
        yield Over(kind=Kind.CLOCK_NOT_TRUSTED, key="house", at=at)
    elif not _rings(Kind.CLOCK_NOT_TRUSTED, state):
        yield Anomaly(kind=Kind.CLOCK_NOT_TRUSTED, key="house", at=at)


def _rings(kind: Kind, state: State, key: str = "house") -> bool:
    alert = state.alerts.get(state.ringing.get(f"{kind}|{key}", ""))
    return alert is not None and alert.active
