"""Whoever is slow to ask, or opens too many connections, does not keep anybody else from the pages."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from gateway.pages.impatient import MOST_UNSPOKEN, Impatient
from gateway.pages.serve import PageServer
from tests.gateway.pages.browsing import log_in, make_pages, served
from tests.gateway.pages.fake_house import GUARD

HALF_A_HEAD = b"GET /login HTTP/1.1\r\nHost: gate.test\r\n"


@asynccontextmanager
async def silent(server: PageServer, count: int, say: bytes) -> AsyncIterator[list[asyncio.StreamReader]]:
    """So many connections that say this and then nothing."""
    opened = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(count)]
    for _, writer in opened:
        writer.write(say)
    try:
        yield [reader for reader, _ in opened]
    finally:
        for _, writer in opened:
            writer.transport.abort()


async def hung_up(reader: asyncio.StreamReader) -> bool:
    async with asyncio.timeout(20):
        try:
            return await reader.read() == b""
        except ConnectionResetError:
            return True


@pytest.mark.asyncio
@pytest.mark.parametrize("say", [b"", HALF_A_HEAD])
async def test_silent_connections_shut_nobody_out(say: bytes) -> None:
    async with served(make_pages()) as server, silent(server, 300, say) as readers:
        assert all([await hung_up(reader) for reader in readers[MOST_UNSPOKEN:]])
        # from another address of this machine: 127.0.0.1 has used up its own places
        transport = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
        async with httpx.AsyncClient(transport=transport) as browser:
            answer = await browser.get(f"http://127.0.0.1:{server.port}/healthz")
        assert answer.status_code == 200


@pytest.mark.asyncio
async def test_a_head_that_does_not_end_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.pages.impatient.HEAD_SECONDS", 0.1)
    async with served(make_pages()) as server:
        async with silent(server, 1, HALF_A_HEAD) as (at_first,):
            assert await hung_up(at_first)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(HALF_A_HEAD + b"\r\n")
        async with asyncio.timeout(20):
            assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
            await reader.readuntil(b"</html>")
        writer.write(HALF_A_HEAD)
        assert (await reader.read()).strip() == b""
        writer.transport.abort()
    assert not Impatient._unspoken
    assert not Impatient._of_one


@pytest.mark.asyncio
async def test_a_form_that_does_not_end_is_given_up() -> None:
    pages = make_pages()
    pages.app.user_middleware[0].kwargs["body_seconds"] = 0.1
    head = (
        b"POST /login HTTP/1.1\r\nHost: gate.test\r\nOrigin: http://gate.test\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nname="
    )
    async with served(pages) as server, silent(server, 1, head) as (reader,):
        async with asyncio.timeout(20):
            assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")


@pytest.mark.asyncio
async def test_strangers_of_many_addresses_leave_room_for_where_somebody_is_logged_in() -> None:
    """Connections that have asked and are slow to send their form: 256 of them were all there is."""
    pages = make_pages()
    slow = (
        b"POST /login HTTP/1.1\r\nHost: gate.test\r\nOrigin: http://gate.test\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\n"
    )
    async with served(pages) as server, contextlib.AsyncExitStack() as held:
        origin = f"http://127.0.0.1:{server.port}"
        known = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(local_address="127.0.0.9"), base_url=origin, headers={"Origin": origin}
        )
        guard = await held.enter_async_context(known)
        assert (await log_in(guard, GUARD)).status_code == 303
        assert (await guard.get("/guard")).status_code == 200
        kept = []  # a writer that nobody keeps hangs up
        for last in range(10, 24):
            for _ in range(MOST_UNSPOKEN):
                _, writer = await asyncio.open_connection("127.0.0.1", server.port, local_addr=(f"127.0.0.{last}", 0))
                kept.append(writer)
                held.callback(writer.transport.abort)
                writer.write(slow)
                with contextlib.suppress(ConnectionError):
                    await writer.drain()
        for _ in range(5):
            async with httpx.AsyncClient(
                transport=httpx.AsyncHTTPTransport(local_address="127.0.0.9"), cookies=guard.cookies
            ) as again:
                assert (await again.get(f"{origin}/guard")).status_code == 200
    assert not Impatient._of_one
