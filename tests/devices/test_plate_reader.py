"""Cameras that read number plates: the published messages of one maker, another's by naming where things stand."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest

from devices.driver import NoKeys
from devices.links.broker import Heard
from devices.mqtt import Mqtt
from devices.plate_reader import DRIVER, PlateReaderDecoder, PlateReaderSettings
from devices.reading import GarbledSeen, PlateSeen, Reading
from devices.watch import HouseClock, Watch
from gateway.passes.plates import Doubtful, Plate, plate_read
from tests.devices.mqtt_links import PATIENCE, settings
from tests.mosquitto import mosquitto

TOPIC = "device/0f823866-d2dc45ab/message/up/ivs_result"


def camera(**more: Any) -> PlateReaderDecoder:
    return PlateReaderDecoder(PlateReaderSettings.model_validate({"broker": {"client_id": "plates"}, **more}), NoKeys())


def result(license: str = "鲁VF0050", confidence: Any = 94, **more: Any) -> dict[str, Any]:
    """As it is published: note.szymzh.com, "上报车牌识别结果"."""
    plate = {"bright": 0, "confidence": confidence, "direction": 4, "license": license, "plateid": 90813, **more}
    return {"AlarmInfoPlate": {"channel": 0, "result": {"PlateResult": plate}, "serialno": "0f823866-d2dc45ab"}}


def seen(decoder: PlateReaderDecoder, message: Any, *, retained: bool = False) -> list[Any]:
    payload = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
    return [said.seen for said in decoder.feed(Heard(TOPIC, payload, retained))]


def test_a_plate_its_confidence_and_which_camera_saw_it() -> None:
    assert seen(camera(), result()) == [PlateSeen("鲁VF0050", 0.94, "0f823866-d2dc45ab")]


def test_in_an_envelope_and_in_base64() -> None:
    message = {"id": "iUA4", "name": "ivs_result", "payload": result("6LWjR1o3UzEz", 100, isoffline=0)}
    assert seen(camera(in_base64=True), message) == [PlateSeen("赣GZ7S13", 1.0, "0f823866-d2dc45ab")]


def test_another_makers_message_by_saying_where_things_stand() -> None:
    frigate = camera(
        topics=["frigate/tracked_object_update"],
        plate_at="plate",
        confidence_at="score",
        confidence_full=1,
        camera_at="camera",
        late_at="late",
    )
    message = {"type": "lpr", "id": "1607.9-k1", "plate": "沪A12345", "score": 0.87, "camera": "east"}
    assert seen(frigate, message) == [PlateSeen("沪A12345", 0.87, "east")]


def test_what_passed_long_ago_is_nothing() -> None:
    assert seen(camera(), result(), retained=True) == []
    assert seen(camera(), result(isoffline=1)) == []


def test_a_car_without_a_plate_goes_to_the_guard() -> None:
    [said] = seen(camera(), result("_无_", 0))
    assert plate_read(said.text, said.confidence, 0.8) == Doubtful("no plate")


def test_little_confidence_goes_to_the_guard_and_much_is_a_plate() -> None:
    for confidence, expected in ((79, Doubtful), (80, Plate)):
        [said] = seen(camera(), result(confidence=confidence))
        assert isinstance(plate_read(said.text, said.confidence, 0.8), expected)


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [
        (None, None),
        ("94", None),
        (True, None),
        (-5, 0.0),
        (250, 1.0),
        (0, 0.0),
        (10**400, 1.0),  # JSON, and no float: it ended the house
        (-(10**400), 0.0),
    ],
)
def test_a_confidence_that_is_none_is_not_made_up(confidence: Any, expected: float | None) -> None:
    [said] = seen(camera(), result(confidence=confidence))
    assert said.confidence == expected


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        ([], "no plate where it should stand"),
        ({"payload": 5}, "no plate where it should stand"),
        (result(license=""), "no plate where it should stand"),
        (result(license="x" * 65), "no plate where it should stand"),
        ({"AlarmInfoPlate": {"result": {"PlateResult": {"license": 5}}}}, "no plate where it should stand"),
        (b'"' + b"x" * 600_000 + b'"', "message is too large"),
    ],
)
def test_what_is_no_result_is_garbled(message: Any, why: str) -> None:
    [said] = seen(camera(), message)
    assert isinstance(said, GarbledSeen)
    assert said.why == why


@pytest.mark.parametrize("license", ["not base64!", "鲁VF0050", base64.b64encode(b"\xff\xfe").decode()])
def test_base64_that_is_none_is_garbled(license: str) -> None:
    [said] = seen(camera(in_base64=True), result(license))
    assert isinstance(said, GarbledSeen)


@pytest.mark.asyncio
async def test_over_a_broker_a_plate_is_a_plate(tmp_path: Path) -> None:
    heard: asyncio.Queue[Reading] = asyncio.Queue()
    with mosquitto(tmp_path / "broker") as broker:
        theirs = PlateReaderSettings(broker=settings(broker, "plates"))
        watch = Watch("plates", DRIVER, theirs, NoKeys(), heard.put, HouseClock())
        async with asyncio.timeout(PATIENCE), Mqtt(settings(broker, "camera")) as camera_link:
            await camera_link.send(TOPIC, json.dumps(result("沪A00000")).encode(), retain=True)
            running = asyncio.create_task(watch.run())
            await heard.get()  # the link is open
            await camera_link.send(TOPIC, json.dumps(result()).encode())
            assert (await heard.get()).seen == PlateSeen("鲁VF0050", 0.94, "0f823866-d2dc45ab")
            running.cancel()
            await asyncio.wait([running])
