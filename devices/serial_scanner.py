"""Lines of a handheld or fixed code scanner in, texts of codes out.

    [02 00 00 01 00 33 31] | [02]  [5D letter digit]  text ...  0D | 0A | 0D 0A | 03 | 09 and then silence

One code is one line, 9600 8N1, in the scanner's serial mode ("USB-COM", "VCOM"; not the keyboard mode, which types into
whatever has the focus). What stands in brackets is the answer of a GM65 or GM805 to a command, glued in front of the
next code (GM65 user manual, "serial port command mode": 02 00, type 00, length 01, data 00, CRC 33 31; devices/gm65.py
sets such a module up), an STX, and the AIM identifier of the kind of code ("]Q1"; ISO/IEC 15424), which many scanners
can be told to send. Control characters around a text are the scanner's and go; inside it only TAB and GS (of GS1 codes)
are let through. ETX ends a line, as it does in STX and ETX framing, and so does a TAB nothing comes behind.

No code says in which charset it is. UTF-8 comes first, because it refuses what is not: of 12 Chinese texts in GBK none
is valid UTF-8, while 8 of 12 in UTF-8 pass for GBK. Then GB18030, which contains GBK and GB2312.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

from devices.driver import Driver, Keys, Link, SilentDecoder
from devices.links.serial import serial_link
from devices.reading import CodeSeen, Sighting, garbled

COMMAND_ANSWER: Final = bytes.fromhex("02 00 00 01 00 33 31")
LINE_END: Final = re.compile(rb"[\r\n\x03]")
AIM: Final = re.compile(rb"\][A-Za-z][0-9A-Za-z](?=.)", re.DOTALL)
AROUND: Final = bytes({*range(0x20), 0x7F})
NEVER_INSIDE: Final = frozenset(AROUND) - {0x09, 0x1D}
CHARSETS: Final = ("utf-8", "gb18030")


class SerialScannerSettings(BaseModel):
    """`[links.<name>]` with `driver = "serial_scanner"`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    port: str = Field(description="serial port, best by /dev/serial/by-id/...")
    baud: PositiveInt = 9600
    line_limit: PositiveInt = Field(default=3072, description="bytes; the largest QR code holds 2,953")
    quiet_seconds: PositiveFloat = Field(
        default=0.5, description="a line still without an end after such a silence is given up"
    )


class SerialScannerDecoder(SilentDecoder):
    def __init__(self, settings: SerialScannerSettings, keys: Keys) -> None:
        self._limit = settings.line_limit
        self._keys = keys
        self._line = bytearray()
        self._skipping = False  # the line was too long; its end is awaited

    def feed(self, chunk: bytes) -> Iterator[Sighting]:
        if not chunk:
            yield from self._give_up()
            return
        *ended, rest = LINE_END.split(chunk)
        for piece in ended:
            yield from self._take(piece)
            yield from self._read()
            self._skipping = False
        yield from self._take(rest)

    def _take(self, piece: bytes) -> Iterator[Sighting]:
        if self._skipping:
            return
        room = self._limit - len(self._line)
        self._line += piece[:room]
        if len(piece) > room:
            self._skipping = True
            yield self._garbled(self._cut(), "line is too long")

    def _read(self) -> Iterator[Sighting]:
        line = self._cut()
        text = _without_answers(line).strip(AROUND)
        if (kind := AIM.match(text)) is not None:
            text = text[kind.end() :]
        if not text:
            return  # CR LF, an answer alone
        if not NEVER_INSIDE.isdisjoint(text):
            yield self._garbled(line, "control character inside")
            return
        for charset in CHARSETS:
            try:
                yield Sighting(CodeSeen(text.decode(charset)))
            except UnicodeDecodeError:
                continue
            return
        yield self._garbled(line, "neither UTF-8 nor GB18030")

    def _give_up(self) -> Iterator[Sighting]:
        """What stands there without an end is not to become the beginning of the next person's code."""
        if self._line.endswith(b"\t"):
            yield from self._read()
            return
        line = self._cut()
        if _without_answers(line).strip(AROUND):
            yield self._garbled(line, "line without an end")

    def _cut(self) -> bytes:
        line = bytes(self._line)
        self._line.clear()
        return line

    def _garbled(self, raw: bytes, why: str) -> Sighting:
        return Sighting(garbled(raw, why, self._keys.digest_key))


def _without_answers(line: bytes) -> bytes:
    while line.startswith(COMMAND_ANSWER):
        line = line.removeprefix(COMMAND_ANSWER)
    return line


def open_link(settings: SerialScannerSettings) -> AbstractAsyncContextManager[Link[bytes]]:
    return serial_link(settings.port, settings.baud, settings.quiet_seconds)


DRIVER = Driver(SerialScannerSettings, open_link, SerialScannerDecoder)
