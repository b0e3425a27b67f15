"""The board of a street's 4,080 flats: drawn, opened, one flat changed; how long the loop is held; and in a Chromium.

A lane's decision runs in the same loop: the longest hold is what a board can add to it. In the browser: from asking for
the page until it is loaded, painted and live, and the CPU its main thread takes for that, which a busy machine does not
stretch; once on a desk's screen, once on a phone's with Chromium's CPU throttling of 4. `run() -> dict`,
`table(result) -> str`; `python -m tests.benchmarks.bench_board` prints both.
"""

import asyncio
import gc
import json
import os
import time
from collections.abc import Awaitable
from datetime import timedelta
from statistics import median
from typing import Any, TypeVar

from playwright.async_api import Browser, CDPSession

from gateway.events.every import DoorMoved, TemperatureTaken
from gateway.households import Household, Resident
from gateway.pages.access import Role
from gateway.people import Care
from tests.gateway.pages.browsing import fed, log_in, make_pages, served, told
from tests.gateway.pages.fake_house import OFFICER, PINS, START, FakeHouse, FakeRegistrar, make_site, stay
from tests.pictures import chromium, open_page
from tests.pictures import log_in as browser_log_in

T = TypeVar("T")
BOARD = "/board?compound=xf&all=1"
OPENINGS = 5
# name, size, how many times slower
SCREENS = (("desk", (1920, 1080), 1), ("phone", (390, 844), 1), ("slow_phone", (390, 844), 4))
TIMES = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const opened = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  done({
    paint_ms: paint ? paint.startTime : performance.now(),
    load_ms: opened.loadEventEnd,
    elements: document.getElementsByTagName("*").length,
  });
})))"""
ORIGINS = ("orange", "yellow", "blue")


def run(changes: int = 200) -> dict[str, Any]:
    return asyncio.run(_run(changes))


async def _run(changes: int) -> dict[str, Any]:
    house = FakeHouse(make_site(buildings=40, floors=17, per_floor=2, units=3))
    flats = list(house.shown.places.flats)
    homes = {}
    for n, flat in enumerate(flats):  # everybody in quarantine, as in the street of the report: the most there can be
        house.tell(stay(flat, n, band=f"band-{n}", days_ago=n % 20))
        at = START - timedelta(minutes=n % 15)
        house.tell(TemperatureTaken(at=at, heard=at, device=f"band-{n}", celsius=36 + n % 15 / 10))
        care = (tuple(Care)[n % 6],) if n % 3 == 0 else ()
        homes[flat] = Household(flat=flat, people=(Resident(subject=f"{n:016x}", origin=ORIGINS[n % 3], care=care),))
    pages = make_pages(house, registrar=FakeRegistrar(*homes.values()))
    desk = pages.app.state.desk
    gc.collect()
    gc.freeze()  # as a house does once its registry is read (gateway/registry/registrar.py)
    result: dict[str, Any] = {"flats": len(flats)}
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, OFFICER)
        opened, held, answer = await watched(browser.get(BOARD))
        result |= {"first_ms": opened, "first_held_ms": held, "bytes": len(answer.content)}
        opened, held, answer = await watched(browser.get(BOARD))
        result |= {"again_ms": opened, "again_held_ms": held, "wire_bytes": answer.num_bytes_downloaded}
        opened, held, _ = await watched(browser.get("/board?building=b7"))
        result |= {"building_ms": opened, "building_held_ms": held}
        building = house.shown.places.buildings["b7"]
        times, helds, sizes = [], [], []
        for n in range(changes):
            flat = f"b7u{n % 3 + 1}-{n % 17 + 1}01"
            moved = DoorMoved(at=house.now, heard=house.now, device=f"door-{flat}", flat=flat, open=n % 2 == 0)
            before = desk.board.stamp_of(desk.board.mark) or 0
            await told(pages, moved)
            took, held, view = await watched(desk.board.view(Role.DUTY_OFFICER, desk.languages["zh"]))
            times.append(took)
            helds.append(held)
            sizes += [len(html) for _, html in view.flats((building,), before)]
        result |= {"change_ms": median(times), "change_most_ms": max(times), "change_held_ms": max(helds)}
        result["fragment_bytes"] = median(sizes)
    async with served(pages) as server, chromium() as browser:
        for name, size, throttle in SCREENS:
            result[name] = await _in_chromium(browser, f"http://127.0.0.1:{server.port}", size, throttle)
    result["load"] = os.getloadavg()[0]
    return result


async def _in_chromium(browser: Browser, url: str, size: tuple[int, int], throttle: int) -> dict[str, float]:
    """Of five openings the median; the first of all pays for fonts and is not counted."""
    page = await open_page(browser, url, "zh", size)
    await browser_log_in(page, OFFICER.id, PINS[OFFICER.id])
    await page.goto(url + BOARD)
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    rows = []
    for _ in range(OPENINGS):
        await page.goto(url + BOARD)
        times: dict[str, float] = await page.evaluate(TIMES)
        await page.wait_for_selector('body[data-live="yes"]')
        times["live_ms"] = await page.evaluate("performance.now()")
        times["cpu_ms"] = await _cpu_ms(devtools)
        rows.append(times)
    await page.context.close()
    return {name: median(row[name] for row in rows) for name in rows[0]}


async def _cpu_ms(devtools: CDPSession) -> float:
    """What its main thread has taken for the page that is open, in milliseconds: it begins anew with each."""
    metrics = (await devtools.send("Performance.getMetrics"))["metrics"]
    return next(float(each["value"]) * 1e3 for each in metrics if each["name"] == "TaskDuration")


async def watched(work: Awaitable[T]) -> tuple[float, float, T]:
    """How long it took, and the most work the loop did without coming round, both in milliseconds.

    Work is the thread's own time: what other processes of a shared machine take is no board's doing.
    """
    task = asyncio.ensure_future(work)
    began, last = time.perf_counter(), time.thread_time()
    longest = 0.0
    while not task.done():
        await asyncio.sleep(0)
        now = time.thread_time()
        longest, last = max(longest, now - last), now
    return (time.perf_counter() - began) * 1e3, longest * 1e3, await task


def table(result: dict[str, Any]) -> str:
    lines = [
        f"board of {result['flats']:,} flats, somebody in quarantine in each ({result['bytes'] / 1e6:.1f} MB,"
        f" {result['wire_bytes'] / 1e6:.2f} on the wire); load {result['load']:.1f}:",
        f"  drawn and opened {result['first_ms']:.0f} ms, the loop held at most {result['first_held_ms']:.1f} ms;"
        f" opened {result['again_ms']:.0f} ms, held {result['again_held_ms']:.1f} ms",
        f"  one building {result['building_ms']:.0f} ms, held {result['building_held_ms']:.1f} ms",
        f"  one flat changed: its fragment ({result['fragment_bytes']:.0f} letters) after {result['change_ms']:.1f} ms"
        f" (most {result['change_most_ms']:.1f}), held {result['change_held_ms']:.1f} ms",
    ]
    for name, (width, height), throttle in SCREENS:
        row = result[name]
        lines.append(
            f"  Chromium, {width} x {height}, CPU throttled {throttle}: painted first {row['paint_ms']:.0f} ms, loaded"
            f" {row['load_ms']:.0f} ms, live {row['live_ms']:.0f} ms; {row['cpu_ms']:.0f} ms of its main thread's CPU;"
            f" {row['elements']:.0f} elements"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    figures = run()
    print(json.dumps(figures, indent=1))
    print(table(figures))
