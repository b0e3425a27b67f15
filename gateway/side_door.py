"""What a command asks of a running house in, its answer out, over a Unix socket that only the house's account opens.

A line of JSON each way; progress may come before the answer. While the house is closed the command opens its books
itself and puts the same request to the same `answer` (gateway/cli/at_house.py).
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from gateway.registry.registrar import Progress, Registrar
from gateway.words.language import Lang

log = logging.getLogger(__name__)

LONGEST_LINE = 12_000_000  # a file of 8 MB in base64, and what stands around it


class Request(Struct, frozen=True):
    """`do`: which of the answers; `data`: a file, `fields`: what else was said."""

    do: str
    by: str = "console"
    lang: Lang = Lang.ZH
    dry_run: bool = False
    data: bytes = b""
    fields: dict[str, str] = {}


class Reply(Struct, frozen=True):
    """`lines` are for people; `told` is the same for programs. Before the last one come those with `progress` alone."""

    done: bool = False
    progress: tuple[int, int] | None = None
    lines: tuple[str, ...] = ()
    told: dict[str, object] = {}
    data: bytes = b""


Answer = Callable[[Request, Registrar, Progress], Awaitable[Reply]]

_request = msgspec.json.Decoder(Request)
_encode = msgspec.json.Encoder().encode


async def answer(request: Request, registrar: Registrar, answers: Mapping[str, Answer], progress: Progress) -> Reply:
    """Whatever is asked; what nobody knows is refused."""
    found = answers.get(request.do)
    if found is None:
        return Reply(lines=(f"unknown request {request.do!r}",))
    return await found(request, registrar, progress)


def socket_of(data: Path) -> Path:
    return data / "secrets" / "side_door.sock"  # a folder of mode 0700


@contextmanager
def short(path: Path) -> Iterator[str]:
    """The same socket under an address that fits: one may have 107 bytes (unix(7)), and folders lie deep."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


@asynccontextmanager
async def side_door(data: Path, registrar: Registrar, answers: Mapping[str, Answer]) -> AsyncIterator[None]:
    """Open while inside. A line that is no request closes the connection."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = _request.decode(await reader.readline())

            def tell(done: int, of: int) -> None:
                writer.write(_encode(Reply(progress=(done, of))) + b"\n")

            writer.write(_encode(await answer(request, registrar, answers, tell)) + b"\n")
            await writer.drain()
        except (msgspec.DecodeError, ValueError, ConnectionError, TimeoutError) as exc:
            log.warning("side door: %s", exc)
        finally:
            writer.close()

    path = socket_of(data)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with short(path) as address:
        server = await asyncio.start_unix_server(serve, address, limit=LONGEST_LINE)
        os.chmod(path, 0o600)
        try:
            yield
        finally:
            server.close()
            path.unlink(missing_ok=True)


async def ask(data: Path, request: Request, progress: Progress) -> Reply | None:
    """The running house's answer; None where no house is running. Raises ConnectionError, msgspec.DecodeError."""
    try:
        with short(socket_of(data)) as address:
            reader, writer = await asyncio.open_unix_connection(address, limit=LONGEST_LINE)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    try:
        writer.write(_encode(request) + b"\n")
        await writer.drain()
        while line := await reader.readline():
            reply = msgspec.json.decode(line, type=Reply)
            if reply.progress is None:
                return reply
            progress(*reply.progress)
        raise ConnectionError("the house closed before it answered")
    finally:
        writer.close()
