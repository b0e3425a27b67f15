"""The address of an ESPHome Bluetooth proxy in; an open radio out, that yields batches of the adverts it forwards.

The one place that imports aioesphomeapi. Its pings notice a proxy that is gone (4.5 of them unanswered); that is a lost
link. A proxy that is there and forwards nothing at all is asked anew, and said to be deaf after the watchdog's time.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from devices.adv_structures import structures
from devices.driver import LinkLost
from devices.links.radio import Radio, RadioWants

if TYPE_CHECKING:
    from aioesphomeapi.client import APIClient

CONNECT_SECONDS = 30.0
GOODBYE_SECONDS = 2.0
BATCHES_AT_ONCE = 8  # of up to 16 adverts: 1 ms
MOST_BATCHES = 300  # of up to 16 adverts: what the buffer behind them holds, 1.4 s of a street; a call is said for ten


@dataclass(frozen=True, slots=True)
class ProxyAt:
    """Where it is, and what it must prove."""

    host: str
    port: int = 6053
    key_file: Path | None = None
    name: str | None = None
    keepalive_seconds: float = 10.0


class _Advertisement(Protocol):
    """aioesphomeapi.api_pb2.BluetoothLERawAdvertisement; protobuf makes it at run time, where mypy does not see it."""

    address: int
    rssi: int
    data: bytes


class _Batch(Protocol):
    advertisements: Sequence[_Advertisement]


@asynccontextmanager
async def open_proxy(at: ProxyAt, wants: RadioWants) -> AsyncIterator[Radio]:
    """Connected and listening. Raises LinkLost where it cannot be reached or has another key or name."""
    # protobuf and its messages take a while to load: only a house with a proxy pays for it
    from aioesphomeapi.client import APIClient
    from aioesphomeapi.core import APIConnectionError

    name = f"{at.host}:{at.port}"
    client = APIClient(
        at.host,
        at.port,
        noise_psk=_key(name, at.key_file),
        expected_name=at.name,
        client_info="menshen",
        keepalive=at.keepalive_seconds,
        provide_time=False,
        timezone="UTC",
    )
    radio = Radio(name, wants)

    async def gone(expected: bool) -> None:
        radio.lost("it said goodbye" if expected else "connection lost")

    try:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await client.connect(on_stop=gone, login=False, log_errors=False)
        except (APIConnectionError, TimeoutError, OSError) as exc:
            raise LinkLost(name, str(exc) or type(exc).__name__) from exc
        forwarded = _Forwarded(radio)
        tasks = [
            asyncio.create_task(_listen(client, radio, forwarded), name=f"{name}: listen"),
            asyncio.create_task(forwarded.unpack(), name=f"{name}: unpack"),
        ]
        for task in tasks:
            task.add_done_callback(partial(_ended, radio))
        try:
            yield radio
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
    finally:
        await _goodbye(client)


async def _listen(client: "APIClient", radio: Radio, forwarded: "_Forwarded") -> None:
    """Subscribe, and again each time the proxy has forwarded nothing for so long."""
    loop = asyncio.get_running_loop()
    silence = radio.wants.watchdog_seconds
    while True:
        stop = client.subscribe_bluetooth_le_raw_advertisements(forwarded.take)
        until = loop.time() + silence
        while (now := loop.time()) < until:
            await asyncio.sleep(until - now)  # there is no event of hearing nothing
            until = max(until, radio.heard_at + silence)
        radio.went_deaf()
        stop()


class _Forwarded:
    """Batches from the socket to the radio's buffer: what a busy house finds there at once is unpacked in turns."""

    def __init__(self, radio: Radio) -> None:
        self._radio = radio
        self._loop = asyncio.get_running_loop()
        self._batches: deque[tuple[float, _Batch]] = deque()
        self._some = asyncio.Event()

    def take(self, batch: _Batch) -> None:
        """aioesphomeapi's callback, of up to 256 kB in one go: the hot path."""
        now = self._radio.heard_at = self._loop.time()
        self._batches.append((now, batch))
        if len(self._batches) > MOST_BATCHES:
            self._radio.buffer.gave_way(len(self._batches.popleft()[1].advertisements))
        self._some.set()

    async def unpack(self) -> None:
        while True:
            await self._some.wait()
            self._some.clear()
            while self._batches:
                for _ in range(min(BATCHES_AT_ONCE, len(self._batches))):
                    self._unpack_one()
                await asyncio.sleep(0)

    def _unpack_one(self) -> None:
        at, batch = self._batches.popleft()
        for advert in batch.advertisements:
            services, companies = structures(advert.data)
            self._radio.take(_address(advert.address), advert.rssi, services, companies, at)


@lru_cache(maxsize=16_384)
def _address(number: int) -> str:
    digits = f"{number & 0xFFFFFFFFFFFF:012X}"
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def _ended(radio: Radio, task: "asyncio.Task[None]") -> None:
    """It asked a connection that had just gone (that is a lost link), or it is a bug."""
    if not task.cancelled() and (exc := task.exception()) is not None:
        from aioesphomeapi.core import APIConnectionError

        radio.end(LinkLost(radio.name, str(exc)) if isinstance(exc, APIConnectionError) else exc)


def _key(name: str, file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise LinkLost(name, f"no key in {file}") from exc


async def _goodbye(client: "APIClient") -> None:
    """A proxy serves three clients at most: one that left without a word is counted until its pings fail."""
    from aioesphomeapi.core import APIConnectionError

    try:
        async with asyncio.timeout(GOODBYE_SECONDS):
            await client.disconnect()
    except (APIConnectionError, TimeoutError):
        await client.disconnect(force=True)
