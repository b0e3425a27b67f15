"""kill -9 at any moment: what was said to be on disk is on disk, without a hole."""

import random
import subprocess
import sys
import time
from pathlib import Path

from gateway.entries import Stream
from gateway.journal.file import JournalFile
from gateway.journal.reader import Reader
from gateway.journal.schema import JournalSettings

ROOT = Path(__file__).resolve().parents[3]
KILLS = 8


def run_and_kill(path: Path, moment_seconds: float) -> list[int]:
    """The numbers a house printed before it was killed, some moment after its first commit."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journal_at_full_speed", str(path)], stdout=subprocess.PIPE, cwd=ROOT
    ) as house:
        assert house.stdout is not None
        assert house.stdout.readline() == b"open\n"
        first = house.stdout.readline()
        time.sleep(moment_seconds)  # the kill is meant to fall at an arbitrary moment
        house.kill()
        lines = [first, *house.stdout.read().split(b"\n")]
    return [int(line) for line in lines if line]


def test_whatever_was_released_before_a_kill_is_on_disk_and_dense(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    chance = random.Random(7)
    released: list[int] = []
    epochs = set()
    for _ in range(KILLS):
        released += run_and_kill(path, chance.uniform(0.0, 0.4))
        with JournalFile(path, JournalSettings(reserve_kb=16)) as file:  # what a start does
            epochs.add(file.epoch.name)
            assert file.last >= released[-1]
    assert len(epochs) == 1
    assert released == sorted(set(released))
    with Reader(path) as reader:
        assert reader.check() == []
        numbers = []
        streams: dict[Stream, list[int | None]] = {stream: [] for stream in Stream}
        for record in reader.replay(0):
            numbers.append(record.number)
            if record.stream is not None:
                streams[record.stream].append(record.stream_number)
        snapshot = reader.newest_snapshot(1)
    assert numbers == list(range(1, numbers[-1] + 1))
    assert set(released) <= set(numbers)
    for found in streams.values():
        assert found == list(range(1, len(found) + 1))
    assert snapshot is not None
    assert snapshot.state == b"state %d" % snapshot.number
    assert len(released) >= KILLS
