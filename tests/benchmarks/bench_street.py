"""A street's wearers and doors through real decoding, condensing and all rules, in one process: microseconds a reading.

6,816 bands say something every 2 seconds and 3 receivers hear it: 10,224 readings a second; 4,074 doors send a
heartbeat a minute by zigbee2mqtt. The adverts are encrypted beforehand; the rest is what the gateway does with them, up
to the entries for the journal. With 1,000 bands it says whether a reading costs the same in a larger street.
`run() -> dict`, `table(result) -> str`; `python -m tests.benchmarks.bench_street [--profile]`.
"""

import argparse
import cProfile
import gc
import os
import pstats
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from devices.adverts import Advert
from devices.band_settings import Wristbands, device_of
from devices.driver import NoKeys
from devices.links.broker import Heard
from devices.reading import Reading, Sighting
from devices.wristband import WristbandDecoder
from devices.zigbee2mqtt import Zigbee2MqttDecoder, Zigbee2MqttSettings
from gateway.compound import Building, Compound, Device, DeviceKind, Direction, Flat, Gate, Lane, Site, Street, Unit
from gateway.events.every import ConfigLoaded, HouseOpened
from gateway.gatekeeper import Gatekeeper
from gateway.orders.every import QuarantineBegun
from gateway.state.state import State
from sim.bands import SimulatedBand, bands
from tests.works import resident_megabytes

SEED = 7
EVERY = timedelta(seconds=2)
RECEIVERS = 3
DOORS = 4_074
BANDS = 6_816
FLATS_IN_A_BUILDING = 120
START = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)


def run(rounds: int = 30, sizes: tuple[int, ...] = (1_000, 3_000, BANDS)) -> dict[str, Any]:
    return {"load": os.getloadavg()[0], "sizes": {str(size): _measure(size, rounds) for size in sizes}}


def table(result: dict[str, Any]) -> str:
    heads = (("bands", 7), ("us a reading", 13), ("longest ms", 11), ("entries", 8), ("one core", 9), ("MB", 5))
    lines = [" ".join(f"{head:>{width}}" for head, width in heads)]
    for size, figures in result["sizes"].items():
        lines.append(
            f"{int(size):>7,} {figures['us_per_reading']:>13.1f}"
            f" {figures['longest_ms']:>11.1f} {figures['entries']:>8,} {figures['core_share']:>8.0%}"
            f" {figures['resident_mb']:>5.0f}"
        )
    lines.append(
        f"one core: what this many bands and their doors take of it, in steady running; load {result['load']:.1f}"
    )
    return "\n".join(lines)


class StreetKeys(NoKeys):
    def __init__(self, people: list[SimulatedBand]) -> None:
        self._keys = {device_of(band.address): band.key for band in people}

    def device_key(self, device: str) -> bytes | None:
        return self._keys.get(device)


def street(band_count: int, doors: int) -> Site:
    """Doors and flats of one compound in buildings of 120; a receiver for each building, two more that hear it all."""
    buildings, devices = [], []
    for number in range(0, doors, FLATS_IN_A_BUILDING):
        name = f"c/b{number // FLATS_IN_A_BUILDING}"
        flats = tuple(
            Flat(f"{name}-1-{at}", str(at), "c", name, f"{name}-1", f"C / {name} / {at}", 1)
            for at in range(number, min(number + FLATS_IN_A_BUILDING, doors))
        )
        buildings.append(Building(name, name, "c", (Unit(f"{name}-1", "1", flats),)))
        devices += [Device(f"door-{flat.name}", DeviceKind.DOOR, "zigbee", flat.id) for flat in flats]
    gate = Gate("c/east", "East", "c", 1, (Lane("c/east/in", "in", "c/east", "c", Direction.IN),))
    devices += [Device(f"radio-{at}", DeviceKind.RADIO, f"radio-{at}", "c/east" if at == 2 else "") for at in range(3)]
    devices.append(Device("zigbee", DeviceKind.CABLE, "zigbee"))
    compound = Compound("c", "C", "Asia/Shanghai", (gate,), tuple(buildings))
    return Site(Street("s", "S", (compound,)), tuple(devices))


