"""Thermometers the radio link keeps connected, with real bleak against the stand-in BlueZ."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
import pytest_asyncio

from devices.adverts import HEALTH_THERMOMETER, TEMPERATURE_MEASUREMENT
from devices.links.radio import RadioWants, open_radio
from sim.bluez import Said
from sim.dbus import private_bus
from tests.bluez import PATIENCE_SECONDS, StandIn, stand_in, until, until_called
from tests.radio import Listener

ADDRESS, OTHER = "C0:DE:00:00:00:01", "C0:DE:00:00:00:02"
THERMOMETER = {HEALTH_THERMOMETER: {TEMPERATURE_MEASUREMENT: (["indicate"], b"")}}
BOTH = frozenset({ADDRESS, OTHER})
CONNECT = RadioWants(addresses=BOTH, connect=BOTH, retry_seconds=0.05)


@pytest_asyncio.fixture
async def bluez(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StandIn]:
    with private_bus() as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        async with stand_in(bus.address) as bluez:
            yield bluez


@pytest.mark.asyncio
async def test_thermometers_are_connected_while_scanning_and_again_after_they_left(bluez: StandIn) -> None:
    for address in (ADDRESS, OTHER):
        await bluez.gatt(address, THERMOMETER)
    async with open_radio(CONNECT) as radio:
        listener = Listener(radio)
        await bluez.heard(Said(ADDRESS, rssi=-51), Said(OTHER, rssi=-52))
        for round_ in range(2):
            for address, rssi in ((ADDRESS, -51), (OTHER, -52)):
                value = bytes([0, 0x6C, round_, 0, 0xFF])
                await _indicated(bluez, Said(address, rssi=rssi), value)
                got = await listener.measurement()
                assert (got.address, got.rssi, got.value) == (address, rssi, value)
            for address in (ADDRESS, OTHER):
                await bluez.drop(address)


@pytest.mark.asyncio
async def test_a_thermometer_that_cannot_be_reached_is_tried_again(bluez: StandIn) -> None:
    async with open_radio(CONNECT) as radio:
        await bluez.heard(Said(ADDRESS))
        await until_called(bluez, "Connect")
        await bluez.gatt(ADDRESS, THERMOMETER)
        await _indicated(bluez, Said(ADDRESS), b"\x00\x6c\x01\x00\xff")
        assert (await Listener(radio).measurement()).value == b"\x00\x6c\x01\x00\xff"


@pytest.mark.asyncio
async def test_more_thermometers_than_connections_take_turns(bluez: StandIn) -> None:
    for address in (ADDRESS, OTHER):
        await bluez.gatt(address, THERMOMETER)
    async with open_radio(replace(CONNECT, max_connections=1, turn_seconds=0.2)) as radio:
        listener = Listener(radio)
        await bluez.heard(Said(ADDRESS), Said(OTHER))
        for address in (ADDRESS, OTHER):
            await _indicated(bluez, Said(address), b"\x00\x6c\x01\x00\xff")
        heard = {(await listener.measurement()).address for _ in range(2)}
        assert heard == {ADDRESS, OTHER}


@pytest.mark.asyncio
async def test_a_bluetoothd_that_hangs_does_not_keep_the_radio_open(bluez: StandIn) -> None:
    await bluez.gatt(ADDRESS, THERMOMETER)
    async with AsyncExitStack() as stack:
        stack.callback(bluez.process.send_signal, signal.SIGCONT)
        async with asyncio.timeout(PATIENCE_SECONDS), open_radio(CONNECT) as radio:
            await bluez.heard(Said(ADDRESS))
            await _indicated(bluez, Said(ADDRESS), b"\x00\x6c\x01\x00\xff")
            await Listener(radio).measurement()
            bluez.process.send_signal(signal.SIGSTOP)


async def _indicated(bluez: StandIn, advert: Said, value: bytes) -> None:
    """Indicate as soon as somebody subscribed; the band is heard meanwhile, since connecting waits for an advert."""

    async def subscribed() -> bool:
        if await bluez.indicate(advert.address, TEMPERATURE_MEASUREMENT, value):
            return True
        await bluez.advertise(advert)
        return False

    await until(subscribed)
