"""Pieces packed beforehand and what is of one visit make one gzip."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.pages.pieces import MOST_STORED, Piece, gzipped, plain, takes_gzip


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=300)), max_size=12))
def test_what_was_packed_piece_by_piece_is_read_as_one(parts: list[tuple[bool, bytes]]) -> None:
    pieces = [Piece(raw) if again else raw for again, raw in parts]
    assert gzip.decompress(gzipped(pieces)) == plain(pieces) == b"".join(raw for _, raw in parts)


def test_long_and_empty_pieces_are_whole_too() -> None:
    long = bytes(range(256)) * (3 * MOST_STORED // 256)
    pieces = [long, Piece(long), Piece(b""), b"", long[: MOST_STORED + 1]]
    assert gzip.decompress(gzipped(pieces)) == plain(pieces)


def test_a_piece_is_packed_once_and_smaller() -> None:
    piece = Piece(b'<div class="flat free"></div>' * 100)
    assert piece.pack()
    assert not piece.pack()
    assert len(piece.packed()) * 10 < len(piece.raw)


def test_what_belongs_to_one_visit_is_not_packed() -> None:
    """Its length says nothing of how like it is to what somebody else put beside it."""
    frame = b'<input name="csrf" value="secret">' * 50
    assert frame in gzipped([frame])


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("*", True),
        ("GZIP", True),
        ("", False),
        ("identity", False),
        ("br, deflate", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("notgzip", False),
    ],
)
def test_gzip_is_for_those_who_read_it(accepted: str, taken: bool) -> None:
    assert takes_gzip(accepted) is taken
