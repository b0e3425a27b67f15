"""Replies of OSDP card readers on an RS-485 pair in; cards, cases and signs of life out. Polls and beeps go back.

    house   POLL 60 | ID 61 00 | BUZ 6A reader, tone, on, off (tenths of a second), count
    reader  ACK 40 | NAK 41 why | PDID 45 maker 3, model, version, serial u32, firmware 3 | LSTATR 48 case, power
            RAW 50 reader, format, bits u16, data ...  a card: the first bit is the highest of the first byte
            BUSY 79                                    ask again

How they are packed: devices/osdp_wire.py. Source: SIA OSDP v2.2 / IEC 60839-11-5, annexes A and B.

A reader speaks only when it is asked. Sequence 0 begins anew with it, then 1, 2, 3, 1 ...; the same number again is the
same question, which it answers as before. So an answer that was lost is asked for again with the same number, and a
card is heard once. A reader that leaves three questions unanswered counts as gone and is begun anew; when none is left,
so is the link.

What is not spoken here: the secure channel (AES-128). Whoever gets at the pair outside can read a card's number and
say another one: let a card alone open nothing that matters, or mount the reader where its cable ends indoors. A reader
that insists on it says NAK 6 or 5, and that is told. Nor files, text, LEDs, outputs, key pads. The kept libraries
(libosdp, osdp) speak all of it, but read clocks and own threads: a decoder here has neither.

With one reader on the pair it is the link. With more each is called by what it says it is: reader-MAKER-SERIAL.
"""

import math
from collections.abc import Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, field_validator

from devices.driver import Action, Driver, Identify, Keys, Link, Reply, SilentDecoder
from devices.links.serial import serial_link
from devices.osdp_wire import Broken, Packet, Splitter, write
from devices.reading import AliveSeen, CardSeen, LinkSeen, Seen, Sighting, TamperSeen, garbled

POLL: Final = (0x60, b"")
ID: Final = (0x61, b"\x00")
BUZ: Final = 0x6A
NAK, PDID, LSTATR, RAW, BUSY = 0x41, 0x45, 0x48, 0x50, 0x79
ANSWER_SECONDS: Final = 0.2  # OSDP 5.7: a reader answers within it
ATTEMPTS: Final = 3
ALIVE_EVERY: Final = 200  # answers of a reader, at twenty a second
MOST_BITS: Final = 256
SEQUENCE_NAK: Final = 4


