"""What was submitted is on disk, in order, as it was; nothing is released before."""

import asyncio
import hashlib
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.reading import Receipt
from gateway.entries import Batch, Confirm, Entry, EntryClass, Stream, source_key
from gateway.journal.epoch import settle_epoch
from gateway.journal.file import JournalFile
from gateway.journal.journal import TOLD_AT_ONCE, JournalError, JournalSettings, open_journal
from gateway.journal.reader import Reader
from tests.journal_entries import NOON, alert, append, entry, report

pytestmark = pytest.mark.asyncio


async def test_a_record_is_what_the_entry_said(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db") as journal:
        await append(journal, [entry(1, subject="s-1", source="door-7/1/9"), alert(2, 1)])
        first, second = await journal.since(0, 10)
    assert (first.number, first.at, first.heard) == (1, NOON + timedelta(seconds=1), NOON + timedelta(seconds=1.5))
    assert (first.kind, first.entry_class, first.place) == ("DoorMoved", EntryClass.INPUT, "s/c/b1/u1/101")
    assert (first.subject, first.source, first.stream, first.schema) == ("s-1", "door-7/1/9", None, 1)
    assert first.body == b'{"type":"DoorMoved","open":true}'
    assert (second.stream, second.stream_number, second.entry_class) == (Stream.ALERT, 1, EntryClass.FINDING)


async def test_the_leaf_is_the_hash_of_salt_and_body_and_no_salt_is_used_twice(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db") as journal:
        await append(journal, [entry(1), entry(2)])
    db = apsw.Connection(str(tmp_path / "journal.db"))
    rows = db.execute("select salt, leaf, body from record").fetchall()
    db.close()
    assert [hashlib.sha256(salt + body).digest() for salt, _, body in rows] == [leaf for _, leaf, _ in rows]
    assert len({salt for salt, _, _ in rows}) == 2


async def test_effects_are_released_in_order_and_only_after_their_records_are_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    released: list[int] = []
    on_disk: list[int] = []
    async with open_journal(path) as journal:
        with Reader(path) as reader:

            def done(batch: Batch) -> None:
                released.append(batch.entries[0].number if batch.entries else 0)
                on_disk.append(reader.last())

            for number in range(1, 301):
                journal.submit(Batch([entry(number)]), done)
                assert released == []  # never from within submit
            # a repeat, acknowledged again: it waits its turn behind the first one's commit
            repeat = Confirm(link="rs485-a", receipt=Receipt(device="door-7", ring=1, sequence=9))
            journal.submit(Batch((), (repeat,)), done)
            await append(journal, [entry(301)])
    assert released == [*range(1, 301), 0]
    assert all(newest >= number for number, newest in zip(released, on_disk, strict=True))


async def test_what_waits_shares_one_commit(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    seen_by_readers: set[int] = set()
    disk_is_free = threading.Event()
    all_told = asyncio.Event()
    async with open_journal(path) as journal:
        with Reader(path) as reader:
            busy = asyncio.ensure_future(journal._chore(lambda _file: disk_is_free.wait(60)))
            await asyncio.sleep(0)  # the chore is with the writer
            for number in range(1, 101):
                journal.submit(Batch([entry(number)]), lambda _batch: seen_by_readers.add(reader.last()))
            journal.submit(Batch(()), lambda _batch: all_told.set())
            disk_is_free.set()
            assert await busy
            await all_told.wait()
    assert seen_by_readers == {100}


async def test_closing_does_not_wait_for_the_linger(tmp_path: Path) -> None:
    released: list[Batch] = []
    async with asyncio.timeout(30):
        async with open_journal(tmp_path / "journal.db", JournalSettings(linger_seconds=600)) as journal:
            journal.submit(Batch([entry(1)]), released.append)
    assert len(released) == 1


async def test_a_source_is_on_record_once_and_who_says_its_words_again_does_not_end_the_journal(tmp_path: Path) -> None:
    """A node that goes through more rings than the gatekeeper remembers, and begins anew with the first."""
    async with open_journal(tmp_path / "journal.db") as journal:
        await append(journal, [entry(1, source="door-7/1/9")])
        await append(journal, [entry(2, source="door-7/1/9"), entry(3, source="door-7/1/10")])
        await append(journal, [entry(4, source="door-7/2/1"), entry(5, source="door-7/2/1"), entry(6)])
        sources = [record.source for record in await journal.since(0, 10)]
    assert sources == ["door-7/1/9", None, "door-7/1/10", "door-7/2/1", None, None]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ([entry(3)], "record 3 given where 2 comes next"),
        ([entry(1)], "record 1 given where 2 comes next"),
        ([alert(2, 2)], "alert 2 given where 1 comes next"),
        ([report(2, 1), report(3, 3)], "report 3 given where 2 comes next"),
        ([entry(2, stream_number=1)], "record 2 has a stream number and no stream"),
    ],
)
async def test_numbers_that_are_not_dense_end_the_journal(tmp_path: Path, wrong: list, why: str) -> None:
    released: list[Batch] = []

    async def house() -> None:
        async with open_journal(tmp_path / "journal.db") as journal:
            await append(journal, [entry(1, source=source_key(Receipt(device="door-7", ring=1, sequence=9)))])
            journal.submit(Batch(wrong), released.append)
            with pytest.raises(JournalError, match=why):
                await journal.watch()
            with pytest.raises(JournalError, match=why):
                journal.submit(Batch([entry(2)]), released.append)
            with pytest.raises(JournalError, match=why):
                await journal.room()

    with pytest.raises(JournalError, match=why):
        await house()
    assert released == []
    with Reader(tmp_path / "journal.db") as reader:
        assert reader.last() == 1


async def test_the_gatekeeper_waits_while_the_disk_is_behind(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db", JournalSettings(room_entries=50)) as journal:
        most_waiting = 0
        kept = 0

        def done(batch: Batch) -> None:
            nonlocal kept
            kept += len(batch.entries)

        for number in range(1, 1001):
            await journal.room()
            journal.submit(Batch([entry(number)]), done)
            most_waiting = max(most_waiting, number - kept)
        await append(journal, [entry(1001)])
        assert kept == 1000
    assert most_waiting == 50


async def test_closing_writes_what_was_submitted_and_leaves_no_log_behind(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    released: list[Batch] = []
    async with open_journal(path) as journal:
        for number in range(1, 2001):
            journal.submit(Batch([entry(number)]), released.append)
    assert len(released) == 2000
    with Reader(path) as reader:
        assert (reader.last(), reader.check()) == (2000, [])
    assert path.stat().st_mode & 0o777 == 0o600


async def test_an_effect_that_fails_is_not_lost_among_the_callbacks(tmp_path: Path) -> None:
    def fails(_batch: Batch) -> None:
        raise ZeroDivisionError

    async def house() -> None:
        async with open_journal(tmp_path / "journal.db") as journal:
            journal.submit(Batch([entry(1)]), fails)
            with pytest.raises(JournalError, match="ZeroDivisionError"):
                await journal.watch()

    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    with pytest.raises(JournalError, match="an effect of a committed batch failed: ZeroDivisionError"):
        await house()


async def test_the_newest_snapshot_of_those_rules_and_the_records_after_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path, JournalSettings(snapshots_kept=2)) as journal:
        for number in range(1, 6):
            await append(journal, [entry(number)])
            await journal.snapshot(number, 7 if number < 5 else 8, f"state {number}".encode() * 1000)
        assert journal.newest_snapshot(6) is None
    async with open_journal(path) as journal:
        newest = journal.newest_snapshot(7)
        assert newest is not None
        assert (newest.number, newest.state) == (4, b"state 4" * 1000)
        assert [record.number for record in journal.replay(newest.number)] == [5]
        assert await journal.read(lambda reader: reader.newest_snapshot(8).number) == 5


async def test_a_snapshot_of_a_record_that_is_not_there_is_refused(tmp_path: Path) -> None:
    async def house() -> None:
        async with open_journal(tmp_path / "journal.db") as journal:
            await append(journal, [entry(1)])
            await journal.snapshot(2, 1, b"")

    with pytest.raises(JournalError, match="snapshot of 2, but the last record is 1"):
        await house()


async def test_reading_by_number_and_by_stream(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db") as journal:
        await append(journal, [alert(1, 1), report(2, 1), entry(3), report(4, 2), report(5, 3), alert(6, 2)])
        assert [r.number for r in await journal.since(2, 3)] == [3, 4, 5]
        assert [r.number for r in await journal.stream_since(Stream.REPORT, 1, 10)] == [4, 5]
        assert [r.number for r in await journal.stream_since(Stream.ALERT, 0, 1)] == [1]
        assert journal.last == 6
        assert journal.last_of == {Stream.ALERT: 2, Stream.REPORT: 3}


async def test_a_second_house_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    code = (
        "import sys; from pathlib import Path\n"
        "from gateway.journal.file import JournalFile; from gateway.journal.schema import JournalSettings\n"
        "JournalFile(Path(sys.argv[1]), JournalSettings())"
    )
    async with open_journal(path) as journal:
        other = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=60
        )
        assert other.returncode == 1
        assert "JournalHeld" in other.stderr
        assert "another house has this journal open" in other.stderr
        await append(journal, [entry(1)])


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda path: path.write_bytes(b"not a database, but long enough to be one" * 200), "NotADBError"),
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), "CorruptError"),
        (lambda path: run(path, "update record set body = x'00' where number = 2"), "record 2 is not what was written"),
        (lambda path: run(path, "pragma application_id = 1"), "not a journal"),
        (lambda path: run(path, "pragma user_version = 99"), "not a journal of this version"),
    ],
)
async def test_a_damaged_journal_stops_the_house(tmp_path: Path, damage, why: str) -> None:
    path = tmp_path / "journal.db"
    with JournalFile(path, JournalSettings()) as file:
        file.append([entry(number, b"x" * 400) for number in range(1, 50)], {})
    damage(path)
    with pytest.raises(JournalError, match=why):
        JournalFile(path, JournalSettings())
    with pytest.raises(JournalError, match=why):  # and says so again: the lock was let go
        JournalFile(path, JournalSettings())


