"""A street's wearers through a whole house: three ESPHome proxies, the API's wire, decoding, rules, the journal's disk.

Three processes: `air` (three simulated ESP32, each hearing every band), `house` (the house as `menshen run` opens it,
without pages, with its own journal) and this one, which only looks on. Now and then a band calls for help: how long
from the advert on the wire to the driver, to the finding, to the disk? 4,074 doors send a heartbeat a minute, put
straight into the inbox. How long the loop is held, and by what, is told in CPU time of its thread, which a busy machine
does not stretch, beside the time that passed.
`run() -> dict`, `table(result) -> str`; `python -m tests.benchmarks.bench_street_house [SECONDS [BANDS]]`.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from devices.band_settings import device_of
from devices.reading import AliveSeen, Reading
from gateway.config.plan import load_config
from gateway.entries import Entry
from gateway.findings import Alert
from gateway.house.house import House, open_house
from gateway.house.tasks import cancelled
from gateway.kinds import Kind
from gateway.orders.every import QuarantineBegun
from gateway.sd_notify import SystemdNotifier
from sim.bands import bands
from sim.esphome import Air, EsphomeProxy, structures
from tests.benchmarks.held_loop import Held, Stamps, doors, spread, watching
from tests.works import cpu_seconds, peak_megabytes

SEED = 7
RECEIVERS = 3
BANDS = 6_816
DOORS = 4_074
STAGES = ("driver", "finding", "disk")
EVERY_SECONDS = 2.0
CALL_EVERY = 0.25  # seconds between two calls for help
STEP_SECONDS = 0.05
WARM_UP_SECONDS = 8.0


def run(seconds: float = 40.0, band_count: int = BANDS) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory(prefix="menshen-street-") as folder,
        subprocess.Popen(_self("air", [str(band_count)]), stdout=subprocess.PIPE, text=True) as air,
    ):
        assert air.stdout is not None
        try:
            ports = air.stdout.readline().strip()
            role = _self("house", [str(seconds), str(band_count), folder, ports])
            heard = json.loads(subprocess.run(role, stdout=subprocess.PIPE, text=True, check=True).stdout)
            sent = json.loads(air.stdout.readline())
        finally:
            air.terminate()
    calls = {device: at for device, at in sent["calls"].items() if heard["began"] < at < heard["ended"]}
    told = heard.pop("told")
    roads = [
        [told[stage][device] - at for device, at in calls.items() if all(device in told[each] for each in STAGES)]
        for stage in STAGES
    ]
    driver, finding, disk = roads
    return {
        "bands": band_count,
        "adverts": round(sent["per_second"] * heard["seconds"]),
        "core_share": heard["cpu"] / heard["seconds"],
        "us_per_reading": heard["cpu"] / max(1, heard["readings"]) * 1e6,
        **heard,
        "calls": len(calls),
        "answered": len(disk),
        "wire_to_driver_ms": spread(driver),
        "driver_to_finding_ms": spread([b - a for a, b in zip(driver, finding, strict=True)]),
        "wire_to_finding_ms": spread(finding),
        "finding_to_disk_ms": spread([b - a for a, b in zip(finding, disk, strict=True)]),
        "wire_to_disk_ms": spread(disk),
        "load": os.getloadavg()[0],
    }


def table(result: dict[str, Any]) -> str:
    loop = result["loop"]
    lines = [
        f"{result['bands']:,} bands, 3 receivers, {result['seconds']:.0f} s; load {result['load']:.1f}",
        f"readings   {result['readings']:>9,} of {result['adverts']:,} adverts, {result['records']:,} records,"
        f" {result['snapshots']} snapshots; {result['beats']:,} heartbeats of doors",
        f"one core   {result['core_share']:>9.0%}  {result['us_per_reading']:.0f} us a reading, all in",
        f"memory     {result['peak_mb']:>9.0f} MB at most",
        f"calls      {result['answered']:>9,} of {result['calls']} told{'p50':>27}{'p99':>8}{'most':>8}",
    ]
    for words in ("wire to driver", "driver to finding", "wire to finding", "finding to disk", "wire to disk"):
        lines.append(_row(words, result[words.replace(" ", "_") + "_ms"]))
    lines.append(_row("the loop is held, CPU", loop["cpu_ms"]))
    lines.append(_row("the loop is held, passed", loop["wall_ms"]))
    lines.append(f"full rounds of the collector: {loop['gc']['full']}, longest {loop['gc']['full_ms']:.1f} ms")
    for name, each in loop["by"].items():
        lines.append(f"  {each['times']:>5} x over 5 ms, most {each['cpu_ms']:>6.1f} ms CPU: {name}")
    return "\n".join(lines)


def _row(words: str, figures: list[float]) -> str:
    return f"  {words:<45}" + "".join(f"{each:>8.1f}" for each in figures) + " ms"


async def air(band_count: int) -> None:
    """Say every band's next word at every receiver, evenly over two seconds, until the house closes."""
    people = bands(band_count, SEED)
    proxies = [EsphomeProxy(f"proxy-{number}") for number in range(RECEIVERS)]
    async with proxies[0].powered(), proxies[1].powered(), proxies[2].powered():
        print(",".join(str(proxy.port) for proxy in proxies), flush=True)
        await asyncio.gather(*(proxy.until_subscribed() for proxy in proxies))
        calls: dict[str, float] = {}
        started, said, called = time.monotonic(), 0, 0
        while all(proxy.clients for proxy in proxies):
            now = time.monotonic() - started
            some = range(said, min(int(now / EVERY_SECONDS * band_count), said + band_count // 4))
            batch = []
            for number in some:
                at = number % band_count
                band = people[at].next(celsius=36.2 + at % 7 / 10, sos=False)
                if now / CALL_EVERY > called and device_of(band.address) not in calls:
                    called += 1
                    band = band.next(sos=True)
                    calls[device_of(band.address)] = 0.0
                people[at] = band
                batch.append((band.address, structures(band.said())))
            said = some.stop
            sent = time.monotonic()
            calls.update((device, sent) for device, at in calls.items() if not at)
            for number, proxy in enumerate(proxies):
                proxy.hear(Air(address, -60 - 8 * number, raw) for address, raw in batch)
            await asyncio.sleep(max(0.0, STEP_SECONDS - (time.monotonic() - started - now)))
        spent = time.monotonic() - started
        print(json.dumps({"per_second": said * RECEIVERS / spent, "calls": calls}), flush=True)


async def house(seconds: float, band_count: int, folder: Path, ports: list[int]) -> None:
    """The house, with everybody in quarantine; what it cost and when it told of calls."""
    people = {device_of(band.address): band.key for band in bands(band_count, SEED)}
    (config := folder / "menshen.toml").write_text(_config(folder, ports, band_count), encoding="utf-8")
    stamps, alerts = Stamps(), dict[str, float]()

    def told(entry: Entry, body: Struct) -> None:
        if isinstance(body, Alert) and body.kind is Kind.HELP_CALLED:
            alerts.setdefault(body.device, time.monotonic())

    with watching() as held, doors(stamps):
        async with open_house(load_config(config)) as it:
            it.keys.device_keys = people.get
            it.keeper.listen(told)
            stop = asyncio.Event()
            standing = asyncio.create_task(it.stand(stop, SystemdNotifier(None), None), name="house")
            await enrol(it, list(people))
            figures = await measured(it, held, seconds)
            stop.set()
            await standing
    stages = {"driver": stamps.driver, "finding": stamps.finding, "disk": alerts}
    print(json.dumps({**figures, "told": stages}), flush=True)


async def enrol(it: House, people: list[str]) -> None:
    now = datetime.now(UTC)
    today = (now + timedelta(hours=8)).date()
    for start in range(0, len(people), 500):
        some = list(enumerate(people))[start : start + 500]
        await asyncio.gather(*(it.order(_begun(number, device, _flat(number), now, today)) for number, device in some))


async def measured(it: House, held: Held, seconds: float) -> dict[str, Any]:
    beats = [0]
    beating = asyncio.create_task(beat(it, beats), name="bench: doors")
    tally = it.keeper.gatekeeper.condenser.tally
    await asyncio.sleep(WARM_UP_SECONDS)
    cpu, readings, began, records = cpu_seconds(os.getpid()), tally.heard, time.monotonic(), it.journal.last
    beaten = beats[0]
    held.clear()
    await asyncio.sleep(seconds)
    figures = {
        "cpu": cpu_seconds(os.getpid()) - cpu,
        "seconds": time.monotonic() - began,
        "readings": tally.heard - readings,
        "records": it.journal.last - records,
        "snapshots": it.keeper.snapshots.taken,
        "peak_mb": peak_megabytes(os.getpid()),
        "began": began,
        "ended": time.monotonic(),
        "loop": held.figures(),
        "beats": beats[0] - beaten,
    }
    await asyncio.sleep(5.0)  # whoever called at the last moment is told of
    await cancelled([beating])
    return figures


async def beat(it: House, beats: list[int]) -> None:
    """Every door once a minute, evenly."""
    started = time.monotonic()
    while True:
        await asyncio.sleep(STEP_SECONDS)
        for number in range(beats[0], int((time.monotonic() - started) / 60 * DOORS)):
            now = it.clock.now()
            seen = AliveSeen(open=False, battery_percent=97)
            door = f"door-{number % DOORS}"
            await it.inbox.put(Reading(at=now, heard=now, link="proxy-0", device=door, seen=seen))
            beats[0] += 1


def _flat(number: int) -> str:
    return f"c/{number // 120}-1-{number % 120 // 10 + 1}{number % 10 + 1:02d}"


def _begun(number: int, band: str, flat: str, now: datetime, today: date) -> QuarantineBegun:
    return QuarantineBegun(
        id=f"q{number}",
        at=now,
        by="bench",
        flat=flat,
        subject=f"{number:016x}",
        ground="order 7",
        first_day=today,
        last_day=today + timedelta(days=13),
        band=band,
    )


def _config(folder: Path, ports: list[int], band_count: int) -> str:
    text = f"""
[gateway]
id = "street"
data = "{folder}/data"
[street]
id = "s"
name = "S"
[[compounds]]
id = "c"
name = "C"
[[compounds.gates]]
id = "east"
name = "East"
number = 1
[[compounds.gates.lanes]]
id = "in"
name = "In"
direction = "in"
"""
    for number in range(band_count // 120 + 1):
        text += f'[[compounds.buildings]]\nid = "{number}"\nname = "{number}"\nfloors = 12\nflats_per_floor = 10\n'
    for number, port in enumerate(ports):
        place = 'place = "c/east"\n' if number == 2 else ""
        text += f'[[links]]\nname = "proxy-{number}"\ndriver = "esphome_proxy"\n{place}'
        text += f'[links.settings]\nhost = "127.0.0.1"\nport = {port}\n'
    for number in range(min(DOORS, band_count)):
        text += f'[[devices]]\nid = "door-{number}"\nkind = "door"\nlink = "proxy-0"\nplace = "{_flat(number)}"\n'
    return text


def _self(role: str, sizes: list[str]) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.bench_street_house", "--role", role, *sizes]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--role", choices=["look_on", "air", "house"], default="look_on")
    parser.add_argument("sizes", nargs="*")
    arguments = parser.parse_args()
    sizes = arguments.sizes
    if arguments.role == "air":
        asyncio.run(air(int(sizes[0])))
    elif arguments.role == "house":
        asyncio.run(house(float(sizes[0]), int(sizes[1]), Path(sizes[2]), [int(port) for port in sizes[3].split(",")]))
    else:
        print(table(run(*(kind(size) for kind, size in zip((float, int), sizes, strict=False)))))


if __name__ == "__main__":
    main()
