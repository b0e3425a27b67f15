"""A state in, the very bytes of `freeze` out, a slice at a time, while the house moves the state on.

Floor 2, a pure room. The books of the state are copied at once (what stands in them is immutable, so that is a list of
references, a millisecond or two for a street); turning them into bytes takes ten times as long and is what is cut up.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

import msgspec

from gateway.state.state import State

ITEMS = 400  # of a book, turned into bytes in one go
SLICE_BYTES = 128 * 1024  # turned into bytes in about half a millisecond


def slices_of(state: State) -> Iterator[bytes]:
    """What the state says now, whatever becomes of it before the last slice was asked for."""
    return _slices([(name, _taken(getattr(state, name))) for name in state.__struct_fields__])


def _taken(value: object) -> object:
    if isinstance(value, dict):
        if isinstance(next(iter(value.values()), None), dict):  # the rings of a device
            return {key: dict(inner) for key, inner in value.items()}
        return dict(value)
    return tuple(value) if isinstance(value, list) else value


def _slices(books: list[tuple[str, object]]) -> Iterator[bytes]:
    piece = bytearray(_head(len(books)))
    for name, value in books:
        piece += _encode(name)
        if not isinstance(value, Mapping):
            piece += _encode(value)
        else:
            piece += _head(len(value))
            items = iter(value.items())
            while some := dict(islice(items, ITEMS)):
                piece += _encode(some)[len(_head(len(some))) :]
                if len(piece) >= SLICE_BYTES:
                    yield bytes(piece)
                    piece.clear()
        if len(piece) >= SLICE_BYTES:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _head(length: int) -> bytes:
    """How a map of so many begins (MessagePack specification, map format family)."""
    if length < 1 << 4:
        return bytes([0x80 | length])
    if length < 1 << 16:
        return b"\xde" + length.to_bytes(2, "big")
    return b"\xdf" + length.to_bytes(4, "big")


_encode = msgspec.msgpack.Encoder().encode
