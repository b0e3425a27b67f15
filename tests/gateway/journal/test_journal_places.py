"""What is on record of a flat, its devices and its people is found without looking through the journal."""

from pathlib import Path

import apsw
import msgspec
import pytest

from gateway.bodies import body_of
from gateway.compound import DeviceKind
from gateway.entries import Entry
from gateway.events.every import DeviceSilent, DoorMoved, TemperatureTaken
from gateway.journal.file import JournalFile
from gateway.journal.history import told
from gateway.journal.journal import JournalSettings, open_journal
from gateway.journal.places import CHUNK, SPAN
from gateway.journal.reader import Reader, pack
from gateway.orders.every import QuarantineEnded
from gateway.view import NEWEST, Asked
from tests.journal_entries import NOON, append, entry

SETTINGS = JournalSettings(reserve_kb=0)


def at(number: int, place: str, *, kind: str = "DoorMoved", subject: str = "") -> Entry:
    return msgspec.structs.replace(entry(number, subject=subject), place=place, kind=kind)


def found(reader: Reader, places: tuple[str, ...], subjects: tuple[str, ...] = (), **more: int | bool) -> list[int]:
    wanted = {"before": NEWEST, "limit": 50} | more
    return [record.number for record in reader.told_of(places, subjects, **wanted)]  # type: ignore[arg-type]  # two ints and a bool


def fill(path: Path, entries: list[Entry]) -> None:
    with JournalFile(path, SETTINGS, "m") as file:
        file.append(entries, {})


def forget_the_table(path: Path) -> None:
    """As a journal of before there was one. Another SQLite, but alone with the file."""
    with apsw.Connection(str(path)) as db:
        db.execute("drop trigger about_in; drop trigger about_out; drop trigger taken_out")
        db.execute("drop table about; drop table taken; delete from meta where name in ('about_left', 'taken_upto')")


