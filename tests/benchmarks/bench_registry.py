"""One change among 22,000 documents: how long the caller waits, how long the loop stands still, when it is on disk.

`run() -> dict`, `table(result) -> str`; `python -m tests.benchmarks.bench_registry` prints both.
"""

import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from tinydb import TinyDB

from gateway.registry.registry import Registry, RegistrySettings, open_registry

LATER = RegistrySettings(linger_seconds=60)


def household(number: int) -> dict[str, Any]:
    people = [{"subject": f"s-{number}-{n}", "name": "王小明", "phone": "13800000000", "born": 1950} for n in range(2)]
    return {"flat": f"c1/b{number % 40}/u1/{number}", "people": people, "notes": "x" * 120}


def run(documents: int = 22_000, changes: int = 20) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(ours(Path(folder), documents, changes))
        result["tinydb_alone_ms"] = tinydb_alone(Path(folder) / "alone.json", documents)
    return result


async def ours(folder: Path, documents: int, changes: int) -> dict[str, Any]:
    async with open_registry(folder / "registry", folder / "registry.key", LATER) as registry:
        book = registry.book("households")
        docs = {f"h-{n}": household(n) for n in range(documents)}
        imported, import_stall = await stall(import_all(registry, docs))
        waits, flushes, stalls = [], [], []
        for number in range(changes):
            began = time.perf_counter()
            book.put(f"h-{number}", household(number + 1), number + 2)
            waits.append(time.perf_counter() - began)
            flushed, longest = await stall(registry.flush())
            flushes.append(flushed)
            stalls.append(longest)
    began = time.perf_counter()
    async with open_registry(folder / "registry", folder / "registry.key", LATER) as registry:
        assert len(registry.book("households")) == documents
        opened = time.perf_counter() - began
    return {
        "documents": documents,
        "file_mb": (folder / "registry" / "households.json").stat().st_size / 1e6,
        "put_max_ms": max(waits) * 1e3,
        "loop_stall_max_ms": max(stalls) * 1e3,
        "flush_max_ms": max(flushes) * 1e3,
        "import_ms": imported * 1e3,
        "import_stall_ms": import_stall * 1e3,
        "open_ms": opened * 1e3,
    }


async def import_all(registry: Registry, docs: dict[str, Any]) -> None:
    await registry.book("households").put_many(docs, 1)
    await registry.flush()


async def stall(work: Any) -> tuple[float, float]:
    """How long the work took, and the longest time in which the loop did not come round meanwhile."""
    task = asyncio.ensure_future(work)
    began = last = time.perf_counter()
    longest = 0.0
    while not task.done():
        await asyncio.sleep(0.0005)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    await task
    return last - began, longest


def tinydb_alone(path: Path, documents: int) -> float:
    """The same change by TinyDB's own storage, in the caller's thread."""
    with TinyDB(path) as db:
        db.insert_multiple(household(n) for n in range(documents))
        began = time.perf_counter()
        db.update(household(1), doc_ids=[1])
        return (time.perf_counter() - began) * 1e3


def table(result: dict[str, Any]) -> str:
    return "\n".join(
        (
            f"a change among {result['documents']:,} documents ({result['file_mb']:.1f} MB):",
            f"  caller waits at most {result['put_max_ms']:.2f} ms"
            f" (TinyDB's own storage: {result['tinydb_alone_ms']:.0f} ms)",
            f"  loop stands still at most {result['loop_stall_max_ms']:.1f} ms while the file is written",
            f"  on disk after at most {result['flush_max_ms']:.0f} ms",
            f"import of all: {result['import_ms']:.0f} ms,"
            f" loop stands still at most {result['import_stall_ms']:.1f} ms",
            f"opening the book: {result['open_ms']:.0f} ms",
        )
    )


if __name__ == "__main__":
    figures = run()
    print(json.dumps(figures, indent=1))
    print(table(figures))
