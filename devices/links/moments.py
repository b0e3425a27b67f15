"""A serial port in, moments out: the bytes that came and the hour, at least every so many seconds, the first at once.

For devices that must be told something when a time is over: the hour stands in the chunk, so that their decoder still
needs no clock.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

from devices.driver import Link
from devices.links.serial import serial_link


class Moment(Struct, frozen=True):
    """What came by `at_seconds` (monotonic), b"" if nothing did."""

    data: bytes = b""
    at_seconds: float = 0.0


@asynccontextmanager
async def moments(port: str, baud: int, every_seconds: float) -> AsyncIterator["Moments"]:
    """The open port. Raises LinkLost as `serial_link` does."""
    async with serial_link(port, baud, every_seconds) as link:
        yield Moments(link)


class Moments:
    def __init__(self, link: Link[bytes]) -> None:
        self._link = link
        self._chunks = aiter(link)
        self._loop = asyncio.get_running_loop()
        self._begun = False

    def __aiter__(self) -> AsyncIterator[Moment]:
        return self

    async def __anext__(self) -> Moment:
        data = await anext(self._chunks) if self._begun else b""
        self._begun = True
        return Moment(data, self._loop.time())

    def send(self, data: bytes) -> None:
        self._link.send(data)