def test_records_of_places_and_people_come_newest_first_and_in_pages(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    fill(
        path,
        [
            at(1, "flat-1"),
            at(2, "flat-2", subject="a"),
            at(3, "band-1", kind="TemperatureTaken"),
            at(4, "flat-1", subject="a"),
            at(5, "lane-1", kind="PassShown"),
            at(6, "band-1", kind="BandHeard"),
        ],
    )
    with Reader(path) as reader:
        assert found(reader, ("flat-1", "band-1"), ("a",)) == [6, 4, 2, 1]
        assert found(reader, ("flat-1", "band-1"), ("a",), limit=2) == [6, 4]
        assert found(reader, ("flat-1", "band-1"), ("a",), before=4) == [2, 1]
        assert found(reader, ("band-1", "flat-1"), measured=True) == [3]
        assert found(reader, ("lane-1", "")) == []
        assert found(reader, (), ("",)) == []


def test_what_was_deleted_is_not_found(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    with JournalFile(path, SETTINGS, "m") as file:
        file.append([at(n, "flat-1", subject="a" if n == 2 else "") for n in (1, 2, 3)], {})
        file.keep_snapshot(3, 1, pack(b"{}"))
        file.clear([2], None)
        with Reader(path) as reader:
            assert found(reader, ("flat-1",), ("a",)) == [3, 1]
        file.clear([1, 3], None)
        with Reader(path) as reader:
            assert found(reader, ("flat-1",)) == []
        assert file.db.execute("select count(*) from about").get == 0


@pytest.mark.asyncio
async def test_an_older_file_is_taken_in_a_little_at_a_time_the_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    many = 2 * CHUNK + 10
    fill(path, [at(n, "flat-1" if n % 500 == 0 else "elsewhere") for n in range(1, many + 1)])
    forget_the_table(path)
    async with open_journal(path, SETTINGS) as journal:
        asked = Asked(places=("flat-1",))
        assert await journal.read(lambda reader: found(reader, asked.places)) == []
        await append(journal, [at(many + 1, "flat-1")])
        assert await journal.read(lambda reader: found(reader, asked.places)) == [many + 1]
        assert await journal.place_some()
        assert await journal.read(lambda reader: found(reader, asked.places)) == [many + 1, 2000, 1500]
        while await journal.place_some():
            pass
        assert await journal.read(lambda reader: found(reader, asked.places)) == [many + 1, 2000, 1500, 1000, 500]
        assert not await journal.place_some()
    async with open_journal(path, SETTINGS) as journal:  # done is done
        assert not await journal.place_some()


@pytest.mark.asyncio
async def test_a_file_that_was_closed_halfway_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    fill(path, [at(n, "flat-1") for n in range(1, 3 * CHUNK + 1)])
    forget_the_table(path)
    async with open_journal(path, SETTINGS) as journal:
        assert await journal.place_some()
    async with open_journal(path, SETTINGS) as journal:
        while await journal.place_some():
            pass
        assert len(await journal.read(lambda r: found(r, ("flat-1",), limit=4 * CHUNK))) == 3 * CHUNK


def test_temperatures_are_found_before_and_after_their_span_is_taken_in(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    many = 2 * SPAN + 50
    mine = [n for n in range(1, many + 1) if n % 1000 == 7]
    kinds = {True: "band-1", False: "band-2"}
    with JournalFile(path, SETTINGS, "m") as file:
        file.append([at(n, kinds[n % 1000 == 7], kind="TemperatureTaken") for n in range(1, many + 1)], {})
        with Reader(path) as reader:
            assert found(reader, ("band-1",), measured=True) == mine[::-1]
        chunks = 0
        while file.place_some():
            chunks += 1
        assert chunks == 2 * SPAN // CHUNK
        assert file.db.execute("select count(*) from taken where place = 'band-1'").get == 20
        with Reader(path) as reader:
            assert found(reader, ("band-1",), measured=True) == mine[::-1]
            assert found(reader, ("band-1",), measured=True, limit=3) == mine[:-4:-1]
            assert found(reader, ("band-1",), measured=True, before=SPAN + 7) == mine[9::-1]
            assert found(reader, ("band-1",)) == []
        file.keep_snapshot(many, 1, pack(b"{}"))
        file.clear(mine[:2], None)
        with Reader(path) as reader:
            assert found(reader, ("band-1",), measured=True) == mine[:1:-1]
        assert file.db.execute("select count(*) from taken where place = 'band-1'").get == 18
        assert not file.place_some()


def test_each_question_is_answered_by_an_index(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    fill(path, [at(1, "flat-1", subject="a")])
    questions = {
        "select number from about where place = ? and number < ? order by number desc limit ?": 3,
        "select number from taken where span = ? and place = ? and number < ? order by number desc limit ?": 4,
        "select number from record where subject = ? and subject <> '' and number < ? and body is not null"
        " order by number desc limit ?": 3,
    }
    with apsw.Connection(str(path)) as db:
        plans = [
            str(row[3])
            for sql, values in questions.items()
            for row in db.execute("explain query plan " + sql, (1,) * values)
        ]
    assert len(plans) == 3
    assert all("SEARCH" in plan for plan in plans)  # neither SCAN nor a temporary tree to sort with


@pytest.mark.asyncio
async def test_records_come_as_the_values_they_are(tmp_path: Path) -> None:
    moved = DoorMoved(at=NOON, heard=NOON, device="door-1", flat="flat-1", open=True)
    body = msgspec.json.encode(moved)
    async with open_journal(tmp_path / "j.db", SETTINGS) as journal:
        await append(journal, [msgspec.structs.replace(entry(1, body), place="flat-1")])
        [one] = await told(journal, Asked(places=("flat-1",)))
    assert (one.number, one.body) == (1, moved)


def test_what_is_about_a_device_or_a_stay_is_found_by_that() -> None:
    silent = DeviceSilent(at=NOON, heard=NOON, device="band-1", kind=DeviceKind.BAND, since=NOON)
    taken = TemperatureTaken(at=NOON, heard=NOON, device="band-1", celsius=36.5)
    moved = DoorMoved(at=NOON, heard=NOON, device="door-1", flat="flat-1", open=True)
    ended = QuarantineEnded(id="o", at=NOON, by="d1", quarantine="stay-1", reason="served")
    assert [body_of(each).place for each in (silent, taken, moved, ended)] == ["band-1", "band-1", "flat-1", "stay-1"]
