"""A street behind a gate, as real processes: a folder in, a gateway with 4,074 flats and their registry out.

Doors speak as zigbee2mqtt does, bands through receivers that post on the broker, passes come by a scanner's cable or a
camera: nothing reaches the gateway but what reaches one in a street. Its clocks are those of timed_gateway.py.
"""

import asyncio
import contextlib
import csv
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from devices.band_settings import device_of
from devices.mqtt import Mqtt, broker_at
from gateway.centre.orders import RESULTS, Orders
from gateway.households import ORIGINS
from gateway.messages.every import OrderMessage
from gateway.people import Care
from sim.bands import SimulatedBand, bands
from tests.works import GW, Program, Works

# id, stairwells, floors, flats on each; the first stands in every Works. Together 4,074 flats (石泉)
BUILDINGS = (("3", 1, 20, 4), *((str(number), 3, 17, 2) for number in range(4, 43)), ("43", 1, 8, 2))
PEOPLE = {"guard": ("guard", "2580"), "officer": ("duty_officer", "1470")}
SEED = 11
AT_ONCE = 64  # orders under way
ADVERTS_A_MESSAGE = 200


class Timed(Program):
    """The gateway with its clocks."""

    stamps: Path

    def start(self) -> None:
        self.starts += 1
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "tests.benchmarks.timed_gateway", str(self.stamps), *self.arguments]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def url(self) -> str:
        """Where its pages are, since its last start."""
        found = re.findall(rb"pages: (http://\S+)", self.log.read_bytes())
        assert found, self.log.read_text()
        return str(found[-1].decode())


