"""A street's worst moments: how long one call of the gatekeeper, and what the pages keep of it, holds the loop.

4,074 doors and 6,816 wearers in quarantine. CPU milliseconds of this process, so that a busy machine hides nothing.
`run() -> dict`, `table(result) -> str`; `python -m tests.benchmarks.bench_stretches [--profile NAME]`.
"""

import argparse
import cProfile
import gc
import os
import pstats
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any

from devices.band_settings import device_of
from devices.reading import AliveSeen, BandSeen, LinkSeen, Reading
from gateway.entries import Batch
from gateway.events.every import ConfigLoaded, HouseOpened
from gateway.gatekeeper import Gatekeeper
from gateway.house.keeper import DUE_AT_ONCE
from gateway.journal.reader import pack
from gateway.orders.every import QuarantineBegun
from gateway.shown.fold import Shown
from gateway.state.freezing import slices_of
from gateway.state.state import freeze, thaw
from sim.bands import bands
from tests.benchmarks.bench_street import BANDS, DOORS, SEED, START, house

Work = Callable[[], Iterable[Batch]]


def run(band_count: int = BANDS, doors: int = DOORS, profiled: str = "") -> dict[str, Any]:
    """Each figure: what the gatekeeper took, what the pages' fold took for the entries, how many there were."""
    found: dict[str, Any] = {"load": os.getloadavg()[0]}
    people = bands(band_count, SEED)
    gatekeeper = house(people, doors)
    shown = Shown(thaw(freeze(gatekeeper.state)))

    def measure(name: str, work: Work) -> None:
        gc.collect()
        profile = cProfile.Profile()
        began = time.process_time()
        batches = list(profile.runcall(work) if name == profiled else work())
        judged = time.process_time()
        for batch in batches:
            for entry, body in zip(batch.entries, batch.bodies, strict=True):
                shown.apply(entry.number, body)
        found[name] = {
            "judged_ms": (judged - began) * 1e3,
            "shown_ms": (time.process_time() - judged) * 1e3,
            "entries": sum(len(batch.entries) for batch in batches),
        }
        if profiled == "progress":
            print(name, found[name], flush=True)
        if name == profiled:
            pstats.Stats(profile).sort_stats("tottime").print_stats(30)

    names = [device_of(band.address) for band in people]
    at = START + timedelta(seconds=5)
    for turn in range(3):  # everybody is measured and heard, every door said that it lives
        at += timedelta(seconds=30)
        for name in names:
            seen = BandSeen(rssi=-60, celsius=36.4, counter=turn + 1, worn=True, battery_percent=80, receiver="radio-0")
            gatekeeper.receive(Reading(at=at, heard=at, link="radio-0", device=name, seen=seen))
        for number in range(doors):
            alive = AliveSeen(open=False, battery_percent=97)
            gatekeeper.receive(Reading(at=at, heard=at, link="zigbee", device=f"door-{number}", seen=alive))

    packed: list[bytes] = []
    ticks: list[float] = []

    def due(now: datetime) -> list[Batch]:
        """As gateway/house/keeper.py does it: slice by slice."""
        done = []
        while (at := gatekeeper.due()) is not None and at <= now:
            began = time.process_time()
            done.append(gatekeeper.tick(now, DUE_AT_ONCE))
            ticks.append((time.process_time() - began) * 1e3)
        return done

    def snapshot() -> list[Batch]:
        packed.append(freeze(gatekeeper.state))
        return []

    measure("snapshot frozen", snapshot)
    cut = slices_of(gatekeeper.state)
    measure("snapshot cut up: its first slice, with the copy", lambda: none(next(cut)))
    found["snapshot frozen"]["mb"] = len(packed[0]) / 1e6
    measure("snapshot packed (a thread)", lambda: none(pack(packed[0])))
    measure("snapshot thawed (at the start)", lambda: none(thaw(packed[0])))
    measure("gatekeeper made of it (at the start)", lambda: none(Gatekeeper(thaw(packed[0])).condenser))
    measure("shown made of it (at the start)", lambda: none(Shown(thaw(packed[0]))))
    again = gatekeeper.state.site
    measure(
        "configuration loaded",
        lambda: [gatekeeper.consider(ConfigLoaded(at=at, heard=at, fingerprint="g", site=again))],
    )
    gone = at + timedelta(seconds=1)
    measure("radio back", lambda: [gatekeeper.receive(_link("radio-0", gone, True))])
    measure("gc", lambda: none(gc.collect()))  # what a full collection takes
    more = [f"extra{n:05d}" for n in range(500)]
    flats = list(gatekeeper.places.flats)

    def enrol() -> list[Batch]:
        done = []
        for number, band in enumerate(more):
            order = QuarantineBegun(
                id=f"e{number}",
                at=gone,
                by="bench",
                flat=flats[number * 7 % len(flats)],
                subject=f"e{number:015x}",
                ground="order 7",
                first_day=date(2026, 4, 1),
                last_day=date(2026, 4, 14),
                band=band,
            )
            batch, result = gatekeeper.order(order)
            assert result.done, result
            done.append(batch)
        return done

    measure("500 enrolments judged at once", enrol)
    silence = [gone + timedelta(seconds=second) for second in range(1, 1_200)]
    measure("all doors and bands silent: 20 minutes", lambda: chain.from_iterable(map(due, silence)))
    found["all doors and bands silent: longest slice"] = {"judged_ms": max(ticks), "shown_ms": 0.0, "entries": 0}
    measure("snapshot of that", snapshot)
    returned = silence[-1] + timedelta(seconds=1)

    def back() -> list[Batch]:
        return [
            gatekeeper.receive(
                Reading(at=returned, heard=returned, link="zigbee", device=f"door-{n}", seen=AliveSeen(open=False))
            )
            for n in range(doors)
        ]

    measure("all doors back", back)
    midnight = datetime(2026, 4, 14, 16, 0, tzinfo=UTC)
    late = midnight - timedelta(minutes=1)
    opened = HouseOpened(at=late, heard=late, version="1", epoch="e", clock_trusted=True)
    measure("opened again after thirteen days", lambda: [gatekeeper.consider(opened)])
    ticks.clear()
    measure("all stays end at midnight", lambda: due(midnight))
    found["all stays end at midnight: longest slice"] = {"judged_ms": max(ticks), "shown_ms": 0.0, "entries": 0}
    return found


def none(_: object) -> tuple[Batch, ...]:
    """For work that leaves no entries."""
    return ()


def _link(name: str, at: datetime, up: bool) -> Reading:
    return Reading(at=at, heard=at, link=name, device=name, seen=LinkSeen(open=up))


def table(result: dict[str, Any]) -> str:
    lines = [f"{'':<40} {'judged ms':>10} {'shown ms':>9} {'entries':>8}"]
    for name, figures in result.items():
        if isinstance(figures, dict):
            lines.append(
                f"{name:<40} {figures['judged_ms']:>10.1f} {figures['shown_ms']:>9.1f} {figures['entries']:>8,}"
            )
    return "\n".join([*lines, f"CPU ms; load {result['load']:.1f}"])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", default="", metavar="NAME")
    print(table(run(profiled=parser.parse_args().profile)))


if __name__ == "__main__":
    main()
