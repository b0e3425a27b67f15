"""A broker of a few lines that answers each packet with the bytes a test wants: what no configuration of ours does."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

CONNECT, SUBSCRIBE = 0x10, 0x80
TAKEN = bytes.fromhex("2003000000")  # CONNACK of MQTT 5


@asynccontextmanager
async def answering(*answers: bytes, hangs_up: bool = False) -> AsyncIterator[int]:
    """The port. The nth packet of each connection is answered with the nth of `answers`; then it stays or hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            for answer in answers:
                await _packet(reader)
                writer.write(answer)
                await writer.drain()
            while not hangs_up:
                await _packet(reader)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _packet(reader: asyncio.StreamReader) -> bytes:
    await reader.readexactly(1)
    length = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return await reader.readexactly(length)


def suback(codes: Iterable[int]) -> bytes:
    """The answer to the first SUBSCRIBE of a paho client."""
    body = bytes([0, 1, 0, *codes])
    return bytes([0x90, len(body)]) + body
