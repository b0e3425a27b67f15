"""What a water meter's pulse counter says on the local broker in, its total out.

    TOPIC   1234                                       the total alone, decimal
    TOPIC   {"counter": 1234, "battery": 97, ...}      or JSON, the total under `field`, "a.b" for one inside another

Any counter that publishes a total that only rises will do: Tasmota's `tele/NAME/SENSOR` with field "COUNTER.C1"
(tasmota.github.io, "Counters"), an ESPHome pulse meter's `NAME/sensor/water_total/state` (esphome.io, "Pulse Meter").
A litre or ten to the pulse: the limit of the house counts pulses. A total that is no whole number is cut.
"""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Final

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from devices.driver import Driver, Keys, Link, SilentDecoder
from devices.links.broker import Heard, broker_link
from devices.mqtt.settings import Broker
from devices.reading import AliveSeen, MeterSeen, Sighting, garbled

HIGHEST: Final = 1e12  # more is no meter
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class PulseMeterSettings(BaseModel):
    """`[links.<name>]` with `driver = "pulse_meter"`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    broker: Broker
    topics: dict[str, str] = Field(min_length=1, description="device id -> topic")
    field: str = Field(default="", max_length=80, description='where in JSON the total stands: "COUNTER.C1"; or ""')


class PulseMeterDecoder(SilentDecoder):
    def __init__(self, settings: PulseMeterSettings, keys: Keys) -> None:
        self._devices = {topic: device for device, topic in settings.topics.items()}
        self._path = settings.field.split(".") if settings.field else []
        self._keys = keys

    def feed(self, chunk: Heard) -> Iterator[Sighting]:
        device = self._devices.get(chunk.topic)
        if device is None or not chunk.payload:
            return
        total, battery = self._read(chunk.payload)
        if total is None:
            yield Sighting(garbled(chunk.payload, "no total of a meter", self._keys.digest_key), speaker=device)
            return
        yield Sighting(MeterSeen(total=total), speaker=device)
        if battery is not None:
            yield Sighting(AliveSeen(battery_percent=battery), speaker=device)

    def _read(self, payload: bytes) -> tuple[int | None, int | None]:
        try:
            said = msgspec.json.decode(payload)
        except UNREADABLE:
            return None, None
        battery = said.get("battery") if isinstance(said, dict) else None
        for step in self._path:
            said = said.get(step) if isinstance(said, dict) else None
        return _whole(said, HIGHEST), _whole(battery, 100)


def _whole(said: object, highest: float) -> int | None:
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= highest:
        return None
    return int(said)


def open_link(settings: PulseMeterSettings) -> AbstractAsyncContextManager[Link[Heard]]:
    return broker_link(settings.broker, sorted(settings.topics.values()))


DRIVER = Driver(PulseMeterSettings, open_link, PulseMeterDecoder)
