"""Bytes of a cable in, frames out; frames in, bytes out.

On the wire a frame is `COBS(version u8, type u8, address u8, body, CRC-32 u32) 00`; every integer is little-endian and
the checksum (CRC-32/ISO-HDLC, that of zip and Ethernet) runs over all that stands before it. README.md in this folder
is the page for people; wire_vectors.txt holds golden frames that this module and the firmware's wire.c both read.

`Garbled` never leaves this module: `Splitter.feed` gives a `Noise` in its place.
"""

import struct
import zlib
from collections.abc import Callable
from enum import IntEnum
from typing import Final

from cobs import cobs
from msgspec import Struct
from msgspec.structs import astuple

VERSION: Final = 1
SPOKEN_BY_HOUSE: Final = 0x80  # types from here on; below it, spoken by nodes
SPEAK_FREELY: Final = 0  # the address of a node that has a cable of its own
BODY_LIMIT: Final = 48  # the firmware's buffers are this large
RUN_LIMIT: Final = 3 + BODY_LIMIT + 4 + 1  # head, body, checksum, and the one byte COBS adds to so few
FIRMWARE_LIMIT: Final = 16


class Kind(IntEnum):
    """What an Event is about. A node may know more kinds than we do, so `Event.kind` itself is a plain number."""

    DOOR = 1  # value 1: the leaf is away from the frame
    TAMPER = 2  # value 1: the case is open
    BATTERY = 3  # value: millivolts, sent when crossing the low mark in either direction


class Hello(Struct, frozen=True):
    """Node: I have started, or I was asked. `cause` is the controller's reset register (8 watchdog, 1 power)."""

    device: int
    ring: int
    boot: int
    cause: int
    ring_size: int
    inputs: int
    outputs: int
    firmware: str


class Event(Struct, frozen=True):
    """Node: this happened, `age_ms` before this transmission.

    `ring` is the boot count at which the node's ring buffer was made; `sequence` counts from 1 within it. `older`: so
    many events before this one are still held and not acknowledged. `lost`: so many numbers just before the oldest held
    one were overwritten before anybody acknowledged them.
    """

    ring: int
    sequence: int
    age_ms: int
    lost: int
    value: int
    kind: int
    older: int


class Beat(Struct, frozen=True):
    """Node, once a second: I am here. Bit 0 of `inputs`: door open; bit 1: case open. Bit 0 of `outputs`: relay on."""

    ring: int
    last: int
    dropped: int
    boot: int
    millivolts: int
    pending: int
    inputs: int
    outputs: int


class Time(Struct, frozen=True):
    """Node: my milliseconds since the ring was made, for the question with this token."""

    token: int
    uptime_ms: int


class Done(Struct, frozen=True):
    """Node on a shared pair: my turn is over."""


class Ack(Struct, frozen=True):
    """House: every event of this ring up to and including `sequence` is on disk."""

    ring: int
    sequence: int


class Describe(Struct, frozen=True):
    """House: say Hello."""


class TimeQuery(Struct, frozen=True):
    """House: what is your time?"""

    token: int


class Output(Struct, frozen=True):
    """House: switch an output; `duration_ms` 0 means until told otherwise."""

    output: int
    on: bool
    duration_ms: int


class Identify(Struct, frozen=True):
    """House: blink for so long."""

    duration_ms: int


class Poll(Struct, frozen=True):
    """House on a shared pair: it is your turn to speak."""


Body = Hello | Event | Beat | Time | Done | Ack | Describe | TimeQuery | Output | Identify | Poll


class Frame(Struct, frozen=True):
    address: int
    body: Body


class Noise(Struct, frozen=True):
    """A run of bytes between two delimiters that is no frame. Of an over-long run only the first RUN_LIMIT bytes."""

    raw: bytes
    why: str


