"""A full disk: the least important goes first, unsent alerts never, and nothing that was released is lost."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.entries import Batch, Stream
from gateway.journal.journal import Journal, JournalFull, JournalSettings, Shed, open_journal
from gateway.journal.reader import Reader
from gateway.journal.reserve import Reserve
from tests.journal_entries import alert, append, entry, report

SMALL = JournalSettings(quota_mb=0.5, reserve_kb=0, checkpoint_pages=32)


class House:
    """Fills a journal, the way a house does, and remembers what went."""

    def __init__(self) -> None:
        self.sheds: list[Shed] = []
        self.released: list[int] = []

    @property
    def gone(self) -> Shed:
        return sum(self.sheds, Shed())

    async def inputs(self, journal: Journal, count: int) -> None:
        for number in range(journal.last + 1, journal.last + 1 + count):
            await append(journal, [entry(number, b"x" * 300)])
            self.released.append(number)

    async def snapshot(self, journal: Journal) -> None:
        await journal.snapshot(journal.last, 1, b"state")


@pytest.mark.asyncio
async def test_at_the_quota_the_oldest_bodies_that_are_told_and_folded_go_and_all_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    house = House()
    async with open_journal(path, SMALL, house.sheds.append) as journal:
        for _ in range(40):
            await house.inputs(journal, 100)
            await house.snapshot(journal)
        assert await journal.read(Reader.check) == []
        newest = [record.number for record in await journal.since(3900, 200) if record.body is not None]
    assert house.released == list(range(1, 4001))
    assert newest == list(range(3901, 4001))
    assert house.gone.bodies > 0
    assert house.gone.gaps == ()
    assert path.stat().st_size <= 500_000


@pytest.mark.asyncio
async def test_then_reports_go_unsent_and_say_which_but_alerts_stay(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    house = House()
    async with open_journal(path, SMALL, house.sheds.append) as journal:
        for number in range(1, 1401, 4):
            await append(
                journal,
                [alert(number, number // 4 + 1, b"a" * 200)]
                + [report(number + i, (number // 4) * 3 + i, b"r" * 300) for i in (1, 2, 3)],
            )
            if number % 100 == 1:
                await house.snapshot(journal)
        alerts = await journal.stream_since(Stream.ALERT, 0, 2000)
        reports = await journal.stream_since(Stream.REPORT, 0, 2000)
        gaps = await journal.read(lambda reader: reader.gaps(Stream.REPORT, 0))
    assert [record.stream_number for record in alerts if record.body is not None] == list(range(1, 351))
    assert [record.stream_number for record in reports] == list(range(1, 1051))
    missing = [record.stream_number for record in reports if record.body is None]
    assert missing == list(range(1, len(missing) + 1))  # the oldest
    assert [(gap.stream, gap.first, gap.last) for gap in gaps] == [(Stream.REPORT, 1, len(missing))]
    told = [number for gap in house.gone.gaps for number in range(gap.first, gap.last + 1)]
    assert told == missing
    assert 0 < len(missing) < 1050


@pytest.mark.asyncio
async def test_when_nothing_more_may_go_the_journal_says_that_it_is_full(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    released: list[int] = []

    async def house() -> None:
        async with open_journal(path, SMALL) as journal:
            for number in range(1, 3000):
                await append(journal, [alert(number, number, b"a" * 300)])
                released.append(number)

    with pytest.raises(JournalFull, match="database or disk is full"):
        await house()
    with Reader(path) as reader:
        assert [record.number for record in reader.replay(0) if record.body is not None] == released
        assert reader.check() == []
    assert len(released) > 500
    async with open_journal(path, SMALL) as journal:  # the centre is back: its acknowledgement makes room
        assert journal.last == released[-1]
        journal.keep_bookmark(Stream.ALERT, released[-1])
        await journal.snapshot(journal.last, 1, b"state")
        await append(journal, [entry(journal.last + 1)])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small tmpfs needs root")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"cannot mount a small tmpfs here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # a failed test may hold a file open


@pytest.mark.asyncio
async def test_a_disk_others_have_filled_is_met_with_the_reserve(small_disk: Path) -> None:
    path = small_disk / "journal.db"
    settings = JournalSettings(quota_mb=100, reserve_kb=512, checkpoint_pages=64)
    house = House()
    async with open_journal(path, settings, house.sheds.append) as journal:
        for _ in range(20):
            await house.inputs(journal, 100)
            await house.snapshot(journal)
        fill(small_disk / "somebody-elses.log")
        for _ in range(20):
            await house.inputs(journal, 100)
            await house.snapshot(journal)
        assert await journal.read(Reader.check) == []
        assert house.gone.bodies > 0
        assert not (small_disk / "journal.db.reserve").exists()
        (small_disk / "somebody-elses.log").unlink()
        await house.snapshot(journal)
        assert (small_disk / "journal.db.reserve").stat().st_size == 512 * 1024
    assert house.released == list(range(1, 4001))
    with Reader(path) as reader:
        assert [record.number for record in reader.replay(0)][-1] == 4000


@pytest.mark.asyncio
async def test_a_house_starts_on_a_full_disk(small_disk: Path) -> None:
    path = small_disk / "journal.db"
    settings = JournalSettings(quota_mb=100, reserve_kb=512, checkpoint_pages=64)
    house = House()
    async with open_journal(path, settings, house.sheds.append) as journal:
        await house.inputs(journal, 2000)
        await house.snapshot(journal)
    fill(small_disk / "somebody-elses.log")
    async with open_journal(path, settings, house.sheds.append) as journal:
        await house.inputs(journal, 1900)  # none of it is in a snapshot: more than there is room for ends a house
        assert await journal.read(Reader.check) == []
    assert house.released == list(range(1, 3901))
    assert house.gone.bodies > 0


def fill(file: Path) -> None:
    """Write until the disk has nothing left."""
    with file.open("wb", buffering=0) as handle:
        size = 65536
        while size:
            try:
                handle.write(b"\0" * size)
            except OSError:
                size //= 2


@pytest.mark.asyncio
async def test_many_batches_waiting_when_the_disk_is_full_are_all_released_in_order(tmp_path: Path) -> None:
    released: list[int] = []
    house = House()
    async with open_journal(tmp_path / "journal.db", SMALL, house.sheds.append) as journal:
        await house.inputs(journal, 600)
        await house.snapshot(journal)
        for number in range(601, 1101):
            journal.submit(Batch([entry(number, b"x" * 300)]), lambda batch: released.append(batch.entries[0].number))
        await append(journal, [entry(1101)])
    assert released == list(range(601, 1101))
    assert house.gone.bodies > 0


def test_a_reserve_is_taken_given_and_taken_again(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "journal.db", 4096)
    file = tmp_path / "journal.db.reserve"
    assert file.stat().st_size == 4096
    assert reserve.give_back()
    assert not file.exists()
    assert not reserve.give_back()
    assert reserve.set_aside()
    assert file.stat().st_size == 4096
