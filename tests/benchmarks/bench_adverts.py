"""Adverts a second from a stand-in BlueZ through unmodified bleak, decrypted, guarded, condensed; what was lost.

Four processes: `air` (the stand-in BlueZ, with its adverts encrypted beforehand), a private dbus-daemon, `ear` (bleak,
the wristband driver under devices/watch, the condenser) and this one, which only looks on. Every counter of every band
is accounted for. `run() -> dict`, `table(result) -> str`; `python -m tests.benchmarks.bench_adverts [--json FILE]`.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from devices.adverts import BTHOME, Advert, mac_bytes
from devices.band_settings import Wristbands, device_of
from devices.driver import NoKeys
from devices.reading import BandSeen, LinkSeen, LostSeen, Reading
from devices.watch import HouseClock, Watch
from devices.wristband import DRIVER, WristbandDecoder
from gateway.compound import Device, DeviceKind, Places, Site, Street
from gateway.condense.condenser import Condenser
from gateway.state.state import State
from sim.bands import SimulatedBand, bands
from sim.bluez import Said, StandInBluez
from sim.dbus import private_bus

SEED = 7
PATIENCE_SECONDS = 10.0  # how long the ear waits in vain for the next reading before it calls the rest lost


def run(rate: int = 10_000, seconds: float = 10.0, band_count: int = 6_816) -> dict[str, Any]:
    """6,816 bands: everybody in home observation of one street in 2022 (石泉), through one gateway."""
    sizes = [str(rate), str(seconds), str(band_count)]
    with private_bus() as bus:
        environment = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": bus.address}
        with subprocess.Popen(_self("air", sizes), stdout=subprocess.PIPE, text=True, env=environment) as air:
            assert air.stdout is not None
            assert air.stdout.readline() == "ready\n"
            daemon = _cpu_seconds(bus.pid)
            with subprocess.Popen(_self("ear", sizes), stdout=subprocess.PIPE, text=True, env=environment) as ear:
                sent = json.loads(air.stdout.readline())
                assert ear.stdout is not None
                heard = json.loads(ear.stdout.readline())
            cpu = {"stand_in": sent["cpu"], "dbus_daemon": _cpu_seconds(bus.pid) - daemon, "reader": heard["cpu"]}
    return {
        "asked": {"per_second": rate, "seconds": seconds, "bands": band_count},
        "sent": sent["adverts"],
        "sent_per_second": sent["adverts"] / sent["seconds"],
        **{name: heard[name] for name in ("fresh", "lost", "doubled", "coalesced", "condenser")},
        "cpu_seconds": cpu,
        "reader_cpu_us_per_advert": heard["cpu"] / max(1, heard["fresh"]) * 1e6,
        "reader_max_rss_mb": heard["max_rss_mb"],
        "one_core": one_core(),
    }


def table(result: dict[str, Any]) -> str:
    asked, cpu, core = result["asked"], result["cpu_seconds"], result["one_core"]
    spent = "  ".join(f"{who} {seconds:.2f}" for who, seconds in cpu.items())
    return "\n".join(
        [
            f"{asked['bands']:,} bands, {asked['per_second']:,} adverts a second asked for {asked['seconds']:.0f} s",
            f"sent        {result['sent']:>9,}  ({result['sent_per_second']:,.0f} a second reached)",
            f"read        {result['fresh']:>9,}  distinct readings, each with its counter",
            f"lost        {result['lost']:>9,}  doubled {result['doubled']}, coalesced {result['coalesced']}",
            f"condensed   {result['condenser']['condensed']:>9,}  and {result['condenser']['passed']:,} passed on",
            f"CPU seconds  {spent}",
            f"reader: {result['reader_cpu_us_per_advert']:.0f} us of CPU an advert, {result['reader_max_rss_mb']} MB",
            f"one core, no radio: {core['decoder_per_second']:,.0f} adverts/s decrypted and guarded;"
            f" bare AESCCM {core['bare_aesccm_per_second']:,.0f}/s",
        ]
    )


def one_core(band_count: int = 500, each: int = 60) -> dict[str, float]:
    """Adverts a second through the decoder alone, and the bare decryption of the same ones, best of three."""
    people = bands(band_count, SEED)
    words = [(band, Advert(band.address, -60, band.said(), {}, 0.0)) for band in _words(people, band_count * each)]
    chunks = [tuple(advert for _, advert in words[at : at + 1000]) for at in range(0, len(words), 1000)]
    sealed = [(AESCCM(band.key, tag_length=4), *_nonce_and_text(advert)) for band, advert in words]

    def decode() -> None:
        decoder = WristbandDecoder(Wristbands(), BenchKeys(people))
        fresh = sum(isinstance(one.seen, BandSeen) and not one.seen.repeat for c in chunks for one in decoder.feed(c))
        assert fresh == len(words)

    def bare() -> None:
        for cipher, nonce, text in sealed:
            cipher.decrypt(nonce, text, None)

    return {
        "decoder_per_second": len(words) / min(_seconds(decode) for _ in range(3)),
        "bare_aesccm_per_second": len(words) / min(_seconds(bare) for _ in range(3)),
    }


class BenchKeys(NoKeys):
    """A house that has enrolled these bands."""

    def __init__(self, people: list[SimulatedBand]) -> None:
        self._keys = {device_of(band.address): band.key for band in people}

    def device_key(self, device: str) -> bytes | None:
        return self._keys.get(device)


def _words(people: list[SimulatedBand], count: int) -> Iterator[SimulatedBand]:
    """What these bands say, turn by turn, each word with the next counter."""
    for number in range(count):
        at = number % len(people)
        yield people[at]
        people[at] = people[at].next(celsius=36.0 + number % 17 / 10)


async def air(rate: int, seconds: float, band_count: int) -> None:
    """Advertise `rate * seconds` times in a round, evenly."""
    words = [Said(band.address, band.said()) for band in _words(bands(band_count, SEED), round(rate * seconds))]
    async with StandInBluez() as bluez:
        print("ready", flush=True)
        while not bluez.discovering:  # noqa: ASYNC110  another process begins to listen
            await asyncio.sleep(0.01)
        cpu, start, sent = time.process_time(), time.monotonic(), 0
        while sent < len(words):
            due = min(len(words), int((time.monotonic() - start) * rate) + 1)
            sent += await bluez.advertise_all(words[sent:due])
            await asyncio.sleep(0.002)
        await bluez.drain()
        spent, took = time.process_time() - cpu, time.monotonic() - start
        print(json.dumps({"adverts": sent, "seconds": took, "cpu": spent}), flush=True)
        while bluez.discovering:  # noqa: ASYNC110  bluetoothd stays until the other process has heard the last one
            await asyncio.sleep(0.05)


async def ear(rate: int, seconds: float, band_count: int) -> None:
    """Listen as the house does, and account for every counter of every band."""
    wanted = round(rate * seconds)
    people = bands(band_count, SEED)
    devices = tuple(Device(device_of(band.address), DeviceKind.BAND, "radio") for band in people)
    places = Places(Site(Street("bench", "bench", ()), (*devices, Device("radio", DeviceKind.RADIO, "radio"))))
    clock = HouseClock()
    condenser = Condenser(State(), places, clock.now())
    heard: Counter[tuple[str, int | None]] = Counter()
    told = 0
    coalesced = 0
    last = time.monotonic()
    done = asyncio.Event()

    async def deliver(reading: Reading) -> None:
        nonlocal coalesced, last, told
        seen = reading.seen
        told += sum(1 for _ in condenser.feed(reading))
        if isinstance(seen, BandSeen) and not seen.repeat:
            heard[reading.device, seen.counter] += 1
            last = time.monotonic()
            if len(heard) == wanted:
                done.set()
        elif isinstance(seen, LostSeen):
            coalesced += seen.count
        elif isinstance(seen, LinkSeen) and not seen.open:
            raise RuntimeError(f"the radio was lost: {seen.why}")

    watch = Watch("radio", DRIVER, Wristbands(), BenchKeys(people), deliver, clock)
    cpu = time.process_time()
    listening = asyncio.create_task(watch.run(), name="radio")
    while not done.is_set() and not listening.done() and time.monotonic() - last < PATIENCE_SECONDS:
        await asyncio.wait({listening}, timeout=0.1)
    spent = time.process_time() - cpu
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    tally = condenser.tally
    print(
        json.dumps(
            {
                "fresh": len(heard),
                "lost": wanted - len(heard),
                "doubled": sum(heard.values()) - len(heard),
                "coalesced": coalesced,
                "condenser": {"heard": tally.heard, "passed": tally.passed, "condensed": tally.condensed, "told": told},
                "cpu": spent,
                "max_rss_mb": rss,
            }
        ),
        flush=True,
    )


def _nonce_and_text(advert: Advert) -> tuple[bytes, bytes]:
    data = advert.service_data[BTHOME]
    return mac_bytes(advert.address) + b"\xd2\xfc" + data[:1] + data[-8:-4], data[1:-8] + data[-4:]


def _seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process so far (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _self(role: str, sizes: list[str]) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.bench_adverts", "--role", role, *sizes]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    parser.add_argument("--role", choices=["look_on", "air", "ear"], default="look_on")
    parser.add_argument("sizes", nargs="*")
    arguments = parser.parse_args()
    sizes = dict(zip(("rate", "seconds", "band_count"), arguments.sizes, strict=False))
    wanted: dict[str, Any] = {name: float(size) if name == "seconds" else int(size) for name, size in sizes.items()}
    if arguments.role != "look_on":
        asyncio.run((air if arguments.role == "air" else ear)(**wanted))
        return
    result = run(**wanted)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1))
    print(table(result))


if __name__ == "__main__":
    main()
