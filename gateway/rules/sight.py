"""What keeps a camera from seeing its lane in, an anomaly out; over by itself when the camera sees again."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from devices.reading import SightFault
from gateway.compound import Places
from gateway.events.every import CameraSightChanged, ConfigLoaded
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.rules.rule import Conclusion
from gateway.state.state import State

BLIND: dict[SightFault, Kind] = {
    SightFault.COVERED: Kind.CAMERA_COVERED,
    SightFault.DARK: Kind.CAMERA_DARK,
    SightFault.BLURRED: Kind.CAMERA_BLURRED,
    SightFault.TURNED: Kind.CAMERA_TURNED,
    SightFault.FROZEN: Kind.CAMERA_FROZEN,
}


class Sight:
    name = "sight"
    reads = (CameraSightChanged, ConfigLoaded)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case CameraSightChanged():
                yield from _over(what.device, what.at, state)
                if what.fault is not None:
                    state.sights[what.device] = what.fault
                    yield Anomaly(
                        kind=BLIND[what.fault], key=what.device, at=what.at, place=what.lane, device=what.device
                    )
            case ConfigLoaded():
                for camera in [camera for camera in state.sights if camera not in places.devices]:
                    yield from _over(camera, what.at, state)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()


def _over(camera: str, at: datetime, state: State) -> Iterator[Over]:
    fault = state.sights.pop(camera, None)
    if fault is not None:
        yield Over(kind=BLIND[fault], key=camera, at=at)
