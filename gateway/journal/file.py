"""Entries in, one transaction on disk out. The only code that writes to the journal; used by one thread at a time."""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway.entries import Entry, Stream
from gateway.journal.deletion import Shed, Shedder, clear_subject, drop_older_snapshots, strip
from gateway.journal.epoch import Epoch, Mark, ask_for_renewal, machine, settle_epoch, write_mark
from gateway.journal.forgotten import forgotten, note_forgotten
from gateway.journal.lock import lock_journal
from gateway.journal.places import place_some
from gateway.journal.receipts import Deletion, begin, prepare, tell, untold, widen
from gateway.journal.reserve import Reserve
from gateway.journal.schema import (
    BUSY_MILLISECONDS,
    JournalError,
    JournalSettings,
    connect_writer,
    micros,
    speaking_plainly,
    transaction,
)

SALT_BYTES = 16
FREE_PAGES = 48  # how much room shedding makes at a time: some 400 records

# A source is on record once. The gatekeeper knows the newest rings of each node; one that says an older ring's words
# again (it is broken, or it lies) has them on record without a source: its cable must not end the house.
INSERT = (
    "insert into record(number, at, heard, kind, class, place, subject, source, epoch, stream, stream_number,"
    " schema, salt, leaf, body) values(?1,?2,?3,?4,?5,?6,?7,"
    "(select ?8 where not exists (select 1 from record where source = ?8)),?9,?10,?11,?12,?13,?14,?15)"
)

Row = tuple[object, ...]


