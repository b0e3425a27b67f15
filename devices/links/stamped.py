"""A broker's settings and some topics in; what is said there out, with the moment it came in by the loop's clock.

The moment is for spacing only (how long since the last of the same), as that of adverts is: devices/adverts.py.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from msgspec import Struct

from devices.links.broker import BrokerLink, broker_link
from devices.mqtt import Broker


class Stamped(Struct, frozen=True):
    """A message; `retained`: it was said before we listened, nobody knows when."""

    topic: str
    payload: bytes
    at_seconds: float
    retained: bool = False


class StampedLink:
    """A broker's link, each message with its moment."""

    def __init__(self, link: BrokerLink) -> None:
        self._link = link
        self._clock = asyncio.get_running_loop().time

    async def __aiter__(self) -> AsyncIterator[Stamped]:
        async for heard in self._link:
            yield Stamped(heard.topic, heard.payload, self._clock(), heard.retained)

    def send(self, data: bytes) -> None:
        """Receivers take no answer."""


@asynccontextmanager
async def stamped_broker_link(broker: Broker, topics: Iterable[str]) -> AsyncIterator[StampedLink]:
    """As `broker_link`. Raises LinkLost."""
    async with broker_link(broker, topics) as link:
        yield StampedLink(link)
