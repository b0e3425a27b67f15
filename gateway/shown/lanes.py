"""Committed entries in; what the lanes read codes with, what of it is down and the profile in force, out.

Floor 4, a pure room: the leaf of gateway/shown/fold.py for the line at the top of every page.
"""

from collections.abc import Container, Iterator

from msgspec import Struct

from devices.reading import SightFault
from gateway.compound import Device, DeviceKind, Places
from gateway.events.every import CameraSightChanged, ConfigLoaded
from gateway.kinds import Kind
from gateway.orders.every import ProfileChosen
from gateway.rules.sight import BLIND
from gateway.state.state import State

GONE = {DeviceKind.CAMERA: Kind.CAMERA_SILENT, DeviceKind.SCANNER: Kind.SCANNER_SILENT}


class ShownLanes:
    def __init__(self, state: State, places: Places) -> None:
        self.profile = state.profile
        self._configured = state.profile_configured
        self._sights: dict[str, SightFault] = dict(state.sights)
        self._readers = _readers(places)

    def apply(self, body: Struct, places: Places) -> None:
        """`places` are those after this entry."""
        match body:
            case ProfileChosen():
                self.profile = body.profile
            case CameraSightChanged(fault=None):
                self._sights.pop(body.device, None)
            case CameraSightChanged(fault=SightFault() as fault):
                self._sights[body.device] = fault
            case ConfigLoaded():
                self._readers = _readers(places)
                # as gateway/settling.py has it: what an order chose stays until the configuration says something new
                if body.profile != self._configured or self.profile not in {each.name for each in body.profiles}:
                    self.profile = body.profile
                self._configured = body.profile
                for camera in self._sights.keys() - places.devices.keys():
                    del self._sights[camera]
            case _:
                pass

    def readers(self, kind: DeviceKind) -> tuple[Device, ...]:
        """All cameras, or all scanners, in the order of the configuration."""
        return self._readers[kind]

    def down(self, kind: DeviceKind, silent: Container[str]) -> Iterator[tuple[Device, Kind]]:
        """Which of them reads nothing now, and why; `silent` are the devices that are."""
        for device in self._readers[kind]:
            if device.id in silent or device.link in silent:
                yield device, GONE[kind]
            elif device.id in self._sights:
                yield device, BLIND[self._sights[device.id]]


def _readers(places: Places) -> dict[DeviceKind, tuple[Device, ...]]:
    """Once for each configuration: a street has thousands of devices, and the line is drawn every other second."""
    return {kind: tuple(each for each in places.devices.values() if each.kind is kind) for kind in GONE}
