"""A day of a street through a real journal: rows and bytes for each band and door, and what a card has to bear of it.

    python -m tests.street.wear [--flats 400] [--observed 114] [--together 0]

Each batch is on disk before the next is given, as in life, where things happen seconds apart: that is what wears a
card, not how much is kept. `--together`: batches of so many simulated seconds are committed as one: what that saves.
What is written is asked of the kernel (/proc/self/io, write_bytes).
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.entries import Batch, Entry
from gateway.journal.journal import Journal, open_journal
from gateway.journal.reader import pack
from gateway.journal.schema import JournalSettings
from gateway.state.state import State, freeze
from tests.street.run import House, run
from tests.street.street import SimulatedStreet

DAY = 1  # the second day: stays have begun, and nothing is measured for the first time
BAND = {"TemperatureTaken", "BandHeard", "PresenceChanged", "ChargeTold"}
DOOR = {"DoorMoved"}


def written() -> int:
    """What this process has had written to storage so far."""
    told = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(told["write_bytes"])


def batches(street: SimulatedStreet, house: House) -> list[list[Entry]]:
    """The batches of the last day, as the gatekeeper gave them."""
    days: list[list[list[Entry]]] = [[] for _ in range(street.days)]
    today = 0

    def look(batch: Batch) -> None:
        if batch.entries:
            days[today].append(list(batch.entries))

    def progress(day: int) -> None:
        nonlocal today
        today = min(day + 1, street.days - 1)

    run(street, look=look, progress=progress, house=house)
    return days[-1]


def grouped(each: list[list[Entry]], together: timedelta) -> list[list[Entry]]:
    groups: list[list[Entry]] = []
    until: datetime | None = None
    for entries in each:
        if until is None or entries[0].heard >= until:
            groups.append([])
            until = entries[0].heard + together
        groups[-1] += entries
    return groups


async def keep(journal: Journal, entries: list[Entry]) -> None:
    kept = asyncio.get_running_loop().create_future()
    journal.submit(Batch(entries), lambda batch: kept.set_result(None))
    await kept


async def measure(flats: int, observed: int, together: float, folder: Path) -> dict[str, Any]:
    street, house = SimulatedStreet(7, flats, observed, DAY + 1), House(State())
    day = batches(street, house)
    first = day[0][0].number
    streams: Counter[str] = Counter()
    numbered = []
    for entries in grouped(day, timedelta(seconds=together)):
        again = []
        for entry in entries:
            if entry.stream is not None:
                streams[entry.stream] += 1
            again.append(_numbered(entry, entry.number - first + 1, streams))
        numbered.append(again)
    rows: Counter[str] = Counter(entry.kind for entries in numbered for entry in entries)
    bodies: Counter[str] = Counter()
    for entries in numbered:
        for entry in entries:
            bodies[entry.kind] += len(entry.body)
    path = folder / "journal.db"
    settings = JournalSettings()
    async with open_journal(path, settings) as journal:
        empty, before = path.stat().st_size, written()
        for entries in numbered:
            await keep(journal, entries)
        spent = written() - before
    all_rows = sum(rows.values())
    row_bytes = (path.stat().st_size - empty) / all_rows
    bands = sum(len(home.people) for home in street.households if home.observed(DAY))
    doors = sum(home.observed(DAY) for home in street.households)
    of_bands, of_doors = (sum(rows[kind] for kind in kinds) for kinds in (BAND, DOOR))
    snapshot = len(pack(freeze(house.state)))
    return {
        "flats": flats,
        "observed": doors,
        "bands": bands,
        "rows": all_rows,
        "bytes_a_row": round(row_bytes),
        "rows_a_band": round(of_bands / bands, 1),
        "kb_a_band": round(of_bands / bands * row_bytes / 1e3, 1),
        "door_rows_an_observed_flat": round(of_doors / doors, 1),
        "mb_a_day": round(all_rows * row_bytes / 1e6, 2),
        "commits": len(numbered),
        "written_mb": round(spent / 1e6, 1),
        "kb_a_commit": round(spent / len(numbered) / 1e3, 1),
        "written_for_each_kept": round(spent / (all_rows * row_bytes), 1),
        "snapshot_kb": round(snapshot / 1e3, 1),
        "rows_by_kind": dict(rows.most_common(12)),
        "body_bytes_by_kind": {kind: round(bodies[kind] / rows[kind]) for kind, _ in rows.most_common(12)},
    }


def _numbered(entry: Entry, number: int, streams: Counter[str]) -> Entry:
    """The same entry in a journal that begins with this day."""
    stream = entry.stream
    return Entry(
        number=number,
        at=entry.at,
        heard=entry.heard,
        kind=entry.kind,
        entry_class=entry.entry_class,
        body=entry.body,
        place=entry.place,
        subject=entry.subject,
        source=entry.source,
        stream=stream,
        stream_number=None if stream is None else streams[stream],
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flats", type=int, default=400)
    parser.add_argument("--observed", type=int, default=114)
    parser.add_argument("--together", type=float, default=0.0, help="seconds; 0: each batch by itself")
    parser.add_argument("--folder", type=Path, default=Path.cwd() / "build", help="on a disk, not in memory")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        found = asyncio.run(measure(asked.flats, asked.observed, asked.together, Path(folder)))
    json.dump({**found, "load": round(os.getloadavg()[0], 1)}, sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
