"""The whole house as real processes: sensor-to-centre latency, burst drain beside raw paho, CPU, memory, start.

Sensor to centre: from the byte written to the scanner's pseudo-terminal to the centre's book, both on one machine's
clock; the book's instant is taken as its transaction begins. `run() -> dict`, `table(result) -> str`.
"""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections import defaultdict, deque
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import apsw
import msgspec

from gateway.entries import Batch, Entry, EntryClass
from gateway.events.every import NodeStarted
from gateway.journal.journal import open_journal
from gateway.state.state import RULES_VERSION, freeze, thaw
from sim.camera import Camera
from sim.picture import Showing
from tests.benchmarks.bench_mqtt import raw_paho
from tests.works import Works, cpu_seconds, peak_megabytes, resident_megabytes, works

BURST = 10_000
RECORDS = 1_000_000


def run(seconds: float = 20.0, records: int = RECORDS) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="menshen-bench-") as folder:
        return asyncio.run(_run(Path(folder), seconds, records))


async def _run(folder: Path, seconds: float, records: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for rate in (50, 1000):
        (home := folder / f"at-{rate}").mkdir()
        async with works(home, doors=0, scanners=3) as w:
            result[f"latency_{rate}"] = await _latency(w, rate, seconds if rate == 50 else seconds / 2)
            if rate == 50:
                result["idle"] = await _idle(w, seconds)
    (home := folder / "burst").mkdir()
    async with works(home, doors=0, scanners=3) as w:
        result["burst"] = await _burst(w)
    (home := folder / "camera").mkdir()
    result["camera"] = await _camera(home, seconds)
    result["start_empty_ms"] = await _start(folder / "start-empty", 0)
    result["start_records"] = records
    result["start_full_ms"] = await _start(folder / "start-full", records)
    return result


async def _latency(w: Works, rate: float, seconds: float) -> dict[str, float]:
    """Codes at the scanners; each shown code is found again at the centre by its pass's id, in order."""
    await w.feed(2.0, rate)  # what is paid once is paid before the clock runs
    await w.settle()
    before = cpu_seconds(w.gateway.pid)
    already = w.last_numbers().get("report", 0)
    spilt = sum(scanner.cable.dropped for scanner in w.scanners)
    shown: list[tuple[str, float]] = []
    feeding = asyncio.create_task(_feed_timed(w, rate, seconds, shown), name="feed")
    await feeding
    cpu = cpu_seconds(w.gateway.pid) - before
    await w.settle()
    taken = _match(w, shown, already)
    return {
        "events": len(shown),
        "missed": len(shown) - len(taken),
        "spilt_bytes": sum(scanner.cable.dropped for scanner in w.scanners) - spilt,
        "p50_ms": taken[len(taken) // 2] * 1e3,
        "p99_ms": taken[int(len(taken) * 0.99)] * 1e3,
        "cpu_seconds_per_1000": cpu / len(shown) * 1e3,
        "resident_mb": resident_megabytes(w.gateway.pid),
        "load": os.getloadavg()[0],
    }


async def _feed_timed(w: Works, rate: float, seconds: float, shown: list[tuple[str, float]]) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    while (now := loop.time()) < began + seconds:
        while len(shown) < int((now - began) * rate):
            text = next(w.codes)
            scanner = w.scanners[len(shown) % len(w.scanners)]
            shown.append((text, time.time()))
            scanner.cable.say(scanner.line(text))
        await asyncio.sleep(0.001)


def _match(w: Works, shown: list[tuple[str, float]], skip: int) -> list[float]:
    """Seconds from each showing to the book, sorted. The n-th decision on a pass belongs to its n-th showing."""
    waiting: dict[str, deque[float]] = defaultdict(deque)
    for text, at in shown:
        waiting[w.ids[text]].append(at)
    found = []
    with contextlib.closing(apsw.Connection(str(w.book_path), flags=apsw.SQLITE_OPEN_READONLY)) as book:
        rows = book.execute("select received, body from message where stream = 'report' order by number").fetchall()
        for received, body in rows[skip:]:
            cti = msgspec.json.decode(body)["cti"]
            if waiting[cti]:
                found.append(datetime.fromisoformat(received).timestamp() - waiting[cti].popleft())
    return sorted(found)


async def _idle(w: Works, seconds: float) -> dict[str, float]:
    before, at = cpu_seconds(w.gateway.pid), time.monotonic()
    await asyncio.sleep(seconds)
    percent = (cpu_seconds(w.gateway.pid) - before) / (time.monotonic() - at) * 100
    return {"cpu_percent": percent, "resident_mb": resident_megabytes(w.gateway.pid)}


async def _camera(folder: Path, seconds: float) -> dict[str, float]:
    """One network camera at 10 frames a second, at which codes of residents are held up one after the other."""
    with Camera(seed=1) as camera:
        async with works(folder, doors=0, scanners=0, cameras=[camera.url], pages=True) as w:
            for _ in range(3):  # what is paid once (the libraries, the decoder's first code) is paid before
                await camera.show(Showing(next(w.codes)))
            before, at = cpu_seconds(w.gateway.pid), time.monotonic()
            shown = 0
            while time.monotonic() - at < seconds:
                await camera.show(Showing(next(w.codes)))
                shown += 1
            percent = (cpu_seconds(w.gateway.pid) - before) / (time.monotonic() - at) * 100
            await w.settle()
            return {
                "shown": shown + 3,
                "decided": w.last_numbers().get("report", 0),
                "cpu_percent": percent,
                "resident_mb": resident_megabytes(w.gateway.pid),
                "peak_mb": peak_megabytes(w.gateway.pid),
                "load": os.getloadavg()[0],
            }


async def _burst(w: Works) -> dict[str, float]:
    """A backlog made while the broker is away, then how fast the book fills; raw paho in the same run."""
    w.broker.stop()
    before = w.last_numbers().get("report", 0)
    while w.last_numbers().get("report", 0) - before < BURST:
        await w.feed(1.0, 1500.0)
    cpu = cpu_seconds(w.gateway.pid)
    w.broker.start()
    await w.settle()
    cpu = cpu_seconds(w.gateway.pid) - cpu
    with contextlib.closing(apsw.Connection(str(w.book_path), flags=apsw.SQLITE_OPEN_READONLY)) as book:
        times = [
            datetime.fromisoformat(received).timestamp()
            for (received,) in book.execute("select received from message where number > ? order by 1", (before,))
        ]
    ours = len(times) / (times[-1] - times[0])
    raw = await asyncio.to_thread(raw_paho, w.broker, len(times), 100)
    return {
        "messages": len(times),
        "per_second": ours,
        "raw_paho_per_second": raw["per_second"],
        "of_raw": ours / raw["per_second"],
        "gateway_cpu_seconds_per_1000": cpu / len(times) * 1e3,
    }


async def _start(folder: Path, records: int) -> float:
    """Milliseconds from exec to the first decision on disk, with so many records in the journal."""
    folder.mkdir()  # noqa: ASYNC240 - one folder, before anything runs
    async with works(folder, doors=0, scanners=1) as w:
        w.gateway.terminate()
        if records:
            await _fill(w.data / "journal.db", records)
        before = w.last_numbers().get("report", 0)
        w.gateway.start()
        began = time.monotonic()
        while w.last_numbers().get("report", 0) == before:
            w.scanners[0].cable.say(w.scanners[0].line(next(w.codes)))
            await asyncio.sleep(0.02)
        return (time.monotonic() - began) * 1e3


async def _fill(journal_path: Path, records: int) -> None:
    """Inputs that mean little, as after months; with the snapshots a running house would have left."""
    at = datetime.now(UTC) - timedelta(days=20)
    body = msgspec.json.encode(NodeStarted(at=at, heard=at, device="node-00000001", firmware="bench", boot=1))
    async with open_journal(journal_path) as journal:
        number = journal.last
        snapshot = journal.newest_snapshot(None)
        assert snapshot is not None  # the house left one as it closed
        while number < records:
            entries = []
            for _ in range(2000):
                number += 1
                entries.append(
                    Entry(
                        number=number,
                        at=at,
                        heard=at,
                        kind="NodeStarted",
                        entry_class=EntryClass.INPUT,
                        body=body,
                    )
                )
            kept = asyncio.Event()
            journal.submit(Batch(entries=entries), lambda batch, kept=kept: kept.set())
            await kept.wait()
        state = thaw(snapshot.state)
        state.number = number - 4000
        await journal.snapshot(state.number, RULES_VERSION, freeze(state))


def table(result: dict[str, Any]) -> str:
    lines = ["sensor to centre      p50 ms   p99 ms   CPU s/1000   resident MB"]
    for rate in (50, 1000):
        row = result[f"latency_{rate}"]
        lines.append(
            f"{rate:>6} events/s    {row['p50_ms']:9.1f} {row['p99_ms']:8.1f} {row['cpu_seconds_per_1000']:12.2f} "
            f"{row['resident_mb']:13.0f}   missed {row['missed']} of {row['events']}"
            f" (a full cable spilt {row['spilt_bytes']} bytes)"
        )
    idle, burst = result["idle"], result["burst"]
    lines.append(f"idle, no camera: {idle['cpu_percent']:.2f} % of a core, {idle['resident_mb']:.0f} MB resident")
    camera = result["camera"]
    lines.append(
        f"with pages and one camera: {camera['resident_mb']:.0f} MB resident ({camera['peak_mb']:.0f} MB at most), "
        f"{camera['cpu_percent']:.0f} % of a core, {camera['decided']} decisions on {camera['shown']} codes held up"
    )
    lines.append(
        f"burst of {burst['messages']:.0f}: {burst['per_second']:.0f}/s into the book, raw paho QoS 1 "
        f"{burst['raw_paho_per_second']:.0f}/s to PUBACK, ratio {burst['of_raw']:.2f}, "
        f"{burst['gateway_cpu_seconds_per_1000']:.2f} CPU s/1000"
    )
    lines.append(
        f"start to first decision: {result['start_empty_ms']:.0f} ms with an empty journal, "
        f"{result['start_full_ms']:.0f} ms with {result['start_records']:,} records"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    figures = run()
    print(table(figures))
    json.dump(figures, sys.stderr, indent=2)