class JournalFile:
    """An open journal: `last` is the newest number on disk, `last_of` the newest of each stream in this epoch."""

    def __init__(self, path: Path, settings: JournalSettings, machine_name: str | None = None) -> None:
        """Raises JournalError where another house has it open, it is damaged, or it is no journal."""
        self.path = path
        self.settings = settings
        with ExitStack() as undo:
            self._lock = lock_journal(path)
            undo.callback(self._lock.release)
            with speaking_plainly(path):
                self.reserve = Reserve(path, settings.reserve_kb * 1024)
                self.reserve.give_back_if_needed()
                self.db = connect_writer(path, settings)
                undo.callback(self.db.close)
                with transaction(self.db):
                    prepare(self.db)
                self.epoch: Epoch = settle_epoch(self.db, path, machine() if machine_name is None else machine_name)
                self.last: int = self.db.execute("select coalesce(max(number), 0) from record").get
                self.last_of: dict[Stream, int] = {stream: self._last_of(stream) for stream in Stream}
                self.bookmarks: dict[Stream, int] = dict.fromkeys(Stream, 0)
                for stream, upto in self.db.execute("select stream, upto from bookmark"):
                    self.bookmarks[Stream(stream)] = upto
                self._quota_pages: int = self.db.pragma("max_page_count")
                self._narrowed = False
                self._shedder = Shedder(self.db)
                if not self.reserve.is_there:
                    self._grow_no_more()
            self._check_the_end()
            if self.epoch.is_new:
                for subject in forgotten(path):
                    self._forget_again(subject)
            undo.pop_all()

    def append(self, entries: Sequence[Entry], bookmarks: Mapping[Stream, int]) -> None:
        """Entries and bookmarks, fsynced when this returns. Raises JournalFull (nothing was written), JournalError."""
        last_of = dict(self.last_of)
        rows = self._rows(entries, last_of)
        with speaking_plainly(self.path), transaction(self.db):
            if rows:
                self.db.executemany(INSERT, rows)
            if bookmarks:
                self.db.executemany("insert or replace into bookmark values(?, ?)", bookmarks.items())
        self.last += len(rows)
        self.last_of = last_of
        self.bookmarks.update(bookmarks)

    def keep_snapshot(self, number: int, rules_version: int, packed: bytes) -> None:
        """A packed state as of record `number`; the oldest snapshots make room."""
        if number > self.last:
            raise JournalError(str(self.path), f"snapshot of {number}, but the last record is {self.last}")
        with speaking_plainly(self.path), transaction(self.db):
            self.db.execute("insert or replace into snapshot values(?, ?, ?)", (number, rules_version, packed))
            self.db.execute(
                "delete from snapshot where rowid not in (select rowid from snapshot order by number desc limit ?)",
                (self.settings.snapshots_kept,),
            )
        self.leave_mark()
        with speaking_plainly(self.path):
            if self.reserve.set_aside() and self._narrowed:  # the disk has room again
                self.db.pragma("max_page_count", self._quota_pages)
                self._narrowed = False

    def renew_epoch(self) -> None:
        with speaking_plainly(self.path):
            ask_for_renewal(self.db)

    def clear(self, numbers: Sequence[int], deletion: int | None) -> None:
        """Take the contents of these records, which are told and folded; see journal_deletion."""
        with speaking_plainly(self.path), transaction(self.db):
            strip(self.db, numbers, deletion)
            if deletion is not None:
                widen(self.db, deletion, min(numbers), max(numbers))

    def note_forgotten(self, subject: str) -> None:
        """Beside the journal, so that a restored copy forgets again."""
        with speaking_plainly(self.path):
            note_forgotten(self.path, subject)

    def drop_older_snapshots(self) -> None:
        """All but the newest: the older ones know what is forgotten since."""
        with speaking_plainly(self.path), transaction(self.db):
            drop_older_snapshots(self.db)

    def begin_deletion(self, name: str, at: datetime, by: str, reason: str, asked: str) -> int:
        with speaking_plainly(self.path), transaction(self.db):
            return begin(self.db, name, at, by, reason, asked)

    def untold_deletions(self) -> list[Deletion]:
        with speaking_plainly(self.path):
            return untold(self.db)

    def tell_deletion(self, deletion: int) -> None:
        with speaking_plainly(self.path), transaction(self.db):
            tell(self.db, deletion)

    def scrub(self) -> bool:
        """Empty the write-ahead log, which still has pages as they were. False while a reader needs it: ask again."""
        with speaking_plainly(self.path):
            self.db.set_busy_timeout(0)  # no append waits for a reader because of this
            try:
                busy, _, _ = self.db.execute("pragma wal_checkpoint(truncate)").fetchall()[0]
            finally:
                self.db.set_busy_timeout(BUSY_MILLISECONDS)
        return not busy

    def place_some(self) -> bool:
        """Some more records into the tables of places; see journal_places."""
        with speaking_plainly(self.path), transaction(self.db):
            return place_some(self.db)

    def make_room(self) -> tuple[bool, Shed]:
        """The disk or the quota is full: give the reserve back, then shed. Was a reserve given, and what went?"""
        with speaking_plainly(self.path):
            freed = False
            if self.db.pragma("page_count") < self.db.pragma("max_page_count"):  # not the quota, the disk
                freed = self.reserve.give_back()
                self.db.wal_checkpoint()
                self._grow_no_more()
            total = Shed()
            wanted = self.db.pragma("freelist_count") + FREE_PAGES
            while self.db.pragma("freelist_count") < wanted:
                with transaction(self.db):
                    shed = self._shedder.chunk()
                if shed == Shed():
                    break
                total += shed
                self.db.wal_checkpoint()
        return freed, total

    def checkpoint(self) -> None:
        """Move the write-ahead log into the database; what a reader still needs stays."""
        with speaking_plainly(self.path):
            self.db.wal_checkpoint()

    def leave_mark(self) -> None:
        with speaking_plainly(self.path):
            write_mark(self.path, Mark(epoch=self.epoch.name, number=self.last))

    def close(self) -> None:
        try:
            with speaking_plainly(self.path):
                self.leave_mark()
                self.db.close()  # the last connection to close empties the log
        finally:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _grow_no_more(self) -> None:
        self.db.pragma("max_page_count", self.db.pragma("page_count"))
        self._narrowed = True

    def _forget_again(self, subject: str) -> None:
        after: int | None = 0
        while after is not None:
            with speaking_plainly(self.path), transaction(self.db):
                after = clear_subject(self.db, subject, after)

    def _rows(self, entries: Iterable[Entry], last_of: dict[Stream, int]) -> list[Row]:
        """Rows to insert; moves `last_of` on. Raises JournalError where a number is not the one after the last."""
        entries = tuple(entries)
        salts = os.urandom(SALT_BYTES * len(entries))
        rows: list[Row] = []
        for place, entry in enumerate(entries):
            expected = self.last + 1 + place
            if entry.number != expected:
                raise JournalError(str(self.path), f"record {entry.number} given where {expected} comes next")
            if entry.stream is not None:
                if entry.stream_number != last_of[entry.stream] + 1:
                    why = f"{entry.stream} {entry.stream_number} given where {last_of[entry.stream] + 1} comes next"
                    raise JournalError(str(self.path), why)
                last_of[entry.stream] += 1
            elif entry.stream_number is not None:
                raise JournalError(str(self.path), f"record {entry.number} has a stream number and no stream")
            salt = salts[SALT_BYTES * place : SALT_BYTES * (place + 1)]
            rows.append(
                (
                    entry.number,
                    micros(entry.at),
                    micros(entry.heard),
                    entry.kind,
                    entry.entry_class,
                    entry.place,
                    entry.subject,
                    entry.source,
                    self.epoch.number,
                    entry.stream,
                    entry.stream_number,
                    entry.schema,
                    salt,
                    leaf_of(salt, entry.body),
                    entry.body,
                )
            )
        return rows

    def _last_of(self, stream: Stream) -> int:
        number: int = self.db.execute(
            "select coalesce(max(stream_number), 0) from record where stream = ? and epoch = ?",
            (stream, self.epoch.number),
        ).get
        return number

    def _check_the_end(self) -> None:
        """The newest records are whole. A full check reads the whole file; that is `Reader.check`, not for a start."""
        with speaking_plainly(self.path):
            newest = self.db.execute("select number, salt, leaf, body from record order by number desc limit 100")
            for number, salt, leaf, body in newest:
                if body is not None and leaf_of(salt, body) != leaf:
                    raise JournalError(str(self.path), f"record {number} is not what was written")


def leaf_of(salt: bytes, body: bytes) -> bytes:
    """What stays of a record for ever: SHA-256(salt || body). The salt keeps short bodies from being guessed."""
    return hashlib.sha256(salt + body).digest()
