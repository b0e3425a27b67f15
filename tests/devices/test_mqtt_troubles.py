"""Brokers that refuse us, deny topics, take only small packets or keep nothing: what is said, and what still goes."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from devices.mqtt import Broker, Mqtt, TooLarge, Trouble, Will, accepted
from tests.devices.mqtt_answers import TAKEN, answering, suback
from tests.devices.mqtt_links import PATIENCE, readable, settings
from tests.mosquitto import mosquitto

QUICK = {"retry_floor_seconds": 0.01, "retry_ceiling_seconds": 0.02}


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 - what is looked at has no event of its own
        await asyncio.sleep(0.01)


@pytest.mark.asyncio
async def test_a_topic_we_may_not_write_is_said_once_and_no_more_once_we_may(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rules = readable(tmp_path / "acl", "topic readwrite ours\n")
    with mosquitto(tmp_path / "broker", f"acl_file {rules}") as broker:
        async with asyncio.timeout(PATIENCE), Mqtt(settings(broker, "gw")) as mqtt:
            assert accepted(await mqtt.send("ours", b"1"))
            assert mqtt.trouble is None
            for _ in range(3):
                assert not accepted(await mqtt.send("theirs", b"2"))
            assert mqtt.trouble is Trouble.WRITE
            said = [
                line for line in caplog.messages if "does not take what we say under theirs: Not authorized" in line
            ]
            assert len(said) == 1
            rules.write_text("topic readwrite #\n")
            assert broker.process is not None
            broker.process.send_signal(signal.SIGHUP)
            while not accepted(await mqtt.send("theirs", b"3")):
                pass
            assert mqtt.trouble is None


@pytest.mark.asyncio
async def test_a_topic_we_may_not_read_is_said(caplog: pytest.LogCaptureFixture) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        answering(TAKEN, suback([0x87, 0x01])) as port,
        Mqtt(Broker(port=port, client_id="gw"), subscribe=["a/ack", "b/#"]) as mqtt,
    ):
        await mqtt.connected()
        assert mqtt.trouble is Trouble.READ
    assert "gw@127.0.0.1" in caplog.text
    assert "will not let us read a/ack: Not authorized" in caplog.text


@pytest.mark.asyncio
async def test_where_nothing_is_retained_it_is_said_and_all_goes_out_unretained(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with mosquitto(tmp_path / "broker", "retain_available false") as broker:
        will = Will("gone", b"", retain=True)
        async with asyncio.timeout(PATIENCE), Mqtt(settings(broker, "gw"), subscribe=["state"], will=will) as mqtt:
            assert accepted(await mqtt.send("state", b"online", retain=True))
            [heard] = await mqtt.take()
            assert (heard.payload, heard.retain) == (b"online", False)
            assert mqtt.trouble is None
    assert caplog.text.count("keeps no retained messages") == 1


@pytest.mark.asyncio
async def test_what_is_larger_than_the_broker_takes_is_not_sent_and_the_connection_stays(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "broker", "max_packet_size 200") as broker:
        async with asyncio.timeout(PATIENCE), Mqtt(settings(broker, "gw"), subscribe=["a"]) as mqtt:
            await mqtt.connected()
            assert mqtt.fits("a", bytes(160))
            assert not mqtt.fits("a", bytes(200))
            with pytest.raises(TooLarge):
                await mqtt.send("a", bytes(200))
            assert mqtt.trouble is Trouble.TOO_LARGE
            await mqtt.send("a", bytes(160))
            assert [len(heard.payload) for heard in await mqtt.take()] == [160]
            assert mqtt.sessions == 1


@pytest.mark.asyncio
async def test_two_with_one_client_id_are_told_of_it(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "broker") as broker:
        async with (
            asyncio.timeout(PATIENCE),
            Mqtt(settings(broker, "gw")) as one,
            Mqtt(settings(broker, "gw")) as other,
        ):
            # mosquitto 2.0.11 closes without a word; others say DISCONNECT 0x8E, which is among the answers below
            await until(lambda: Trouble.DROPPED in (one.trouble, other.trouble))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("answers", "trouble"),
    [
        ((b"",), Trouble.PROTOCOL),
        ((bytes.fromhex("2003008400"),), Trouble.PROTOCOL),
        ((bytes.fromhex("2003008600"),), Trouble.REFUSED),
        ((bytes.fromhex("2003009b00"),), Trouble.QOS),
        ((TAKEN,), Trouble.DROPPED),
        ((TAKEN + bytes.fromhex("e0028700"),), Trouble.REFUSED),
        ((TAKEN + bytes.fromhex("e0028e00"),), Trouble.TAKEN_OVER),
        ((bytes.fromhex("2003008800"),), Trouble.AWAY),  # unavailable just now
    ],
    ids=["silence", "version", "password", "qos", "closed", "disconnect", "taken-over", "unavailable"],
)
async def test_why_there_is_no_connection_is_one_word(answers: tuple[bytes, ...], trouble: Trouble) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        answering(*answers, hangs_up=True) as port,
        Mqtt(Broker.model_validate({"port": port, "client_id": "gw", **QUICK})) as mqtt,
    ):
        await until(lambda: mqtt.sessions > 1 and mqtt.trouble is trouble)


@pytest.mark.asyncio
async def test_a_broker_that_says_nothing_to_connect_may_speak_another_mqtt() -> None:
    async with asyncio.timeout(PATIENCE), answering() as port:
        silent = {"port": port, "client_id": "gw", "answer_seconds": 0.1, **QUICK}
        async with Mqtt(Broker.model_validate(silent)) as mqtt:
            await until(lambda: mqtt.trouble is Trouble.PROTOCOL)
            assert mqtt.reason == "no answer to CONNECT for 0.1 s"


@pytest.mark.asyncio
async def test_a_file_of_ours_that_cannot_be_read_is_another_trouble_than_a_broker_that_is_away(tmp_path: Path) -> None:
    missing = {"client_id": "gw", "port": 1, "username": "gw", "password_file": tmp_path / "nowhere", **QUICK}
    async with asyncio.timeout(PATIENCE), Mqtt(Broker.model_validate(missing)) as mqtt:
        await until(lambda: mqtt.trouble is Trouble.FILES)
    async with asyncio.timeout(PATIENCE), Mqtt(Broker.model_validate({"client_id": "gw", "port": 1, **QUICK})) as mqtt:
        await until(lambda: "refused" in mqtt.reason)
        assert mqtt.trouble is Trouble.AWAY
