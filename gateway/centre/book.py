"""Deliveries in, committed rows and the highest number without a hole before it out. The centre's own book.

SQLite through apsw, WAL with full synchronisation: what `keep` returned is on disk. Not for several threads at once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Self

import apsw
from msgspec import Struct
from msgspec.structs import replace

from gateway.centre.letter import Letter, Misfit, digest, read_letter, read_page, same_fact

MOST_FAULTS = 10_000  # so that a hostile sender cannot fill the disk with them
STREAMS = frozenset({"alert", "report"})
_SCHEMA = """
create table if not exists message(
    gw text not null, stream text not null, epoch text not null, number integer not null, received text not null,
    time text not null, type text not null, kind text not null, subject text not null, place text not null,
    severity text not null, state text not null, alert text not null, late integer not null, hash blob not null,
    body blob not null, primary key(gw, stream, epoch, number));
create table if not exists tombstone(
    gw text not null, stream text not null, epoch text not null, first integer not null, last integer not null,
    primary key(gw, stream, epoch, first, last)) without rowid;
create table if not exists mark(
    gw text not null, stream text not null, epoch text not null, upto integer not null,
    primary key(gw, stream, epoch)) without rowid;
create table if not exists page(
    gw text not null, leaf text not null, received text not null, body blob not null,
    primary key(gw, leaf)) without rowid;
create table if not exists fault(
    id integer primary key, gw text not null, why text not null, hash blob not null, length integer not null,
    stream text, epoch text, number integer, first_seen text not null, last_seen text not null,
    count integer not null, unique(gw, why, hash));
