"""ESPHome's Bluetooth proxy: raw advertisements, and unmodified aioesphomeapi against a simulated ESP32."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from devices.adv_structures import structures
from devices.adverts import BTHOME, Advert, Coalesced, Hearing
from devices.esphome_proxy import DRIVER, EsphomeProxy
from devices.links.esphome import BATCHES_AT_ONCE, MOST_BATCHES, _Forwarded
from devices.links.radio import Radio, RadioWants
from devices.reading import BandSeen, DeafSeen, LinkSeen, Reading
from devices.watch import HouseClock, Watch
from sim import esphome
from sim.bands import SimulatedBand
from tests.devices.band_cases import ADDRESS, DEVICE, KEY, Keys

PATIENCE = 60.0
PSK = bytes(range(32))


# ---- the bytes of an advertisement


def test_service_data_of_each_length_of_uuid_and_makers_data() -> None:
    raw = bytes.fromhex("0201060516d2fc40010620785634120a12210f0e0d0c0b0a09080706050403020100ff05ff22080102")
    found = structures(raw)
    assert dict(found.service_data) == {
        BTHOME: b"\x40\x01",
        "12345678-0000-1000-8000-00805f9b34fb": b"\x0a",
        "00010203-0405-0607-0809-0a0b0c0d0e0f": b"\xff",
    }
    assert dict(found.manufacturer_data) == {0x0822: b"\x01\x02"}


@pytest.mark.parametrize("raw", ["", "00", "05", "0516d2fc40", "0116", "0216d2", "00ff0516d2fc4001", "ff16d2fc"])
def test_what_is_cut_off_or_ends_early_says_nothing(raw: str) -> None:
    assert structures(bytes.fromhex(raw)) == ({}, {})


@given(st.binary(max_size=255))
def test_no_bytes_raise(raw: bytes) -> None:
    structures(raw)


@given(st.dictionaries(st.integers(0, 0xFFFF), st.binary(max_size=20), max_size=3))
def test_what_was_written_is_read(data: dict[int, bytes]) -> None:
    said = {f"0000{number:04x}-0000-1000-8000-00805f9b34fb": value for number, value in data.items()}
    assert structures(esphome.structures(said, data)) == (said, data)


# ---- a simulated ESP32


class Ear:
    """The house's end: waits for what it is to hear."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self._more = asyncio.Event()

    async def deliver(self, reading: Reading) -> None:
        self.readings.append(reading)
        self._more.set()

    async def until(self, wanted: Callable[[Reading], bool]) -> Reading:
        async with asyncio.timeout(PATIENCE):
            while True:
                for at, reading in enumerate(self.readings):
                    if wanted(reading):
                        del self.readings[: at + 1]
                        return reading
                self._more.clear()
                await self._more.wait()

    async def seen(self, seen: object) -> Reading:
        return await self.until(lambda reading: reading.seen == seen)

    async def lost(self) -> str:
        gone = await self.until(lambda reading: isinstance(reading.seen, LinkSeen) and not reading.seen.open)
        assert isinstance(gone.seen, LinkSeen)
        return gone.seen.why


@asynccontextmanager
async def watching(proxy: esphome.EsphomeProxy, ear: Ear, **settings: object) -> AsyncIterator[None]:
    theirs = EsphomeProxy.model_validate(
        {"host": "127.0.0.1", "port": proxy.port, "keepalive_seconds": 0.2, **settings}
    )
    watch = Watch("flat-101", DRIVER, theirs, Keys({DEVICE: KEY}), ear.deliver, HouseClock())
    running = asyncio.create_task(watch.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])


def air(counter: int, rssi: int = -63) -> esphome.Air:
    band = SimulatedBand(ADDRESS, KEY, counter, 36.6)
    return esphome.Air(ADDRESS, rssi, esphome.structures(band.said()))


def fresh(counter: int) -> BandSeen:
    return BandSeen(-63, counter, 36.6, worn=True, battery_percent=90)


STRANGER = esphome.Air("C0:FF:EE:00:00:01", -50, esphome.structures({}, {0x004C: b"\x02\x15"}))


