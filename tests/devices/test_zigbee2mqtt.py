"""Door contacts over zigbee2mqtt: states and no events, both forms of every word, a real broker that goes and comes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from devices.driver import NoKeys
from devices.links.broker import Heard
from devices.mqtt import Mqtt
from devices.reading import AliveSeen, DoorSeen, GarbledSeen, LinkSeen, Reading, Sighting, TamperSeen
from devices.watch import HouseClock, Watch
from devices.zigbee2mqtt import DRIVER, MOST_DEVICES, Zigbee2MqttDecoder, Zigbee2MqttSettings
from tests.devices.mqtt_links import PATIENCE, settings
from tests.gateway.keeping import DOOR, Kept
from tests.mosquitto import Mosquitto, mosquitto
from tests.shared_data import folder_or_skip

PORCH = "porch"


def contacts(topic: str = "zigbee2mqtt") -> Zigbee2MqttDecoder:
    broker = {"client_id": "menshen"}
    return Zigbee2MqttDecoder(Zigbee2MqttSettings.model_validate({"broker": broker, "topic": topic}), NoKeys())


def heard(decoder: Zigbee2MqttDecoder, payload: object, name: str = PORCH, *, retained: bool = False) -> list[Sighting]:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return list(decoder.feed(Heard(f"zigbee2mqtt/{name}", raw, retained)))


def seen(decoder: Zigbee2MqttDecoder, payload: object, name: str = PORCH, *, retained: bool = False) -> list[object]:
    return [said.seen for said in heard(decoder, payload, name, retained=retained)]


def test_contact_true_is_a_closed_door() -> None:
    decoder = contacts()
    assert seen(decoder, {"contact": True}) == [AliveSeen(open=False)]
    assert seen(decoder, {"contact": False}) == [DoorSeen(open=True), AliveSeen(open=True)]
    assert seen(decoder, {"contact": True}) == [DoorSeen(open=False), AliveSeen(open=False)]


def test_the_same_state_again_is_a_sign_of_life_and_no_movement() -> None:
    decoder = contacts()
    seen(decoder, {"contact": False})
    assert seen(decoder, {"contact": False, "battery": 55}) == [AliveSeen(battery_percent=55, open=True)]


def test_a_report_without_the_contact_keeps_what_was_known_of_it() -> None:
    decoder = contacts()
    seen(decoder, {"contact": False})
    assert seen(decoder, {"battery": 55}) == [AliveSeen(battery_percent=55, open=True)]
    assert seen(decoder, {"contact": True}) == [DoorSeen(open=False), AliveSeen(open=False)]


def test_three_contradicting_messages_of_a_sliding_magnet_are_three_states() -> None:
    decoder = contacts()
    seen(decoder, {"contact": True})
    moves = [seen(decoder, {"contact": contact})[0] for contact in (False, True, False)]
    assert moves == [DoorSeen(open=True), DoorSeen(open=False), DoorSeen(open=True)]


def test_a_case_is_opened_once_and_closed_once() -> None:
    decoder = contacts()
    assert seen(decoder, {"contact": True, "tamper": False}) == [AliveSeen(open=False, tampered=False)]
    assert TamperSeen(open=True) in seen(decoder, {"contact": True, "tamper": True})
    assert TamperSeen(open=True) not in seen(decoder, {"contact": True, "tamper": True})
    assert TamperSeen(open=False) in seen(decoder, {"contact": True, "tamper": False})


@pytest.mark.parametrize(
    ("report", "percent"),
    [
        ({"battery": 97.6}, 98),
        ({"battery": 255}, None),
        ({"battery": None, "voltage": None}, None),
        ({"battery_low": True}, 0),
        ({"battery_low": False}, 100),
        ({"battery_state": "low"}, 10),
        ({"battery_state": "odd", "battery": "97", "tamper": "OFF", "battery_low": 1}, None),
    ],
)
def test_batteries(report: dict[str, object], percent: int | None) -> None:
    assert seen(contacts(), {"contact": True, **report}) == [AliveSeen(battery_percent=percent, open=False)]


@pytest.mark.parametrize(
    ("voltage", "millivolts"), [(3055, 3055), (3.1, 3100), (0, None), (70_000, None), ("3000", None), (True, None)]
)
def test_a_voltage_is_in_millivolts_or_in_volts(voltage: object, millivolts: int | None) -> None:
    assert seen(contacts(), {"contact": True, "voltage": voltage}) == [
        AliveSeen(battery_millivolts=millivolts, open=False)
    ]


# what devices of these models said: home-assistant and zigbee2mqtt issues, other public repositories
REPORTS = {
    "MCCGQ11LM": (
        b'{"battery":100,"contact":false,"device_temperature":26,"linkquality":153,"power_outage_count":6889,'
        b'"voltage":3035}',
        AliveSeen(battery_percent=100, battery_millivolts=3035, open=True),
    ),
    "MCCGQ11LM with last_seen": (
        b'{"battery":100,"contact":false,"device_temperature":17,"last_seen":"2024-01-10T17:42:21+00:00",'
        b'"linkquality":42,"power_outage_count":33,"voltage":3015}',
        AliveSeen(battery_percent=100, battery_millivolts=3015, open=True),
    ),
    "SNZB-04": (
        b'{"battery":100,"battery_low":false,"contact":true,"linkquality":51,"tamper":false,"voltage":3000}',
        AliveSeen(battery_percent=100, battery_millivolts=3000, open=False, tampered=False),
    ),
    "TS0203": (
        b'{"battery":100,"battery_low":false,"contact":true,"linkquality":94,"voltage":2900}',
        AliveSeen(battery_percent=100, battery_millivolts=2900, open=False),
    ),
    "before its first report": (
        b'{"battery":null,"battery_low":null,"contact":true,"linkquality":null,"tamper":null,"voltage":null}',
        AliveSeen(open=False),
    ),
}


@pytest.mark.parametrize("model", REPORTS)
def test_reports_of_devices_in_the_field(model: str) -> None:
    payload, alive = REPORTS[model]
    assert [said.seen for said in heard(contacts(), payload)] == [alive]


@pytest.mark.parametrize("value", [b"true", b"97", b"-3.5", b'"low"', b"ON", b"null", b"2024-01-10 17:42"])
def test_single_values_of_a_device_say_nothing_new(value: bytes) -> None:
    decoder = contacts()
    seen(decoder, {"contact": True})
    assert heard(decoder, value, "porch/contact") == []


@pytest.mark.parametrize("online", [b"online", b'{"state":"online"}'])
@pytest.mark.parametrize("offline", [b"offline", b'{"state":"offline"}'])
def test_a_bridge_that_is_gone_is_a_lost_link_in_either_form(online: bytes, offline: bytes) -> None:
    decoder = contacts()
    gone, back = LinkSeen(open=False, why="zigbee2mqtt is offline"), LinkSeen(open=True)
    said = [seen(decoder, word, "bridge/state") for word in (online, offline, offline, online, online)]
    assert said == [[], [gone], [], [back], []]


@pytest.mark.parametrize("online", [b"online", b'{"state":"online"}'])
def test_a_device_that_is_available_is_alive_and_a_retained_word_of_it_is_not(online: bytes) -> None:
    decoder = contacts()
    assert heard(decoder, online, "3/502/availability") == [Sighting(AliveSeen(), speaker="3/502")]
    assert heard(decoder, online, "3/502/availability", retained=True) == []
    assert heard(decoder, b"offline", "3/502/availability") == []


def test_what_is_no_contact_and_what_is_ours_to_say_is_passed_over() -> None:
    decoder = contacts()
    for name, payload in [
        ("lamp", {"state": "ON"}),
        ("bridge/devices", {"contact": True}),
        ("porch/set", {"contact": False}),
        ("porch/get", {"contact": ""}),
        ("porch", b""),
        ("x" * 81, {"contact": True}),
    ]:
        assert heard(decoder, payload, name) == []
    assert list(decoder.feed(Heard("other/porch", b'{"contact":true}'))) == []


@pytest.mark.parametrize("payload", [b"{", b"\xff", b'{"contact":"yes"}', b"[]", b'{"x":' + b"[" * 100_000])
def test_what_cannot_be_read_is_garbled(payload: bytes) -> None:
    [said] = heard(contacts(), payload)
    assert isinstance(said.seen, GarbledSeen)
    assert (said.speaker, said.seen.length) == (PORCH, len(payload))


def test_invented_names_do_not_fill_the_memory() -> None:
    decoder = contacts()
    for number in range(MOST_DEVICES + 500):
        heard(decoder, {"contact": True}, f"d{number}")
    assert len(decoder._known) == MOST_DEVICES


def test_a_door_opened_while_the_gateway_was_down_is_told_from_the_retained_state() -> None:
    kept, decoder = Kept(), contacts()
    kept.quarantine()
    for said in heard(decoder, {"contact": False}, DOOR, retained=True):
        kept.hear(DOOR, said.seen)
    assert kept.raised() == []  # found open: when it was opened nobody knows, so it has its time to be shut
    kept.pass_time(timedelta(seconds=121))
    assert "quarantine_door_left_open" in [alert.kind for alert in kept.raised()]


@pytest.mark.external
def test_published_messages() -> None:
    published = json.loads((folder_or_skip("serial") / "vectors.json").read_text("utf-8"))["zigbee2mqtt"]
    decoder, states = contacts(), [each for each in published if "payload" in each]
    assert len(states) >= 5
    for number, each in enumerate(states):
        [alive] = seen(decoder, each["payload"], f"d{number}")
        assert isinstance(alive, AliveSeen)
        assert alive.open is not each["payload"]["contact"]
        assert (alive.battery_percent, alive.battery_millivolts) == (
            each["payload"].get("battery", 100 if "battery_low" in each["payload"] else None),
            each["payload"].get("voltage"),
        )
    [bridge] = [each for each in published if "payloads" in each]
    assert [seen(decoder, word.encode(), "bridge/state") for word in bridge["payloads"]] == [
        [],
        [LinkSeen(open=False, why="zigbee2mqtt is offline")],
        [LinkSeen(open=True)],
    ]


# ---- a real broker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path / "broker", persistent=True) as running:
        yield running


class Ear:
    """The house's end of the link: waits for what it is to hear."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self._more = asyncio.Event()

    async def deliver(self, reading: Reading) -> None:
        self.readings.append(reading)
        self._more.set()

    async def until(self, device: str, wanted: object) -> None:
        await self._until(lambda each: (each.device, each.seen) == (device, wanted))

    async def until_lost(self) -> None:
        await self._until(lambda each: isinstance(each.seen, LinkSeen) and not each.seen.open)

    async def _until(self, wanted: Callable[[Reading], bool]) -> None:
        while not any(map(wanted, self.readings)):
            self._more.clear()
            await self._more.wait()
        self.readings.clear()


