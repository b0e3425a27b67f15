"""The radio link with real bleak, against a stand-in BlueZ in another process on a private D-Bus."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import pytest_asyncio

from devices.adverts import BTHOME, Hearing
from devices.band_settings import Wristbands
from devices.driver import LinkLost, NoKeys
from devices.links.radio import RadioWants, open_radio
from devices.reading import BandSeen, DeafSeen, Seen
from devices.wristband import WristbandDecoder, open_link
from sim.bands import SimulatedBand, bands
from sim.bluez import Said
from sim.dbus import PrivateBus, private_bus
from tests.bluez import PATIENCE_SECONDS, StandIn, stand_in, until_called
from tests.radio import Listener, said

ADDRESS, OTHER = "C0:DE:00:00:00:01", "C0:DE:00:00:00:02"
BAND = SimulatedBand(ADDRESS, bytes(range(16)))
HTS = "00001809-0000-1000-8000-00805f9b34fb"
WANTS = RadioWants(services=frozenset({BTHOME}), retry_seconds=0.05)
BUSY = ("org.bluez.Error.InProgress", "Operation already in progress")


class Keys(NoKeys):
    def device_key(self, device: str) -> bytes | None:
        return BAND.key if device == "band-c0de00000001" else None


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Garbage goes after each test, and not while another module is compiled.

    bleak's stop() on a dead bus leaves dbus-fast's future of the send behind, with its error, which asyncio logs when
    it is collected; CPython 3.11.7 trips over that in the middle of compiling (gh-106905).
    """
    yield
    gc.collect()


@pytest.fixture(scope="module")
def bus() -> Iterator[PrivateBus]:
    with private_bus() as bus:
        yield bus


@pytest_asyncio.fixture
async def bluez(bus: PrivateBus, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StandIn]:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
    async with stand_in(bus.address) as bluez:
        yield bluez


@pytest.mark.asyncio
async def test_adverts_come_through_with_what_they_said(bluez: StandIn) -> None:
    async with open_radio(WANTS) as radio:
        await bluez.heard(said(BAND, -61), said(BAND.next(), -62))
        listener = Listener(radio)
        assert await listener.next() == Hearing(False)
        for band, rssi in ((BAND, -61), (BAND.next(), -62)):
            advert = await listener.advert()
            assert (advert.address, advert.rssi, advert.service_data) == (ADDRESS, rssi, band.said())


@pytest.mark.asyncio
async def test_thousands_of_adverts_at_once_are_all_accounted_for_whatever_the_size_of_a_batch(bluez: StandIn) -> None:
    people = bands(100, seed=5)
    words = [replace(band, counter=counter) for counter in range(1, 31) for band in people]
    async with open_radio(replace(WANTS, max_batch=7)) as radio:
        await bluez.heard(*map(said, words))
        listener = Listener(radio)
        heard = [await listener.advert() for _ in words]
    assert [(advert.address, advert.service_data) for advert in heard] == [
        (band.address, band.said()) for band in words
    ]


@pytest.mark.asyncio
async def test_what_nobody_asked_for_ends_in_the_callback(bluez: StandIn) -> None:
    wants = replace(WANTS, companies=frozenset({0x0822}), addresses=frozenset({OTHER}))
    async with open_radio(wants) as radio:
        wanted = [Said(ADDRESS, {}, {0x0822: b"\x01"}), Said(OTHER)]
        strangers = [Said("C0:DE:00:00:00:03", {HTS: b"\x01"}), Said("C0:DE:00:00:00:04", {}, {0x004C: b"\x02"})]
        await bluez.heard(*strangers, *wanted, said(SimulatedBand("C0:DE:00:00:00:05", bytes(16))))
        listener = Listener(radio)
        heard = [(await listener.advert()).address for _ in range(3)]
        assert (heard, radio.strangers) == ([ADDRESS, OTHER, "C0:DE:00:00:00:05"], 2)


@pytest.mark.asyncio
async def test_a_change_of_rssi_hands_on_old_bytes_and_is_a_repeat(bluez: StandIn) -> None:
    settings = Wristbands()
    decoder = WristbandDecoder(settings, Keys())
    async with open_link(settings) as link:
        await bluez.heard(said(BAND))
        await bluez.touch(ADDRESS, -75)
        seen: list[Seen] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for chunk in link:
                seen += [sighting.seen for sighting in decoder.feed(chunk)]
                if len(seen) == 3:
                    break
    assert seen == [
        DeafSeen(False),
        BandSeen(-60, 1, 36.5, True, battery_percent=90),
        BandSeen(-75, 1, repeat=True),
    ]


@pytest.mark.asyncio
async def test_scanning_recovers_from_a_discovery_in_progress(bluez: StandIn) -> None:
    async def clear() -> None:
        await until_called(bluez, "StartDiscovery")
        await bluez.fault("StartDiscovery")

    await bluez.fault("StartDiscovery", *BUSY)
    clearing = asyncio.create_task(clear())
    async with open_radio(WANTS) as radio:
        await clearing
        await bluez.heard(said(BAND))
        assert (await Listener(radio).advert()).service_data == BAND.said()


