"""The board of a street's 4,080 flats: opened at once, opened again, one flat changed; how long the loop is held.

A lane's decision runs in the same loop: the longest hold is what a board can add to it. `run() -> dict`,
`table(result) -> str`; `python -m tests.benchmarks.bench_board` prints both.
"""

import asyncio
import gc
import json
import time
from collections.abc import Awaitable
from datetime import timedelta
from statistics import median
from typing import Any, TypeVar

from gateway.events.every import DoorMoved, TemperatureTaken
from gateway.households import Household, Resident
from gateway.pages.access import Role
from gateway.pages.board.cache import BoardCache
from gateway.people import Care
from tests.gateway.pages.browsing import fed, log_in, make_pages, told
from tests.gateway.pages.fake_house import OFFICER, START, FakeHouse, FakeRegistrar, make_site, stay

T = TypeVar("T")
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
        opened, held, answer = await watched(browser.get("/board?compound=xf&all=1"))
        result |= {"first_ms": opened, "first_held_ms": held, "bytes": len(answer.content)}
        opened, held, _ = await watched(browser.get("/board?compound=xf&all=1"))
        result |= {"again_ms": opened, "again_held_ms": held}
        opened, held, _ = await watched(browser.get("/board?building=b7"))
        result |= {"building_ms": opened, "building_held_ms": held}
        building = house.shown.places.buildings["b7"]
        times, helds = [], []
        for n in range(changes):
            flat = f"b7u{n % 3 + 1}-{n % 17 + 1}01"
            moved = DoorMoved(at=house.now, heard=house.now, device=f"door-{flat}", flat=flat, open=n % 2 == 0)
            await told(pages, moved)
            took, held, units = await watched(desk.board.units(building, Role.DUTY_OFFICER, desk.languages["zh"]))
            times.append(took)
            helds.append(held)
        result |= {"change_ms": median(times), "change_most_ms": max(times), "change_held_ms": max(helds)}
        result["fragment_bytes"] = len(next(iter(units.values())))
        board = BoardCache(house, desk.feed, desk.renderer, homes.get, pages.app.state.desk.settings.homes)
        took, held, _ = await watched(board.counts(Role.DUTY_OFFICER))
        result |= {"counts_ms": took, "counts_held_ms": held}
    return result


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
    return "\n".join(
        (
            f"board of {result['flats']:,} flats, somebody in quarantine in each ({result['bytes'] / 1e6:.1f} MB):",
            f"  opened {result['first_ms']:.0f} ms, the loop held at most {result['first_held_ms']:.1f} ms;"
            f" again {result['again_ms']:.0f} ms, held {result['again_held_ms']:.1f} ms",
            f"  one building {result['building_ms']:.0f} ms, held {result['building_held_ms']:.1f} ms;"
            f" counts of all {result['counts_ms']:.0f} ms, held {result['counts_held_ms']:.1f} ms",
            f"  one flat changed: its stairwell ({result['fragment_bytes'] / 1e3:.0f} kB) after"
            f" {result['change_ms']:.1f} ms (most {result['change_most_ms']:.1f}),"
            f" held {result['change_held_ms']:.1f} ms",
        )
    )


if __name__ == "__main__":
    figures = run()
    print(json.dumps(figures, indent=1))
    print(table(figures))
