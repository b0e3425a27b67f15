"""A snapshot cut into slices is the snapshot, as of the moment it was begun (of any state: test_fold.py)."""

import types
import typing
from datetime import date, time, timedelta
from typing import Any

import msgspec
import pytest

from gateway.state.freezing import slices_of
from gateway.state.state import State, freeze, thaw
from tests.gateway.keeping import DOOR, Kept, seconds


def frozen(state: State) -> bytes:
    return b"".join(slices_of(state))


@pytest.mark.parametrize("people", [0, 1, 15, 16, 400, 401, 70_000])
def test_every_size_of_a_book_is_written_as_messagepack_wants_it(people: int) -> None:
    state = State(counters={f"band-{n}": n for n in range(people)}, sources={"n1": {7: 3}, "n2": {}})
    assert frozen(state) == freeze(state)
    assert len(list(slices_of(state))) >= people // 10_000


def test_what_happens_between_two_slices_is_of_the_next_snapshot() -> None:
    kept = Kept()
    stay = kept.quarantine()
    kept.state.counters.update({f"band-{n}": n for n in range(40_000)})
    kept.state.keep_source(f"{DOOR}/7/1")
    before = freeze(kept.state)
    slices = slices_of(kept.state)
    got = [next(slices)]
    kept.pass_time(seconds(60))
    kept.state.keep_source(f"{DOOR}/7/2")
    kept.quarantine(subject="5afe000000000009")
    del kept.state.quarantines[stay]
    kept.state.counters.clear()
    got += slices
    assert b"".join(got) == before
    assert len(got) > 1
    assert thaw(before).quarantines.keys() == {stay}


def test_what_the_books_hold_is_immutable_so_that_a_copy_of_the_book_is_a_copy() -> None:
    """The one exception is copied by itself: the rings of a device."""
    mutable = {
        name for name, of in typing.get_type_hints(State).items() for inner in _values(of) if not _immutable(inner, ())
    }
    assert mutable == {"sources"}


def _values(of: Any) -> tuple[Any, ...]:
    """The types of a book's values, or the type itself where it is no book."""
    return typing.get_args(of)[-1:] if typing.get_origin(of) in (dict, list) else (of,)


def _immutable(of: Any, seen: tuple[Any, ...]) -> bool:
    if of in seen:
        return True
    origin, inside = typing.get_origin(of), typing.get_args(of)
    if origin in (tuple, types.UnionType, typing.Union):
        return all(each is Ellipsis or _immutable(each, (*seen, of)) for each in inside)
    if origin is dict:  # allowed within a frozen value, which is replaced as a whole: nobody changes it in place
        return bool(seen)
    if isinstance(of, type) and issubclass(of, msgspec.Struct):
        config = of.__struct_config__
        return config.frozen and all(_immutable(each, (*seen, of)) for each in typing.get_type_hints(of).values())
    return isinstance(of, type) and (
        issubclass(of, str | int | float | bytes | date | time | timedelta) or of is type(None)
    )
