"""Committed entries in, where each band is, hours of rounds, charges, which bands wait for a new key out.

Floor 4, a pure room: a part of gateway/shown/fold.py. A band that was given back may go to nobody else with the key its
last wearer's records are under.
"""

from msgspec import Struct

from gateway.batteries import Battery, charged
from gateway.events.every import ConfigLoaded
from gateway.events.meters import ChargeTold
from gateway.events.presence import PresenceChanged
from gateway.orders.every import DeviceKeyed
from gateway.orders.stays import BandReturned
from gateway.rounds import RoundRules
from gateway.state.state import State, Whereabouts


class ShownBands:
    """`where`: of bands that somebody in quarantine wears."""

    def __init__(self, state: State) -> None:
        self.where: dict[str, Whereabouts] = dict(state.presence)
        self.rounds: RoundRules = state.round_rules
        self.batteries: dict[str, Battery] = dict(state.batteries)
        self._keys = dict(state.band_keys)
        self._unclean = dict(state.unclean)

    def apply(self, body: Struct) -> None:
        match body:
            case PresenceChanged():
                self.where[body.device] = Whereabouts(where=body.where, since=body.at, place=body.place)
            case ConfigLoaded():
                self.rounds = body.round_rules
            case ChargeTold(device=device, at=at, level=level, millivolts=millivolts):
                self.batteries[device] = charged(self.batteries.get(device), at, level, millivolts)
            case DeviceKeyed():
                self._keys[body.device] = body.fingerprint
            case BandReturned():
                self._unclean[body.band] = self._keys.get(body.band, "")
            case _:
                pass

    def leave(self, band: str) -> None:
        """Nobody in quarantine wears it any more."""
        self.where.pop(band, None)

    def waiting(self) -> set[str]:
        """Given back, and still with the old key."""
        return {band for band, key in self._unclean.items() if key and key == self._keys.get(band)}
