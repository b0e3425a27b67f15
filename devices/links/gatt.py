"""Keeps one band connected while others wait their turn; its 0x2A1C indications are handed on.

A connection is made while scanning and with the BLEDevice of the scanner: by address alone, bleak would start a second
discovery, which BlueZ refuses (InProgress), and bluetoothd forgets an unconnected device soon after scanning stops.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.exc import BleakError

from devices.adverts import TEMPERATURE_MEASUREMENT
from devices.links.bluez_bus import BUS_ERRORS

log = logging.getLogger(__name__)

CONNECT_SECONDS = 20.0
DISCONNECT_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0


class InReach:
    """The device as last heard by the scanner; waiting for it is waiting for its next advert."""

    def __init__(self) -> None:
        self._device: BLEDevice | None = None
        self._heard = asyncio.Event()

    def hear(self, device: BLEDevice) -> None:
        self._device = device
        self._heard.set()

    async def next(self) -> BLEDevice:
        self._heard.clear()
        await self._heard.wait()
        assert self._device is not None
        return self._device


async def keep_connected(
    name: str,
    reach: InReach,
    turns: asyncio.Semaphore,
    turn_seconds: float | None,
    retry_seconds: float,
    measured: Callable[[bytes], None],
) -> None:
    """Connect whenever the band is heard, until cancelled; for `turn_seconds` where others wait, else for good."""
    pause = retry_seconds
    while True:
        device = await reach.next()
        try:
            async with turns:
                await _listen(device, turn_seconds, measured)
            pause = retry_seconds
        except (BleakError, AssertionError, *BUS_ERRORS) as exc:
            log.info("%s: connection failed, trying again in %.0f s: %r", name, pause, exc)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


async def _listen(device: BLEDevice, turn_seconds: float | None, measured: Callable[[bytes], None]) -> None:
    """One connection, until the band or the turn ends it."""
    over = asyncio.Event()

    def indicated(_: BleakGATTCharacteristic, value: bytearray) -> None:
        measured(bytes(value))

    client = BleakClient(device, disconnected_callback=lambda _: over.set(), timeout=CONNECT_SECONDS)
    await client.connect()
    try:
        await client.start_notify(TEMPERATURE_MEASUREMENT, indicated)
        with suppress(TimeoutError):
            async with asyncio.timeout(turn_seconds):
                await over.wait()
    finally:
        # bleak waits ten seconds for a disconnection nobody confirms; a house that is told to end has three
        with suppress(BleakError, AssertionError, *BUS_ERRORS):
            async with asyncio.timeout(DISCONNECT_SECONDS):
                await client.disconnect()
