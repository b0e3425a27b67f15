"""Frames of a GY-MCU90614 infrared thermometer in, temperatures out. The page to copy for a new driver.

    5A 5A | type 45 | length | object u16 | ambient u16 | ... | sum u8

Big-endian hundredths of a degree Celsius, signed; `sum` is the low byte of the sum of all bytes before it. Length 04 is
as above; newer modules say more (06: a body temperature behind it), so the length byte decides and what is not known is
passed over. Source: GY-MCU90614 data sheet, "output data format"; the longer frame as seen by mikroelektronik.hu.

To add a driver: copy this file to devices/<name>.py, draw the device's bytes here and name the document they are from,
write the settings and the decoder, put a recording into tests/devices/recordings.py and a test beside it. The rules
between house and driver stand in devices/driver.py; tests/test_every_driver.py holds each driver to them.
"""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

from devices.driver import Driver, Keys, Link, SilentDecoder
from devices.links.serial import serial_link
from devices.reading import Seen, Sighting, TemperatureSeen, garbled

HEAD: Final = b"\x5a\x5a\x45"
SHORTEST: Final = 4  # bytes of data: object and ambient
LONGEST: Final = 8  # more is no frame but noise that looks like one


class ThermometerSettings(BaseModel):
    """`[links.<name>]` with `driver = "template"`. A key that is not here is an error with its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    port: str = Field(description="serial port, best by /dev/serial/by-id/...")
    baud: PositiveInt = 9600
    quiet_seconds: PositiveFloat = 0.5


class ThermometerDecoder(SilentDecoder):
    """Sans-IO: no clock, no port. It takes no answers and no orders, so it is a SilentDecoder."""

    def __init__(self, settings: ThermometerSettings, keys: Keys) -> None:
        self._keys = keys
        self._bytes = bytearray()

    def feed(self, chunk: bytes) -> Iterator[Sighting]:
        """However the bytes were cut, the same comes out; nothing raises; at most one frame is held."""
        self._bytes += chunk
        while len(self._bytes) > len(HEAD):
            begin = self._bytes.find(HEAD)
            if begin < 0:
                del self._bytes[: -len(HEAD) + 1]  # the end may be the beginning of a head
                return
            del self._bytes[:begin]
            if len(self._bytes) <= len(HEAD):
                return
            length = self._bytes[len(HEAD)]
            if not SHORTEST <= length <= LONGEST:
                del self._bytes[:1]  # a head by chance: look on behind it
                continue
            whole = len(HEAD) + 1 + length + 1
            if len(self._bytes) < whole:
                return
            frame = bytes(self._bytes[:whole])
            seen = self._read(frame)
            # After a wrong sum the true frame may begin inside the bytes that looked like one.
            del self._bytes[: whole if isinstance(seen, TemperatureSeen) else 1]
            yield Sighting(seen)

    def _read(self, frame: bytes) -> Seen:
        if sum(frame[:-1]) & 0xFF != frame[-1]:
            return garbled(frame, "wrong sum", self._keys.digest_key)
        return TemperatureSeen(
            celsius=int.from_bytes(frame[4:6], "big", signed=True) / 100,
            ambient_celsius=int.from_bytes(frame[6:8], "big", signed=True) / 100,
        )


def open_link(settings: ThermometerSettings) -> AbstractAsyncContextManager[Link[bytes]]:
    return serial_link(settings.port, settings.baud, settings.quiet_seconds)


DRIVER = Driver(ThermometerSettings, open_link, ThermometerDecoder)
