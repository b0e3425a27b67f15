"""Lines of a Wiegand-to-serial converter, or of a serial card reader, in; CardSeen out.

    form "hex"      6 .. 16 hex digits   0D | 0A | 0D 0A      0012A0B7, 12A0B7
    form "decimal"  5 .. 20 digits       0D | 0A | 0D 0A      0001221815
    form "fc"       3 digits , 5 digits  0D | 0A | 0D 0A      018,41143        facility code and number
    form "bits"     26 .. 64 of 0 and 1  0D | 0A | 0D 0A      with the parity bits at both ends, which are checked

9600 8N1; STX and blanks around a line go, and an ETX ends it as well.
Sources: Priority 1 Design, WIE232-A ("XXYYZZ <cr>", 24 bits after the
parity was checked, as hexadecimal); S4A WIEGAND-Ethernet manual 3.2 ("10 ASCII codes + 0D 0A"); HID,
"Understanding Card Data Formats": 26 bits are even parity over the first half, 8 of facility, 16 of number, odd parity;
34 bits the same with 16 and 16.

What a card's number is nobody can tell from one line: readers reverse the bytes, or leave the highest out. So the bits
go on as they are, and gateway/passes/cards.py knows how this reader says what is printed on the card. A line has as
many bits as it has room for: 4 a hex digit; a decimal's 24 (at most 8 digits), 32 (at most 10) or 64; fc 24.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

from devices.driver import Driver, Keys, Link, SilentDecoder
from devices.links.serial import serial_link
from devices.reading import CardSeen, Seen, Sighting, garbled

LINE_END: Final = re.compile(rb"[\r\n\x03]")
AROUND: Final = b"\x02\x03 \t\x00"
LONGEST: Final = 80
HEX: Final = re.compile(rb"[0-9A-Fa-f]{6,16}")
DECIMAL: Final = re.compile(rb"[0-9]{5,20}")
FACILITY: Final = re.compile(rb"([0-9]{1,3})[,: -]([0-9]{1,5})")
BITS: Final = re.compile(rb"[01]{26,64}")


class WiegandSerialSettings(BaseModel):
    """`[links.<name>]` with `driver = "wiegand_serial"`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    port: str = Field(description="serial port, best by /dev/serial/by-id/...")
    form: Literal["hex", "decimal", "fc", "bits"] = "hex"
    baud: PositiveInt = 9600
    quiet_seconds: PositiveFloat = Field(default=0.5, description="a line without an end is given up after it")


class WiegandSerialDecoder(SilentDecoder):
    def __init__(self, settings: WiegandSerialSettings, keys: Keys) -> None:
        self._read = FORMS[settings.form]
        self._keys = keys
        self._line = bytearray()
        self._too_long = False

    def feed(self, chunk: bytes) -> Iterator[Sighting]:
        if not chunk:
            if self._line.strip(AROUND):
                yield self._garbled("line without an end")
            self._line.clear()
            return
        *ended, rest = LINE_END.split(chunk)
        for piece in ended:
            yield from self._take(piece)
            line = bytes(self._line).strip(AROUND)
            self._line.clear()
            self._too_long = False
            if line:
                yield Sighting(self._card(line))
        yield from self._take(rest)

    def _take(self, piece: bytes) -> Iterator[Sighting]:
        if self._too_long:
            return
        room = LONGEST - len(self._line)
        self._line += piece[:room]
        if len(piece) > room:
            self._too_long = True
            yield self._garbled("line is too long")
            self._line.clear()

    def _card(self, line: bytes) -> Seen:
        read = self._read(line)
        if isinstance(read, str):
            return garbled(line, read, self._keys.digest_key)
        return read

    def _garbled(self, why: str) -> Sighting:
        return Sighting(garbled(bytes(self._line), why, self._keys.digest_key))


def read_hex(line: bytes) -> CardSeen | str:
    if HEX.fullmatch(line) is None:
        return "no hexadecimal card"
    return CardSeen(bits=4 * len(line), value=int(line, 16))


def read_decimal(line: bytes) -> CardSeen | str:
    if DECIMAL.fullmatch(line) is None:
        return "no decimal card"
    value, bits = int(line), next(bits for digits, bits in ((8, 24), (10, 32), (20, 64)) if len(line) <= digits)
    return CardSeen(bits=bits, value=value) if value < 1 << bits else f"more than {bits} bits"


def read_facility(line: bytes) -> CardSeen | str:
    found = FACILITY.fullmatch(line)
    if found is None:
        return "no facility code and number"
    facility, number = int(found[1]), int(found[2])
    if facility > 0xFF or number > 0xFFFF:
        return "facility code or number is too high"
    return CardSeen(bits=24, value=facility << 16 | number)


def read_bits(line: bytes) -> CardSeen | str:
    if BITS.fullmatch(line) is None:
        return "no bits"
    value, bits = int(line, 2), len(line)
    return CardSeen(bits=bits, value=value) if parity_is_right(bits, value) else "wrong parity"


def parity_is_right(bits: int, value: int) -> bool:
    """26 and 34 bits have parity at both ends, even over the first half, odd over the second; others we do not know."""
    if bits not in (26, 34):
        return True
    half = bits // 2
    first, second = value >> half, value & ((1 << half) - 1)
    return first.bit_count() % 2 == 0 and second.bit_count() % 2 == 1


FORMS: Final[dict[str, Callable[[bytes], CardSeen | str]]] = {
    "hex": read_hex,
    "decimal": read_decimal,
    "fc": read_facility,
    "bits": read_bits,
}


def open_link(settings: WiegandSerialSettings) -> AbstractAsyncContextManager[Link[bytes]]:
    return serial_link(settings.port, settings.baud, settings.quiet_seconds)


DRIVER = Driver(WiegandSerialSettings, open_link, WiegandSerialDecoder)
