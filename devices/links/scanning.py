"""Keeps one bleak scanner running, for ever: starts it, watches for silence, climbs the recovery ladder.

What the scanner hears is handed to the ear at once; `keep_scanning` returns only by `LinkLost`.
Errors of a start: InProgress (another client, or a session of ours that was orphaned), NotReady and POWERED_OFF (the
adapter is switched on), anything else is tried again a few times, with a power cycle in between.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
)

from devices.driver import LinkLost
from devices.links.bluez_bus import BUS_ERRORS, BluezBus
from devices.links.ladder import Ladder, Rung

log = logging.getLogger(__name__)

START_SECONDS = 15.0  # a hung bluetoothd answers nothing at all
STOP_SECONDS = 1.0
ATTEMPTS = 4

Callback = Callable[[BLEDevice, AdvertisementData], None]


class Ear(Protocol):
    """Where the scanner's callbacks end."""

    @property
    def heard_at(self) -> float:
        """When the last callback came, on the loop's clock."""
        ...

    def hear(self, device: BLEDevice, advert: AdvertisementData) -> None: ...

    def went_deaf(self) -> None: ...


async def keep_scanning(
    name: str, adapter: str | None, bus: BluezBus, ear: Ear, ladder: Ladder, retry_seconds: float
) -> None:
    """Scan until cancelled. Raises LinkLost when no scanner can be started any more."""
    while True:
        async with _scanner(name, adapter, bus, ear.hear, retry_seconds):
            await _silence(ear, ladder)
        rung = ladder.climb()
        if ladder.deaf:
            ear.went_deaf()
        log.warning("%s: nothing heard, trying a %s, next in %.0f s", name, rung.value, ladder.patience_seconds)
        if rung is Rung.POWER_CYCLE:
            await bus.power_cycle(adapter)


async def _silence(ear: Ear, ladder: Ladder) -> None:
    """Return when nothing was heard for as long as the ladder is patient."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    while True:
        if ear.heard_at > started:
            ladder.heard()
        left = max(started, ear.heard_at) + ladder.patience_seconds - loop.time()
        if left <= 0:
            return
        await asyncio.sleep(left)


@asynccontextmanager
async def _scanner(
    name: str, adapter: str | None, bus: BluezBus, hear: Callback, retry_seconds: float
) -> AsyncIterator[None]:
    scanner = await _start(name, adapter, bus, hear, retry_seconds)
    try:
        yield
    finally:
        # bluetoothd may have restarted meanwhile ("No discovery started"), or be gone: the scanner is over anyway
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await scanner.stop()
        except (BleakError, AssertionError, *BUS_ERRORS) as exc:
            log.debug("%s: stopping the scanner: %r", name, exc)


async def _start(name: str, adapter: str | None, bus: BluezBus, hear: Callback, retry_seconds: float) -> BleakScanner:
    pause, reason = retry_seconds, ""
    for attempt in range(ATTEMPTS):
        scanner = (
            BleakScanner(hear, scanning_mode="active", bluez={"adapter": adapter})
            if adapter
            else BleakScanner(hear, scanning_mode="active")
        )
        try:
            async with asyncio.timeout(START_SECONDS):
                await scanner.start()
            return scanner
        except (BleakError, *BUS_ERRORS) as exc:
            reason = _words(exc)
            log.info("%s: scanner does not start: %s", name, reason)
            if _powered_off(exc):
                await bus.power(adapter, True)
            elif attempt == ATTEMPTS // 2:
                await bus.power_cycle(adapter)
        await asyncio.sleep(pause)
        pause *= 2
    raise LinkLost(name, reason)


def _powered_off(exc: BaseException) -> bool:
    if isinstance(exc, BleakBluetoothNotAvailableError):
        return exc.reason is BleakBluetoothNotAvailableReason.POWERED_OFF
    return isinstance(exc, BleakDBusError) and exc.dbus_error == "org.bluez.Error.NotReady"


def _words(exc: BaseException) -> str:
    if isinstance(exc, BleakBluetoothNotAvailableError):
        return str(exc.args[0])
    return str(exc) or type(exc).__name__