@asynccontextmanager
async def watching(broker: Mosquitto, ear: Ear) -> AsyncIterator[None]:
    theirs = settings(broker, "doors")
    watch = Watch("zigbee", DRIVER, Zigbee2MqttSettings(broker=theirs), NoKeys(), ear.deliver, HouseClock())
    running = asyncio.create_task(watch.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])


@pytest.mark.asyncio
async def test_over_a_broker_retained_and_live_states_reach_the_house(broker: Mosquitto) -> None:
    ear = Ear()
    async with asyncio.timeout(PATIENCE), Mqtt(settings(broker, "z2m")) as bridge:
        await bridge.send("zigbee2mqtt/bridge/state", b'{"state":"online"}', retain=True)
        await bridge.send(f"zigbee2mqtt/{PORCH}", b'{"contact":true,"battery":97}', retain=True)
        async with watching(broker, ear):
            await ear.until(PORCH, AliveSeen(battery_percent=97, open=False))
            await bridge.send(f"zigbee2mqtt/{PORCH}", b'{"contact":false}', qos=0)
            await ear.until(PORCH, DoorSeen(open=True))
            await bridge.send("zigbee2mqtt/bridge/state", b"offline")
            await ear.until("zigbee", LinkSeen(open=False, why="zigbee2mqtt is offline"))


@pytest.mark.asyncio
async def test_a_broker_that_is_killed_is_a_lost_link_and_is_found_again(broker: Mosquitto) -> None:
    ear = Ear()
    async with asyncio.timeout(PATIENCE), watching(broker, ear):
        await ear.until("zigbee", LinkSeen(open=True))
        await asyncio.to_thread(broker.kill)
        await ear.until_lost()
        await asyncio.to_thread(broker.start)
        await ear.until("zigbee", LinkSeen(open=True))
        async with Mqtt(settings(broker, "z2m")) as bridge:
            await bridge.send(f"zigbee2mqtt/{PORCH}", b'{"contact":true}')
            await ear.until(PORCH, AliveSeen(open=False))
