"""What the tests of the wristband driver share: a house with keys, adverts, and a table of some maker's band."""

from collections.abc import Iterable
from typing import Any

from devices.adverts import BTHOME, Advert
from devices.band_settings import Wristbands
from devices.driver import Reply
from devices.reading import Sighting
from devices.wristband import WristbandDecoder
from sim.bands import SimulatedBand

ADDRESS = "C0:DE:00:00:00:01"
DEVICE = "band-c0de00000001"
KEY = bytes(range(16))
BAND = SimulatedBand(ADDRESS, KEY)
OTHER = SimulatedBand("C0:DE:00:00:00:02", bytes(16))
ACME = {
    "company": 0x0822,
    "length": 6,
    "celsius": {"offset": 1, "type": "s16", "order": "big", "scale": 0.01, "lowest": 30, "highest": 43},
    "battery_percent": {"offset": 3, "highest": 100},
    "worn": {"offset": 4, "mask": 1},
    "sos": {"offset": 4, "mask": 2},
    "fallen": {"offset": 5, "invert": True},
}


class Keys:
    """A house that knows these keys and counters; both may change while it listens."""

    digest_key = b"digest"

    def __init__(self, keys: dict[str, bytes] | None = None, counters: dict[str, int] | None = None) -> None:
        self.keys = keys or {}
        self.counters = counters or {}
        self.shared: dict[str, Any] = {}

    def device_key(self, device: str) -> bytes | None:
        return self.keys.get(device)

    def counter(self, device: str) -> int | None:
        return self.counters.get(device)


def decoder(keys: Keys | None = None, **settings: object) -> WristbandDecoder:
    return WristbandDecoder(Wristbands.model_validate(settings), keys or Keys({DEVICE: KEY}))


def heard(service_data: dict[str, bytes], at: float = 0.0, address: str = ADDRESS, rssi: int = -60) -> Advert:
    return Advert(address, rssi, service_data, {}, at)


def made(company: int, data: str, at: float = 0.0) -> Advert:
    return Advert(ADDRESS, -60, {}, {company: bytes.fromhex(data)}, at)


def plain(body: str, at: float = 0.0) -> Advert:
    return heard({BTHOME: b"\x40" + bytes.fromhex(body)}, at)


def seen(sightings: Iterable[Sighting | Reply]) -> list[object]:
    return [sighting.seen for sighting in sightings if isinstance(sighting, Sighting)]
