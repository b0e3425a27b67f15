"""The address of an ESPHome Bluetooth proxy in; an open radio out, that yields batches of the adverts it forwards.

The one place that imports aioesphomeapi. Its pings notice a proxy that is gone (4.5 of them unanswered); that is a lost
link. A proxy that is there and forwards nothing at all is asked anew, and said to be deaf after the watchdog's time.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
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
    advertisements: Iterable[_Advertisement]


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
        listening = asyncio.create_task(_listen(client, radio), name=f"{name}: listen")
        listening.add_done_callback(partial(_ended, radio))
        try:
            yield radio
        finally:
            listening.cancel()
            await asyncio.wait([listening])
    finally:
        await _goodbye(client)


async def _listen(client: "APIClient", radio: Radio) -> None:
    """Subscribe, and again each time the proxy has forwarded nothing for so long."""
    loop = asyncio.get_running_loop()
    silence = radio.wants.watchdog_seconds
    while True:
        stop = client.subscribe_bluetooth_le_raw_advertisements(partial(_forwarded, radio))
        until = loop.time() + silence
        while (now := loop.time()) < until:
            await asyncio.sleep(until - now)  # there is no event of hearing nothing
            until = max(until, radio.heard_at + silence)
        radio.went_deaf()
        stop()


def _forwarded(radio: Radio, batch: _Batch) -> None:
    """aioesphomeapi's callback: the hot path."""
    for advert in batch.advertisements:
        services, companies = structures(advert.data)
        radio.take(_address(advert.address), advert.rssi, services, companies)


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
