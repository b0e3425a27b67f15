"""A broker's settings and a topic in; what is said there, and every so often nothing, to say that it is time, out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from devices.links.broker import BrokerLink, Heard, broker_link
from devices.mqtt.settings import Broker


@asynccontextmanager
async def reminding_link(broker: Broker, topic: str, every_seconds: float) -> AsyncIterator["RemindingLink"]:
    """What is sent goes to the same topic. Raises LinkLost as `broker_link` does."""
    async with broker_link(broker, [topic], says_on=topic) as inner:
        yield RemindingLink(inner, every_seconds)


class RemindingLink:
    """None is the chunk that says that it is time, however much is said meanwhile."""

    def __init__(self, inner: BrokerLink, every_seconds: float) -> None:
        self._inner = inner
        self._every = every_seconds
        self._due = asyncio.get_running_loop().time() + every_seconds

    def __aiter__(self) -> AsyncIterator[Heard | None]:
        return self

    async def __anext__(self) -> Heard | None:
        try:
            async with asyncio.timeout_at(self._due):
                return await anext(self._inner)
        except TimeoutError:
            self._due = asyncio.get_running_loop().time() + self._every
            return None

    def send(self, data: bytes) -> None:
        self._inner.send(data)
