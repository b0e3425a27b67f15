"""What a flat's page reads (timeline, table, chart) of ten million records; what the tables of places cost a commit.

`run() -> dict`, `table(result) -> str`; `python -m tests.benchmarks.bench_history` prints both.
"""

import asyncio
import json
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import apsw
import msgspec

from gateway.entries import Entry, EntryClass
from gateway.events.every import DoorMoved, TemperatureTaken
from gateway.journal.file import JournalFile
from gateway.journal.history import told
from gateway.journal.journal import JournalSettings, open_journal
from gateway.view import Asked

FLATS = 4_074
ROOM = JournalSettings(quota_mb=20_000, reserve_kb=0, checkpoint_pages=20_000)
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
A_GROUP = 20_000
BARE = "drop trigger about_in; drop trigger about_out; drop trigger taken_out; drop table about; drop table taken"
PAGE, TABLED, POINTS = 30, 96, 4_000  # of gateway/pages/homes/flat_history.py and flat_chart.py


def run(records: int = 10_000_000, pages: int = 200) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="menshen-bench-") as name:
        folder = Path(name)
        result: dict[str, Any] = {"records": records}
        for turn in range(3):  # turn by turn, so that a noisy neighbour meets both
            for kind, bare in (("with", False), ("without", True)):
                seconds, size = commits(folder / f"{kind}-{turn}.db", 60_000, bare=bare)
                result.setdefault(f"{kind}_us", []).append(seconds / 60_000 * 1e6)
                result[f"{kind}_bytes"] = size / 60_000
        path = folder / "large.db"
        fill(path, records)
        result["file_mb"] = path.stat().st_size / 1e6
        result |= asyncio.run(questions(path, pages))
        result |= migration(path)
        return result


def home_of(n: int) -> tuple[str, str, str]:
    """A flat, its door's sensor and the band worn there."""
    return f"c{n % 7}-b{n % 40:02d}-u{n % 3}-{n}", f"door-{n:05d}", f"band-{n:05d}"


def batch(first: int, count: int) -> list[Entry]:
    """As a street's: three of four are temperatures, the rest doors."""
    made = []
    for number in range(first, first + count):
        at = BEGAN + timedelta(milliseconds=130 * number)
        flat, door, band = home_of((number * 2_654_435_761 >> 9) % FLATS)
        if number % 4:
            body: Any = TemperatureTaken(at=at, heard=at, device=band, celsius=36.5, counter=number, battery_percent=80)
            place = band
        else:
            body, place = DoorMoved(at=at, heard=at, device=door, flat=flat, open=bool(number % 8)), flat
        made.append(
            Entry(
                number=number,
                at=at,
                heard=at,
                kind=type(body).__name__,
                entry_class=EntryClass.INPUT,
                body=msgspec.json.encode(body),
                place=place,
            )
        )
    return made


def commits(path: Path, records: int, *, bare: bool) -> tuple[float, int]:
    """Seconds for so many in groups of a hundred, each fsynced, and the file's size; `bare`: without the table."""
    with JournalFile(path, ROOM, "bench") as file:
        if bare:
            file.db.execute(BARE)
        groups = [batch(first, 100) for first in range(1, records, 100)]
        began = time.perf_counter()
        for group in groups:
            file.append(group, {})
        seconds = time.perf_counter() - began
    return seconds, path.stat().st_size


def fill(path: Path, records: int) -> None:
    with JournalFile(path, ROOM, "bench") as file:
        file.db.pragma("synchronous", "off")
        for first in range(1, records, A_GROUP):
            file.append(batch(first, A_GROUP), {})
            while file.place_some():
                pass
            file.checkpoint()


def cold(path: Path) -> None:
    """As after a start: the kernel has none of the file in memory."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
        os.posix_fadvise(handle.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


async def questions(path: Path, pages: int) -> dict[str, Any]:
    cold(path)
    began = time.perf_counter()
    async with open_journal(path, ROOM) as journal:
        opened = time.perf_counter() - began
        lines, points = [], []
        for n in range(pages):
            flat, door, band = home_of(n * 104_729 % FLATS)
            began = time.perf_counter()
            found = await told(journal, Asked(places=(flat, door, band), subjects=(f"{n:016x}",), limit=PAGE))
            await told(journal, Asked(places=(band,), limit=TABLED, measured=True))
            lines.append(time.perf_counter() - began)
            assert found
            if n % 10 == 0:
                began = time.perf_counter()
                await told(journal, Asked(places=(band,), limit=POINTS, measured=True))
                points.append(time.perf_counter() - began)
    return {
        "open_ms": opened * 1e3,
        "page_first_ms": lines[0] * 1e3,
        "page_median_ms": median(lines) * 1e3,
        "page_most_ms": max(lines) * 1e3,
        "chart_median_ms": median(points) * 1e3,
        "chart_most_ms": max(points) * 1e3,
    }


def migration(path: Path) -> dict[str, Any]:
    """The same file as of before the table: how long its opening takes, and one chunk of taking it in."""
    with apsw.Connection(str(path)) as db:
        db.execute(BARE)
        db.execute("delete from meta where name in ('about_left', 'taken_upto')")
    began = time.perf_counter()
    with JournalFile(path, ROOM, "bench") as file:
        opened = time.perf_counter() - began
        chunks = []
        for _ in range(500):
            began = time.perf_counter()
            file.place_some()
            chunks.append(time.perf_counter() - began)
    return {
        "old_open_ms": opened * 1e3,
        "chunk_median_ms": median(chunks) * 1e3,
        "chunk_most_ms": max(chunks) * 1e3,
    }


def table(result: dict[str, Any]) -> str:
    with_us, without_us = median(result["with_us"]), median(result["without_us"])
    return "\n".join(
        (
            f"a flat's page from {result['records']:,} records ({result['file_mb']:.0f} MB): the first"
            f" {result['page_first_ms']:.1f} ms, median {result['page_median_ms']:.1f}, most"
            f" {result['page_most_ms']:.1f}",
            f"its chart: median {result['chart_median_ms']:.1f} ms, most {result['chart_most_ms']:.1f}",
            f"opening that file: {result['open_ms']:.0f} ms",
            f"the table of places: {with_us:.1f} us a record in commits of a hundred, {without_us:.1f} without it"
            f" (ratio {with_us / without_us:.2f}); {result['with_bytes']:.0f} bytes a record on disk,"
            f" {result['without_bytes']:.0f} without",
            f"a file without it: open after {result['old_open_ms']:.0f} ms, then in chunks of"
            f" {result['chunk_median_ms']:.1f} ms (most {result['chunk_most_ms']:.1f})",
        )
    )


if __name__ == "__main__":
    figures = run()
    print(json.dumps(figures, indent=1))
    print(table(figures))