class StreetWorks(Works):
    """Every flat has a door sensor; one in `observed_every` has somebody in quarantine, with a band."""

    def __init__(
        self,
        folder: Path,
        *,
        buildings: int = len(BUILDINGS),
        observed_every: int = 1,
        scanners: int = 1,
        cameras: Iterable[str] = (),
    ) -> None:
        self.buildings = BUILDINGS[:buildings]
        self.flats = list(_flats(self.buildings))
        self.observed = self.flats[::observed_every]
        self.bands: list[SimulatedBand] = bands(len(self.observed), SEED)
        super().__init__(folder, doors=0, scanners=scanners, cameras=tuple(cameras), pages=True)
        self.timed = Timed(self.gateway.arguments, self.gateway.log)
        self.timed.stamps = folder / "stamps.jsonl"
        self.gateway = self.timed

    def _toml(self, snapshot_every: int) -> str:
        parts = [super()._toml(snapshot_every)]
        for building, units, floors, flats in self.buildings[1:]:
            parts.append(
                f'[[compounds.buildings]]\nid = "{building}"\nname = "{building}号楼"\nunits = {units}\n'
                f"floors = {floors}\nflats_per_floor = {flats}"
            )
        for name, driver in (("zigbee", "zigbee2mqtt"), ("air", "ble_mqtt")):
            broker = f'{{ port = {self.broker.port}, client_id = "{GW}-{name}" }}'
            parts.append(f'[[links]]\nname = "{name}"\ndriver = "{driver}"\nsettings = {{ broker = {broker} }}')
        for number, flat in enumerate(self.flats):
            parts.append(f'[[devices]]\nid = "door-{number}"\nkind = "door"\nlink = "zigbee"\nplace = "{flat}"')
        parts.append('[[devices]]\nid = "ears"\nkind = "radio"\nlink = "air"\nplace = "palm/south"')
        return "\n".join(parts) + "\n"

    async def start(self) -> None:
        """Everything up: the registry taken in, everybody begun, every door shut and every band heard once.

        A street is not enrolled in ten seconds: the house is started anew after it, and has it all in its snapshot.
        """
        for member, (role, pin) in PEOPLE.items():
            self._menshen("staff", "add", "--id", member, "--name", member, "--role", role, stdin=f"{pin}\n")
        self._menshen("registry", "import", str(self._roll()))
        self._menshen("devices", "import", str(self._band_keys()))
        await super().start()
        await self._begin()
        self.gateway.terminate()
        self.gateway.start()
        log = self.gateway.log
        await self.wait_until(lambda: log.read_bytes().count(b"house: open") == 2, "the house to open again")
        async with self.speaking() as air:
            await asyncio.gather(*(self.door(air, number, is_open=False) for number in range(len(self.flats))))
            await self.temperatures(air)
        await self.settle()

    @contextlib.asynccontextmanager
    async def speaking(self, *subscribe: str) -> AsyncIterator[Mqtt]:
        """On the house's own broker, as sensors and the centre do."""
        async with Mqtt(broker_at(self.broker.url, f"street-{id(subscribe)}"), subscribe=subscribe) as mqtt:
            await mqtt.connected()
            yield mqtt

    async def door(self, air: Mqtt, number: int, *, is_open: bool) -> None:
        report = {"contact": not is_open, "battery": 97}
        await air.send(f"zigbee2mqtt/door-{number}", json.dumps(report).encode())

    async def temperatures(self, air: Mqtt, numbers: range | None = None) -> None:
        """These bands' next adverts (all, where none are named), heard by the receiver at the gate."""
        heard = []
        for number in numbers or range(len(self.bands)):
            self.bands[number] = band = self.bands[number].next(
                celsius=36.0 + (number + self.bands[number].counter) % 12 / 10
            )
            data = {uuid[4:8]: said.hex() for uuid, said in band.said().items()}
            heard.append({"mac": band.address, "rssi": -60, "service_data": data})
        for first in range(0, len(heard), ADVERTS_A_MESSAGE):
            await air.send("menshen/ble/ears", json.dumps(heard[first : first + ADVERTS_A_MESSAGE]).encode())

    async def _begin(self) -> None:
        """Everybody's quarantine, ordered by the centre."""
        today = datetime.now(UTC).date()
        free = asyncio.Semaphore(AT_ONCE)
        async with self.speaking(RESULTS) as mqtt:
            orders = Orders(mqtt)

            async def listen() -> None:
                async for message in mqtt.messages():
                    orders.take(message)

            async def begin(number: int, flat: str) -> None:
                order = OrderMessage(
                    order="begin_quarantine",
                    by="works",
                    flat=flat,
                    subject=f"{number:016x}",
                    ground="test",
                    first_day=today - timedelta(days=number % 13),
                    last_day=today + timedelta(days=13 - number % 13),
                    band=device_of(self.bands[number].address),
                )
                async with free:
                    result = await orders.send(GW, f"begin-{number}", order, 240.0)
                assert result.done, result.why

            listening = asyncio.create_task(listen(), name="results")
            await asyncio.gather(*(begin(number, flat) for number, flat in enumerate(self.observed)))
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening

    def _roll(self) -> Path:
        """The registry's list: somebody in each flat, every third with a care mark, here and there a volunteer."""
        subjects = {flat: f"{number:016x}" for number, flat in enumerate(self.observed)}
        cares = tuple(Care)
        path = self.folder / "roll.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("flat", "use", "subject", "name", "care", "volunteer", "origin"))
            for n, flat in enumerate(self.flats):
                care = cares[n % len(cares)] if n % 3 == 0 else ""
                origin = ORIGINS[n % 3].id if flat in subjects else ""
                rows.writerow(
                    (flat, "", subjects.get(flat, ""), f"住户{n}", care, "yes" if n % 40 == 7 else "", origin)
                )
        return path

    def _band_keys(self) -> Path:
        path = self.folder / "bands.csv"
        path.touch(mode=0o600)
        lines = [f"{device_of(band.address)},{band.key.hex()}" for band in self.bands]
        path.write_text("\n".join(("device,key_hex", *lines, "")), "utf-8")
        return path

    def _menshen(self, *arguments: str, stdin: str = "") -> None:
        command = [sys.executable, "-m", "gateway", *arguments[:2], "--config", str(self.folder / "menshen.toml")]
        done = subprocess.run([*command, *arguments[2:]], input=stdin, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def _flats(buildings: Iterable[tuple[str, int, int, int]]) -> Iterator[str]:
    for building, units, floors, flats in buildings:
        for unit in range(1, units + 1):
            for floor in range(1, floors + 1):
                for flat in range(1, flats + 1):
                    yield f"palm/{building}-{unit}-{floor}{flat:02d}"
