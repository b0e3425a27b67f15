"""A port and the devices that may post to it in, the bodies they post out.

For cameras that push what they saw: each POST is answered once its body is handed on, {} and 200. Only named addresses
are listened to; there is no TLS and no password, as such cameras have none: their network is to be one of its own.

Everything is limited: connections, the head, the body, how long somebody may take. While the house is too busy for more
the answer is 503, and the camera keeps what it has.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Final

import h11

from devices.driver import LinkLost
from devices.links.broker import Heard

MOST_WAITING: Final = 64  # bodies that wait for the house
MOST_CONNECTIONS: Final = 32
REQUEST_SECONDS: Final = 10.0
LARGEST_HEAD: Final = 16 * 1024
READ_AT_ONCE: Final = 64 * 1024


@asynccontextmanager
async def http_post_link(
    host: str, port: int, path: str, senders: Collection[str], largest: int
) -> AsyncIterator["HttpPostLink"]:
    """The open port. Raises LinkLost where it cannot be had."""
    link = HttpPostLink(path, senders, largest)
    try:
        server = await asyncio.start_server(link.serve, host, port, limit=READ_AT_ONCE)
    except OSError as exc:
        raise LinkLost(f"{host}:{port}", exc.strerror or str(exc)) from exc
    async with server:
        link.port = server.sockets[0].getsockname()[1]
        try:
            yield link
        finally:
            link.hang_up()


class HttpPostLink:
    """What comes is `Heard`: the topic is the sender's address."""

    def __init__(self, path: str, senders: Collection[str], largest: int) -> None:
        self.port = 0
        self._path = path
        self._senders = frozenset(senders)
        self._largest = largest
        self._connections: set[asyncio.Task[None] | None] = set()
        self._heard: asyncio.Queue[Heard] = asyncio.Queue(MOST_WAITING)

    def __aiter__(self) -> AsyncIterator[Heard]:
        return self

    async def __anext__(self) -> Heard:
        return await self._heard.get()

    def send(self, data: bytes) -> None:
        """What posts here is answered, and told nothing."""

    def hang_up(self) -> None:
        """The house does not wait for cameras when it closes."""
        for connection in self._connections:
            if connection is not None:
                connection.cancel()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        sender = str(writer.get_extra_info("peername", ("",))[0])
        if sender not in self._senders or len(self._connections) >= MOST_CONNECTIONS:
            writer.close()
            return
        self._connections.add(asyncio.current_task())
        try:
            await self._converse(h11.Connection(h11.SERVER, LARGEST_HEAD), sender, reader, writer)
        except (OSError, TimeoutError, h11.RemoteProtocolError):
            return  # it hung up, was too slow, or spoke no HTTP; it will try again
        finally:
            self._connections.discard(asyncio.current_task())
            writer.close()

    async def _converse(
        self, http: h11.Connection, sender: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Requests one after the other, as long as the sender keeps to HTTP/1.1."""
        while True:
            async with asyncio.timeout(REQUEST_SECONDS):
                status = await self._request(http, sender, reader)
                if status is None:
                    return
                writer.write(_answer(http, status))
                await writer.drain()
            if http.our_state is not h11.DONE or http.their_state is not h11.DONE:
                return
            http.start_next_cycle()

    async def _request(self, http: h11.Connection, sender: str, reader: asyncio.StreamReader) -> int | None:
        """The status to answer one request with, None at the end of the connection."""
        asked, body = None, bytearray()
        while True:
            event = http.next_event()
            match event:
                case h11.NEED_DATA:
                    http.receive_data(await reader.read(READ_AT_ONCE))
                case h11.Request(method=b"HEAD"):
                    return None  # no camera asks that, and no answer to it has a body
                case h11.Request():
                    asked = event
                case h11.Data():
                    body += event.data
                    if len(body) > self._largest:
                        return 413
                case h11.EndOfMessage():
                    return self._take(asked, sender, bytes(body))
                case _:
                    return None

    def _take(self, asked: h11.Request | None, sender: str, body: bytes) -> int:
        if asked is None or asked.target.split(b"?")[0] != self._path.encode():
            return 404
        if asked.method != b"POST":
            return 405
        if self._heard.full():
            return 503
        self._heard.put_nowait(Heard(sender, body))
        return 200


def _answer(http: h11.Connection, status: int) -> bytes:
    body = b"{}"
    headers = [("content-type", "application/json"), ("content-length", str(len(body)))]
    if http.their_state is not h11.DONE:
        headers.append(("connection", "close"))  # the rest of what it says is not waited for
    parts = (h11.Response(status_code=status, headers=headers), h11.Data(data=body), h11.EndOfMessage())
    return b"".join(http.send(part) or b"" for part in parts)
