"""What cameras that read number plates say on a broker in; PlateSeen out.

    topic    device/SN/message/up/ivs_result, or as it is set in the camera
    payload  {"AlarmInfoPlate": {"serialno": "...", "result": {"PlateResult":
                 {"license": "鲁VF0050", "confidence": 94, "isoffline": 0, ...}}}}

Some put it into an envelope ({"payload": {"AlarmInfoPlate": ...}}) and the plate's letters into base64. Source: Vision
Zenith (臻识), open.vzicloud.com, "MQTT, 订阅识别结果"; the same JSON is pushed by most cameras of car parks in China.
Others are read by saying where in their JSON the plate, the confidence and the camera stand: Frigate's
`frigate/tracked_object_update` is plate_at "plate", confidence_at "score", confidence_full 1, camera_at "camera".

A plate with no letters in it ("_无_") is a car without one, and goes on as it was said: the guard is to look. What is
retained, or was kept by the camera while it was offline, passed long ago and is nothing. The text goes on as it was
written; gateway/passes/plates.py gives it its one form.
"""

import base64
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from devices.driver import Driver, Keys, Link, SilentDecoder
from devices.links.broker import Heard, broker_link
from devices.mqtt.settings import Broker
from devices.reading import PlateSeen, Seen, Sighting, garbled

RESULT: Final = "AlarmInfoPlate.result.PlateResult"
ENVELOPE: Final = "payload"
LONGEST: Final = 64
LARGEST: Final = 512 * 1024  # bytes of a message, pictures in it; more is not for us
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class PlateForm(BaseModel):
    """Where in a message something stands: keys with dots between."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    plate_at: str = f"{RESULT}.license"
    confidence_at: str = f"{RESULT}.confidence"
    confidence_full: float = Field(default=100.0, gt=0, description="what the camera says when it is sure")
    camera_at: str = "AlarmInfoPlate.serialno"
    late_at: str = Field(default=f"{RESULT}.isoffline", description="true of what was kept while it was offline")
    in_base64: bool = Field(default=False, description="the plate's letters are in base64")


class PlateReaderSettings(PlateForm):
    """`[links.<name>]` with `driver = "plate_reader"`."""

    broker: Broker
    topics: tuple[str, ...] = Field(default=("device/+/message/up/ivs_result",), min_length=1)


class PlateReaderDecoder(SilentDecoder):
    def __init__(self, settings: PlateForm, keys: Keys) -> None:
        self._settings = settings
        self._keys = keys

    def feed(self, chunk: Heard) -> Iterator[Sighting]:
        if chunk.retained or not chunk.payload:
            return
        if len(chunk.payload) > LARGEST:
            yield Sighting(self._garbled(chunk.payload, "message is too large"))
            return
        try:
            said = msgspec.json.decode(chunk.payload)
        except UNREADABLE:
            yield Sighting(self._garbled(chunk.payload, "no JSON"))
            return
        if at(said, self._settings.plate_at) is None and isinstance(said, dict):
            said = said.get(ENVELOPE)
        plate = self._plate(at(said, self._settings.plate_at))
        if plate is None:
            yield Sighting(self._garbled(chunk.payload, "no plate where it should stand"))
        elif not at(said, self._settings.late_at):
            camera = at(said, self._settings.camera_at)
            lane = camera[:LONGEST] if isinstance(camera, str) else ""
            yield Sighting(PlateSeen(text=plate, confidence=self._confidence(said), lane=lane))

    def _plate(self, found: Any) -> str | None:
        if not isinstance(found, str) or not 0 < len(found) <= LONGEST:
            return None
        if not self._settings.in_base64:
            return found
        try:
            return base64.b64decode(found, validate=True).decode()
        except ValueError:  # binascii.Error and UnicodeDecodeError are ones; so is what a letter beyond ASCII gives
            return None

    def _confidence(self, said: Any) -> float | None:
        found = at(said, self._settings.confidence_at)
        if isinstance(found, bool) or not isinstance(found, int | float):
            return None
        # against the end of the scale before the division: an integer of 400 digits is JSON, and no float
        return max(0, min(found, self._settings.confidence_full)) / self._settings.confidence_full

    def _garbled(self, payload: bytes, why: str) -> Seen:
        return garbled(payload, why, self._keys.digest_key)


def at(said: Any, keys: str) -> Any:
    """What stands there, None where nothing does."""
    for key in keys.split("."):
        if not isinstance(said, dict):
            return None
        said = said.get(key)
    return said


def open_link(settings: PlateReaderSettings) -> AbstractAsyncContextManager[Link[Heard]]:
    return broker_link(settings.broker, settings.topics)


DRIVER = Driver(PlateReaderSettings, open_link, PlateReaderDecoder)
