"""The reader takes the deterministic encoding of plain values and nothing else."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.passes import cbor

LEAVES = st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=40) | st.text(max_size=20) | st.booleans() | st.none()
PLAIN = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 99) | st.just(-65537), inner, max_size=4)
    ),
    max_leaves=12,
)


def depth(value: object) -> int:
    match value:
        case [] | {} if not value:
            return 0
        case list():
            return 1 + max(map(depth, value), default=0)
        case dict():
            return 1 + max(map(depth, value.values()), default=0)
    return 0


@given(PLAIN.filter(lambda value: depth(value) <= cbor.MAX_DEPTH))
def test_what_is_written_is_read(value: cbor.Plain) -> None:
    assert cbor.read(cbor.write(value)) == value


@given(st.binary(max_size=60))
def test_what_is_read_has_one_encoding_and_cbor2_agrees(data: bytes) -> None:
    try:
        value = cbor.read(data)
    except cbor.NotPlain:
        return
    assert cbor2.loads(data) == value
    assert cbor.write(value) == data


@pytest.mark.parametrize(
    ("encoded", "what"),
    [
        ("", "nothing"),
        ("1817", "23 in two bytes"),
        ("190017", "23 in three bytes"),
        ("1a00000017", "23 in five bytes"),
        ("1b0000000000000017", "23 in nine bytes"),
        ("581700", "a byte string cut short"),
        ("5801ff", "a length in two bytes where one does"),
        ("5fff", "an endless byte string"),
        ("9fff", "an endless array"),
        ("bfff", "an endless map"),
        ("f90000", "a half float"),
        ("fb0000000000000000", "a double float"),
        ("f7", "undefined"),
        ("f814", "false in two bytes"),
        ("c000", "a tag"),
        ("d28443a10127a04000", "COSE's own tag"),
        ("c5821b00ffffffffffffff01", "a bigfloat of astronomic size"),
        ("9b7fffffffffffffff", "an array said to have 2**63 items"),
        ("bb7fffffffffffffff", "a map said to have 2**63 items"),
        ("5b7fffffffffffffff", "a byte string said to have 2**63 bytes"),
        ("81" * 6 + "00", "arrays nested too deep"),
        ("81" * 100_000 + "00", "arrays nested beyond any stack"),
        ("a201000100", "a key twice"),
        ("a202000100", "keys not ascending"),
        ("a1f400", "false as a key"),
        ("a1410000", "bytes as a key"),
        ("61ff", "a text that is not UTF-8"),
        ("0000", "trailing bytes"),
    ],
)
def test_every_other_encoding_is_refused(encoded: str, what: str) -> None:
    with pytest.raises(cbor.NotPlain):
        cbor.read(bytes.fromhex(encoded))
