"""Bytes in, plain CBOR values out: one encoding for each value, or nothing.

Only what passes and trust lists are made of: integers, byte strings, texts, arrays, maps, true, false, null, in the
core deterministic encoding (RFC 8949 section 4.2.1: shortest lengths, definite lengths, map keys ascending). That
leaves no room for duplicate keys, trailing bytes, tags, floats or endless nesting, all of which cbor2 would take; it
writes, this module reads.
"""

from collections.abc import Iterator

import cbor2

Plain = int | bytes | str | bool | None | list["Plain"] | dict["Plain", "Plain"]

MAX_DEPTH = 5  # a trust list nests four deep, a pass two
_SIMPLE_VALUES = {20: False, 21: True, 22: None}
_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}  # additional information -> bytes of the argument that follow


class NotPlain(ValueError):
    """These bytes are not the deterministic encoding of a plain value."""


def write(value: object) -> bytes:
    """The deterministic encoding of a plain value."""
    return cbor2.dumps(value, canonical=True)


def read(data: bytes, depth: int = MAX_DEPTH) -> Plain:
    """The one plain value these bytes encode, nested at most `depth` deep (what is empty adds no depth).

    Raises NotPlain, and nothing else, for any other bytes.
    """
    value, end = _item(data, 0, depth)
    if end != len(data):
        raise NotPlain("trailing bytes")
    return value


def integers(*values: object) -> bool:
    """Are they all integers? To `isinstance` and to patterns, true and false are as well."""
    return all(type(value) is int for value in values)


def _item(data: bytes, at: int, depth: int) -> tuple[Plain, int]:
    major, argument, at = _head(data, at)
    match major:
        case 0:  # unsigned integer
            return argument, at
        case 1:  # negative integer
            return -1 - argument, at
        case 2:  # byte string
            return _string(data, at, argument)
        case 3:  # text
            raw, end = _string(data, at, argument)
            return _text(raw), end
        case 4 | 5 if depth == 0 and argument:
            raise NotPlain("nested too deep")
        case 4:  # array
            return _array(data, at, argument, depth - 1)
        case 5:  # map
            return _map(data, at, argument, depth - 1)
        case 7 if argument in _SIMPLE_VALUES:
            return _SIMPLE_VALUES[argument], at
        case _:
            raise NotPlain("a tag, a float or an unknown simple value")


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Major type, argument, and where what follows begins."""
    if at >= len(data):
        raise NotPlain("cut short")
    major, info = data[at] >> 5, data[at] & 31
    if info < 24:
        return major, info, at + 1
    if info not in _WIDTHS or major == 7:
        raise NotPlain("indefinite length, reserved value or float")
    width = _WIDTHS[info]
    end = at + 1 + width
    if end > len(data):
        raise NotPlain("cut short")
    argument = int.from_bytes(data[at + 1 : end], "big")
    if argument < (24 if width == 1 else 1 << (4 * width)):
        raise NotPlain("not the shortest form")
    return major, argument, end


def _string(data: bytes, at: int, length: int) -> tuple[bytes, int]:
    if length > len(data) - at:
        raise NotPlain("cut short")
    return data[at : at + length], at + length


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise NotPlain("a text that is not UTF-8") from exc


def _array(data: bytes, at: int, count: int, depth: int) -> tuple[Plain, int]:
    values: list[Plain] = []
    for _ in _bounded(count, len(data) - at):
        value, at = _item(data, at, depth)
        values.append(value)
    return values, at


def _map(data: bytes, at: int, count: int, depth: int) -> tuple[Plain, int]:
    entries: dict[Plain, Plain] = {}
    last = b""
    for _ in _bounded(count, (len(data) - at) // 2):
        start = at
        key, at = _item(data, at, 0)
        if type(key) not in (int, str):  # type(), since to Python True and 1 are the same key
            raise NotPlain("a map key that is neither integer nor text")
        if data[start:at] <= last:
            raise NotPlain("map keys not ascending, or one twice")
        last = data[start:at]
        entries[key], at = _item(data, at, depth)
    return entries, at


def _bounded(count: int, room: int) -> Iterator[int]:
    """`count` rounds, unless the bytes left cannot hold as many items: a giant count costs nothing."""
    if count > room:
        raise NotPlain("cut short")
    return iter(range(count))