class OsdpSettings(BaseModel):
    """`[links.<name>]` with `driver = "osdp"`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    port: str = Field(description="serial port of the RS-485 adapter, best by /dev/serial/by-id/...")
    baud: PositiveInt = 9600
    addresses: tuple[Annotated[int, Field(ge=0, le=126)], ...] = Field(default=(0,), min_length=1, max_length=16)
    crc: bool = Field(default=True, description="false for readers that know the one-byte sum only")
    poll_seconds: float = Field(default=0.05, ge=0.01, le=1.0, description="pause between two rounds of questions")

    @field_validator("addresses")
    @classmethod
    def _each_once(cls, addresses: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(addresses)) != len(addresses):
            raise ValueError("an address stands there twice")
        return addresses


@dataclass(slots=True)
class _Reader:
    address: int
    there: bool = False
    sequence: int = 0
    name: str | None = None
    unanswered: int = 0
    answers: int = 0
    orders: list[tuple[int, bytes]] = field(default_factory=list)
    asked: tuple[int, bytes] = POLL


class OsdpDecoder(SilentDecoder):
    def __init__(self, settings: OsdpSettings, keys: Keys) -> None:
        self._keys = keys
        self._crc = settings.crc
        self._splitter = Splitter()
        self._readers = [_Reader(address) for address in settings.addresses]
        self._alone = len(self._readers) == 1
        self._patience = math.ceil(ANSWER_SECONDS / settings.poll_seconds)
        self._turn: int | None = None  # whose answer is awaited, None between two rounds
        self._waited = 0
        self._lost = False

    def feed(self, chunk: bytes) -> Iterator[Sighting | Reply]:
        if chunk:
            for found in self._splitter.feed(chunk):
                yield from self._hear(found)
            return
        for broken in self._splitter.give_up():
            yield Sighting(self._garbled(broken))
        if self._turn is None:
            yield self._ask(0)
            return
        self._waited += 1
        if self._waited >= self._patience:
            yield from self._no_answer(self._turn)

    def act(self, action: Action) -> Iterable[bytes]:
        """The line may be busy: the bytes are none, and a beep goes with the reader's next turn."""
        if not isinstance(action, Identify):
            return ()
        reader = next((each for each in self._readers if self._alone or each.name == action.device), None)
        if reader is None or not reader.there or reader.orders or not 0 < action.seconds < math.inf:
            return ()
        times = min(255, math.ceil(action.seconds))
        reader.orders.append((BUZ, bytes((0, 2, 2, 8, times))))  # a beep a second
        return (b"",)

    # ---- asking

    def _ask(self, turn: int) -> Reply:
        reader = self._readers[turn]
        if not reader.there or reader.name is None:
            reader.asked = ID if reader.there else POLL
        else:
            reader.asked = reader.orders.pop(0) if reader.orders else POLL
        return self._say(turn)

    def _say(self, turn: int) -> Reply:
        reader = self._readers[turn]
        self._turn, self._waited = turn, 0
        code, data = reader.asked
        return Reply(write(Packet(reader.address, reader.sequence, code, data, crc=self._crc)))

    def _go_on(self, turn: int) -> Iterator[Reply]:
        """The next one's turn; after the last a pause, until the line is quiet."""
        self._turn = None
        if turn + 1 < len(self._readers):
            yield self._ask(turn + 1)

    def _no_answer(self, turn: int) -> Iterator[Sighting | Reply]:
        reader = self._readers[turn]
        reader.unanswered += 1
        if reader.there and reader.unanswered < ATTEMPTS:
            yield self._say(turn)
            return
        self._begin_anew(reader)
        if not self._lost and reader.unanswered >= ATTEMPTS and not any(each.there for each in self._readers):
            self._lost = True
            yield Sighting(LinkSeen(open=False, why="no reader answers"))
        yield from self._go_on(turn)

    def _begin_anew(self, reader: _Reader) -> None:
        reader.there, reader.name, reader.sequence, reader.answers = False, None, 0, 0

    # ---- hearing

    def _hear(self, found: Packet | Broken) -> Iterator[Sighting | Reply]:
        if isinstance(found, Broken):
            yield Sighting(self._garbled(found))
            return
        turn = self._turn
        if turn is None or not found.reply or found.address != self._readers[turn].address:
            return  # our own words, from an adapter that hears itself; or an answer that came too late
        reader = self._readers[turn]
        if found.code == BUSY and not found.secured:
            reader.unanswered = 0
            return  # asked again when the line is quiet
        if found.sequence != reader.sequence:
            return
        yield from self._answered(reader, found)
        yield from self._go_on(turn)

    def _answered(self, reader: _Reader, found: Packet) -> Iterator[Sighting]:
        reader.unanswered = 0
        if found.secured:
            yield self._told(reader, self._garbled(Broken(found.data, "a secure channel, which is not spoken here")))
            self._begin_anew(reader)
            return
        if found.code == NAK:
            why = found.data[0] if found.data else 0
            if why != SEQUENCE_NAK or reader.there:
                yield self._told(reader, self._garbled(Broken(found.data, f"the reader refuses: NAK {why}")))
            self._begin_anew(reader)
            return
        reader.there = True
        reader.sequence = reader.sequence % 3 + 1
        if self._lost:
            self._lost = False
            yield Sighting(LinkSeen(open=True))
        yield from (self._told(reader, seen) for seen in self._meant(reader, found))
        if reader.name is not None:
            if reader.answers % ALIVE_EVERY == 0:
                yield self._told(reader, AliveSeen())
            reader.answers += 1

    def _meant(self, reader: _Reader, found: Packet) -> Iterator[Seen]:
        data = found.data
        if found.code == PDID and len(data) == 12:
            reader.name = f"reader-{data[:3].hex()}-{int.from_bytes(data[5:9], 'little'):08x}"
        elif found.code == RAW:
            yield self._card(data)
        elif found.code == LSTATR and len(data) == 2:
            yield TamperSeen(open=data[0] != 0)

    def _card(self, data: bytes) -> Seen:
        bits = int.from_bytes(data[2:4], "little")
        if len(data) < 4 or not 0 < bits <= MOST_BITS or len(data) - 4 != -(-bits // 8):
            return self._garbled(Broken(data, "no card"))
        value = int.from_bytes(data[4:], "big") >> -bits % 8
        return CardSeen(bits=bits, value=value)

    def _told(self, reader: _Reader, seen: Seen) -> Sighting:
        return Sighting(seen, speaker=None if self._alone else reader.name)

    def _garbled(self, broken: Broken) -> Seen:
        return garbled(broken.raw, broken.why, self._keys.digest_key)


def open_link(settings: OsdpSettings) -> AbstractAsyncContextManager[Link[bytes]]:
    return serial_link(settings.port, settings.baud, settings.poll_seconds)


DRIVER = Driver(OsdpSettings, open_link, OsdpDecoder)
