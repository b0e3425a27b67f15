"""Keeps one bleak scanner running, for ever: starts it, watches for silence, climbs the recovery ladder.

What the scanner hears is handed to the ear at once. That no scanner can be started ends in `LinkLost`.
Errors of a start: InProgress (another client, or a session of ours that was orphaned), NotReady and POWERED_OFF (the
adapter is switched on), anything else is tried again a few times, with a power cycle in between.
"""

import asyncio
import logging
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


class Ear(Protocol):
    """Where the scanner's callbacks end."""

    @property
    def heard_at(self) -> float:
        """When the last callback came, on the loop's clock."""
        ...

    def hear(self, device: BLEDevice, advert: AdvertisementData) -> None: ...

    def went_deaf(self) -> None: ...


class Scanning:
    """One adapter's scanner, ever a new one. `start`, then `run` for ever; `stop` at the end, whatever happened."""

    def __init__(
        self, name: str, adapter: str | None, bus: BluezBus, ear: Ear, ladder: Ladder, retry_seconds: float
    ) -> None:
        self._name = name
        self._adapter = adapter
        self._bus = bus
        self._ear = ear
        self._ladder = ladder
        self._retry_seconds = retry_seconds
        self._scanner: BleakScanner | None = None

    async def run(self) -> None:
        """Raises LinkLost when no scanner can be started any more."""
        while True:
            await self._silence()
            await self.stop()
            rung = self._ladder.climb()
            if self._ladder.deaf:
                self._ear.went_deaf()
            patience = self._ladder.patience_seconds
            log.warning("%s: nothing heard, trying a %s, next in %.0f s", self._name, rung.value, patience)
            if rung is Rung.POWER_CYCLE:
                await self._bus.power_cycle(self._adapter)
            await self.start()

    async def start(self) -> None:
        """Raises LinkLost after some attempts."""
        pause, reason = self._retry_seconds, ""
        for attempt in range(ATTEMPTS):
            self._scanner = self._new_scanner()
            try:
                async with asyncio.timeout(START_SECONDS):
                    await self._scanner.start()
            except (BleakError, *BUS_ERRORS) as exc:
                reason = _words(exc)
                log.info("%s: scanner does not start: %s", self._name, reason)
                if _powered_off(exc):
                    await self._bus.power(self._adapter, True)
                elif attempt == ATTEMPTS // 2:
                    await self._bus.power_cycle(self._adapter)
            else:
                return
            await asyncio.sleep(pause)
            pause *= 2
        raise LinkLost(self._name, reason)

    async def stop(self) -> None:
        scanner, self._scanner = self._scanner, None
        if scanner is None:
            return
        # bluetoothd may have restarted meanwhile ("No discovery started"), or be gone: the scanner is over anyway
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await scanner.stop()
        except (BleakError, AssertionError, *BUS_ERRORS) as exc:
            log.debug("%s: stopping the scanner: %r", self._name, exc)

    def _new_scanner(self) -> BleakScanner:
        if self._adapter is None:
            return BleakScanner(self._ear.hear, scanning_mode="active")
        return BleakScanner(self._ear.hear, scanning_mode="active", bluez={"adapter": self._adapter})

    async def _silence(self) -> None:
        """Return when nothing was heard for as long as the ladder is patient."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        while True:
            if self._ear.heard_at > started:
                self._ladder.heard()
            left = max(started, self._ear.heard_at) + self._ladder.patience_seconds - loop.time()
            if left <= 0:
                return
            await asyncio.sleep(left)


def _powered_off(exc: BaseException) -> bool:
    if isinstance(exc, BleakBluetoothNotAvailableError):
        return exc.reason is BleakBluetoothNotAvailableReason.POWERED_OFF
    return isinstance(exc, BleakDBusError) and exc.dbus_error == "org.bluez.Error.NotReady"


def _words(exc: BaseException) -> str:
    if isinstance(exc, BleakBluetoothNotAvailableError):
        return str(exc.args[0])
    return str(exc) or type(exc).__name__
