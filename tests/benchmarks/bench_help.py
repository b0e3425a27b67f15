"""A call for help in the air to the duty page's pixels, and to the centre's broker client; how long each took.

Encrypted adverts of simulated bands go over a private D-Bus (a stand-in BlueZ, in a process of its own) through
unmodified bleak into the real gateway, with its journal on disk, a real broker, the centre and a real Chromium that
shows the duty page. All bands of the compound advertise every two seconds meanwhile. The clock begins before the
stand-in is told to say it; it ends two animation frames after the case stood on the page, and when a subscriber of the
broker had the message. All on one machine's clock.
"""

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from playwright.async_api import Page

from devices.band_settings import device_of
from devices.mqtt import Mqtt, broker_at
from gateway.centre.orders import RESULTS, Orders
from gateway.kinds import Kind
from gateway.messages.every import OrderMessage, topic
from sim.bands import SimulatedBand, bands
from sim.bluez import Said
from sim.dbus import private_bus
from tests.bluez import StandIn, stand_in
from tests.pictures import chromium, log_in, open_page
from tests.works import GW, Program, Works

OFFICER, PIN = "officer", "1470"
PHONE = (390, 844)
EVERY_SECONDS = 2.0  # each band says something
WARM = (
    3  # calls (with the others fewer than the page lists) before the clock counts: fonts and templates are loaded once
)
TIMES = 3  # so often a band says that its button is pressed: some adverts get lost in the air
PATIENCE_SECONDS = 120.0
LIMIT_SECONDS = 2.0  # issue 4, B8
# what the page shows now, with the instant at which it was painted
WATCH = """() => {
  window.painted = {};
  const look = () => {
    for (const each of document.querySelectorAll('[data-testid="case"][data-kind="help_called"]')) {
      const id = each.dataset.case;
      if (id in painted) continue;
      painted[id] = null;
      requestAnimationFrame(() => requestAnimationFrame(() => {
        painted[id] = performance.timeOrigin + performance.now();
      }));
    }
  };
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""


class _Told(msgspec.Struct):
    """What is read of a message of the stream "alert"."""

    case: str
    kind: str
    device: str
    revision: int


@dataclass
class Street:
    """The gateway with its bands; what they call is stamped here."""

    works: Works
    air: StandIn
    people: list[SimulatedBand]
    called: dict[str, float] = field(default_factory=dict)  # band -> when its advert was given to the air
    told: dict[str, tuple[str, float]] = field(default_factory=dict)  # band -> case, when the centre's client had it
    sent: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # the stand-in answers one at a time

    async def chatter(self) -> None:
        """Every band every two seconds, evenly, until cancelled."""
        began, said = time.monotonic(), 0
        while True:
            due = int((time.monotonic() - began) * len(self.people) / EVERY_SECONDS)
            batch = [self._says(number % len(self.people)) for number in range(said, due)]
            said = due
            if batch:
                async with self.turn:
                    self.sent += await self.air.advertise(*batch)
            await asyncio.sleep(0.05)

    async def call(self, number: int) -> None:
        """The button of this band is pressed."""
        async with self.turn:
            pressed = [self._says(number, sos=True) for _ in range(TIMES)]
            self.called[device_of(self.people[number].address)] = time.time()
            for each in pressed:
                await self.air.advertise(each)

    def _says(self, number: int, *, sos: bool = False) -> Said:
        band = self.people[number] = self.people[number].next(sos=sos)
        return Said(band.address, band.said())

    async def listen(self, mqtt: Mqtt) -> None:
        decode = msgspec.json.Decoder(_Told).decode
        async for message in mqtt.messages():
            told = decode(message.payload)
            if told.kind == Kind.HELP_CALLED and told.revision == 1:
                self.told[told.device] = (told.case, time.time())


def run(calls: int = 50, band_count: int = 300) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="menshen-bench-") as folder:
        return asyncio.run(measured(Path(folder), calls, band_count))


async def measured(folder: Path, calls: int, band_count: int) -> dict[str, Any]:
    load = os.getloadavg()[0]
    async with street(folder, band_count) as built, chromium() as browser:
        address = re.search(rb"pages: (http://\S+)", built.works.gateway.log.read_bytes())
        assert address is not None, built.works.gateway.log.read_text()
        page = await open_page(browser, address[1].decode(), "zh", PHONE)
        await log_in(page, OFFICER, PIN)
        await page.goto(address[1].decode() + "/duty")
        await page.wait_for_selector('body[data-live="yes"]')
        await page.evaluate(WATCH)
        async with Mqtt(broker_at(built.works.broker.url, "bench-ear"), subscribe=[topic(GW, "alert")]) as mqtt:
            listening = asyncio.create_task(built.listen(mqtt), name="ear")
            chatting = asyncio.create_task(built.chatter(), name="chatter")
            try:
                for number in range(calls + WARM):
                    await built.call(number)
                    await _arrived(built, page, number)
            finally:
                for task in (chatting, listening):
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await task
        painted: dict[str, float] = await page.evaluate("painted")
    rows = list(built.called.items())[WARM:]
    assert built.sent, "nobody else said anything"
    to_page = sorted(painted[built.told[band][0]] / 1e3 - at for band, at in rows)
    to_centre = sorted(built.told[band][1] - at for band, at in rows)
    return {
        "calls": calls,
        "bands": band_count,
        "adverts": built.sent,
        "load_before": load,
        "load_after": os.getloadavg()[0],
        "limit_seconds": LIMIT_SECONDS,
        "page": spread(to_page),
        "centre": spread(to_centre),
    }


def spread(seconds: Sequence[float]) -> dict[str, float]:
    return {
        "p50_s": seconds[len(seconds) // 2],
        "p99_s": seconds[int(len(seconds) * 0.99)],
        "most_s": seconds[-1],
        "of_limit": seconds[int(len(seconds) * 0.99)] / LIMIT_SECONDS,
    }


async def _arrived(built: Street, page: Page, number: int) -> None:
    """At the centre's client and on the page: then the next one may press."""
    band = device_of(built.people[number].address)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while band not in built.told:  # noqa: ASYNC110  another process tells it
            await asyncio.sleep(0.02)
        await page.wait_for_function(
            "id => window.painted[id]", arg=built.told[band][0], timeout=PATIENCE_SECONDS * 1e3
        )


