"""What a band's driver wants to hear in; an open radio out, that yields batches of adverts and measurements.

One scanner per process and adapter: BlueZ gives one discovery to one D-Bus client. Everything here runs in the event
loop; a callback of bleak filters, builds one value and returns. The reader is woken once for all that came together.

The radio says of itself `Hearing(False)` (not deaf) with the first advert of every opening, so that a house which
remembers it as deaf from before its restart takes that back, and `Hearing(True)` when the ladder found no cure.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from devices.adverts import FAINTEST_DBM, Advert, Hearing, Measurement, RadioChunk, strength
from devices.driver import LinkLost
from devices.links.advert_buffer import AdvertBuffer
from devices.links.ladder import Ladder

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

    from devices.links.gatt import InReach

STOP_SECONDS = 1.5
UNKNOWN_RSSI = FAINTEST_DBM  # what BlueZ and bleak say where they have none

_in_use: set[str | None] = set()


@dataclass(frozen=True, slots=True)
class RadioWants:
    """What to listen for; all else is dropped in the callback."""

    adapter: str | None = None  # "hci0"; None: the first one with power
    services: frozenset[str] = frozenset()  # full UUIDs of service data
    companies: frozenset[int] = frozenset()
    addresses: frozenset[str] = frozenset()  # heard whatever they say
    connect: frozenset[str] = frozenset()  # kept connected for 0x2A1C
    max_connections: int = 3
    turn_seconds: float = 60.0
    watchdog_seconds: float = 90.0
    longest_watchdog_seconds: float = 3600.0
    retry_seconds: float = 0.25  # the first pause after a scanner or a connection that did not start; then doubling
    buffer: int = 5_000  # half a second of a street: a slow house hears of now, not of long ago
    max_batch: int = 100  # decoded in 1 ms: then others have their turn


@dataclass(slots=True, eq=False)
class Radio:
    """An open radio. Iterating raises LinkLost when D-Bus, bluetoothd or the adapter goes away."""

    name: str
    wants: RadioWants
    buffer: AdvertBuffer = field(init=False)
    heard_at: float = 0.0
    strangers: int = 0  # callbacks that were not wanted
    _hears: bool | None = None  # not known before the first advert
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _end: BaseException | None = None
    _rssi: dict[str, int] = field(default_factory=dict)
    _reach: "dict[str, InReach]" = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    def __post_init__(self) -> None:
        self.buffer = AdvertBuffer(self.wants.buffer, self._wake.set)

    def send(self, data: bytes) -> None:
        """Bands take no answer over the air."""

    async def __aiter__(self) -> AsyncIterator[RadioChunk]:
        while True:
            chunk = self.buffer.take(self.wants.max_batch)
            if chunk:
                yield chunk
                await asyncio.sleep(0)  # a full buffer must not keep the loop from the socket
                continue
            if self._end is not None:
                raise self._end
            self._wake.clear()
            await self._wake.wait()

    def end(self, why: BaseException) -> None:
        """The reader gets what is still buffered, then this."""
        if self._end is None:
            self._end = why
            self._wake.set()

    def lost(self, reason: str) -> None:
        self.end(LinkLost(self.name, reason))

    def hear(self, device: "BLEDevice", advert: "AdvertisementData") -> None:
        """bleak's callback, for every change of every device: the hot path."""
        address = device.address
        if self.take(address, advert.rssi, advert.service_data, advert.manufacturer_data) and address in self._reach:
            self._rssi[address] = strength(advert.rssi)
            self._reach[address].hear(device)

    def take(
        self,
        address: str,
        rssi: int,
        services: Mapping[str, bytes],
        companies: Mapping[int, bytes],
        at: float | None = None,
    ) -> bool:
        """One advert. False for one that is not wanted, which is a sign of a living radio all the same.

        `at`: when it came, on the loop's clock, if that was not this moment.
        """
        now = self.heard_at = self._loop.time() if at is None else at
        if self._hears is not True:
            self._hears = True
            self.buffer.put(Hearing(False))
        wants = self.wants
        if (
            wants.services.isdisjoint(services)
            and address not in wants.addresses
            and wants.companies.isdisjoint(companies)
        ):
            self.strangers += 1
            return False
        self.buffer.put(Advert(address, strength(rssi), services, companies, now))
        return True

    def went_deaf(self) -> None:
        if self._hears is not False:
            self._hears = False
            self.buffer.put(Hearing(True))

    def connect(self, address: str, reach: "InReach") -> None:
        """Tell `reach` whenever `address` is heard."""
        self._reach[address] = reach

    def measured(self, address: str, value: bytes) -> None:
        # a connected band does not advertise: what it indicates is a sign of a living radio too
        now = self.heard_at = self._loop.time()
        self.buffer.put(Measurement(address, self._rssi.get(address, UNKNOWN_RSSI), value, now))


@asynccontextmanager
async def open_radio(wants: RadioWants) -> AsyncIterator[Radio]:
    """Open the radio and scan; raises LinkLost if there is no bus, no bluetoothd, or no scanner to be started."""
    # bleak and dbus-fast take a quarter of a second to load: only a house with a radio pays for it
    from devices.links import bluez_bus, gatt, scanning

    name = wants.adapter or "radio"
    if wants.adapter in _in_use:
        raise LinkLost(name, "this process already scans with this adapter")
    radio = Radio(name, wants)
    async with AsyncExitStack() as stack:
        _in_use.add(wants.adapter)
        stack.callback(_in_use.discard, wants.adapter)
        try:
            bus = await stack.enter_async_context(bluez_bus.open_bus(radio.lost))
            if not await bus.present():
                raise LinkLost(name, "bluetoothd is not on the bus")
        except bluez_bus.BUS_ERRORS as exc:
            raise LinkLost(name, f"no system bus: {exc}") from exc
        ladder = Ladder(wants.watchdog_seconds, wants.longest_watchdog_seconds)
        turns = asyncio.Semaphore(wants.max_connections)
        turn_seconds = wants.turn_seconds if len(wants.connect) > wants.max_connections else None
        scan = scanning.Scanning(name, wants.adapter, bus, radio, ladder, wants.retry_seconds)
        stack.push_async_callback(scan.stop)
        await scan.start()  # before the link counts as open: a radio that cannot scan is a lost one, again and again
        tasks = [_task(radio, f"{name}: scan", scan.run())]
        stack.push_async_callback(_stop, tasks)
        for address in sorted(wants.connect):
            reach = gatt.InReach()
            radio.connect(address, reach)
            measured = partial(radio.measured, address)
            keep = gatt.keep_connected(f"{name}: {address}", reach, turns, turn_seconds, wants.retry_seconds, measured)
            tasks.append(_task(radio, f"{name}: {address}", keep))
        yield radio


def _task(radio: Radio, name: str, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
    """Start it; what it raises (LinkLost, or a bug) ends the reader's iteration."""

    def done(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (exc := task.exception()) is not None:
            radio.end(exc)

    task = asyncio.create_task(work, name=name)
    task.add_done_callback(done)
    return task


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    # what a task raised was given to the reader; a bluetoothd that hangs must not keep the house from ending
    await asyncio.wait(tasks, timeout=STOP_SECONDS)
