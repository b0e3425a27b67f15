"""Deletion takes body and salt and leaves the leaf; it never takes what is still needed."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import apsw
import pytest

from gateway.entries import Batch, Stream
from gateway.journal.deletion import Gap, gaps_of
from gateway.journal.journal import JournalSettings, open_journal
from gateway.journal.reader import Reader
from gateway.journal.schema import connect_writer
from gateway.retention import Due
from tests.journal_entries import NOON, alert, append, entry, report

pytestmark = pytest.mark.asyncio
SETTINGS = JournalSettings(reserve_kb=0)


def all_before(instant: datetime) -> Due:
    """Everything from before this hour."""
    return Due(before={}, other=instant)


def bodies(path: Path) -> list[int]:
    """The numbers of the records that still have one."""
    with Reader(path) as reader:
        return [record.number for record in reader.replay(0) if record.body is not None]


async def test_retention_stops_at_the_hour_at_the_snapshot_and_at_what_is_unconfirmed(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path, SETTINGS) as journal:
        await append(journal, [entry(1), alert(2, 1), alert(3, 2), report(4, 1), entry(5), entry(6), entry(7)])
        journal.keep_bookmark(Stream.ALERT, 1)
        await journal.retain(all_before(NOON + timedelta(days=1)))
        assert bodies(path) == [1, 2, 3, 4, 5, 6, 7]  # no snapshot: the next start reads them all
        await journal.snapshot(6, 1, b"")
        await journal.retain(all_before(NOON + timedelta(seconds=5)))
        assert bodies(path) == [3, 4, 5, 6, 7]
        await journal.retain(all_before(NOON + timedelta(days=1)))
        assert bodies(path) == [3, 4, 7]
        journal.keep_bookmark(Stream.ALERT, 2)
        journal.keep_bookmark(Stream.REPORT, 1)
        await append(journal, [entry(8)])
        await journal.retain(all_before(NOON + timedelta(days=1)))
        assert bodies(path) == [7, 8]


async def test_the_leaves_stay_and_the_salts_go(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path, SETTINGS) as journal:
        await append(journal, [entry(number, source=f"door-7/1/{number}") for number in range(1, 1001)])
        before = [(record.number, record.leaf, record.source) for record in await journal.since(0, 2000)]
        await journal.snapshot(1000, 1, b"")
        await journal.retain(all_before(NOON + timedelta(days=1)))
        after = [(record.number, record.leaf, record.source) for record in await journal.since(0, 2000)]
        assert await journal.read(Reader.check) == []
    assert after == before
    db = apsw.Connection(str(path))
    assert db.execute("select count(*) from record where salt is not null or body is not null").get == 0
    db.close()


async def test_what_was_deleted_is_gone_from_the_file_and_the_room_is_used_again(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path, SETTINGS) as journal:
        await append(journal, [entry(number, b"the-secret-of-flat-101" * 20) for number in range(1, 1001)])
        await journal.snapshot(1000, 1, b"")
        used = await journal.read(Reader.used_bytes)
        await journal.retain(all_before(NOON + timedelta(days=1)))
        assert await journal.read(Reader.used_bytes) < used / 2
    size = path.stat().st_size
    assert b"the-secret-of-flat-101" not in path.read_bytes()
    async with open_journal(path, SETTINGS) as journal:
        await append(journal, [entry(number, b"x" * 440) for number in range(1001, 1501)])
    assert path.stat().st_size == size


async def test_the_file_is_opened_as_it_must_be(tmp_path: Path) -> None:
    db = connect_writer(tmp_path / "journal.db", SETTINGS)
    asked = ("journal_mode", "synchronous", "secure_delete", "wal_autocheckpoint")
    assert [db.pragma(name) for name in asked] == ["wal", 2, 1, 0]
    db.close()


async def test_one_person_is_forgotten_and_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path, SETTINGS) as journal:
        await append(journal, [entry(1, subject="stay-1"), entry(2, subject="stay-2"), entry(3, subject="stay-1")])
        await journal.snapshot(1, 1, b"knows stay-1")
        await journal.snapshot(2, 1, b"")
        assert await journal.forget("stay-1") == 1  # record 3 is not in a snapshot yet
        assert bodies(path) == [2, 3]
        await append(journal, [entry(4)])
        await journal.snapshot(4, 1, b"")
        assert await journal.forget("stay-1") == 0
        assert bodies(path) == [2, 4]
        assert await journal.forget("nobody") == 0
    db = apsw.Connection(str(path))
    assert db.execute("select number from snapshot").fetchall() == [(4,)]  # the older ones knew the person
    db.close()


async def test_appends_go_on_while_much_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path, JournalSettings(reserve_kb=0, room_entries=64)) as journal:
        await append(journal, [entry(number) for number in range(1, 5001)])
        await journal.snapshot(5000, 1, b"")
        released: list[int] = []

        async def retention() -> int:
            await journal.retain(all_before(NOON + timedelta(days=1)))
            return len(released)

        deleting = asyncio.ensure_future(retention())
        number = 5000
        while not deleting.done():
            number += 1
            await journal.room()
            journal.submit(Batch([entry(number)]), lambda batch: released.append(batch.entries[0].number))
            await asyncio.sleep(0)
        assert await deleting >= 5000 // 500 - 1  # between any two steps what was waiting was written
    assert released == list(range(5001, number + 1))
    assert bodies(path) == released


async def test_runs_of_numbers() -> None:
    assert gaps_of(Stream.REPORT, [2, 3, 4, 9, 11, 12]) == [
        Gap(Stream.REPORT, 2, 4),
        Gap(Stream.REPORT, 9, 9),
        Gap(Stream.REPORT, 11, 12),
    ]
    assert gaps_of(Stream.REPORT, []) == []
