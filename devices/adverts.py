"""What a radio link carries: a tuple of adverts, measurements and words about the radio itself.

Floor 1, a pure room. `at_seconds` is the link's monotonic clock at the moment the value came in; it is used for
spacing only (rate limits, "unchanged for how long"), never as an hour: the hour is stamped by devices/watch.
"""

from collections.abc import Mapping

from msgspec import Struct

# Bluetooth base UUID, Core Specification 5.4, Vol 3, Part B, 2.5.1: a 16-bit id is written into the first group.
BASE_UUID = "0000{:04x}-0000-1000-8000-00805f9b34fb"

BTHOME = BASE_UUID.format(0xFCD2)
HEALTH_THERMOMETER = BASE_UUID.format(0x1809)
BATTERY_SERVICE = BASE_UUID.format(0x180F)
TEMPERATURE_MEASUREMENT = BASE_UUID.format(0x2A1C)
FAINTEST_DBM, LOUDEST_DBM = -127, 20


class Advert(Struct, frozen=True, tag=True, gc=False):
    """One advertisement as the host stack hands it on: `service_data` by full UUID, the rest by company id."""

    address: str  # upper case, "C0:DE:00:00:00:01"
    rssi: int
    service_data: Mapping[str, bytes]
    manufacturer_data: Mapping[int, bytes]
    at_seconds: float


class Measurement(Struct, frozen=True, tag=True):
    """One indication of characteristic 0x2A1C, from a band the link keeps connected."""

    address: str
    rssi: int
    value: bytes
    at_seconds: float


class Hearing(Struct, frozen=True, tag=True):
    """The radio hears nothing at all (`deaf`) although the recovery ladder was climbed, or hears again."""

    deaf: bool


class Coalesced(Struct, frozen=True, tag=True):
    """The house was slower than the air: `count` adverts gave way to newer ones of the same band."""

    count: int


RadioItem = Advert | Measurement | Hearing | Coalesced
RadioChunk = tuple[RadioItem, ...]


def strength(rssi: int) -> int:
    """dBm from -127 to 20. 127 is "not available" (Core 5.4, Vol 4, Part E, 7.7.65.2): the faintest, or a receiver that
    knows no strength would be taken for the nearest."""
    return max(rssi, FAINTEST_DBM) if rssi <= LOUDEST_DBM else FAINTEST_DBM


def mac_bytes(address: str) -> bytes:
    """Six bytes of "C0:DE:00:00:00:01", most significant first."""
    return bytes.fromhex(address.replace(":", ""))
