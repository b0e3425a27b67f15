"""Adverts as JSON over a local broker: both forms, several receivers, wills, and a real broker."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from devices.adverts import strength
from devices.ble_mqtt import DRIVER, MOST_RECEIVERS, BleMqtt, BleMqttDecoder
from devices.links.stamped import Stamped
from devices.mqtt import Mqtt
from devices.reading import AliveSeen, BandSeen, DeafSeen, GarbledSeen
from devices.watch import HouseClock, Watch
from gateway.compound import Device, DeviceKind, Site
from gateway.kinds import Kind
from gateway.limits import Limits
from sim.bands import BTHOME_UUID, SimulatedBand
from tests.devices.band_cases import ADDRESS, DEVICE, KEY, Keys
from tests.devices.mqtt_links import PATIENCE, settings
from tests.devices.test_esphome_proxy import Ear
from tests.gateway.keeping import START, Kept, make_site, seconds
from tests.mosquitto import mosquitto


def decoder() -> BleMqttDecoder:
    return BleMqttDecoder(BleMqtt.model_validate({"broker": {"client_id": "b"}}), Keys({DEVICE: KEY}))


def digits(counter: int) -> str:
    return SimulatedBand(ADDRESS, KEY, counter, 36.6).said()[BTHOME_UUID].hex()


def advert(counter: int, rssi: int = -60, **changes: object) -> dict[str, Any]:
    return {"mac": ADDRESS, "rssi": rssi, "service_data": {"fcd2": digits(counter)}, **changes}


def fresh(counter: int, receiver: str) -> BandSeen:
    return BandSeen(-60, counter, 36.6, worn=True, battery_percent=90, receiver=receiver)


def seen(decoder: BleMqttDecoder, topic: str, message: object, at: float = 0.0) -> list[object]:
    payload = message if isinstance(message, bytes) else json.dumps(message).encode()
    return [each.seen for each in decoder.feed(Stamped(topic, payload, at))]


@pytest.mark.parametrize(
    "changes",
    [
        {"mac": ADDRESS.lower()},
        {"service_data": {BTHOME_UUID.upper(): digits(7)}},
        {"service_data": {"0xfcd2": digits(7)}},
        {"more": "is passed over"},
    ],
)
def test_ways_to_write_an_advert(changes: dict[str, object]) -> None:
    assert seen(decoder(), "menshen/ble/attic", advert(7, **changes)) == [AliveSeen(), fresh(7, "attic")]


@pytest.mark.parametrize(("said", "rssi"), [(127, -127), (21, -127), (20, 20), (-60, -60), (-200, -127)])
def test_a_receiver_that_knows_no_strength_is_not_taken_for_the_nearest(said: int, rssi: int) -> None:
    [_, band] = seen(decoder(), "menshen/ble/attic", advert(7, rssi=said))
    assert isinstance(band, BandSeen)
    assert band.rssi == rssi == strength(said)


@pytest.mark.parametrize(
    "message",
    [
        {"mac": "nobody", "rssi": 1},
        {"mac": ADDRESS},
        advert(7, service_data={"fcd2": "xy"}),
        advert(7, service_data={"-1": "00"}),
        advert(7, service_data={"": ""}),
        [1],
        5,
    ],
)
def test_what_is_no_advert_is_garbled(message: object) -> None:
    [garbled] = seen(decoder(), "menshen/ble/attic", message)
    assert isinstance(garbled, GarbledSeen)


def test_a_receiver_that_hears_strangers_only_is_alive_and_says_so_sparingly() -> None:
    ear = decoder()
    stranger = {"mac": "C0:FF:EE:00:00:01", "rssi": -50}
    said = [seen(ear, "menshen/ble/attic", stranger, at) for at in (0.0, 1.0, 9.9, 10.0)]
    assert said == [[AliveSeen()], [], [], [AliveSeen()]]


def test_invented_receivers_do_not_fill_the_memory() -> None:
    ear = decoder()
    for number in range(MOST_RECEIVERS + 100):
        seen(ear, f"menshen/ble/r{number}", advert(7))
    assert len(ear._receivers) == MOST_RECEIVERS


def test_a_receiver_behind_a_broker_is_missed_by_itself_and_its_will_is_believed() -> None:
    radios = (Device(name, DeviceKind.RADIO, "ble", "palm/b1") for name in ("attic", "cellar"))
    kept = Kept(Site(make_site().street, (Device("ble", DeviceKind.CABLE, "ble"), *radios)))
    for _ in range(20):
        kept.hear("attic", AliveSeen(), link="ble")
        kept.pass_time(seconds(10))
    [missed] = kept.raised()
    assert (missed.kind, missed.device) == (Kind.RADIO_DEAF, "cellar")
    assert missed.raised_at == START + seconds(Limits().radio_silent_seconds)
    kept.hear("attic", DeafSeen(deaf=True), link="ble")
    assert [alert.device for alert in kept.raised(Kind.RADIO_DEAF)] == ["cellar", "attic"]
    kept.hear(DEVICE, BandSeen(-60, repeat=True, receiver="cellar"), link="ble")
    kept.hear("attic", DeafSeen(deaf=False), link="ble")
    assert not [alert for alert in kept.state.alerts.values() if alert.active]


@pytest.mark.asyncio
async def test_over_a_real_broker_three_receivers_and_one_band(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "broker") as broker:
        ear = Ear()
        watch = Watch(
            "ble", DRIVER, BleMqtt(broker=settings(broker, "house")), Keys({DEVICE: KEY}), ear.deliver, HouseClock()
        )
        running = asyncio.create_task(watch.run())
        try:
            async with asyncio.timeout(PATIENCE), Mqtt(settings(broker, "esp")) as esp:
                await esp.connected()
                await ear.until(lambda reading: reading.device == "ble")  # the link stands
                esp.publish("menshen/ble/attic", json.dumps(advert(7)).encode())
                await ear.seen(fresh(7, "attic"))
                esp.publish("menshen/ble/cellar", json.dumps([advert(7, -80), advert(8)]).encode())
                await ear.seen(BandSeen(-80, 7, repeat=True, receiver="cellar"))
                assert (await ear.seen(fresh(8, "cellar"))).link == "ble"
                esp.publish("home/OMG/LWT", b"offline")
                assert (await ear.seen(DeafSeen(deaf=True))).device == "OMG"
        finally:
            running.cancel()
            await asyncio.wait([running])
