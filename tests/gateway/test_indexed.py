"""A dict that knows its values by flat: whatever is done to it, the index says what a look through it would."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from gateway.state.indexed import Indexed
from gateway.state.state import State, freeze, thaw
from tests.gateway.keeping import FLAT, Kept


class Thing(Struct, frozen=True):
    flat: str
    band: str = ""


KEYS, FLATS = st.sampled_from("abcd"), st.sampled_from(["1", "2", ""])


@given(st.lists(st.tuples(st.sampled_from(["set", "pop", "del", "default", "clear"]), KEYS, FLATS), max_size=30))
def test_the_index_says_what_a_look_through_it_would(steps: list[tuple[str, str, str]]) -> None:
    things: Indexed[Thing] = Indexed(by=("flat",))
    plain: dict[str, Thing] = {}
    for what, key, flat in steps:
        thing = Thing(flat)
        if what == "set":
            things[key] = plain[key] = thing
        elif what == "pop":
            assert things.pop(key, None) == plain.pop(key, None)
        elif what == "default":
            assert things.setdefault(key, thing) == plain.setdefault(key, thing)
        elif what == "clear":
            things.clear()
            plain.clear()
        elif key in plain:
            del things[key], plain[key]
        assert things == plain
        for wanted in ("1", "2"):
            assert list(things.those("flat", wanted)).count(Thing(wanted)) == list(plain.values()).count(Thing(wanted))
        assert list(things.those("flat", "")) == []


def test_its_turns_stand_still_while_its_indexes_do() -> None:
    things: Indexed[Thing] = Indexed({"a": Thing("1", "x"), "b": Thing("1")}, by=("flat",))
    before = things.turns
    things["a"] = Thing("1", "y")
    assert things.turns == before
    assert list(things.those("flat", "1")) == [Thing("1", "y"), Thing("1")]  # in the order of the dict
    seen = {before}
    things["a"] = Thing("2", "y")
    seen.add(things.turns)
    del things["b"]
    seen.add(things.turns)
    things["c"] = Thing("2")
    seen.add(things.turns)
    things.clear()
    assert len(seen | {things.turns}) == 5


def test_a_way_around_the_index_is_shut() -> None:
    things: Indexed[Thing] = Indexed({"a": Thing("1")}, by=("flat",))
    with pytest.raises(TypeError, match="one by one"):
        things.update({"b": Thing("1")})


def test_a_snapshot_holds_the_dict_alone_and_the_index_is_there_again() -> None:
    kept = Kept()
    kept.quarantine(band="band-1")
    frozen = freeze(kept.state)
    assert msgspec.msgpack.decode(frozen)["quarantines"].keys() == {"q1"}
    again = thaw(frozen)
    assert [stay.id for stay in again.quarantines_of(FLAT)] == ["q1"]
    assert [stay.id for stay in again.stays_by("band", "band-1")] == ["q1"]
    assert freeze(again) == frozen
    assert State().quarantines_of(FLAT) == []
