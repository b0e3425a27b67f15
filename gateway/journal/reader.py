"""Questions in, records out: a read-only connection with short transactions, used by one thread at a time."""

import logging
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec import Struct

from gateway.entries import Record, Stream
from gateway.journal.deletion import Gap, due_numbers, gaps_of, left_of_subject, personal_numbers
from gateway.journal.file import leaf_of
from gateway.journal.places import numbers_at, numbers_of, numbers_taken
from gateway.journal.receipts import Tally, add_up, start
from gateway.journal.schema import COLUMNS, JournalError, connect_reader, instant, micros, record_of, speaking_plainly
from gateway.retention import Due, Hold

log = logging.getLogger(__name__)

PAGE = 500  # records read in one transaction of a replay


class Snapshot(Struct, frozen=True):
    """The state after record `number`, by the rules of that version."""

    number: int
    rules_version: int
    state: bytes


class Reader:
    """All numbers are exclusive below: `since(7, 100)` begins with 8."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with speaking_plainly(path):
            self._db = connect_reader(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def last(self) -> int:
        number: int = self._db.execute("select coalesce(max(number), 0) from record").get
        return number

    def since(self, number: int, limit: int) -> list[Record]:
        """At most `limit` records after `number`, in order. Deleted ones are there without their body."""
        with speaking_plainly(self._path):
            rows = self._db.execute(
                f"select {COLUMNS} from record where number > ? order by number limit ?",  # noqa: S608 (constants)
                (number, limit),
            )
            return [record_of(row) for row in rows]

    def replay(self, number: int) -> Iterator[Record]:
        """Every record after `number`, page by page, so that no transaction stays open in between."""
        while page := self.since(number, PAGE):
            yield from page
            number = page[-1].number

    def newest_of(self, kinds: Sequence[str], before: int, limit: int) -> list[Record]:
        """At most `limit` records of these kinds before `before` that still have a body, the newest first."""
        marks = ",".join("?" * len(kinds))
        with speaking_plainly(self._path):
            rows = self._db.execute(
                f"select {COLUMNS} from record where kind in ({marks}) and number < ? and body is not null"  # noqa: S608 (marks)
                " order by number desc limit ?",
                (*kinds, before, limit),
            )
            return [record_of(row) for row in rows]

    def told_of(
        self, places: Sequence[str], subjects: Sequence[str], before: int, limit: int, *, measured: bool = False
    ) -> list[Record]:
        """At most `limit` records of these places and people before `before` that have a body, the newest first.

        `measured`: of the places the temperatures, and nothing else; else everything but those.
        """
        with speaking_plainly(self._path):
            find = numbers_taken if measured else numbers_at
            numbers = find(self._db, places, before, limit) | numbers_of(self._db, subjects, before, limit)
            newest = sorted(numbers, reverse=True)[:limit]
            rows = self._db.executemany(
                f"select {COLUMNS} from record where number = ? and body is not null",  # noqa: S608 (constants)
                [(number,) for number in newest],
            )
            return [record_of(row) for row in rows]

    def first_heard(self, since: datetime) -> int:
        """The number of the first record that the house heard of at `since` or later; one past the last if none."""
        wanted, low, high = micros(since), 1, self.last() + 1
        with speaking_plainly(self._path):
            while low < high:
                middle = (low + high) // 2
                found = self._db.execute(
                    "select heard from record where number >= ? order by number limit 1", (middle,)
                ).get
                if found is not None and found < wanted:
                    low = middle + 1
                else:
                    high = middle
        return low

    def bodies_of(self, kinds: Sequence[str], begin: int, end: int, limit: int) -> list[bytes]:
        """At most `limit` bodies of these kinds with numbers from `begin` to before `end`, oldest first."""
        marks = ",".join("?" * len(kinds))
        with speaking_plainly(self._path):
            rows = self._db.execute(
                f"select body from record where number >= ? and number < ? and kind in ({marks})"  # noqa: S608 (marks)
                " and body is not null order by number limit ?",
                (begin, end, *kinds, limit),
            )
            return [body for (body,) in rows]

    def of_kinds_after(self, kinds: Sequence[str], number: int, limit: int) -> list[Record]:
        """At most `limit` records of these kinds after `number` that still have a body, in order."""
        marks = ",".join("?" * len(kinds))
        with speaking_plainly(self._path):
            rows = self._db.execute(
                f"select {COLUMNS} from record where number > ? and kind in ({marks}) and body is not null"  # noqa: S608 (marks)
                " order by number limit ?",
                (number, *kinds, limit),
            )
            return [record_of(row) for row in rows]

    def stream_since(self, stream: Stream, number: int, limit: int) -> list[Record]:
        """At most `limit` records of a stream in the present epoch after its `number`, in order."""
        with speaking_plainly(self._path):
            rows = self._db.execute(
                f"select {COLUMNS} from record where stream = ? and epoch = (select max(number) from epoch)"  # noqa: S608 (constants)
                " and stream_number > ? order by stream_number limit ?",
                (stream, number, limit),
            )
            return [record_of(row) for row in rows]

    def heard_after(self, stream: Stream, number: int) -> datetime | None:
        """When the house heard of the first record of a stream after `number` that still has a body."""
        with speaking_plainly(self._path):
            heard = self._db.execute(
                "select heard from record where stream = ? and epoch = (select max(number) from epoch)"
                " and stream_number > ? and body is not null order by stream_number limit 1",
                (stream, number),
            ).fetchone()
        return None if heard is None else instant(heard[0])

    def gaps(self, stream: Stream, number: int) -> list[Gap]:
        """What went unsent after `number` of a stream, as runs."""
        with speaking_plainly(self._path):
            found = self._db.execute(
                "select stream_number from record where stream = ? and epoch = (select max(number) from epoch)"
                " and stream_number > ? and body is null order by stream_number",
                (stream, number),
            )
            return gaps_of(stream, [stream_number for (stream_number,) in found])

    def due(self, due: Due, after: int) -> tuple[list[int], int | None]:
        """Whose time is over among the next records, told and folded; the number to go on after, None at the end."""
        with speaking_plainly(self._path):
            return due_numbers(self._db, due, after)

    def personal(
        self, subject: str, holds: Sequence[Hold], after: int, *, unheard: bool = False
    ) -> tuple[list[int], int | None]:
        """One person's among the next records, as in `due`."""
        with speaking_plainly(self._path):
            return personal_numbers(self._db, subject, holds, after, unheard=unheard)

    def kinds_of(self, numbers: Sequence[int]) -> list[str]:
        """The kind of each of these records."""
        with speaking_plainly(self._path):
            rows = self._db.executemany("select kind from record where number = ?", [(number,) for number in numbers])
            return [kind for (kind,) in rows]

    def kept(self) -> list[tuple[str, int, datetime, datetime]]:
        """Of each kind that still has contents: how many, the oldest and the newest. Reads the whole file."""
        with speaking_plainly(self._path):
            rows = self._db.execute(
                "select kind, count(*), min(at), max(at) from record where body is not null group by kind order by kind"
            )
            return [(kind, count, instant(first), instant(last)) for kind, count, first, last in rows]

    def left_of(self, subject: str, *, unheard: bool = False) -> int:
        """How many records about one person cannot go yet."""
        with speaking_plainly(self._path):
            return left_of_subject(self._db, subject, unheard=unheard)

    def add_up(self, deletion: int, last: int, tally: Tally) -> bool:
        """One step further in what a deletion took; False when all is added up."""
        with speaking_plainly(self._path):
            return add_up(self._db, deletion, last, tally)

    def digest_of(self, name: str, first: int, last: int) -> str:
        """Over number and leaf of what a deletion took, in order: what its receipt says."""
        with speaking_plainly(self._path):
            deletion = self._db.execute("select id from deletion where name = ?", (name,)).get
            tally = start(first)
            while add_up(self._db, deletion, last, tally):
                pass
            return tally.hash.hexdigest()

    def newest_snapshot(self, rules_version: int | None) -> Snapshot | None:
        """The newest state those rules (None: whatever rules) left, unpacked; None if they never left one."""
        with speaking_plainly(self._path):
            rows: list[tuple[Any, ...]] = self._db.execute(
                "select number, rules_version, state from snapshot where :version is null or rules_version = :version"
                " order by number desc",
                {"version": rules_version},
            ).fetchall()
        damaged: JournalError | None = None
        for number, version, packed in rows:  # a damaged one is passed over for the one before it
            try:
                return Snapshot(number=number, rules_version=version, state=zlib.decompress(packed))
            except zlib.error as exc:
                damaged = JournalError(str(self._path), f"snapshot of {number} is damaged: {exc}")
                log.error("journal: the snapshot of %d is damaged (%s); taking the one before", number, exc)
        if damaged is not None:
            raise damaged
        return None

    def snapshot_before_last(self) -> int:
        """The number of the newest snapshot but one: all that had to be on disk before the newest is, up to here."""
        with speaking_plainly(self._path):
            found = self._db.execute("select number from snapshot order by number desc limit 1 offset 1").fetchone()
        return 0 if found is None else int(found[0])

    def used_bytes(self) -> int:
        """What the records take. The file itself never shrinks: what deletion freed is used again first."""
        with speaking_plainly(self._path):
            pages = self._db.pragma("page_count") - self._db.pragma("freelist_count")
            used: int = pages * self._db.pragma("page_size")
        return used

    def check(self) -> list[str]:
        """Read the whole file: what SQLite finds wrong with it, and every leaf that does not fit. Empty is well.

        Some seconds for each 100 MB, in which the log only grows: for a quiet hour.
        """
        with speaking_plainly(self._path):
            found = [str(line) for (line,) in self._db.execute("pragma integrity_check(20)") if line != "ok"]
            for number, salt, leaf, body in self._db.execute("select number, salt, leaf, body from record"):
                if body is not None and leaf_of(salt, body) != leaf:
                    found.append(f"record {number} is not what was written")
        return found


def pack(state: bytes) -> bytes:
    """A state as it is kept: zlib level 1."""
    return zlib.compress(state, 1)
