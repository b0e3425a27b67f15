"""What a band of the simulated street says, in; encrypted adverts through the real decoder and condenser, out.

The other way, of a fortnight and 3,898 bands, hands what bands say to the condenser's own part as values: 43,200
adverts of each band and day would take hours. Here each is encrypted as a band does it, decrypted, guarded against
replays and taken in by the gatekeeper as a reading; and every band says between its measurements that it is there, so
that silence and presence are judged by the real rooms as well.
"""

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta

from devices.adverts import Advert
from devices.band_settings import Band, Wristbands
from devices.driver import NoKeys
from devices.reading import BandSeen, Reading
from devices.wristband import WristbandDecoder
from gateway.compound import DeviceKind, Site
from gateway.entries import Batch
from gateway.gatekeeper import Gatekeeper
from sim.bands import SimulatedBand, bands

HEARD_DBM = -60


class _Enrolled(NoKeys):
    def __init__(self, keys: dict[str, bytes]) -> None:
        self._keys = keys

    def device_key(self, device: str) -> bytes | None:
        return self._keys.get(device)


class Air:
    """`every`: so often each band says that it is there."""

    def __init__(self, site: Site, begins: datetime, every: timedelta, seed: int = 7) -> None:
        self._radios = {each.id: each.link for each in site.devices if each.kind is DeviceKind.BAND}
        self._bands: dict[str, SimulatedBand] = dict(zip(self._radios, bands(len(self._radios), seed), strict=True))
        named = tuple(Band(address=band.address, device=device) for device, band in self._bands.items())
        keys = _Enrolled({device: band.key for device, band in self._bands.items()})
        self._decoder = WristbandDecoder(Wristbands(bands=named), keys)
        self._every = every
        count = max(1, len(self._bands))
        self._beats = [(begins + every * number / count, device) for number, device in enumerate(self._bands)]
        self.adverts = 0

    def beats(self, house: Gatekeeper, until: datetime) -> Iterator[Batch]:
        """What they say by themselves until then."""
        while self._beats and self._beats[0][0] <= until:
            at, device = self._beats[0]
            heapq.heapreplace(self._beats, (at + self._every, device))
            yield from self._said(house, device, self._bands[device].next(**QUIET), at)

    def says(self, house: Gatekeeper, device: str, seen: BandSeen, at: datetime) -> Iterator[Batch]:
        worn = self._bands[device].worn if seen.worn is None else seen.worn
        said = {"celsius": seen.celsius, "sos": seen.sos, "fallen": seen.fallen, "fine": seen.fine, "worn": worn}
        yield from self._said(house, device, self._bands[device].next(**said), at)

    def _said(self, house: Gatekeeper, device: str, band: SimulatedBand, at: datetime) -> Iterator[Batch]:
        self._bands[device] = band
        self.adverts += 1
        advert = Advert(band.address, HEARD_DBM, band.said(), {}, at.timestamp())
        for sighting in self._decoder.feed((advert,)):
            assert sighting.speaker is not None  # one link, many bands
            link = self._radios[device]
            yield house.receive(Reading(at=at, heard=at, link=link, device=sighting.speaker, seen=sighting.seen))


QUIET: dict[str, float | bool | int | None] = {"celsius": None, "sos": False, "fallen": False, "fine": False}
