"""What the centre's book keeps, passes over, refuses, and how far it says it has come."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.centre.book import Book, Delivery, Kept, Line
from gateway.centre.letter import LARGEST_BODY, Letter, Misfit, read_letter, read_page
from tests.gateway.centre.letters import NOW, letter

ALERTS = Line("gw-1", "alert", "e1")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book(tmp_path / "book.sqlite") as opened:
        yield opened


def keep(book: Book, *bodies: bytes, gw: str = "gw-1", leaf: str = "alert") -> Kept:
    return book.keep([Delivery(gw, leaf, body) for body in bodies], NOW)


def test_the_acknowledgement_is_cumulative_and_stays_below_a_hole(book: Book) -> None:
    assert keep(book, letter(1), letter(2), letter(3)).upto == {ALERTS: 3}
    assert keep(book, letter(6), letter(5), letter(9)).upto == {ALERTS: 3}
    assert book.holes(ALERTS) == [(4, 4), (7, 8)]
    assert keep(book, letter(4)).upto == {ALERTS: 6}
    assert keep(book, letter(8), letter(7)).upto == {ALERTS: 9}
    assert book.holes(ALERTS) == []
    assert book.numbers(ALERTS) == list(range(1, 10))


def test_what_is_known_is_passed_over_and_answered_again(book: Book) -> None:
    assert [fresh.number for fresh in keep(book, letter(1), letter(1)).fresh] == [1]
    again = keep(book, letter(1, late=True, text_zh="体温高", place_path="renamed", added_in_a_later_version=7))
    assert (again.fresh, again.known, again.faults, again.upto) == ([], 1, [], {ALERTS: 1})


def test_one_number_with_two_contents_is_a_fault_and_the_first_stays(book: Book) -> None:
    keep(book, letter(1))
    conflict = keep(book, letter(1, subject="somebody else", kind="fall"), letter(1, kind="band_silent"))
    assert [(fault.why, fault.line, fault.number) for fault in conflict.faults] == [
        ("the same number with another content", ALERTS, 1)
    ] * 2
    assert book.faults() == [("gw-1", "the same number with another content", 1, 1)] * 2
    assert keep(book, letter(1)).known == 1


def test_each_epoch_and_stream_and_gateway_counts_for_itself(book: Book) -> None:
    keep(book, letter(1), letter(2))
    assert keep(book, letter(1, epoch="e2")).upto == {Line("gw-1", "alert", "e2"): 1}
    assert keep(book, letter(1, stream="report"), leaf="report").upto == {Line("gw-1", "report", "e1"): 1}
    assert keep(book, letter(1, gw="gw-2"), gw="gw-2").upto == {Line("gw-2", "alert", "e1"): 1}
    assert len(book.lines()) == 4


def test_a_tombstone_counts_for_the_numbers_it_names(book: Book) -> None:
    reports = Line("gw-1", "report", "e1")
    gone = letter(6, stream="report", type="menshen.tombstone", first=2, last=4, why="disk full")
    assert keep(book, letter(1, stream="report"), gone, leaf="report").upto == {reports: 4}
    assert book.holes(reports) == [(5, 5)]
    assert keep(book, letter(5, stream="report"), leaf="report").upto == {reports: 6}


def test_a_tombstone_over_its_own_successors_closes_gaps_on_both_sides(book: Book) -> None:
    gone = letter(1, type="menshen.tombstone", first=2, last=2**53)
    assert keep(book, gone).upto == {ALERTS: 2**53}


def test_the_book_says_the_same_after_it_was_opened_again(tmp_path: Path) -> None:
    with Book(tmp_path / "book.sqlite") as book:
        keep(book, letter(1), letter(2), letter(4))
    with Book(tmp_path / "book.sqlite") as book:
        assert (book.upto(ALERTS), book.holes(ALERTS)) == (2, [(3, 3)])
        assert keep(book, letter(3)).upto == {ALERTS: 4}


def test_the_newest_page_of_each_kind_is_kept(book: Book) -> None:
    keep(book, b'{"state": "online"}', leaf="state")
    keep(book, b'{"state": "offline"}', leaf="state")
    assert book.page("gw-1", "state") == b'{"state": "offline"}'
    assert book.page("gw-1", "health") is None


REQUIRED = ["specversion", "id", "type", "source", "time", "gw", "stream", "epoch", "number"]
HOSTILE = {
    "empty": b"",
    "no JSON": b"\x00\xff not json",
    "another shape": b"[1, 2, 3]",
    "too large": b'{"x": "' + b"x" * LARGEST_BODY + b'"}',
    "a million brackets": b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "bad UTF-8": letter(1).replace(b"fever", b"\xff\xfe"),
    "half a surrogate pair": letter(1).replace(b"fever", b"\\ud800"),
    "number zero": letter(0),
    "a number no column holds": letter(2**70),
    "a number that is none": letter(1, number="1"),
    "a hour without a zone": letter(1, time="2026-11-22T07:59:58"),
    "another gateway": letter(1, gw="gw-2"),
    "another stream": letter(1, stream="report"),
    "an endless word": letter(1, epoch="e" * 10_000),
    **{f"no {name}": letter(1, **{name: None}) for name in REQUIRED},
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_message_nobody_can_book_is_counted_stored_by_its_hash_and_never_acknowledged(
    book: Book, body: bytes
) -> None:
    kept = keep(book, letter(1), body, letter(2))
    assert kept.upto == {ALERTS: 2}
    assert [letter_.number for letter_ in kept.fresh] == [1, 2]
    assert [(fault.gw, fault.number) for fault in kept.faults] == [("gw-1", None)]
    assert [count for *_, count in book.faults()] == [1]
    assert keep(book, body).faults[0].again
    assert [count for *_, count in book.faults()] == [2]
    keep(book, body, leaf="state")  # as a page it is no better, or it is kept; it never raises


@settings(deadline=None)  # nothing here depends on speed
@given(st.binary(max_size=300))
def test_no_bytes_raise(body: bytes) -> None:
    assert isinstance(read_letter("gw-1", "alert", body), Letter | Misfit)
    assert isinstance(read_page("gw-1", body), Misfit | None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, max_examples=50)  # each example is an SQLite file and its fsync
@given(st.sampled_from([*REQUIRED, "kind", "first", "last", "late", "unknown"]), json_values)
def test_no_value_of_a_field_raises(tmp_path_factory: pytest.TempPathFactory, field: str, value: object) -> None:
    body = json.dumps({**json.loads(letter(1)), field: value}).encode()
    with Book(tmp_path_factory.mktemp("book") / "book.sqlite") as book:
        kept = keep(book, body, letter(1))
        assert len(kept.fresh) >= 1


def test_nobody_else_may_read_the_book(tmp_path: Path) -> None:
    path = tmp_path / "book.sqlite"
    with Book(path) as book:
        keep(book, letter(1))
        files = sorted(tmp_path.iterdir())
        assert [file.name for file in files] == ["book.sqlite", "book.sqlite-shm", "book.sqlite-wal"]
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_what_is_forgotten_leaves_its_number_and_no_hole(book: Book) -> None:
    keep(book, letter(1, subject="5afe000000000001"), letter(2), letter(4))
    later = NOW + timedelta(days=1)
    assert book.forget_before(NOW) == 0
    assert book.forget_before(later, limit=1) == 1
    assert book.forget_before(later) == 1
    assert book.forget_before(later) == 0  # 4 waits for 3: it was not acknowledged yet
    assert (book.numbers(ALERTS), book.holes(ALERTS), book.upto(ALERTS)) == ([1, 2, 4], [(3, 3)], 2)
    again = keep(book, letter(1, subject="5afe000000000001"), letter(3))
    assert (again.known, again.faults, again.upto) == (1, [], {ALERTS: 4})
    rows = book._rows("select subject, place, length(body), length(hash) from message where number <= 2")
    assert [row[:3] for row in rows] == [("", "", 0)] * 2
    assert all(row[3] > 0 for row in rows)