@asynccontextmanager
async def street(folder: Path, band_count: int) -> AsyncIterator[Street]:
    """A gateway whose radio is on a private bus, and everybody of its building observed."""
    people = [replace(band, worn=True) for band in bands(band_count, 7)]
    works = Works(folder, doors=0, scanners=0, pages=True)
    config = folder / "menshen.toml"
    config.write_text(
        config.read_text().replace("floors = 20", f"floors = {1 + band_count // 4}")
        + '[[links]]\nname = "radio"\ndriver = "wristband"\nplace = "palm/3"\n'
    )
    keys = folder / "keys.csv"
    keys.write_text("device,key_hex\n" + "".join(f"{device_of(each.address)},{each.key.hex()}\n" for each in people))
    _ours(config, ["devices", "import"], [str(keys)])
    _ours(config, ["staff", "add"], ["--id", OFFICER, "--name", OFFICER, "--role", "duty_officer"], f"{PIN}\n")
    with private_bus() as bus:
        works.gateway = _OnBus(works.gateway.arguments, works.gateway.log, bus=bus.address)
        async with stand_in(bus.address) as air:
            try:
                await works.start()
                await _observed(works, people)
                yield Street(works, air, people)
            finally:
                works.close()


@dataclass(slots=True)
class _OnBus(Program):
    """The gateway, whose system bus is this one."""

    bus: str = ""

    def start(self) -> None:
        self.starts += 1
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway", *self.arguments],
                stdout=log,
                stderr=log,
                env=os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": self.bus},
            )


def _ours(config: Path, command: list[str], arguments: list[str], said: str = "") -> None:
    called = [sys.executable, "-m", "gateway", *command, "--config", str(config), *arguments]
    subprocess.run(called, input=said, text=True, check=True, capture_output=True)


async def _observed(works: Works, people: Sequence[SimulatedBand]) -> None:
    """One in each flat, with a band."""
    async with Mqtt(broker_at(works.broker.url, "bench-orders"), subscribe=[RESULTS]) as mqtt:
        orders = Orders(mqtt)

        async def answers() -> None:
            async for message in mqtt.messages():
                orders.take(message)

        listening = asyncio.create_task(answers(), name="results")
        today = datetime.now(UTC).date()
        for number, band in enumerate(people):
            order = OrderMessage(
                order="begin_quarantine",
                by="bench",
                flat=works.flat(number),
                subject=f"{number:016x}",
                ground="bench",
                first_day=today - timedelta(days=1),
                last_day=today + timedelta(days=7),
                band=device_of(band.address),
            )
            result = await orders.send(GW, f"help-{number}", order, PATIENCE_SECONDS)
            assert result.done, result.why
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


def table(result: dict[str, Any]) -> str:
    def line(name: str) -> str:
        of = result[name]
        return (
            f"advert to {name:<7} p50 {of['p50_s'] * 1e3:6.0f} ms  p99 {of['p99_s'] * 1e3:6.0f} ms"
            f"  most {of['most_s'] * 1e3:6.0f} ms  ({of['of_limit']:.2f} of the limit)"
        )

    return "\n".join(
        [
            f"{result['calls']} calls for help, {result['bands']} bands, {result['adverts']:,} other adverts meanwhile;"
            f" load {result['load_before']:.1f} before, {result['load_after']:.1f} after",
            line("page"),
            line("centre"),
        ]
    )
