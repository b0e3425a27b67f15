"""What a driver's link once gave, and what must come of it: the form of an entry of tests/devices/recordings.py.

A chunk is what the driver's link gives: bytes of a cable, a `Look` of a camera, a tuple of adverts. `pieces` cuts one
chunk as finely as it can be cut, `join` glues any run of pieces into one chunk; a driver whose chunks cannot be cut
leaves both as they are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from devices.adverts import RadioItem
from devices.driver import Keys, NoKeys
from devices.reading import (
    Seen,
)


def _whole(chunk: Any) -> Sequence[Any]:
    return [chunk]


@dataclass(frozen=True)
class Recording:
    settings: Mapping[str, object]
    chunks: Sequence[Any]
    seen: Sequence[Seen]
    noise: st.SearchStrategy[Any]  # one chunk of anything, some of it with a right checksum, if the format has one
    pieces: Callable[[Any], Sequence[Any]] = _whole
    join: Callable[[Sequence[Any]], Any] | None = None
    keys: Callable[[], Keys] = NoKeys  # for each decoder anew: what decoders share is in it


def single_bytes(chunk: bytes) -> Sequence[bytes]:
    return [chunk[at : at + 1] for at in range(len(chunk))]


def tuple_of(chunks: Sequence[tuple[RadioItem, ...]]) -> tuple[RadioItem, ...]:
    return tuple(item for chunk in chunks for item in chunk)
