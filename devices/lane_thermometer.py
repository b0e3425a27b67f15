"""Frames of an infrared thermometer that stands at a lane in, TemperatureSeen out.

    family "gy"     5A 5A | type 45       | length | object s16 | ambient s16 | ... | sum u8    9600, some 115200 8N1
    family "cjmcu"  66 66 | mode 01 or 02 | length | object s16 | ambient s16       | sum u8    115200 8N1

Big-endian hundredths of a degree Celsius. Sources: GY-MCU90614 data sheet, "output data format" (BAA, BCC, DCC and the
GY-MCU90615, whose module is silent until told); CJMCU-90614 (MLX90614 BCC, serial output), "letter of agreement".

GY: `sum` is the low byte of the sum of all before it. Length 04 is as above; newer modules say more behind the ambient
temperature (a computed body temperature), so the length decides and what is not known is passed over. CJMCU: "all 8
bits of data are accumulated" may mean the data or all before; either is taken, and nothing outside the sensor's range
(object -70..380, ambient -40..125 degrees).

While nothing comes the module is told to speak by itself: A5 45 EA, or 66 66 01 56.
"""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

from devices.driver import Driver, Keys, Link, Reply, SilentDecoder
from devices.links.serial import serial_link
from devices.reading import Seen, Sighting, TemperatureSeen, garbled


@dataclass(frozen=True, slots=True)
class Family:
    heads: tuple[bytes, ...]
    longest: int  # bytes of data; more is no frame but noise that looks like one
    baud: int
    speak: bytes  # what makes it speak by itself
    sums_data_alone: bool  # may its sum leave out the head?


HEAD: Final = 3
SHORTEST: Final = 4  # bytes of data: object and ambient
FAMILIES: Final = {
    "gy": Family((b"\x5a\x5a\x45",), 8, 9600, b"\xa5\x45\xea", False),
    "cjmcu": Family((b"\x66\x66\x01", b"\x66\x66\x02"), 4, 115200, b"\x66\x66\x01\x56", True),
}


class LaneThermometerSettings(BaseModel):
    """`[links.<name>]` with `driver = "lane_thermometer"`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    port: str = Field(description="serial port, best by /dev/serial/by-id/...")
    family: Literal["gy", "cjmcu"] = "gy"
    baud: PositiveInt | None = Field(default=None, description="default 9600 for gy, 115200 for cjmcu")
    offset_celsius: float = Field(
        default=0.0, ge=-10, le=10, description="added to what is measured: skin is cooler than what is inside"
    )
    quiet_seconds: PositiveFloat = 0.5


class LaneThermometerDecoder(SilentDecoder):
    def __init__(self, settings: LaneThermometerSettings, keys: Keys) -> None:
        self._family = FAMILIES[settings.family]
        self._offset = settings.offset_celsius
        self._keys = keys
        self._bytes = bytearray()

    def feed(self, chunk: bytes) -> Iterator[Sighting | Reply]:
        if not chunk:
            yield Reply(self._family.speak)
            return
        self._bytes += chunk
        while self._to_head():
            length = self._bytes[HEAD]
            if not SHORTEST <= length <= self._family.longest:
                del self._bytes[:1]  # a head by chance: look on behind it
                continue
            whole = HEAD + 1 + length + 1
            if len(self._bytes) < whole:
                return
            frame = bytes(self._bytes[:whole])
            seen = self._read(frame)
            # After a wrong sum the true frame may begin inside the bytes that looked like one.
            del self._bytes[: whole if isinstance(seen, TemperatureSeen) else 1]
            yield Sighting(seen)

    def _to_head(self) -> bool:
        """Drop what is no frame. Is there a head and a length behind it?"""
        found = [at for at in map(self._bytes.find, self._family.heads) if at >= 0]
        if not found:
            del self._bytes[: -HEAD + 1]  # the end may be the beginning of a head
            return False
        del self._bytes[: min(found)]
        return len(self._bytes) > HEAD

    def _read(self, frame: bytes) -> Seen:
        sums = {sum(frame[:-1]) & 0xFF}
        if self._family.sums_data_alone:
            sums.add(sum(frame[HEAD + 1 : -1]) & 0xFF)
        if frame[-1] not in sums:
            return garbled(frame, "wrong sum", self._keys.digest_key)
        celsius, ambient = (int.from_bytes(frame[at : at + 2], "big", signed=True) / 100 for at in (4, 6))
        if not (-70 <= celsius <= 380 and -40 <= ambient <= 125):
            return garbled(frame, "beyond what the sensor measures", self._keys.digest_key)
        return TemperatureSeen(celsius=round(celsius + self._offset, 2), ambient_celsius=ambient)


def open_link(settings: LaneThermometerSettings) -> AbstractAsyncContextManager[Link[bytes]]:
    baud = settings.baud or FAMILIES[settings.family].baud
    return serial_link(settings.port, baud, settings.quiet_seconds)


DRIVER = Driver(LaneThermometerSettings, open_link, LaneThermometerDecoder)