def house(people: list[SimulatedBand], doors: int) -> Gatekeeper:
    """Open, and everybody in quarantine."""
    gatekeeper = Gatekeeper(State())
    gatekeeper.consider(HouseOpened(at=START, heard=START, version="1", epoch="e", clock_trusted=True))
    gatekeeper.consider(ConfigLoaded(at=START, heard=START, fingerprint="f", site=street(len(people), doors)))
    flats = list(gatekeeper.places.flats)
    for number, band in enumerate(people):
        order = QuarantineBegun(
            id=f"q{number}",
            at=START,
            by="bench",
            flat=flats[number % len(flats)],
            subject=f"{number:016x}",
            ground="order 7",
            first_day=date(2026, 4, 1),
            last_day=date(2026, 4, 14),
            band=device_of(band.address),
        )
        assert gatekeeper.order(order)[1].done
    return gatekeeper


def _measure(band_count: int, rounds: int) -> dict[str, float]:
    people = bands(band_count, SEED)
    doors = round(DOORS * band_count / BANDS)
    keys = StreetKeys(people)
    decoders = [WristbandDecoder(Wristbands(), keys) for _ in range(RECEIVERS)]
    zigbee = Zigbee2MqttDecoder(Zigbee2MqttSettings.model_validate({"broker": {"client_id": "b"}}), keys)
    gatekeeper = house(people, doors)
    spent = longest = 0.0
    readings = entries = 0
    for number in range(rounds):
        at = START + EVERY * (number + 1)
        people = [band.next(celsius=36.0 + (number + each) % 17 / 20) for each, band in enumerate(people)]
        said = [band.said() for band in people]
        beats = [
            Heard(f"zigbee2mqtt/door-{door}", b'{"contact":true,"battery":97,"voltage":3055,"linkquality":80}')
            for door in range(number % 30, doors, 30)
        ]
        chunks: list[tuple[int, tuple[Advert, ...]]] = []
        for start in range(0, band_count, 50):  # what a link gives at once; each receiver a moment after the other
            some = range(start, min(start + 50, band_count))
            for receiver in range(RECEIVERS):
                seconds = number * 2.0 + start / band_count * 2.0
                # a dict each, as from the air: nothing may hang on its being the very same object
                batch = tuple(
                    Advert(
                        people[i].address,
                        -60 - 10 * receiver - i % 5,
                        {k: bytes(bytearray(v)) for k, v in said[i].items()},
                        {},
                        seconds,
                    )
                    for i in some
                )
                chunks.append((receiver, batch))
        gc.collect()
        if number == 1:
            spent = longest = 0.0  # what is paid once is paid before the clock runs
            readings = entries = 0
        for index, (receiver, batch) in enumerate(chunks):
            heard = at + EVERY * (index / len(chunks))
            began = time.process_time()
            for reading in _readings(decoders[receiver].feed(batch), f"radio-{receiver}", heard):
                entries += len(gatekeeper.receive(reading).entries)
                readings += 1
            took = time.process_time() - began
            spent += took
            longest = max(longest, took)
        began = time.process_time()
        for beat in beats:
            for reading in _readings(zigbee.feed(beat), "zigbee", at + EVERY):
                entries += len(gatekeeper.receive(reading).entries)
                readings += 1
        entries += len(gatekeeper.tick(at + EVERY).entries)
        spent += time.process_time() - began
    return {
        "readings": readings,
        "us_per_reading": spent / readings * 1e6,
        "longest_ms": longest * 1e3,
        "entries": entries,
        "core_share": spent / ((rounds - 1) * EVERY.total_seconds()),
        "resident_mb": resident_megabytes(os.getpid()),
        "snapshot_mb": len(msgspec.msgpack.encode(gatekeeper.state)) / 1e6,
    }


def _readings(said: Any, link: str, heard: datetime) -> Iterator[Reading]:
    """As devices/watch.py stamps them."""
    for one in said:
        assert isinstance(one, Sighting)
        yield Reading(at=heard, heard=heard, link=link, device=one.speaker or link, seen=one.seen, receipt=one.receipt)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", action="store_true", help="where the time goes, with all the bands")
    parser.add_argument("--rounds", type=int, default=30)
    arguments = parser.parse_args()
    if not arguments.profile:
        print(table(run(arguments.rounds)))
        return
    profile = cProfile.Profile()
    profile.runcall(_measure, BANDS, 4)
    pstats.Stats(profile).sort_stats("tottime").print_stats(35)


if __name__ == "__main__":
    main()