class Garbled(Exception):
    """These bytes are no frame. Raised and answered in this module only."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


TYPES: Final[dict[type[Body], int]] = {
    Hello: 0x01,
    Event: 0x02,
    Beat: 0x03,
    Time: 0x04,
    Done: 0x05,
    Ack: 0x81,
    Describe: 0x82,
    TimeQuery: 0x83,
    Output: 0x84,
    Identify: 0x85,
    Poll: 0x86,
}
_LAYOUTS: Final[dict[type[Body], struct.Struct]] = {
    Hello: struct.Struct(f"<IIIBBBB{FIRMWARE_LIMIT}s"),
    Event: struct.Struct("<IIIHHBB"),
    Beat: struct.Struct("<IIIIHBBB"),
    Time: struct.Struct("<II"),
    Done: struct.Struct("<"),
    Ack: struct.Struct("<II"),
    Describe: struct.Struct("<"),
    TimeQuery: struct.Struct("<I"),
    Output: struct.Struct("<B?I"),
    Identify: struct.Struct("<I"),
    Poll: struct.Struct("<"),
}
_BODIES: Final[dict[int, type[Body]]] = {number: body for body, number in TYPES.items()}


def write(frame: Frame) -> bytes:
    """The frame as it goes on the wire, delimiter included. A number too large for its field is a struct.error."""
    body = type(frame.body)
    return seal(TYPES[body], frame.address, _pack(frame.body))


def seal(kind: int, address: int, body: bytes) -> bytes:
    """Any type and any body with a right checksum around them."""
    head = bytes((VERSION, kind, address)) + body
    return bytes(cobs.encode(head + zlib.crc32(head).to_bytes(4, "little"))) + b"\0"


def read(run: bytes) -> Frame:
    """The frame in what stood between two delimiters. Raises Garbled."""
    try:
        raw = cobs.decode(run)
    except cobs.DecodeError as exc:
        raise Garbled("no COBS") from exc
    if len(raw) < 7:
        raise Garbled("too short")
    if zlib.crc32(raw[:-4]) != int.from_bytes(raw[-4:], "little"):
        raise Garbled("wrong checksum")
    version, number, address = raw[:3]
    if version != VERSION:
        raise Garbled(f"version {version}")
    body = _BODIES.get(number)
    if body is None:
        raise Garbled(f"unknown type {number:#04x}")
    return Frame(address, _unpack(body, raw[3:-4]))


class Splitter:
    """Chunks of a byte stream in, frames and noise out. Holds at most RUN_LIMIT bytes, whatever it is fed."""

    def __init__(self) -> None:
        self._run = bytearray()
        self._skipping = False

    def feed(self, chunk: bytes) -> list[Frame | Noise]:
        """All that ended in this chunk, in order. An over-long run is one Noise; then the next 00 starts afresh."""
        found: list[Frame | Noise] = []
        *ended, rest = chunk.split(b"\0")
        for piece in ended:
            self._take(piece, found)
            if self._run:
                found.append(_frame_or_noise(bytes(self._run)))
            self._run.clear()
            self._skipping = False
        self._take(rest, found)
        return found

    def _take(self, piece: bytes, found: list[Frame | Noise]) -> None:
        if self._skipping:
            return
        room = RUN_LIMIT - len(self._run)
        self._run += piece[:room]
        if len(piece) > room:
            found.append(Noise(bytes(self._run), "longer than any frame"))
            self._run.clear()
            self._skipping = True


def _frame_or_noise(run: bytes) -> Frame | Noise:
    try:
        return read(run)
    except Garbled as exc:
        return Noise(run, exc.why)


def _pack(body: Body) -> bytes:
    values = astuple(body)
    return _LAYOUTS[type(body)].pack(*(v.encode("ascii") if isinstance(v, str) else v for v in values))


def _unpack(kind: type[Body], raw: bytes) -> Body:
    layout = _LAYOUTS[kind]
    if len(raw) != layout.size:
        raise Garbled(f"{kind.__name__} of {len(raw)} bytes")
    build: Callable[..., Body] = kind
    try:
        body = build(*(_text(v) if isinstance(v, bytes) else v for v in layout.unpack(raw)))
    except UnicodeDecodeError as exc:
        raise Garbled(f"{kind.__name__} with a name that is not ASCII") from exc
    if _pack(body) != raw:  # a bool of 2, bytes behind the end of a text: one meaning has one spelling
        raise Garbled(f"{kind.__name__} spelled another way")
    return body


def _text(field: bytes) -> str:
    return field.rstrip(b"\0").decode("ascii")
