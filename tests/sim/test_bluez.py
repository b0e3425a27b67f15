"""The stand-in BlueZ as unmodified bleak sees it: what it answers, what it refuses."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.exc import BleakBluetoothNotAvailableError, BleakDBusError, BleakError

from sim.bluez import MESSAGES_BETWEEN_DRAINS, Said, StandInBluez
from sim.dbus import private_bus

ADDRESS = "C0:DE:00:00:00:01"
HTS, MEASURED, SITE, NAME = (f"0000{n}-0000-1000-8000-00805f9b34fb" for n in ("1809", "2a1c", "2a1d", "2a00"))
TABLE = {HTS: {MEASURED: (["indicate"], b""), SITE: (["read"], b"\x02")}}


@pytest_asyncio.fixture
async def bluez(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StandInBluez]:
    with private_bus() as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        async with StandInBluez() as bluez:
            yield bluez


async def found(bluez: StandInBluez) -> BLEDevice:
    """The device as a scanner finds it, while that scanner still runs."""
    finding = asyncio.create_task(BleakScanner.find_device_by_address(ADDRESS, timeout=60))
    while not finding.done():
        bluez.advertise(ADDRESS, name="WB-1")
        await asyncio.sleep(0.01)
    device = await finding
    assert device is not None
    return device


@pytest.mark.asyncio
async def test_name_and_data_of_an_advert_arrive(bluez: StandInBluez) -> None:
    heard: asyncio.Queue[tuple[str | None, dict[str, bytes], dict[int, bytes], int]] = asyncio.Queue()
    async with BleakScanner(
        lambda device, said: heard.put_nowait((device.name, said.service_data, said.manufacturer_data, said.rssi))
    ):
        assert bluez.advertise(ADDRESS, {HTS: b"\x01"}, {0x0822: b"\x02"}, -71, "WB-1")
        assert await heard.get() == ("WB-1", {HTS: b"\x01"}, {0x0822: b"\x02"}, -71)


@pytest.mark.asyncio
async def test_nobody_hears_what_is_said_while_nobody_scans_or_the_radio_is_silent_or_off(bluez: StandInBluez) -> None:
    assert not bluez.advertise(ADDRESS)
    async with BleakScanner():
        assert bluez.advertise(ADDRESS)
        bluez.silent = True
        assert not bluez.advertise(ADDRESS)
        bluez.silent = False
        bluez.power(False)
        assert not bluez.advertise(ADDRESS)


@pytest.mark.asyncio
async def test_more_adverts_than_the_socket_holds_do_not_break_the_bus(bluez: StandInBluez) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    words = [number.to_bytes(4, "big") * 5 for number in range(MESSAGES_BETWEEN_DRAINS * 100)]
    async with BleakScanner(lambda _, said: heard.put_nowait(said.service_data[HTS])):
        assert await bluez.advertise_all(Said(ADDRESS, {HTS: word}) for word in words) == len(words)
        assert [await heard.get() for _ in words] == words


@pytest.mark.asyncio
async def test_a_second_discovery_of_one_client_is_in_progress(bluez: StandInBluez) -> None:
    async with BleakScanner():
        with pytest.raises(BleakDBusError, match="InProgress"):
            await BleakScanner().start()


@pytest.mark.asyncio
async def test_faults_and_missing_power_reach_bleak_as_its_own_errors(bluez: StandInBluez) -> None:
    bluez.faults["StartDiscovery"] = ("org.bluez.Error.Failed", "le-scan-failed")
    with pytest.raises(BleakDBusError, match="le-scan-failed"):
        await BleakScanner().start()
    bluez.faults.clear()
    bluez.power(False)
    await bluez.drain()
    with pytest.raises(BleakBluetoothNotAvailableError):
        await BleakScanner().start()


@pytest.mark.asyncio
async def test_a_client_reads_and_is_indicated_until_the_device_leaves(bluez: StandInBluez) -> None:
    bluez.add_gatt(ADDRESS, TABLE)
    values: asyncio.Queue[bytes] = asyncio.Queue()
    left = asyncio.Event()
    device = await found(bluez)
    client = BleakClient(device, disconnected_callback=lambda _: left.set())
    await client.connect()
    assert bytes(await client.read_gatt_char(SITE)) == b"\x02"
    assert not bluez.indicate(ADDRESS, MEASURED, b"\x00")  # nobody has subscribed yet
    await client.start_notify(MEASURED, lambda _, value: values.put_nowait(bytes(value)))
    assert bluez.indicate(ADDRESS, MEASURED, b"\x00\x6c\x01\x00\xff")
    assert await values.get() == b"\x00\x6c\x01\x00\xff"
    with pytest.raises(BleakError):
        await client.start_notify(NAME, lambda *_: None)
    bluez.drop(ADDRESS)
    await left.wait()
    assert not client.is_connected
    assert not bluez.indicate(ADDRESS, MEASURED, b"\x00")


@pytest.mark.asyncio
async def test_a_client_that_disconnects_is_told_when_it_has_happened(bluez: StandInBluez) -> None:
    bluez.add_gatt(ADDRESS, TABLE)
    async with BleakClient(await found(bluez)) as client:
        assert client.is_connected
    assert not client.is_connected
    assert "Disconnect" in bluez.calls


@pytest.mark.asyncio
async def test_a_device_without_services_cannot_be_connected(bluez: StandInBluez) -> None:
    with pytest.raises(BleakDBusError, match="Host is down"):
        await BleakClient(await found(bluez)).connect()
