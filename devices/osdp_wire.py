"""One OSDP packet in, its parts out, and the other way round; a splitter finds them among bytes.

    [FF] 53 | address, 80 set in a reply | length u16 | control | code | data ... | CRC u16 or sum u8
    control: bits 1-0 sequence, 2 CRC (else sum), 3 a security block stands before the code

Little-endian; the length is of all from 53 to the end. CRC-16/AUG-CCITT (1021, begun with 1D0F) or the two's complement
of the sum of all before it. Source: SIA OSDP v2.2 / IEC 60839-11-5, chapter 5.
"""

from binascii import crc_hqx
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

START: Final = 0x53
REPLY: Final = 0x80
WITH_CRC: Final = 0x04
SECURED: Final = 0x08
HEAD: Final = 5
SHORTEST: Final = HEAD + 1 + 1
LONGEST: Final = 1440  # of a reply; without a secure channel all we ask for is far shorter


class Packet(Struct, frozen=True):
    address: int
    sequence: int
    code: int
    data: bytes = b""
    reply: bool = False
    crc: bool = True
    secured: bool = False  # `data` then is what we cannot read: security block, code and all


class Broken(Struct, frozen=True):
    """Bytes that look like a packet and are none."""

    raw: bytes
    why: str


def write(packet: Packet) -> bytes:
    check = 2 if packet.crc else 1
    body = bytes((packet.code,)) + packet.data
    head = bytes((START, packet.address | (REPLY if packet.reply else 0)))
    length = (HEAD + len(body) + check).to_bytes(2, "little")
    whole = head + length + bytes((packet.sequence | (WITH_CRC if packet.crc else 0),)) + body
    return whole + _check(whole, packet.crc)


def read(whole: bytes) -> Packet | Broken:
    """A packet of the length it says."""
    control = whole[4]
    with_crc = bool(control & WITH_CRC)
    end = len(whole) - (2 if with_crc else 1)
    if end <= HEAD:
        return Broken(whole, "too short for a code")
    if _check(whole[:end], with_crc) != whole[end:]:
        return Broken(whole, "wrong CRC" if with_crc else "wrong sum")
    secured = bool(control & SECURED)
    return Packet(
        address=whole[1] & ~REPLY,
        sequence=control & 0x03,
        code=0 if secured else whole[HEAD],
        data=whole[HEAD:end] if secured else whole[HEAD + 1 : end],
        reply=bool(whole[1] & REPLY),
        crc=with_crc,
        secured=secured,
    )


class Splitter:
    """Bytes in, however they were cut; packets out. What stands between packets is passed over."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, chunk: bytes) -> Iterator[Packet | Broken]:
        self._bytes += chunk
        while True:
            begin = self._bytes.find(START)
            del self._bytes[: len(self._bytes) if begin < 0 else begin]
            if len(self._bytes) < HEAD:
                return
            length = int.from_bytes(self._bytes[2:4], "little")
            if not SHORTEST <= length <= LONGEST:
                del self._bytes[:1]  # a start by chance
                continue
            if len(self._bytes) < length:
                return
            found = read(bytes(self._bytes[:length]))
            del self._bytes[: length if isinstance(found, Packet) else 1]
            yield found

    def give_up(self) -> Iterator[Broken]:
        """The line is quiet: what has begun does not end any more."""
        if self._bytes:
            yield Broken(bytes(self._bytes), "packet without an end")
        self._bytes.clear()


def _check(data: bytes, with_crc: bool) -> bytes:
    if with_crc:
        return crc_hqx(data, 0x1D0F).to_bytes(2, "little")
    return bytes((-sum(data) & 0xFF,))
