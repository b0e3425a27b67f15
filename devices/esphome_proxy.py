"""Adverts that an ESP32 with ESPHome's Bluetooth proxy hears in; what bands said out, as from the gateway's own radio.

One link is one proxy, a receiver of its own with a place and a life of its own. It speaks ESPHome's native API on port
6053, encrypted with the key of its yaml (`api: encryption: key:`), which stands in a file here. Raw advertisements are
subscribed to: the proxy forwards what it hears in batches of up to 16 and judges nothing.

Source: esphome.io, "Bluetooth Proxy" and "Native API Component"; the messages are those of aioesphomeapi.
"""

from contextlib import AbstractAsyncContextManager

from pydantic import Field

from devices.adverts import RadioChunk
from devices.band_settings import RemoteReceiving
from devices.beside import Beside
from devices.driver import Driver, Link
from devices.links.esphome import ProxyAt, open_proxy
from devices.links.radio import RadioWants
from devices.wristband import WristbandDecoder


class EsphomeProxy(RemoteReceiving):
    """`[links.<name>]` with `driver = "esphome_proxy"`."""

    host: str = Field(min_length=1, description="address or name of the ESP32; give it a fixed one")
    port: int = Field(default=6053, ge=1, le=65535)
    key_file: Beside | None = Field(default=None, description="one line of base64, as in its yaml; None: not encrypted")
    name: str | None = Field(default=None, description="its name in ESPHome; another device at this address is refused")
    keepalive_seconds: float = Field(default=10.0, gt=0, description="a ping each; 4.5 unanswered: a lost link")


def open_link(settings: EsphomeProxy) -> AbstractAsyncContextManager[Link[RadioChunk]]:
    """The proxy, told what these settings are about."""
    at = ProxyAt(settings.host, settings.port, settings.key_file, settings.name, settings.keepalive_seconds)
    wants = RadioWants(
        services=settings.services,
        companies=settings.companies,
        addresses=settings.addresses,
        watchdog_seconds=settings.watchdog_seconds,
        buffer=settings.buffer,
        max_batch=settings.max_batch,
    )
    return open_proxy(at, wants)


DRIVER = Driver(EsphomeProxy, open_link, WristbandDecoder)
