"""The registry in a house: 7,000 people taken in, and one change among 22,000 households while the loop is watched.

`run() -> dict`, `table(result) -> str`; `python -m tests.benchmarks.bench_households` prints both.
"""

import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from gateway.households import Household, Resident
from gateway.people import Care
from gateway.registry.registrar import Registrar, check_list, settle_memory
from gateway.registry.roll_answers import roll_of
from gateway.registry.roll_files import csv_of, table_of, xlsx_of
from gateway.words.language import Lang
from tests.benchmarks.bench_registry import stall
from tests.gateway.registry.registering import config_in, opened

SIZE = (20, 22, 50)  # units, floors, flats on each: 22,000


def homes(flats: int, people: int) -> dict[str, Household]:
    """So many flats, of which the first have people, two each."""
    found = {}
    for n in range(flats):
        flat = f"palm/3-{1 + n % 20}-{1 + n // 20 % 22}{1 + n // 440:02d}"
        living = tuple(
            Resident(f"{2 * n + p:016x}", "王小明", f"138{n:08d}", (Care.LIVES_ALONE,), {Care.LIVES_ALONE: "每天电话"})
            for p in range(2 if 2 * n < people else 0)
        )
        found[flat] = Household(flat, people=living)
    return found


def run(documents: int = 22_000, changes: int = 20) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measured(Path(folder), documents, changes))


async def measured(folder: Path, documents: int, changes: int) -> dict[str, Any]:
    result: dict[str, Any] = {"documents": documents}
    few, many = homes(3500, 7000), homes(documents, 44_000)
    async with opened(config_in(folder, *SIZE)) as (_, registrar):
        for kind, write in (("csv", csv_of), ("xlsx", xlsx_of)):
            data = write(table_of(few.values(), Lang.EN), Lang.EN)
            taken, longest = await stall(check_list(registrar, lambda known, data=data: roll_of(data, known)))
            result[f"check_{kind}_ms"], result[f"check_{kind}_stall_ms"] = taken * 1e3, longest * 1e3
        taken, longest = await stall(take_in(registrar, few))
        result["import_7000_ms"], result["import_stall_ms"] = taken * 1e3, longest * 1e3
        await take_in(registrar, many)
        settle_memory()
        waits, stalls = [], []
        _, idle = await stall(asyncio.sleep(2.0))
        result["idle_stall_ms"] = idle * 1e3
        for number in range(changes):
            flat = next(iter(many))
            home = Household(flat, people=(Resident(f"{number:016x}", "李"),))
            began = time.perf_counter()
            await registrar.change({flat: home}, "d1")
            waits.append(time.perf_counter() - began)
            written, longest = await stall(registrar.settle())  # the whole book is written now
            stalls.append(longest)
        result["change_ms"] = sorted(wait * 1e3 for wait in waits)
        result["book_written_ms"] = written * 1e3
        result["change_stall_ms"] = max(stalls) * 1e3
    began = time.perf_counter()
    async with opened(folder / "menshen.toml") as (_, registrar):
        assert len(registrar.all()) == documents
        result["open_ms"] = (time.perf_counter() - began) * 1e3
    return result


async def take_in(registrar: Registrar, found: dict[str, Household]) -> None:
    done = await registrar.take_in(registrar.difference(found).changed, "bench", lambda done, of: None)
    assert done.done, done.why


def table(result: dict[str, Any]) -> str:
    waits = result["change_ms"]
    return "\n".join(
        (
            f"7,000 people: list checked in {result['check_csv_ms']:.0f} ms (CSV),"
            f" {result['check_xlsx_ms']:.0f} ms (XLSX),"
            f" taken in, journaled and on disk in {result['import_7000_ms']:.0f} ms",
            f"  the loop stands still at most {result['check_csv_stall_ms']:.1f},"
            f" {result['check_xlsx_stall_ms']:.1f} and {result['import_stall_ms']:.1f} ms meanwhile",
            f"one change among {result['documents']:,} households: who asked waits {waits[len(waits) // 2]:.1f} ms"
            f" (at most {waits[-1]:.1f}); both disks included",
            f"  the book is written behind that in {result['book_written_ms']:.0f} ms; the loop stands still at most"
            f" {result['change_stall_ms']:.1f} ms (idle: {result['idle_stall_ms']:.1f})",
            f"opening a house with {result['documents']:,} households: {result['open_ms']:.0f} ms",
        )
    )


if __name__ == "__main__":
    figures = run()
    print(json.dumps(figures, indent=1))
    print(table(figures))