"""


class Line(NamedTuple):
    """One numbering: the numbers of a stream count within an epoch of a gateway."""

    gw: str
    stream: str
    epoch: str


class Delivery(Struct, frozen=True):
    """A message as it came: `menshen/v1/{gw}/{leaf}` and its body."""

    gw: str
    leaf: str
    body: bytes


class Fault(Struct, frozen=True):
    """Something a gateway must not do, or a message nobody can read. `again`: the very same came before."""

    gw: str
    why: str
    line: Line | None = None
    number: int | None = None
    again: bool = False


@dataclass(slots=True)
class Kept:
    """What came of a batch: on disk, all of it."""

    fresh: list[Letter] = field(default_factory=list)
    known: int = 0
    faults: list[Fault] = field(default_factory=list)
    upto: dict[Line, int] = field(default_factory=dict)  # each line that was spoken on: 1 .. upto are here


class Book:
    def __init__(self, path: Path) -> None:
        # who is watched where: for its owner alone, however it is started; SQLite gives its log the same mode
        path.touch(mode=0o600)
        self._db = apsw.Connection(str(path))
        self._db.set_busy_timeout(10_000)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=full")
        self._db.execute("pragma secure_delete=on").fetchall()
        self._db.execute("pragma journal_size_limit=4194304")
        self._db.execute(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def keep(self, deliveries: Iterable[Delivery], received: datetime) -> Kept:
        """Commit a batch. What is known is passed over, what is unfit becomes a fault; nothing is ever overwritten."""
        kept, at = Kept(), received.isoformat()
        with self._db:
            for delivery in deliveries:
                if delivery.leaf in STREAMS:
                    self._keep_letter(read_letter(delivery.gw, delivery.leaf, delivery.body), delivery.body, at, kept)
                elif (misfit := read_page(delivery.gw, delivery.body)) is not None:
                    self._note(Fault(misfit.gw, misfit.why), misfit.digest, misfit.length, at, kept)
                else:
                    row = (delivery.gw, delivery.leaf, at, delivery.body)
                    self._db.execute("insert or replace into page values(?,?,?,?)", row)
            for line in kept.upto:
                kept.upto[line] = self._advance(line)
            if kept.faults:
                self._db.execute("delete from fault where id <= (select max(id) from fault) - ?", (MOST_FAULTS,))
        return kept

    def forget_before(self, before: datetime, limit: int = 500) -> int:
        """Empty some messages that were received before then and acknowledged; how many. Their numbers and hashes stay,
        so the book shows no hole."""
        with self._db:
            self._db.execute(
                "update message set subject='', place='', alert='', body=x'' where rowid in"
                " (select m.rowid from message m join mark k on k.gw=m.gw and k.stream=m.stream"
                " and k.epoch=m.epoch and m.number <= k.upto"
                " where m.received < ? and length(m.body) > 0 limit ?)",
                (before.isoformat(), limit),
            )
        return self._db.changes()

    def _keep_letter(self, letter: Letter | Misfit, body: bytes, at: str, kept: Kept) -> None:
        if isinstance(letter, Misfit):
            self._note(Fault(letter.gw, letter.why), letter.digest, letter.length, at, kept)
            return
        line = Line(letter.gw, letter.stream, letter.epoch)
        kept.upto[line] = 0
        hashed = digest(body)
        self._db.execute(
            "insert or ignore into message values(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (*line, letter.number, at, letter.time.isoformat(), *_columns(letter), hashed, body),
        )
        if self._db.changes():
            kept.fresh.append(letter)
            if letter.gone is not None:
                self._db.execute("insert or ignore into tombstone values(?,?,?,?,?)", (*line, *letter.gone))
            return
        known = self._body(line, letter.number)
        if known in (b"", body) or same_fact(known, body):  # empty: it was forgotten since
            kept.known += 1
        else:
            fault = Fault(letter.gw, "the same number with another content", line, letter.number)
            self._note(fault, hashed, len(body), at, kept)

    def _body(self, line: Line, number: int) -> bytes:
        question = "select body from message where gw=? and stream=? and epoch=? and number=?"
        return bytes(self._rows(question, *line, number)[0][0])

    def _note(self, fault: Fault, hashed: bytes, length: int, at: str, kept: Kept) -> None:
        _, stream, epoch = fault.line or ("", None, None)
        self._db.execute(
            "insert or ignore into fault(gw, why, hash, length, stream, epoch, number, first_seen, last_seen, count)"
            " values(?,?,?,?,?,?,?,?,?,0)",
            (fault.gw, fault.why, hashed, length, stream, epoch, fault.number, at, at),
        )
        again = not self._db.changes()
        counted = "update fault set count = count + 1, last_seen = ? where gw=? and why=? and hash=?"
        self._db.execute(counted, (at, fault.gw, fault.why, hashed))
        kept.faults.append(replace(fault, again=again))

    def _advance(self, line: Line) -> int:
        """Move the mark of a line over all that follows it without a hole."""
        start = upto = self.upto(line)
        while True:
            following = "select number from message where gw=? and stream=? and epoch=? and number>? order by number"
            numbers: Iterator[Any] = iter(self._db.execute(following, (*line, upto)))
            for (number,) in numbers:
                if number != upto + 1:
                    break
                upto = number
            gone = "select max(last) from tombstone where gw=? and stream=? and epoch=? and first<=? and last>?"
            ((last,),) = self._rows(gone, *line, upto + 1, upto)
            if last is None:
                break
            upto = last
        if upto > start or not start:
            self._db.execute("insert or replace into mark values(?,?,?,?)", (*line, upto))
        return upto

    def upto(self, line: Line) -> int:
        """1 .. this are in the book."""
        rows = self._rows("select upto from mark where gw=? and stream=? and epoch=?", *line)
        return int(rows[0][0]) if rows else 0

    def holes(self, line: Line, limit: int = 100) -> list[tuple[int, int]]:
        """The ranges that are missing although something after them came, the oldest `limit` of them."""
        holes, expected = list[tuple[int, int]](), self.upto(line) + 1
        spans = (
            "select number, number from message where gw=?1 and stream=?2 and epoch=?3 and number>=?4 union all"
            " select first, last from tombstone where gw=?1 and stream=?2 and epoch=?3 and last>=?4 order by 1"
        )
        for first, last in self._db.execute(spans, (*line, expected)):
            if first > expected:
                holes.append((expected, first - 1))
                if len(holes) == limit:
                    break
            expected = max(expected, last + 1)
        return holes

    def lines(self) -> list[Line]:
        return [Line(*row) for row in self._rows("select distinct gw, stream, epoch from mark order by 1, 2, 3")]

    def faults(self, limit: int = 100) -> list[tuple[str, str, int | None, int]]:
        """(gateway, why, number, how often), the newest first."""
        question = "select gw, why, number, count from fault order by id desc limit ?"
        return [
            (str(gw), str(why), number, int(count)) for gw, why, number, count in self._db.execute(question, (limit,))
        ]

    def numbers(self, line: Line) -> list[int]:
        """All numbers of a line that are in the book, in order. For tests and for comparing books."""
        question = "select number from message where gw=? and stream=? and epoch=? order by number"
        return [number for (number,) in self._rows(question, *line)]

    def page(self, gw: str, leaf: str) -> bytes | None:
        """The newest `state`, `open` or `health` of a gateway."""
        rows = self._rows("select body from page where gw=? and leaf=?", gw, leaf)
        return bytes(rows[0][0]) if rows else None

    def _rows(self, question: str, *values: str | int) -> list[tuple[Any, ...]]:
        return self._db.execute(question, values).fetchall()


def _columns(letter: Letter) -> tuple[str | int, ...]:
    about = (letter.type, letter.kind, letter.subject, letter.place, letter.severity, letter.state, letter.alert)
    return (*about, letter.late)
