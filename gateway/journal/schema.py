"""A path in, an open SQLite connection out: the journal's tables, how they are opened, and what may go wrong.

The SQLite inside apsw is the only one that ever opens this file: Debian 12's 3.40 carries the WAL-reset corruption bug
(3.7.0 to 3.51.2, https://www.sqlite.org/wal.html#walresetbug), and two SQLite libraries in one process break each
other's POSIX locks (https://www.sqlite.org/howtocorrupt.html, section 2.2.1).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import apsw
from msgspec import Struct

from gateway.entries import EntryClass, Record, Stream
from gateway.journal.places import begin_placing

APPLICATION_ID = 0x4D534A4C  # "MSJL": what `file` and a careful reader find in the header
VERSION = 1
EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)
BUSY_MILLISECONDS = 5000
MICROSECOND = timedelta(microseconds=1)

TABLES = """
create table meta(name text primary key, value text not null) without rowid;
create table epoch(number integer primary key, name text not null unique, first integer not null);
create table record(
    number integer primary key,
    at integer not null,             -- microseconds UTC
    heard integer not null,
    kind text not null,
    class text not null,
    place text not null,
    subject text not null,
    source text,
    epoch integer not null,
    stream text,
    stream_number integer,
    schema integer not null,
    salt blob,
    leaf blob not null,
    body blob
);
create unique index record_source on record(source) where source is not null;
create unique index record_stream on record(stream, epoch, stream_number) where stream is not null;
create index record_subject on record(subject) where subject <> '';
create table snapshot(number integer not null, rules_version integer not null, state blob not null,
                      primary key(rules_version, number));
create table bookmark(stream text primary key, upto integer not null) without rowid;
"""

COLUMNS = "number, at, heard, kind, class, place, subject, source, stream, stream_number, schema, leaf, body"


class JournalError(Exception):
    """The journal cannot keep its promise. Nobody answers this: the house stops loudly and is started anew."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


class JournalHeld(JournalError):
    """Another process has this journal open: no dead disk, but a second house, which must let the first's cables be."""


class JournalFull(Exception):
    """The disk or the quota is full, and nothing that may go is left to be shed."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


class JournalSettings(Struct, frozen=True):
    """`room_entries`: how many may wait for the disk before the gatekeeper is asked to wait.

    `checkpoint_pages` (4 kB each) keeps the write-ahead log short. The reserve must hold the log twice: what is in it
    when the disk is full, and what shedding adds.
    """

    quota_mb: float = 1024.0
    reserve_kb: int = 8192
    linger_seconds: float = 0.0
    bookmark_seconds: float = 0.2
    room_entries: int = 4096
    group_entries: int = 1024
    checkpoint_pages: int = 1000
    snapshots_kept: int = 3


def micros(at: datetime) -> int:
    """An aware instant as whole microseconds UTC; a naive one raises TypeError."""
    return (at - EPOCH_START) // MICROSECOND


def instant(microseconds: int) -> datetime:
    return EPOCH_START + timedelta(microseconds=microseconds)


def record_of(row: tuple[Any, ...]) -> Record:
    """One row of `COLUMNS` as a Record."""
    number, at, heard, kind, entry_class, place, subject, source, stream, stream_number, schema, leaf, body = row
    return Record(
        number=number,
        at=instant(at),
        heard=instant(heard),
        kind=kind,
        entry_class=EntryClass(entry_class),
        place=place,
        subject=subject,
        source=source,
        stream=Stream(stream) if stream is not None else None,
        stream_number=stream_number,
        schema=schema,
        leaf=leaf,
        body=body,
    )


@contextmanager
def speaking_plainly(path: Path) -> Iterator[None]:
    """What SQLite or the file system says about the journal, in the house's two words for it."""
    try:
        yield
    except apsw.FullError as exc:
        raise JournalFull(str(path), str(exc)) from exc
    except (apsw.Error, OSError) as exc:
        raise JournalError(str(path), f"{type(exc).__name__}: {exc}") from exc


@contextmanager
def transaction(db: apsw.Connection) -> Iterator[None]:
    """All of it or none of it; the end of the block is the fsync."""
    db.execute("begin immediate")
    try:
        yield
        db.execute("commit")
    finally:
        if db.in_transaction:  # the block or the commit failed; SQLite may have rolled back by itself already
            db.execute("rollback")


def connect_writer(path: Path, settings: JournalSettings) -> apsw.Connection:
    """The one connection that writes and checkpoints. Creates file and tables, readable by its owner alone."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        sync_folder(path.parent)
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    db.set_busy_timeout(BUSY_MILLISECONDS)
    for pragma in ("journal_mode=wal", "synchronous=full", "secure_delete=on"):  # apart: each answers with a row, and
        db.execute(f"pragma {pragma}").fetchall()  # apsw goes on to the next statement only when it has been read
    db.execute("pragma foreign_keys=off; pragma temp_store=memory; pragma cache_size=-4096")
    db.execute("pragma wal_autocheckpoint=0")  # the writer checkpoints after it has handed a commit back, not within it
    page_size = int(db.pragma("page_size"))
    db.execute(f"pragma journal_size_limit={settings.checkpoint_pages * page_size}")
    db.execute(f"pragma max_page_count={max(64, int(settings.quota_mb * 1_000_000) // page_size)}")
    if db.pragma("user_version") == 0:
        with transaction(db):
            db.execute(TABLES)
            db.execute(f"pragma application_id={APPLICATION_ID}; pragma user_version={VERSION}")
    if (db.pragma("application_id"), db.pragma("user_version")) != (APPLICATION_ID, VERSION):
        db.close()
        raise JournalError(str(path), "this file is not a journal of this version")
    with transaction(db):
        begin_placing(db)
    return db


def connect_reader(path: Path) -> apsw.Connection:
    """A connection that can only read; use it in short transactions, or the log cannot be checkpointed."""
    if not path.exists():
        raise JournalError(str(path), "there is no journal yet; the house makes one when it first opens")
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    db.set_busy_timeout(BUSY_MILLISECONDS)
    db.execute("pragma cache_size=-2048")
    return db


def sync_folder(folder: Path) -> None:
    """Make the names in a folder as durable as the files."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
