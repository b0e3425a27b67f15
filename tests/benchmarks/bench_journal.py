"""Journal appends beside a raw append + fdatasync in the same run; start from a journal of a million records.

`run() -> dict`, `table(result) -> str`; `python -m tests.benchmarks.bench_journal` prints both.
"""

import asyncio
import json
import os
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from gateway.entries import Batch, Entry, Stream
from gateway.journal.file import JournalFile
from gateway.journal.journal import JournalSettings, open_journal
from gateway.journal.reader import Reader, pack
from tests.journal_entries import alert, entry

BODY = b'{"type":"DoorMoved","flat":"c1/b1/u1/101","open":true,"device":"door-7","battery_percent":88}' + b" " * 200
SIZES = (1, 10, 100)
ROUNDS = 5
STATE = os.urandom(200_000)
ROOM = JournalSettings(quota_mb=8000, reserve_kb=0)


def run(seconds: float = 1.0, records: int = 1_000_000) -> dict[str, Any]:
    result: dict[str, Any] = {"body_bytes": len(BODY), "seconds": seconds, "rounds": ROUNDS, "sizes": {}}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in SIZES:
            raw, ours = [], []
            for turn in range(ROUNDS):  # turn by turn, so that a noisy neighbour meets both
                raw.append(raw_append(folder / f"raw-{size}-{turn}", size, seconds / ROUNDS))
                ours.append(asyncio.run(appends(folder / f"journal-{size}-{turn}.db", size, seconds / ROUNDS)))
            row = {"raw_per_second": median(raw), "journal_per_second": median(turn["per_second"] for turn in ours)}
            row["ratio"] = row["journal_per_second"] / row["raw_per_second"]
            row["wait_p50_ms"] = median(turn["p50_ms"] for turn in ours)
            row["wait_p99_ms"] = median(turn["p99_ms"] for turn in ours)
            row["cpu_us_per_record"] = median(turn["cpu_us"] for turn in ours)
            result["sizes"][str(size)] = row
        result["burst"] = asyncio.run(burst(folder / "burst.db", 50_000))
        result["start"] = start(folder / "large.db", records)
    return result


def raw_append(path: Path, size: int, seconds: float) -> float:
    """Records a second, `size` of them per fdatasync, into a plain file: what the disk and Python can do at best."""
    line = BODY + b"\n"
    count = 0
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        os.write(handle, b"".join(line for _ in range(size)))
        os.fdatasync(handle)
        count += size
    wall = time.perf_counter() - began
    os.close(handle)
    return count / wall


def batch(number: int, size: int) -> list[Entry]:
    """One in ten is an alert; all come from devices that wait for their acknowledgement."""
    return [
        alert(n, n // 10, BODY) if n % 10 == 0 else entry(n, BODY, source=f"door-{n % 4000}/1/{n}", subject="s")
        for n in range(number + 1, number + 1 + size)
    ]


async def appends(path: Path, size: int, seconds: float) -> dict[str, float]:
    """One caller that waits for each commit: the whole way through queue, thread, fsync and back into the loop."""
    waits: list[float] = []
    async with open_journal(path, ROOM) as journal:
        kept = asyncio.Event()
        batches = 0
        began, cpu = time.perf_counter(), time.process_time()
        while time.perf_counter() - began < seconds:
            entries = batch(batches * size, size)
            batches += 1
            submitted = time.perf_counter()
            kept.clear()
            journal.submit(Batch(entries), lambda _batch: kept.set())
            await kept.wait()
            waits.append(time.perf_counter() - submitted)
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    cuts = quantiles(waits, n=100)
    return {
        "per_second": batches * size / wall,
        "p50_ms": cuts[49] * 1e3,
        "p99_ms": cuts[98] * 1e3,
        "cpu_us": cpu / (batches * size) * 1e6,
    }


async def burst(path: Path, count: int) -> dict[str, float]:
    """Single entries as fast as the journal takes them: group commit by itself."""
    async with open_journal(path, ROOM) as journal:
        entries = batch(0, count)
        commits: set[int] = set()
        kept = asyncio.Event()

        def done(one: Batch) -> None:
            commits.add(journal.last)
            if one.entries[0].number == count:
                kept.set()

        began, cpu = time.perf_counter(), time.process_time()
        for one in entries:
            await journal.room()
            journal.submit(Batch((one,)), done)
            if one.number % 50 == 0:
                await asyncio.sleep(0)  # the loop has other work as well
        await kept.wait()
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    return {"per_second": count / wall, "per_commit": count / len(commits), "cpu_us": cpu / count * 1e6}


def start(path: Path, records: int, tail: int = 5000) -> dict[str, float]:
    """Open, read the newest snapshot, read the records after it."""
    with JournalFile(path, ROOM, "bench") as file:
        for number in range(0, records, 5000):
            file.append(batch(number, min(5000, records - number)), {Stream.ALERT: number // 10})
            file.checkpoint()
            if records - number == tail:
                file.keep_snapshot(number, 1, pack(STATE))
    began = time.perf_counter()
    with JournalFile(path, ROOM, "bench") as file:
        opened = time.perf_counter()
        with Reader(path) as reader:
            snapshot = reader.newest_snapshot(1)
            assert snapshot is not None
            read = sum(1 for _ in reader.replay(snapshot.number))
        ended = time.perf_counter()
        assert (file.last, read, snapshot.state) == (records, tail, STATE)
    return {
        "records": records,
        "file_mb": path.stat().st_size / 1e6,
        "open_ms": (opened - began) * 1e3,
        "snapshot_and_tail_ms": (ended - opened) * 1e3,
    }


def table(result: dict[str, Any]) -> str:
    lines = ["records per fsync    raw rec/s   journal rec/s   ratio   wait p50 ms   p99 ms   CPU us/rec"]
    for size, row in result["sizes"].items():
        lines.append(
            f"{size:>17} {row['raw_per_second']:12,.0f} {row['journal_per_second']:15,.0f} {row['ratio']:7.2f}"
            f" {row['wait_p50_ms']:13.2f} {row['wait_p99_ms']:8.2f} {row['cpu_us_per_record']:12.0f}"
        )
    one = result["burst"]
    lines.append(
        f"burst of single entries: {one['per_second']:,.0f} records/s, {one['per_commit']:.0f} per commit,"
        f" {one['cpu_us']:.0f} us CPU each"
    )
    one = result["start"]
    lines.append(
        f"start with {one['records']:,} records ({one['file_mb']:.0f} MB): open {one['open_ms']:.0f} ms,"
        f" newest snapshot and 5,000 records after it {one['snapshot_and_tail_ms']:.0f} ms"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    figures = run()
    print(json.dumps(figures, indent=1))
    print(table(figures))
