"""A journal that is a copy starts a new epoch, and what the centre had not confirmed is sent in it."""

import shutil
import zlib
from pathlib import Path

import pytest

from gateway.entries import Stream
from gateway.journal.epoch import machine, mark_path
from gateway.journal.file import JournalFile
from gateway.journal.journal import JournalSettings, open_journal
from gateway.journal.reader import Reader
from gateway.journal.schema import JournalError
from tests.journal_entries import alert, append, entry, report

SETTINGS = JournalSettings(reserve_kb=0)


def open_file(path: Path, machine_name: str = "guard-house-1") -> JournalFile:
    return JournalFile(path, SETTINGS, machine_name)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Alerts 1-3 and report 1; the centre has confirmed alerts 1 and 2."""
    path = tmp_path / "journal.db"
    with open_file(path) as file:
        file.append([alert(1, 1), alert(2, 2), report(3, 1), entry(4), alert(5, 3)], {Stream.ALERT: 2})
    return path


def unconfirmed(path: Path) -> list[tuple[int, int | None]]:
    with Reader(path) as reader:
        found = reader.stream_since(Stream.ALERT, 0, 10) + reader.stream_since(Stream.REPORT, 0, 10)
    return [(record.number, record.stream_number) for record in found]


def test_the_same_file_on_the_same_machine_goes_on(journal: Path) -> None:
    with open_file(journal) as file:
        epoch = file.epoch
    with open_file(journal) as file:
        assert (file.epoch, file.epoch.is_new, file.epoch.number) == (epoch, False, 1)
        assert (file.last, file.last_of, file.bookmarks) == (
            5,
            {Stream.ALERT: 3, Stream.REPORT: 1},
            {Stream.ALERT: 2, Stream.REPORT: 0},
        )


def test_a_new_journal_is_a_new_epoch(tmp_path: Path) -> None:
    with open_file(tmp_path / "journal.db") as file:
        assert (file.epoch.number, file.epoch.is_new, len(file.epoch.name)) == (1, True, 16)


def test_a_copy_put_in_its_place_starts_a_new_epoch_and_sends_what_was_unconfirmed(journal: Path) -> None:
    with open_file(journal) as file:
        old = file.epoch.name
    backup = journal.with_name("backup")
    shutil.copyfile(journal, backup)
    backup.replace(journal)
    with open_file(journal) as file:
        assert file.epoch.is_new
        assert file.epoch.name != old
        assert (file.last, file.last_of) == (5, {Stream.ALERT: 1, Stream.REPORT: 1})
        assert file.bookmarks == {Stream.ALERT: 0, Stream.REPORT: 0}
        assert unconfirmed(journal) == [(5, 1), (3, 1)]
        file.append([alert(6, 2), report(7, 2)], {})
    assert unconfirmed(journal) == [(5, 1), (6, 2), (3, 1), (7, 2)]


def test_a_clone_on_another_machine_starts_a_new_epoch(journal: Path) -> None:
    with open_file(journal, "guard-house-2") as file:
        assert file.epoch.is_new
    with open_file(journal, "guard-house-2") as file:
        assert not file.epoch.is_new


def test_an_older_copy_written_over_the_file_is_told_by_the_mark(journal: Path) -> None:
    backup = journal.with_name("backup")
    shutil.copyfile(journal, backup)
    with open_file(journal) as file:
        file.append([entry(6)], {})
    with journal.open("r+b") as same_inode:
        same_inode.write(backup.read_bytes())
        same_inode.truncate()
    with open_file(journal) as file:
        assert file.epoch.is_new


@pytest.mark.parametrize("torn", [b"", b'{"epoch":"12', b"\0\0\0\0"])
def test_a_mark_torn_by_a_power_cut_or_missing_changes_nothing(journal: Path, torn: bytes) -> None:
    mark_path(journal).write_bytes(torn)
    with open_file(journal) as file:
        assert not file.epoch.is_new
    mark_path(journal).unlink()
    with open_file(journal) as file:
        assert not file.epoch.is_new


def test_a_restored_journal_forgets_again(journal: Path) -> None:
    with open_file(journal) as file:
        file.append([entry(6, subject="stay-9"), entry(7, subject="stay-8")], {})
        file.keep_snapshot(7, 1, b"")
    backup = journal.with_name("backup")
    shutil.copyfile(journal, backup)
    with open_file(journal) as file:
        file.note_forgotten("stay-9")
    backup.replace(journal)
    with open_file(journal):
        pass
    with Reader(journal) as reader:
        assert [record.body is None for record in reader.since(5, 10)] == [True, False]


@pytest.mark.asyncio
async def test_when_the_centre_knows_numbers_never_given_the_next_start_renews_the_epoch(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path, SETTINGS) as journal:
        await append(journal, [alert(1, 1)])
        old = journal.epoch
        await journal.renew_epoch()
        await append(journal, [alert(2, 2)])  # until the house has ended, the old epoch goes on
    async with open_journal(path, SETTINGS) as journal:
        assert (journal.epoch.number, journal.epoch.is_new) == (old.number + 1, True)
        assert journal.last_of[Stream.ALERT] == 2
    async with open_journal(path, SETTINGS) as journal:
        assert not journal.epoch.is_new


def test_the_machine_is_the_same_each_time_it_is_asked() -> None:
    assert machine() == machine()


def test_a_journal_that_is_gone_is_told_loudly(journal: Path, caplog: pytest.LogCaptureFixture) -> None:
    with open_file(journal):
        pass  # the mark beside it now says how far it had come
    for part in journal.parent.glob("journal.db*"):
        if part != mark_path(journal):
            part.unlink()
    with open_file(journal) as file:
        assert (file.last, file.epoch.lost) == (0, 5)
    with open_file(journal) as file:
        assert file.epoch.lost == 0  # told once
    assert "it was lost, or is an old copy" in caplog.text


def test_a_damaged_snapshot_is_passed_over_for_an_older_one(journal: Path, caplog: pytest.LogCaptureFixture) -> None:
    with open_file(journal) as file:
        file.keep_snapshot(4, 1, zlib.compress(b"as it was"))
        file.keep_snapshot(5, 1, b"what a bad card left of it")
    with Reader(journal) as reader:
        found = reader.newest_snapshot(None)
    assert found is not None
    assert (found.number, found.state) == (4, b"as it was")
    assert "the snapshot of 5 is damaged" in caplog.text
    with open_file(journal) as file:
        file.keep_snapshot(4, 1, b"nor is this one")
    with Reader(journal) as reader, pytest.raises(JournalError, match="is damaged"):
        reader.newest_snapshot(None)
