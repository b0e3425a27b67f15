"""Decisions at a lane beside the street's board: with none open, with one opened again and again, with twenty open.

A real gateway with 4,074 flats, somebody with a band in quarantine in each, fed as in a street (street_works.py);
passes come by a scanner's cable all the time. A decision's latency is from the code on the cable to the decision on
disk. The three take turns in one run and the figures are ratios, so that a busy machine troubles all of them alike.
What the board itself adds is told by the CPU that the loop takes from the bytes' arrival to the decision on disk: what
it does before it comes to the decision is in it, what other processes of the machine take is not.
"""

import asyncio
import contextlib
import json
import os
import random
import re
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from devices.mqtt import Mqtt
from tests.benchmarks.street_works import PEOPLE, StreetWorks
from tests.works import cpu_seconds, peak_megabytes

RATE = 20.0  # codes a second, five times a morning's rush (60 a minute on each of four lanes)
OPENERS = 4
PAUSE_SECONDS = 0.5  # between an opener's page and its next
BOARDS = 20
CHANGES = 10.0  # flats whose door or temperature changes, a second, while boards are open
BOARD = "/board?compound=palm&all=1"
PHASES = ("none", "opening", "open")
FRAME = 60_000  # bytes from the beginning of a page, in which its stream's address is
SEED = 3


def run(seconds: float = 15.0, rounds: int = 3, buildings: int | None = None) -> dict[str, Any]:
    """`rounds` of each phase, `seconds` each."""
    with tempfile.TemporaryDirectory(prefix="menshen-beside-") as folder:
        return asyncio.run(_run(Path(folder), seconds, rounds, buildings))


async def _run(folder: Path, seconds: float, rounds: int, buildings: int | None) -> dict[str, Any]:
    works = StreetWorks(folder) if buildings is None else StreetWorks(folder, buildings=buildings)
    try:
        await works.start()
        return await _Beside(works).measured(seconds, rounds)
    finally:
        works.close()


