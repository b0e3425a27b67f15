"""Bytes of a stranger in, plain values out: CBOR as issuers really write it (RFC 8949), within fixed bounds.

Unlike `gateway.passes.cbor` it takes what health ministries sent: indefinite lengths (Jackson writes them), keys in any
order, floats, tags. Tags are read and dropped, so none can make anything (no big numbers, no shared or string
references). cbor2 would act on them, recurse with the input and take duplicate keys.
"""

import struct
from typing import TypeVar

Loose = int | float | bytes | str | bool | None | list["Loose"] | dict["Loose", "Loose"]

MAX_DEPTH = 16  # a certificate nests seven deep, tags included
MAX_ITEMS = 2000  # a certificate has about a hundred
_SIMPLE = {20: False, 21: True, 22: None, 23: None}
_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}
_BREAK = 0xFF
_String = TypeVar("_String", bytes, str)


class NotLoose(ValueError):
    """These bytes are no CBOR, or more of it than any credential needs."""


def read(data: bytes) -> Loose:
    """The one value these bytes encode. Raises NotLoose, and nothing else, for any other bytes."""
    reader = _Reader(data)
    value = reader.item(MAX_DEPTH)
    if reader.at != len(data):
        raise NotLoose("trailing bytes")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = MAX_ITEMS
        self.at = 0

    def item(self, depth: int) -> Loose:
        self._left -= 1
        if depth < 0 or self._left < 0:
            raise NotLoose("nested too deep, or too much of it")
        first = self._take(1)[0]
        major, info = first >> 5, first & 31
        if major == 7:
            return self._simple(info)
        if info == 31:
            return self._indefinite(major, depth)
        argument = self._argument(info)
        match major:
            case 0:
                return argument
            case 1:
                return -1 - argument
            case 2:
                return self._take(argument)
            case 3:
                return _text(self._take(argument))
            case 4:
                return [self.item(depth - 1) for _ in range(self._possible(argument))]
            case 5:
                entries: dict[Loose, Loose] = {}
                for _ in range(self._possible(argument)):
                    self._entry(entries, depth)
                return entries
            case _:  # a tag: what it says of the item that follows is not asked
                return self.item(depth - 1)

    def _take(self, length: int) -> bytes:
        end = self.at + length
        if end > len(self._data):
            raise NotLoose("cut short")
        taken, self.at = self._data[self.at : end], end
        return taken

    def _argument(self, info: int) -> int:
        if info < 24:
            return info
        if info not in _WIDTHS:
            raise NotLoose("reserved value")
        return int.from_bytes(self._take(_WIDTHS[info]), "big")

    def _possible(self, count: int) -> int:
        if count > self._left:
            raise NotLoose("too much of it")
        return count

    def _simple(self, info: int) -> Loose:
        if info in _FLOATS:
            value: float = struct.unpack(_FLOATS[info], self._take(_WIDTHS[info]))[0]
            return value
        if info not in _SIMPLE:
            raise NotLoose("a break that ends nothing, or an unknown simple value")
        return _SIMPLE[info]

    def _indefinite(self, major: int, depth: int) -> Loose:
        entries: dict[Loose, Loose] = {}
        values: list[Loose] = []
        while not self._ended():
            if major == 5:
                self._entry(entries, depth)
            else:
                values.append(self.item(depth - 1))
        match major:
            case 2:
                return b"".join(_pieces(values, bytes))
            case 3:
                return "".join(_pieces(values, str))
            case 4:
                return values
            case 5:
                return entries
            case _:
                raise NotLoose("an integer or a tag without a length")

    def _ended(self) -> bool:
        if self.at < len(self._data) and self._data[self.at] == _BREAK:
            self.at += 1
            return True
        return False

    def _entry(self, entries: dict[Loose, Loose], depth: int) -> None:
        key = self.item(depth - 1)
        if type(key) not in (int, str):
            raise NotLoose("a map key that is neither integer nor text")
        if key in entries:
            raise NotLoose("a map key twice")
        entries[key] = self.item(depth - 1)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise NotLoose("a text that is not UTF-8") from exc


def _pieces(values: list[Loose], kind: type[_String]) -> list[_String]:
    pieces = [value for value in values if isinstance(value, kind)]
    if len(pieces) != len(values):
        raise NotLoose("a string made of other things than its pieces")
    return pieces
