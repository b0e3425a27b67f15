"""An address and a body in, status and answer out: one HTTP POST that ends within its time, whatever the far end does.

Nothing here asks the environment for a proxy or follows a redirection: only the host that the settings name is called.
Names are looked up in a daemon thread of its own, for getaddrinfo cannot be cancelled and the house closes in time.
"""

import asyncio
import socket
import ssl
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import h11

LARGEST_ANSWER = 64 * 1024
READ_AT_ONCE = 16 * 1024


class PostFailed(Exception):
    """`why` names neither path nor query: a robot's address is its password."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


async def post(url: str, body: bytes, *, seconds: float, tls: ssl.SSLContext | None) -> tuple[int, bytes]:
    """Raises PostFailed. `tls` is used for https and may be None for http."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = h11.Request(
        method="POST",
        target=target,
        headers=[
            ("Host", parts.netloc),
            ("Content-Type", "application/json; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
        ],
    )
    try:
        async with asyncio.timeout(seconds):
            where = await _looked_up(host, port)
            reader, writer = await asyncio.open_connection(
                where, port, ssl=tls if secure else None, server_hostname=host if secure else None
            )
            try:
                return await _exchange(reader, writer, request, body)
            finally:
                writer.transport.abort()  # nothing is owed to a far end that is slow to say goodbye
    except TimeoutError as exc:
        raise PostFailed(f"no answer within {seconds:.0f} s") from exc
    except ssl.SSLCertVerificationError as exc:
        raise PostFailed(f"its certificate is not to be trusted ({exc.verify_message})") from exc
    except OSError as exc:  # ssl.SSLError and socket.gaierror are ones
        raise PostFailed(exc.strerror or type(exc).__name__) from exc
    except h11.ProtocolError as exc:
        raise PostFailed("does not speak HTTP") from exc


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: h11.Request, body: bytes
) -> tuple[int, bytes]:
    ours = h11.Connection(h11.CLIENT)
    for said in (request, h11.Data(data=body), h11.EndOfMessage()):
        writer.write(ours.send(said) or b"")
    await writer.drain()
    status, answer = 0, b""
    while True:
        event = ours.next_event()
        if event is h11.NEED_DATA:
            ours.receive_data(await reader.read(READ_AT_ONCE))
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            answer += bytes(event.data)
            if len(answer) > LARGEST_ANSWER:
                return status, answer[:LARGEST_ANSWER]
        elif isinstance(event, h11.EndOfMessage):
            return status, answer
        elif isinstance(event, h11.ConnectionClosed):
            raise PostFailed("hung up")


async def _looked_up(host: str, port: int) -> str:
    """One address of a host."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[str] = loop.create_future()

    def settle(address: str, error: OSError | None) -> None:
        if not found.done():
            found.set_exception(error) if error is not None else found.set_result(address)

    def look() -> None:
        address, error = "", None
        try:
            address = str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
        except UnicodeError:
            error = OSError("no such host")
        except OSError as exc:
            error = exc
        with suppress(RuntimeError):  # the loop ended before the answer came
            loop.call_soon_threadsafe(settle, address, error)

    threading.Thread(target=look, name="reach: look up", daemon=True).start()
    return await found
