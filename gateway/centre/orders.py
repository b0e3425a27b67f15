"""An order in; repeated on `order/{id}` until its result or its expiry; the result out."""

import asyncio
import logging
import random
from collections.abc import Callable

import msgspec

from devices.mqtt import Extras, Message, Mqtt
from gateway.centre.letter import UNREADABLE
from gateway.messages.every import ROOT, OrderMessage, OrderResultMessage, encode, topic

log = logging.getLogger(__name__)

FIRST_REPEAT_SECONDS = 2.0
LONGEST_REPEAT_SECONDS = 30.0
LARGEST_RESULT = 64_000  # bytes
RANDOM = random.SystemRandom()
RESULTS = f"{ROOT}/+/order/+/result"  # what the Mqtt given to `Orders` must be subscribed to

_results = msgspec.json.Decoder(OrderResultMessage)


class Orders:
    """Orders that wait for their result. The same id twice is done once by the gateway, so repeating is safe."""

    def __init__(
        self, mqtt: Mqtt, *, first_repeat: float = FIRST_REPEAT_SECONDS, jitter: Callable[[], float] = RANDOM.random
    ) -> None:
        self._mqtt, self._first_repeat, self._jitter = mqtt, first_repeat, jitter
        self._waiting: dict[tuple[str, str], asyncio.Future[OrderResultMessage]] = {}

    async def send(self, gw: str, id_: str, order: OrderMessage, patience_seconds: float) -> OrderResultMessage:
        """The gateway's answer. Raises TimeoutError after `patience_seconds`; set the order's `expires_at` alike."""
        result: asyncio.Future[OrderResultMessage] = asyncio.get_running_loop().create_future()
        self._waiting[gw, id_] = result
        try:
            async with asyncio.timeout(patience_seconds):
                await self._repeat(gw, id_, encode(order), result)
                return await result
        finally:
            del self._waiting[gw, id_]

    async def _repeat(self, gw: str, id_: str, body: bytes, result: asyncio.Future[OrderResultMessage]) -> None:
        where = topic(gw, f"order/{id_}")
        extras = Extras(response_topic=f"{where}/result", correlation=id_.encode(), content_type="application/json")
        pause = self._first_repeat
        while not result.done():
            await self._mqtt.send(where, body, extras=extras)
            # between half and all of the pause, so that many orders after an outage do not come in one beat
            await asyncio.wait([result], timeout=pause * (0.5 + self._jitter() / 2))
            pause = min(pause * 2, LONGEST_REPEAT_SECONDS)

    def take(self, message: Message) -> bool:
        """Was this the result of one of our orders? By its topic; correlation data is not kept by 3.1.1 brokers."""
        match message.topic.removeprefix(f"{ROOT}/").split("/"):
            case [gw, "order", id_, "result"] if (gw, id_) in self._waiting:
                pass
            case _:
                return False
        try:
            if len(message.payload) > LARGEST_RESULT:
                raise msgspec.DecodeError(f"larger than {LARGEST_RESULT} bytes")
            result = _results.decode(message.payload)
        except UNREADABLE as error:
            log.warning("%s: the result of order %s is unreadable: %s", gw, id_, error)
            return False
        waiting = self._waiting[gw, id_]
        if not waiting.done():
            waiting.set_result(result)
        return True