def run(path: Path, statement: str) -> None:
    db = apsw.Connection(str(path))
    db.execute(statement)
    db.close()


async def test_a_full_check_finds_a_record_that_was_changed(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with JournalFile(path, JournalSettings()) as file:
        file.append([entry(number) for number in range(1, 500)], {})
    run(path, "update record set body = x'00' where number = 7")
    async with open_journal(path) as journal:
        assert await journal.read(Reader.check) == ["record 7 is not what was written"]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=40, deadline=None)
@given(
    at=st.datetimes(timezones=st.just(UTC)),
    heard=st.datetimes(timezones=st.just(timezone(timedelta(hours=8)))),
    texts=st.tuples(texts, texts, texts),
    body=st.binary(max_size=5000),
)
async def test_any_entry_comes_back_as_it_was(
    at: datetime, heard: datetime, texts: tuple[str, str, str], body: bytes
) -> None:
    kind, place, subject = texts
    one = Entry(1, at, heard, kind, EntryClass.FINDING, body, place=place, subject=subject, schema=3)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        with JournalFile(path, JournalSettings(reserve_kb=0)) as file:
            file.append([one], {})
        with Reader(path) as reader:
            (record,) = reader.since(0, 2)
    assert {name: getattr(record, name) for name in one.__struct_fields__} == {
        name: getattr(one, name) for name in one.__struct_fields__
    }
    assert record.at.tzinfo is UTC


