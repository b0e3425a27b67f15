"""A broker's settings and some topics in, what is said there out, one message at a time.

A broken connection is a lost link: it is told, and opened anew with what is retained. Nothing is kept for us meanwhile
(`session_seconds` is 0), for what comes late has no hour on it and would be taken for now.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final

from msgspec import Struct

from devices.driver import LinkLost
from devices.mqtt import Broker, Message, Mqtt, NotConnected, Session, TooLarge, WindowFull

CONNECT_SECONDS: Final = 15.0
AT_ONCE: Final = 100


class Heard(Struct, frozen=True):
    """A message; `retained`: it was said before we listened, nobody knows when."""

    topic: str
    payload: bytes
    retained: bool = False


@asynccontextmanager
async def broker_link(broker: Broker, topics: Iterable[str], says_on: str = "") -> AsyncIterator["BrokerLink"]:
    """The connection once it stands. Raises LinkLost where it cannot be had, and while iterating when it breaks.

    `says_on`: the topic that what is sent goes to; without one nothing is said.
    """
    async with Mqtt(broker.model_copy(update={"session_seconds": 0}), subscribe=topics) as mqtt:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                session = await mqtt.connected()
        except TimeoutError:
            raise LinkLost(broker.name, mqtt.reason) from None
        link = BrokerLink(mqtt, session, says_on)
        try:
            yield link
        finally:
            await link.close()


class BrokerLink:
    def __init__(self, mqtt: Mqtt, session: Session, says_on: str = "") -> None:
        self._mqtt = mqtt
        self._says_on = says_on
        self._waiting: deque[Message] = deque()
        self._given: Message | None = None
        self._taking: asyncio.Task[list[Message]] | None = None
        self._ended = asyncio.create_task(session.ended.wait(), name=f"end of {mqtt.broker.name}")

    def __aiter__(self) -> AsyncIterator[Heard]:
        return self

    async def __anext__(self) -> Heard:
        """What was given before has gone to the house by now, and is acknowledged."""
        if self._given is not None:
            self._mqtt.ack(self._given)
            self._given = None
        if not self._waiting:
            self._waiting.extend(await self._take())
        self._given = message = self._waiting.popleft()
        return Heard(message.topic, message.payload, message.retain)

    def send(self, data: bytes) -> None:
        """Published if the connection takes it now; what must arrive is said again by who wants it to."""
        if self._says_on:
            with contextlib.suppress(NotConnected, WindowFull, TooLarge):
                self._mqtt.publish(self._says_on, data)

    async def close(self) -> None:
        tasks = [task for task in (self._taking, self._ended) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    async def _take(self) -> list[Message]:
        if self._taking is None:
            self._taking = asyncio.create_task(self._mqtt.take(AT_ONCE), name=f"messages of {self._mqtt.broker.name}")
        await asyncio.wait([self._taking, self._ended], return_when=asyncio.FIRST_COMPLETED)
        if not self._taking.done():
            raise LinkLost(self._mqtt.broker.name, self._mqtt.reason or "connection lost")
        taken, self._taking = self._taking.result(), None
        return taken
