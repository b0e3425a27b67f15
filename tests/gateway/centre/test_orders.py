"""Orders are repeated until their result or their end."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from devices.mqtt import Broker, Message, Mqtt
from gateway.centre.orders import RESULTS, Orders
from gateway.messages.every import OrderMessage
from tests.mosquitto import Mosquitto, mosquitto

PATIENCE = 60.0
ORDER = OrderMessage(order="acknowledge", alert="e1/7", by="王老师")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path / "broker") as running:
        yield running


def settings(broker: Mosquitto, client_id: str, protocol: str = "5") -> Broker:
    return Broker.model_validate({"port": broker.port, "client_id": client_id, "protocol": protocol})


@contextlib.asynccontextmanager
async def sender(broker: Mosquitto, protocol: str = "5") -> AsyncIterator[Orders]:
    async with Mqtt(settings(broker, "centre", protocol), subscribe=[RESULTS]) as mqtt:
        await mqtt.connected()
        orders = Orders(mqtt, first_repeat=0.05)

        async def listen() -> None:
            async for message in mqtt.messages():
                orders.take(message)

        listening = asyncio.create_task(listen())
        try:
            yield orders
        finally:
            listening.cancel()
            await asyncio.wait([listening])


@pytest.mark.asyncio
@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
async def test_an_order_is_repeated_until_its_result_comes(broker: Mosquitto, protocol: str) -> None:
    heard: list[Message] = []

    async def answer_the_third(mqtt: Mqtt) -> None:
        async for message in mqtt.messages():
            heard.append(message)
            if len(heard) == 3:
                result = {"gw": "gw-1", "order": "o-1", "done": False, "why": "known already", "later_field": 1}
                await mqtt.send(f"{message.topic}/result", b"rubbish")
                await mqtt.send(f"{message.topic}/result", json.dumps(result).encode())

    gateway = Mqtt(settings(broker, "gw-1"), subscribe=["menshen/v1/gw-1/order/+"])
    async with asyncio.timeout(PATIENCE), gateway as mqtt, sender(broker, protocol) as orders:
        await mqtt.connected()
        answering = asyncio.create_task(answer_the_third(mqtt))
        result = await orders.send("gw-1", "o-1", ORDER, patience_seconds=PATIENCE)
        answering.cancel()
        await asyncio.wait([answering])
    assert (result.done, result.why) == (False, "known already")
    assert len({message.payload for message in heard}) == 1
    first = heard[0]
    assert first.topic == "menshen/v1/gw-1/order/o-1"
    assert json.loads(first.payload)["by"] == "王老师"
    if protocol == "5":
        assert first.extras.response_topic == "menshen/v1/gw-1/order/o-1/result"
        assert first.extras.correlation == b"o-1"


@pytest.mark.asyncio
async def test_an_order_nobody_answers_ends_with_its_patience(broker: Mosquitto) -> None:
    async with asyncio.timeout(PATIENCE), sender(broker) as orders:
        with pytest.raises(TimeoutError):
            await orders.send("gw-1", "o-1", ORDER, patience_seconds=0.3)