class _Beside:
    def __init__(self, works: StreetWorks) -> None:
        self._works = works
        self._url = works.timed.url()
        self._read = 0  # of the stamps
        self.openings: list[tuple[float, int]] = []  # seconds, bytes on the wire
        self.html = 0  # bytes, unpacked
        self.told = 0  # bytes the open boards were sent
        self._dice = random.Random(SEED)

    async def measured(self, seconds: float, rounds: int) -> dict[str, Any]:
        taken: dict[str, list[float]] = {phase: [] for phase in PHASES}
        busy: dict[str, list[float]] = {phase: [] for phase in PHASES}
        cpu = dict.fromkeys(PHASES, 0.0)
        missed = 0
        async with self._works.speaking() as air, self._visitors() as visitors:
            await self._open(visitors[0])  # what is paid once
            first, self.openings = self.openings, []
            async with _waiting(self._feed(2.0)):
                pass
            self._stamps()
            for _ in range(rounds):
                for phase in PHASES:
                    async with self._busy(phase, visitors, air):
                        before = cpu_seconds(self._works.gateway.pid)
                        shown = await self._feed(seconds)
                        cpu[phase] += cpu_seconds(self._works.gateway.pid) - before
                    await self._works.settle()
                    stamps = self._stamps()
                    found = self._matched(shown, stamps)
                    missed += len(shown) - len(found)
                    taken[phase] += found
                    busy[phase] += _busy(stamps)
        result: dict[str, Any] = {"flats": len(self._works.flats), "observed": len(self._works.observed)}
        for phase in PHASES:
            result[phase] = {
                "decisions": len(taken[phase]),
                **_spread("", taken[phase]),
                **_spread("cpu_", busy[phase]),
                "core_share": cpu[phase] / (seconds * rounds),
            }
        for phase in PHASES[1:]:
            for figure in ("p50_ms", "p99_ms", "cpu_p50_ms", "cpu_p99_ms"):
                result[phase][figure.replace("_ms", "_of_none")] = result[phase][figure] / result["none"][figure]
        opened = sorted(seconds for seconds, _ in self.openings)
        spent = (result["opening"]["core_share"] - result["none"]["core_share"]) * seconds * rounds
        result |= {
            "missed": missed,
            "first_opening_ms": first[0][0] * 1e3,
            "openings": len(opened),
            "opening_p50_ms": opened[len(opened) // 2] * 1e3,
            "opening_most_ms": opened[-1] * 1e3,
            "opening_cpu_ms": spent / len(opened) * 1e3,
            "wire_bytes": self.openings[-1][1],
            "html_bytes": self.html,
            "told_bytes_a_change": self.told / (CHANGES * seconds * rounds * BOARDS),
            "peak_mb": peak_megabytes(self._works.gateway.pid),
            "load": os.getloadavg()[0],
        }
        return result

    # what goes on beside the lane

    @contextlib.asynccontextmanager
    async def _busy(self, phase: str, visitors: list[httpx.AsyncClient], air: Mqtt) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            if phase == "opening":
                for visitor in visitors[:OPENERS]:
                    await stack.enter_async_context(_waiting(self._again_and_again(visitor)))
            elif phase == "open":
                standing = [asyncio.Event() for _ in range(BOARDS)]
                for number, stands in enumerate(standing):
                    visitor = visitors[number % len(visitors)]
                    await stack.enter_async_context(_waiting(self._stay(visitor, stands)))
                await asyncio.gather(*(stands.wait() for stands in standing))
                await stack.enter_async_context(_waiting(self._change(air)))
            yield

    async def _again_and_again(self, visitor: httpx.AsyncClient) -> None:
        await asyncio.sleep(self._dice.random() * PAUSE_SECONDS)
        while True:
            await self._open(visitor)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _open(self, visitor: httpx.AsyncClient) -> None:
        """As a browser does: the page, then its stream until that says that it is live."""
        began = time.perf_counter()
        size, page = 0, b""
        async with visitor.stream("GET", BOARD) as answer:
            assert answer.status_code == 200, answer.status_code
            async for chunk in answer.aiter_raw():  # unpacking it is the browser's work, and would be this process's
                size += len(chunk)
                page += chunk if len(page) < FRAME else b""
        self.openings.append((time.perf_counter() - began, size))
        async with visitor.stream("GET", _stream_of(page)) as stream:
            async for chunk in stream.aiter_raw():
                if b"event: pulse" in chunk:
                    break

    async def _stay(self, visitor: httpx.AsyncClient, stands: asyncio.Event) -> None:
        """A board that stays open."""
        page = await visitor.get(BOARD, headers={"Accept-Encoding": "identity"})
        self.html = len(page.content)
        async with visitor.stream("GET", _stream_of(page.content)) as stream:
            async for chunk in stream.aiter_raw():
                if stands.is_set():
                    self.told += len(chunk)
                elif b"event: pulse" in chunk:
                    stands.set()

    async def _change(self, air: Mqtt) -> None:
        """One flat after the other, anywhere: its door opens and shuts, or its wearer is warmer."""
        ajar: deque[int] = deque()
        loop = asyncio.get_running_loop()
        began, changed = loop.time(), 0
        while True:
            while changed < (loop.time() - began) * CHANGES:
                changed += 1
                number = self._dice.randrange(len(self._works.observed))
                if changed % 2:
                    await self._works.temperatures(air, range(number, number + 1))
                elif len(ajar) < 8:
                    ajar.append(number)
                    await self._works.door(air, number, is_open=True)
                else:
                    await self._works.door(air, ajar.popleft(), is_open=False)
            await asyncio.sleep(0.02)

    @contextlib.asynccontextmanager
    async def _visitors(self) -> AsyncIterator[list[httpx.AsyncClient]]:
        """Five log-ins: a log-in may have eight pages open."""
        async with contextlib.AsyncExitStack() as stack:
            found = []
            for _ in range(5):
                visitor = httpx.AsyncClient(base_url=self._url, headers={"Origin": self._url}, timeout=60.0)
                await stack.enter_async_context(visitor)
                form = (await visitor.get("/login")).text
                token = re.search(r'name="csrf" value="([^"]+)"', form[form.index('action="/login"') :])
                assert token is not None
                data = {"csrf": token[1], "name": "officer", "pin": PEOPLE["officer"][1]}
                answer = await visitor.post("/login", data=data)
                assert answer.status_code in (200, 303), answer.status_code
                found.append(visitor)
            yield found

    # the lane

    async def _feed(self, seconds: float) -> list[tuple[str, float]]:
        """Codes on the cable, each with its instant, `RATE` a second."""
        loop = asyncio.get_running_loop()
        began, shown = loop.time(), list[tuple[str, float]]()
        scanner = self._works.scanners[0]
        while (now := loop.time()) < began + seconds:
            if len(shown) < int((now - began) * RATE):
                text = next(self._works.codes)
                shown.append((text, time.time()))
                scanner.cable.say(scanner.line(text))
            await asyncio.sleep(0.002)
        return shown

    def _stamps(self) -> list[dict[str, Any]]:
        """Those since the last call."""
        with self._works.timed.stamps.open("rb") as file:
            file.seek(self._read)
            lines = file.read()
        whole = lines[: lines.rfind(b"\n") + 1]
        self._read += len(whole)
        return [json.loads(line) for line in whole.splitlines()]

    def _matched(self, shown: list[tuple[str, float]], stamps: list[dict[str, Any]]) -> list[float]:
        """Seconds from each showing to its commit. The n-th decision on a pass belongs to its n-th showing."""
        waiting: dict[str, deque[float]] = defaultdict(deque)
        for text, at in shown:
            waiting[self._works.ids[text]].append(at)
        done = [note for note in stamps if note["door"] == "committed" and waiting[note["cti"]]]
        return [note["at"] - waiting[note["cti"]].popleft() for note in done]


def _busy(stamps: list[dict[str, Any]]) -> list[float]:
    """CPU seconds of the loop from each code's arrival to its commit; of one that comes alone, that is."""
    found, arrived, under_way = [], list[float](), 0
    for note in stamps:
        match note["door"]:
            case "arrived":
                arrived.append(note["cpu"])
            case "decided":
                under_way += 1
            case "committed":
                if under_way == 1 and arrived:
                    found.append(note["cpu"] - arrived[0])
                under_way = max(0, under_way - 1)
                arrived = arrived[-1:] if under_way else []
            case _:
                pass
    return found


def _spread(what: str, seconds: list[float]) -> dict[str, float]:
    figures = sorted(seconds)
    p50, p99, most = (figures[each] * 1e3 for each in (len(figures) // 2, int(len(figures) * 0.99), -1))
    return {f"{what}p50_ms": p50, f"{what}p99_ms": p99, f"{what}most_ms": most}


def _stream_of(page: bytes) -> str:
    """The address of a page's stream; the frame of the page is in its gzip as it is."""
    found = re.search(rb'hx-sse:connect="([^"]+)"', page)
    assert found is not None
    return found[1].decode().replace("&amp;", "&")


@contextlib.asynccontextmanager
async def _waiting(work: Any) -> AsyncIterator[asyncio.Task[Any]]:
    """`work` beside the block; a fault in it is a fault of the block."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        if task.done():
            task.result()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def table(result: dict[str, Any]) -> str:
    lines = [
        f"a scanner's code to its decision on disk beside the board of {result['flats']:,} flats"
        f" ({result['observed']:,} observed); load {result['load']:.1f}",
        "the board         p50 ms  p99 ms  most ms   p50, p99 of none | the loop's CPU ms: p50, p99, most   core",
    ]
    for phase in PHASES:
        row = result[phase]
        ratios = f"{row['p50_of_none']:8.2f} {row['p99_of_none']:8.2f}" if phase != "none" else " " * 17
        name = {"none": "not open", "opening": f"opened by {OPENERS}", "open": f"open {BOARDS} times"}[phase]
        lines.append(
            f"{name:<16} {row['p50_ms']:7.1f} {row['p99_ms']:7.1f} {row['most_ms']:8.1f} {ratios} |"
            f" {row['cpu_p50_ms']:15.2f} {row['cpu_p99_ms']:6.2f} {row['cpu_most_ms']:6.2f} {row['core_share']:6.1%}"
        )
    lines.append(
        f"{result['openings']} openings: whole page after p50 {result['opening_p50_ms']:.0f} ms, at most"
        f" {result['opening_most_ms']:.0f} (the first after the start {result['first_opening_ms']:.0f});"
        f" {result['opening_cpu_ms']:.1f} ms of the server's CPU each, stream included"
    )
    lines.append(
        f"{result['html_bytes'] / 1e6:.2f} MB of page, {result['wire_bytes'] / 1e6:.2f} MB on the wire;"
        f" {CHANGES:.0f} changes a second: {result['told_bytes_a_change'] / 1e3:.1f} kB told to each board for each;"
        f" gateway at most {result['peak_mb']:.0f} MB; {result['missed']} decisions missed"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    figures = run()
    print(json.dumps(figures, indent=1))
    print(table(figures))