async def test_an_hour_without_a_zone_is_a_bug_and_ends_the_house_loudly(tmp_path: Path) -> None:
    with JournalFile(tmp_path / "journal.db", JournalSettings()) as file:
        with pytest.raises(TypeError):
            file.append([Entry(1, NOON.replace(tzinfo=None), NOON, "", EntryClass.INPUT, b"")], {})
        file.append([entry(1)], {})


async def test_no_question_of_a_start_or_of_the_outbox_reads_the_whole_journal(tmp_path: Path) -> None:
    """So that a start takes the same time whatever the journal's size (the figures are in the benchmark)."""
    path = tmp_path / "journal.db"
    with JournalFile(path, JournalSettings(), "guard-house-1") as file:
        file.append([alert(1, 1), report(2, 1), entry(3)], {})
    asked: list[tuple[str, object]] = []

    def note(_cursor: object, statement: str, bindings: object) -> bool:
        asked.append((statement, bindings))
        return True

    with JournalFile(path, JournalSettings(), "guard-house-1") as file:
        file.db.exec_trace = note
        settle_epoch(file.db, path, "guard-house-1")
        file._last_of(Stream.REPORT)
        file.append([entry(4)], {Stream.ALERT: 1})
        file.db.exec_trace = None
        with Reader(path) as reader:
            reader._db.exec_trace = note
            reader.newest_snapshot(1)
            reader.last()
            list(reader.replay(2))
            reader.stream_since(Stream.REPORT, 0, 10)
            reader.heard_after(Stream.REPORT, 0)
            reader._db.exec_trace = None
            plans = {
                statement: " | ".join(row[3] for row in reader._db.execute(f"explain query plan {statement}", bindings))
                for statement, bindings in asked
                if statement.startswith("select") and " record" in statement
            }
    assert len(plans) >= 5
    for statement, plan in plans.items():
        assert "SCAN record" not in plan, statement
        assert "TEMP B-TREE" not in plan, statement


async def test_a_large_commit_is_passed_on_in_parts_so_that_others_have_their_turn(tmp_path: Path) -> None:
    """As when the disk had stalled for a moment in a rush; a chore asked for after it is told after all of it."""
    turns = 0
    told: list[tuple[int, int]] = []

    async def have_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with open_journal(tmp_path / "journal.db") as journal:
        having = asyncio.create_task(have_turns())
        let_go = threading.Event()
        held = asyncio.create_task(journal._chore(lambda file: let_go.wait(30)))
        await asyncio.sleep(0)
        for start in range(1, 2001, 50):
            batch = Batch(entries=[entry(number) for number in range(start, start + 50)])
            journal.submit(batch, lambda batch: told.append((batch.entries[0].number, turns)))
        after = asyncio.create_task(journal._chore(lambda file: len(told)))
        after.add_done_callback(lambda done: told.append((0, turns)))
        let_go.set()
        assert await held
        await after
        having.cancel()
    assert [number for number, _ in told] == [*range(1, 2001, 50), 0]
    at_one_turn = Counter(turn for _, turn in told)
    assert max(at_one_turn.values()) <= TOLD_AT_ONCE // 50 + 1
