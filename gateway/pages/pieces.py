"""Pieces of a page in, the whole as one gzip (RFC 1952) out; a piece that many will ask for is packed beforehand. Pure.

What is packed ends with a full flush, so that it is whole bytes and leans on nothing before it (RFC 1951, 3.2; zlib's
manual, Z_FULL_FLUSH): such pieces may stand in any order. What is of one visit only, with its form token, is stored as
it is: what is packed together with words of an attacker's would tell by its length how like them it is (BREACH, 2013).
"""

import struct
import zlib
from collections.abc import Iterable

HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # deflate, no name, no hour
END = b"\x03\x00"  # an empty last block
MOST_STORED = 0xFFFF  # of one block
LEVEL = 4  # a stairwell in 0.2 ms to a tenth; 6 takes twice as long for a twentieth less


class Piece:
    """Bytes that are sent again and again."""

    __slots__ = ("_packed", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._packed = b""

    def pack(self) -> bool:
        """Was there anything to do?"""
        if self._packed:
            return False
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._packed = packer.compress(self.raw) + packer.flush(zlib.Z_FULL_FLUSH)
        return True

    def packed(self) -> bytes:
        self.pack()
        return self._packed


def plain(pieces: Iterable[bytes | Piece]) -> bytes:
    return b"".join(each.raw if isinstance(each, Piece) else each for each in pieces)


def gzipped(pieces: Iterable[bytes | Piece]) -> bytes:
    found, check, size = [HEAD], 0, 0
    for each in pieces:
        raw = each.raw if isinstance(each, Piece) else each
        check, size = zlib.crc32(raw, check), size + len(raw)
        found.append(each.packed() if isinstance(each, Piece) else _stored(raw))
    return b"".join((*found, END, struct.pack("<II", check, size & 0xFFFFFFFF)))


def takes_gzip(accepted: str) -> bool:
    """Does whoever sent this Accept-Encoding (RFC 9110, 12.5.3) read gzip?"""
    for each in accepted.lower().split(","):
        name, _, weight = each.partition(";")
        if name.strip() in ("gzip", "x-gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _stored(raw: bytes) -> bytes:
    blocks = []
    for first in range(0, len(raw), MOST_STORED):
        some = raw[first : first + MOST_STORED]
        blocks.append(struct.pack("<BHH", 0, len(some), len(some) ^ 0xFFFF) + some)
    return b"".join(blocks)
