"""Committed entries in, where each worn band is and how charged the batteries are out: a part of gateway/shown.py.

Floor 4, a pure room.
"""

from msgspec import Struct

from gateway.batteries import Battery, charged
from gateway.events_meters import ChargeTold
from gateway.events_presence import PresenceChanged
from gateway.state import State, Whereabouts


class ShownBands:
    """`where`: of bands that somebody in quarantine wears."""

    def __init__(self, state: State) -> None:
        self.where: dict[str, Whereabouts] = dict(state.presence)
        self.batteries: dict[str, Battery] = dict(state.batteries)

    def apply(self, body: Struct) -> None:
        match body:
            case PresenceChanged():
                self.where[body.device] = Whereabouts(where=body.where, since=body.at, place=body.place)
            case ChargeTold(device=device, at=at, level=level, millivolts=millivolts):
                self.batteries[device] = charged(self.batteries.get(device), at, level, millivolts)
            case _:
                pass

    def leave(self, band: str) -> None:
        """Nobody in quarantine wears it any more."""
        self.where.pop(band, None)
