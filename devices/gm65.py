"""Codes and answers of a GM65 scanner module in, texts out; its set-up goes back, in its own command frames.

    house   7E 00 | type 07 read, 08 write | 01 | zone u16 | 01, or the byte | CRC u16
    module  02 00 | type 00                | 01 | the byte, or 00 for done   | CRC u16
    module  text ... 0D                                                      a code

CRC-16/XMODEM, big-endian, of all between the head and itself. 9600 8N1; so also GM60, GM805, GM812, GM861 and what
Waveshare sells. Sources: Hangzhou Grow, "GM65 Bar Code Reader Module User Manual" V1.3, chapter 8; Waveshare "Barcode
Scanner Module User Manual" (whose command to save has one 00 too few for its CRC: it is 7E 00 09 01 00 00 00 DE C8).

    zone 0000   bit 7 LED on success | 6 sound | 5-4 aimer | 3-2 light | 1-0 reads 00 at the button, 10 always, 11 when
                something moves before it          (aimer and light: 00 off, 01 while reading, 10 always)
    zone 0060   bits 6-5 what ends a code: 00 CR, 01 CR LF, 10 TAB, 11 nothing | 0 whether anything ends it

Each zone is read, and where it is not as wanted written (its other bits as they were) and read again. Nothing is saved
in the module's memory, which wears out: it is set up when its port is opened, and looked at again now and then, for a
module that lost its power forgets while the port stays. An answer that is lost or damaged is asked for again. A module
that answers nothing may have been set up by the codes of its manual: what it reads is taken.
"""

from binascii import crc_hqx
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Final, Literal, NamedTuple

from pydantic import Field

from devices.driver import Driver, Keys, Link, Reply
from devices.links.serial import serial_link
from devices.reading import AliveSeen, Sighting, garbled
from devices.serial_scanner import SerialScannerDecoder, SerialScannerSettings

ANSWER_HEAD: Final = b"\x02\x00\x00\x01"
ANSWER_LENGTH: Final = 7
ATTEMPTS: Final = 5  # at one question, before the module is left alone for a while
LOOK_EVERY: Final = 40  # quiet moments, each of `quiet_seconds`
READS: Final = {"button": 0b00, "always": 0b10, "motion": 0b11}
LIT: Final = {"off": 0b00, "reading": 0b01, "always": 0b10}


class Gm65Settings(SerialScannerSettings):
    """`[links.<name>]` with `driver = "gm65"`."""

    reads: Literal["button", "always", "motion"] = "always"
    aimer: Literal["off", "reading", "always"] = "reading"
    light: Literal["off", "reading", "always"] = "reading"
    sound: bool = Field(default=True, description="its beep; the guard's page has sounds of its own")


class Zone(NamedTuple):
    """The bits of one byte of the module's settings that are ours."""

    address: int
    mask: int
    value: int


class Gm65Decoder(SerialScannerDecoder):
    def __init__(self, settings: Gm65Settings, keys: Keys) -> None:
        super().__init__(settings, keys)
        self._digest_keys = keys
        self._zones = zones_of(settings)
        self._held = bytearray()  # may become an answer
        self._step: int | None = None  # the zone it is at, None between two looks
        self._question = b""
        self._writing = False
        self._unanswered = 0
        self._unruly = 0  # how often the zone was written in vain
        self._quiet = LOOK_EVERY  # moments since the last look

    def feed(self, chunk: bytes) -> Iterator[Sighting | Reply]:  # type: ignore[override]  # it asks as well
        if self._step is None and self._quiet >= LOOK_EVERY:
            yield from self._look(0)
        if chunk:
            yield from self._take_apart(chunk)
            return
        yield from super().feed(bytes(self._held))
        self._held.clear()
        yield from super().feed(b"")
        yield from self._again()

    # ---- answers apart from codes

    def _take_apart(self, chunk: bytes) -> Iterator[Sighting | Reply]:
        """No code has a 00 in it, so what begins as an answer is one, or the ruins of one."""
        self._held += chunk
        while self._held:
            begin = self._held.find(ANSWER_HEAD[:1])
            text = bytes(self._held if begin < 0 else self._held[:begin])
            if text:
                yield from super().feed(text)
                del self._held[: len(text)]
            elif not ANSWER_HEAD.startswith(bytes(self._held[: len(ANSWER_HEAD)])):
                yield from super().feed(bytes(self._held[:1]))  # an STX, as some put before a code
                del self._held[:1]
            elif len(self._held) < ANSWER_LENGTH:
                return
            else:
                answer = bytes(self._held[:ANSWER_LENGTH])
                del self._held[:ANSWER_LENGTH]
                yield from self._answered(answer)

    def _answered(self, answer: bytes) -> Iterator[Sighting | Reply]:
        if crc(answer[2:-2]) != answer[-2:]:
            yield Sighting(garbled(answer, "answer with a wrong CRC", self._digest_keys.digest_key))
            return
        if self._step is None:
            return
        zone, byte = self._zones[self._step], answer[4]
        self._unanswered = 0
        if self._writing:
            self._writing = False
            yield self._ask(read(zone.address))
        elif byte & zone.mask == zone.value or self._unruly >= ATTEMPTS:
            if byte & zone.mask != zone.value:
                why = f"zone {zone.address:04x} stays {byte:02x}"
                yield Sighting(garbled(answer, why, self._digest_keys.digest_key))
            self._unruly = 0
            yield from self._look(self._step + 1)
        else:
            self._writing = True
            self._unruly += 1
            yield self._ask(write(zone.address, byte & ~zone.mask | zone.value))

    # ---- questions

    def _look(self, step: int) -> Iterator[Sighting | Reply]:
        if step < len(self._zones):
            self._step = step
            yield self._ask(read(self._zones[step].address))
            return
        self._rest()
        yield Sighting(AliveSeen())

    def _again(self) -> Iterator[Reply]:
        """A quiet moment: whatever was asked before it has no answer."""
        if self._step is None:
            self._quiet += 1
            return
        self._unanswered += 1
        if self._unanswered == 1:
            return  # asked in this very moment, perhaps
        if self._unanswered > ATTEMPTS:
            self._rest()
            return
        yield Reply(self._question)

    def _rest(self) -> None:
        self._step, self._writing = None, False
        self._unanswered = self._unruly = self._quiet = 0

    def _ask(self, question: bytes) -> Reply:
        self._question = question
        return Reply(question)


def zones_of(settings: Gm65Settings) -> tuple[Zone, ...]:
    works = settings.sound << 6 | LIT[settings.aimer] << 4 | LIT[settings.light] << 2 | READS[settings.reads]
    return Zone(0x0000, 0b0111_1111, works), Zone(0x0060, 0b0110_0001, 0b0000_0001)


def crc(data: bytes) -> bytes:
    return crc_hqx(data, 0).to_bytes(2, "big")


def read(zone: int) -> bytes:
    return _command(b"\x07\x01" + zone.to_bytes(2, "big") + b"\x01")


def write(zone: int, byte: int) -> bytes:
    return _command(b"\x08\x01" + zone.to_bytes(2, "big") + bytes((byte,)))


def _command(body: bytes) -> bytes:
    return b"\x7e\x00" + body + crc(body)


def open_link(settings: Gm65Settings) -> AbstractAsyncContextManager[Link[bytes]]:
    return serial_link(settings.port, settings.baud, settings.quiet_seconds)


DRIVER = Driver(Gm65Settings, open_link, Gm65Decoder)