@pytest.mark.asyncio
async def test_a_discovery_in_progress_for_ever_is_a_lost_link(bluez: StandIn) -> None:
    await bluez.fault("StartDiscovery", *BUSY)
    with pytest.raises(LinkLost, match="InProgress"):
        async with open_radio(WANTS):
            pass
    assert (await bluez.state()).calls.count("StartDiscovery") == 4


@pytest.mark.parametrize("adapter", [None, "hci0"])
@pytest.mark.asyncio
async def test_an_adapter_without_power_is_switched_on(bluez: StandIn, adapter: str | None) -> None:
    await bluez.power(False)
    async with open_radio(replace(WANTS, adapter=adapter)) as radio:
        await bluez.heard(said(BAND))
        assert (await Listener(radio).advert()).service_data == BAND.said()


@pytest.mark.asyncio
async def test_an_adapter_that_stays_without_power_is_a_lost_link(bluez: StandIn) -> None:
    await bluez.power(False)
    await bluez.fault("Set", "org.bluez.Error.Blocked", "Blocked through rfkill")
    with pytest.raises(LinkLost, match="No powered Bluetooth adapters found"):
        async with open_radio(WANTS):
            pass


@pytest.mark.asyncio
async def test_silence_leads_up_the_ladder_to_deaf_and_one_advert_ends_it(bluez: StandIn) -> None:
    async with open_radio(replace(WANTS, watchdog_seconds=0.2, longest_watchdog_seconds=0.4)) as radio:
        listener = Listener(radio)
        await bluez.heard(said(BAND))
        await listener.hearing(False)
        await bluez.silence(True)
        await listener.hearing(True)
        calls = (await bluez.state()).calls
        assert calls.count("StartDiscovery") >= 3  # the first one, a new scanner, one after the power cycle
        await bluez.silence(False)
        await bluez.heard(said(BAND.next()))
        assert await listener.next() == Hearing(False)
        assert (await listener.advert()).service_data == BAND.next().said()


@pytest.mark.asyncio
async def test_a_scanner_that_falls_silent_and_cannot_be_renewed_is_a_lost_link(bluez: StandIn) -> None:
    async with open_radio(replace(WANTS, watchdog_seconds=0.2)) as radio:
        await bluez.heard(said(BAND))
        await bluez.fault("StartDiscovery", *BUSY)
        assert "InProgress" in await Listener(radio).lost()


@pytest.mark.asyncio
async def test_a_house_that_never_hears_anything_says_deaf_once(bluez: StandIn) -> None:
    async with open_radio(replace(WANTS, watchdog_seconds=0.05, longest_watchdog_seconds=0.05)) as radio:
        listener = Listener(radio)
        await listener.hearing(True)
        await until_called(bluez, "StartDiscovery", times=5)
        assert len(radio.buffer) == 0


@pytest.mark.asyncio
async def test_bluetoothd_restarting_under_the_scanner_is_a_lost_link_and_the_next_one_hears(bluez: StandIn) -> None:
    async with open_radio(WANTS) as radio:
        listener = Listener(radio)
        await bluez.heard(said(BAND))
        await listener.advert()
        await bluez.restart()
        assert await listener.lost() == "bluetoothd went away"
    async with open_radio(WANTS) as radio:
        await bluez.heard(said(BAND.next()))
        assert (await Listener(radio).advert()).service_data == BAND.next().said()


@pytest.mark.asyncio
async def test_a_bus_that_dies_is_a_lost_link_and_a_new_bus_is_found(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with private_bus() as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        async with stand_in(bus.address) as bluez, open_radio(WANTS) as radio:
            listener = Listener(radio)
            await bluez.heard(said(BAND))
            await listener.advert()
            os.kill(bus.pid, signal.SIGKILL)
            assert "went away" in await listener.lost()
    with private_bus() as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        async with stand_in(bus.address) as bluez, open_radio(WANTS) as radio:
            await bluez.heard(said(BAND))
            assert (await Listener(radio).advert()).service_data == BAND.said()
    caplog.clear()  # what is logged keeps the errors it is about: see `collected`


@pytest.mark.asyncio
async def test_no_bus_and_no_bluetoothd_are_lost_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus")
    with pytest.raises(LinkLost, match="no system bus"):
        async with open_radio(WANTS):
            pass
    with private_bus() as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        with pytest.raises(LinkLost, match="bluetoothd is not on the bus"):
            async with open_radio(WANTS):
                pass


@pytest.mark.asyncio
async def test_a_second_radio_in_this_process_is_refused(bluez: StandIn) -> None:
    async with open_radio(WANTS):
        with pytest.raises(LinkLost, match="already scans"):
            async with open_radio(WANTS):
                pass
    async with open_radio(WANTS) as radio:
        await bluez.heard(said(BAND))
        await Listener(radio).advert()
