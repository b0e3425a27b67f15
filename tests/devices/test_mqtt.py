"""The MQTT link against a real mosquitto: windows, sessions, inboxes, prefixes, settings."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from devices.mqtt import (
    Broker,
    Extras,
    Message,
    Mqtt,
    NotConnected,
    WindowFull,
    accepted,
    broker_at,
)
from tests.devices.mqtt_links import PATIENCE, settings, until_reason
from tests.mosquitto import Mosquitto, free_port, mosquitto


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path / "broker", "max_inflight_messages 200", persistent=True) as running:
        yield running


@pytest.mark.asyncio
@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
async def test_what_one_publishes_the_other_takes(broker: Mosquitto, protocol: str) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        Mqtt(settings(broker, "reader", protocol=protocol), subscribe=["a/+"]) as reader,
        Mqtt(settings(broker, "writer", protocol=protocol)) as writer,
    ):
        await reader.connected()
        await writer.connected()
        extras = Extras(response_topic="a/answer", correlation=b"\x01\xff", content_type="text/plain")
        assert await writer.publish("a/b", "门".encode(), extras=extras) == 0
        (message,) = await reader.take()
        assert (message.topic, message.payload, message.qos, message.retain) == ("a/b", "门".encode(), 1, False)
        assert message.extras == (extras if protocol == "5" else Extras())


@pytest.mark.asyncio
async def test_the_window_is_the_smaller_of_ours_and_the_brokers(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "broker", "max_inflight_messages 7") as narrow:
        async with asyncio.timeout(PATIENCE), Mqtt(settings(narrow, "gw")) as mqtt:
            session = await mqtt.connected()
            assert session.window == mqtt.window == 7
            answers = [mqtt.publish("a", b"x") for _ in range(7)]
            assert mqtt.in_flight == 7
            with pytest.raises(WindowFull):
                mqtt.publish("a", b"x")
            assert await mqtt.room() > 0
            assert all(accepted(code) for code in await asyncio.gather(*answers))


@pytest.mark.asyncio
async def test_nothing_is_published_or_queued_without_a_connection(tmp_path: Path) -> None:
    away = Mosquitto(tmp_path / "broker")
    async with asyncio.timeout(PATIENCE), Mqtt(settings(away, "gw")) as mqtt:
        await until_reason(mqtt, "refused")
        assert mqtt.window == 0
        with pytest.raises(NotConnected):
            mqtt.publish("a", b"x")
        away.start()
        try:
            assert (await mqtt.connected()).number == 1
            assert mqtt.in_flight == 0
        finally:
            away.stop()


@pytest.mark.asyncio
async def test_messages_wait_for_us_in_a_persistent_session_and_unacknowledged_ones_come_again(
    broker: Mosquitto,
) -> None:
    reader = settings(broker, "reader")
    async with asyncio.timeout(PATIENCE), Mqtt(settings(broker, "writer")) as writer:
        async with Mqtt(reader, subscribe=["a"]) as first:
            assert not (await first.connected()).resumed
            assert accepted(await writer.send("a", b"1"))
            assert [message.payload for message in await first.take()] == [b"1"]  # and not acknowledged
        assert accepted(await writer.send("a", b"2"))
        async with Mqtt(reader, subscribe=["a"]) as second:
            assert (await second.connected()).resumed
            taken: list[bytes] = []
            async for message in second.messages():
                taken.append(message.payload)
                if len(taken) == 2:
                    break
            assert taken == [b"1", b"2"]


@pytest.mark.asyncio
async def test_an_acknowledged_message_does_not_come_again(broker: Mosquitto) -> None:
    reader = settings(broker, "reader")
    async with asyncio.timeout(PATIENCE), Mqtt(settings(broker, "writer")) as writer:
        async with Mqtt(reader, subscribe=["a"]) as first:
            await first.connected()
            assert accepted(await writer.send("a", b"1"))
            for message in await first.take():
                first.ack(message)
        assert accepted(await writer.send("a", b"2"))
        async with Mqtt(reader, subscribe=["a"]) as second:
            assert [message.payload for message in await second.take()] == [b"2"]


@pytest.mark.asyncio
@pytest.mark.parametrize(("protocol", "inbox"), [("5", 2000), ("5", 10), ("3.1.1", 10)])
async def test_messages_that_piled_up_arrive_even_if_they_overflow_the_inbox(
    broker: Mosquitto, protocol: str, inbox: int
) -> None:
    reader = settings(broker, "reader", protocol=protocol)
    async with asyncio.timeout(PATIENCE), Mqtt(settings(broker, "writer")) as writer:
        async with Mqtt(reader, subscribe=["a"]) as first:
            await first.connected()
        for number in range(300):
            await writer.room()
            writer.publish("a", b"%d" % number)
        async with Mqtt(reader, subscribe=["a"], inbox=inbox) as second:
            await second.connected()  # though SUBACK may come behind more messages than the inbox holds
            taken: dict[int, Message] = {}
            while len(taken) < 300:
                batch = await second.take()
                assert len(batch) <= inbox
                for message in batch:
                    taken.setdefault(int(message.payload), message)
                    second.ack(message)
            assert sorted(taken) == list(range(300))
            if inbox > 300:  # beyond an overflow mosquitto brings the newer ones first
                assert list(taken) == sorted(taken)


@pytest.mark.asyncio
async def test_what_nobody_promised_is_dropped_and_counted_when_the_inbox_is_full(broker: Mosquitto) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        Mqtt(settings(broker, "reader"), subscribe=["a", "b"], inbox=5) as reader,
        Mqtt(settings(broker, "writer")) as writer,
    ):
        session = await reader.connected()
        await writer.connected()
        for number in range(8):
            writer.publish("a", b"%d" % number, qos=0)
        while reader.dropped < 3:  # noqa: ASYNC110 - a look now and then, with no event to wait for
            await asyncio.sleep(0.01)  # between two looks
        assert [message.payload for message in await reader.take()] == [b"0", b"1", b"2", b"3", b"4"]
        assert reader.session is session


@pytest.mark.asyncio
async def test_a_prefix_is_put_before_every_topic_and_taken_off_again(broker: Mosquitto) -> None:
    inside = settings(broker, "inside", prefix="city/pudong/")
    async with (
        asyncio.timeout(PATIENCE),
        Mqtt(inside, subscribe=["a/#"]) as mine,
        Mqtt(settings(broker, "outside"), subscribe=["city/#"]) as all_,
    ):
        await mine.connected()
        await all_.connected()
        await mine.send("a/b", b"x", extras=Extras(response_topic="a/c"))
        (within,), (without,) = await mine.take(), await all_.take()
        assert (within.topic, within.extras.response_topic) == ("a/b", "a/c")
        assert (without.topic, without.extras.response_topic) == ("city/pudong/a/b", "city/pudong/a/c")


@pytest.mark.asyncio
async def test_waiting_times_double_to_their_ceiling_with_full_jitter(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    drawn = 0

    def most() -> float:
        nonlocal drawn
        drawn += 1
        return 0.999

    told = Broker(port=free_port(), client_id="gw", retry_floor_seconds=0.01, retry_ceiling_seconds=0.08)
    async with asyncio.timeout(PATIENCE), Mqtt(told, jitter=most):
        while drawn < 5:  # noqa: ASYNC110 - a look now and then, with no event to wait for
            await asyncio.sleep(0.01)  # between two looks
    pauses = [record.args[2] for record in caplog.records if record.name == "devices.mqtt.client" and record.args]  # type: ignore[index]  # a tuple: (link, reason, pause)
    assert pauses[:5] == pytest.approx([0.01998, 0.03996, 0.07992, 0.07992, 0.07992])
    levels = [record.levelname for record in caplog.records if record.name == "devices.mqtt.client"]
    assert levels[:2] == ["WARNING", "DEBUG"]  # the same reason again is no news


@pytest.mark.parametrize(
    ("url", "host", "port", "username", "secure", "prefix"),
    [
        ("mqtt://centre.example", "centre.example", 1883, None, False, ""),
        ("mqtts://gw-1@centre.example/city/", "centre.example", 8883, "gw-1", True, "city/"),
        ("127.0.0.1:1999", "127.0.0.1", 1999, None, False, ""),
    ],
)
def test_a_url_names_a_broker(url: str, host: str, port: int, username: str | None, secure: bool, prefix: str) -> None:
    told = broker_at(url, "me")
    assert (told.host, told.port, told.username, told.secure, told.prefix) == (host, port, username, secure, prefix)


@pytest.mark.parametrize("url", ["http://x", "mqtt://", "mqtt://u:secret@h", "mqtt://h:99999", "mqtt://h/a+b"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r".") as told:
        broker_at(url, "me")
    assert "secret" not in str(told.value)


def test_settings_that_do_not_fit_together_are_refused() -> None:
    for wrong in ({"password_file": "x"}, {"cert_file": "x"}, {"prefix": "a/#"}, {"hsot": "x"}):
        with pytest.raises(ValidationError):
            Broker.model_validate({"client_id": "gw", **wrong})