@pytest.mark.asyncio
@pytest.mark.parametrize("key", [b"", PSK], ids=["plain", "encrypted"])
async def test_what_the_proxy_hears_the_house_hears(key: bytes, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(esphome.EsphomeProxy(key=key).psk + "\n")
    settings = {"key_file": tmp_path / "key"} if key else {}
    ear = Ear()
    async with esphome.EsphomeProxy(key=key).powered() as proxy, watching(proxy, ear, **settings):
        async with asyncio.timeout(PATIENCE):
            await proxy.until_subscribed()
        proxy.hear([STRANGER, air(7), air(7), *(air(counter) for counter in range(8, 40))])
        await ear.seen(DeafSeen(deaf=False))
        first = await ear.seen(fresh(7))
        assert (first.link, first.device) == ("flat-101", DEVICE)
        await ear.seen(BandSeen(-63, 7, repeat=True))
        await ear.seen(fresh(39))


@pytest.mark.asyncio
async def test_a_proxy_that_is_unplugged_is_a_lost_link_and_comes_back() -> None:
    ear, proxy = Ear(), esphome.EsphomeProxy()
    async with proxy.powered(), watching(proxy, ear):
        async with asyncio.timeout(PATIENCE):
            await proxy.until_subscribed()
    again = Ear()
    async with proxy.powered(), watching(proxy, again):
        async with asyncio.timeout(PATIENCE):
            await proxy.until_subscribed()
        for client in list(proxy._clients):
            client.writer.transport.abort()
        proxy._subscribed.clear()
        assert await again.lost()
        async with asyncio.timeout(PATIENCE):
            await proxy.until_subscribed()
        proxy.hear([air(9)])
        await again.seen(fresh(9))


@pytest.mark.asyncio
async def test_a_proxy_that_answers_no_ping_is_a_lost_link() -> None:
    ear = Ear()
    async with esphome.EsphomeProxy().powered() as proxy, watching(proxy, ear, keepalive_seconds=0.05):
        async with asyncio.timeout(PATIENCE):
            await proxy.until_subscribed()
        proxy.mute = True
        assert await ear.lost()


@pytest.mark.asyncio
async def test_a_proxy_that_forwards_nothing_is_asked_anew_said_to_be_deaf_and_hears_again() -> None:
    ear = Ear()
    async with esphome.EsphomeProxy().powered() as proxy, watching(proxy, ear, watchdog_seconds=0.1):
        await ear.seen(DeafSeen(deaf=True))
        async with asyncio.timeout(PATIENCE):
            while proxy.subscriptions < 2:  # noqa: ASYNC110 - the stand-in counts; there is no event for it
                await asyncio.sleep(0.01)
        proxy.hear([air(7)])
        await ear.seen(DeafSeen(deaf=False))
        await ear.seen(fresh(7))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("key", "settings", "why"),
    [
        (PSK, {}, "encryption"),
        (b"", {"key_file": "right"}, "plaintext"),
        (PSK, {"key_file": "wrong"}, "Invalid encryption key"),
        (PSK, {"key_file": "missing"}, "no key in"),
        (PSK, {"key_file": "right", "name": "another"}, "different name"),
    ],
)
async def test_one_that_cannot_prove_itself_is_not_listened_to(
    key: bytes, settings: dict[str, str], why: str, tmp_path: Path
) -> None:
    (tmp_path / "right").write_text(esphome.EsphomeProxy(key=PSK).psk)
    (tmp_path / "wrong").write_text(esphome.EsphomeProxy(key=bytes(32)).psk)
    theirs = {name: tmp_path / value if name == "key_file" else value for name, value in settings.items()}
    ear = Ear()
    async with esphome.EsphomeProxy(key=key).powered() as proxy, watching(proxy, ear, **theirs):
        assert why in await ear.lost()
        assert proxy.subscriptions == 0


def test_a_proxy_holds_no_connections() -> None:
    band = {"address": ADDRESS, "format": "hts", "connect": True}
    with pytest.raises(ValidationError, match="own radio"):
        EsphomeProxy.model_validate({"host": "h", "bands": [band]})


# ---- what came in one go


@dataclass
class Heard:
    address: int
    rssi: int
    data: bytes


@dataclass
class Batch:
    advertisements: list[Heard]


def batches(count: int) -> list[Batch]:
    raw = esphome.structures({BTHOME: b"\x40\x01"}, {})
    return [Batch([Heard(0xC0DE00000000 + 16 * n + k, -60, raw) for k in range(16)]) for n in range(count)]


@pytest.mark.asyncio
async def test_what_a_stalled_house_finds_at_once_is_unpacked_in_turns() -> None:
    radio = Radio("proxy", RadioWants(services=frozenset({BTHOME})))
    forwarded = _Forwarded(radio)
    for batch in batches(MOST_BATCHES):
        forwarded.take(batch)
    assert len(radio.buffer) == 0
    unpacking = asyncio.create_task(forwarded.unpack())
    counts = [0]
    while counts[-1] < MOST_BATCHES * 16 + 1:  # and the word that the radio hears
        await asyncio.sleep(0)
        counts.append(len(radio.buffer))
    unpacking.cancel()
    assert all(more - less <= BATCHES_AT_ONCE * 16 + 1 for less, more in pairwise(counts))


@pytest.mark.asyncio
async def test_a_house_too_far_behind_hears_of_now_and_counts_what_gave_way() -> None:
    radio = Radio("proxy", RadioWants(services=frozenset({BTHOME})))
    forwarded = _Forwarded(radio)
    for batch in batches(MOST_BATCHES + 5):
        forwarded.take(batch)
    unpacking = asyncio.create_task(forwarded.unpack())
    for _ in range(MOST_BATCHES):
        await asyncio.sleep(0)
    unpacking.cancel()
    chunk = radio.buffer.take(10**6)
    assert chunk[:2] == (Coalesced(5 * 16), Hearing(False))
    assert [item.address for item in chunk if isinstance(item, Advert)][-1].replace(
        ":", ""
    ) == f"C0DE0000{16 * (MOST_BATCHES + 5) - 1:04X}"
