"""Whoever is slow to ask, or opens too many connections, does not keep anybody else from the pages."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from gateway.own_ca.files import OwnCa
from gateway.pages.impatient import MOST_SHAKING, MOST_SHAKING_OF_ONE, MOST_UNSPOKEN, Impatient
from gateway.pages.serve import PageServer, listen
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


@pytest.mark.asyncio
async def test_those_who_never_shake_hands_over_tls_are_few_and_keep_nobody_out(tmp_path: Path) -> None:
    """The server hears of a connection when hands are shaken: 1,200 silent ones cost 360 MB uncounted."""
    Impatient._known.clear()  # of the tests before
    ca = OwnCa(tmp_path / "ca", ("localhost",))
    ca.begin("Menshen", datetime.now(UTC))
    ca.fresh(datetime.now(UTC))
    server = PageServer(make_pages().app, listen("127.0.0.1", 0), ca.certificate_file, ca.key_file)
    running = asyncio.create_task(server.run())
    held = []
    try:
        for last in range(2, 14):
            for _ in range(MOST_SHAKING_OF_ONE + 10):
                reader, writer = await asyncio.open_connection(
                    "127.0.0.1", server.port, local_addr=(f"127.0.0.{last}", 0)
                )
                held.append((reader, writer))
        refused = [reader for number, (reader, _) in enumerate(held) if number >= MOST_SHAKING + 12 * 10]
        assert all([await hung_up(reader) for reader in refused])
        assert len(Impatient._shaking) == MOST_SHAKING
        Impatient.know("127.0.0.1")  # where somebody is logged in
        trusting = ssl.create_default_context(cafile=tmp_path / "ca" / "ca.crt")
        async with httpx.AsyncClient(verify=trusting, timeout=30) as browser:
            assert (await browser.get(f"https://localhost:{server.port}/healthz")).status_code == 200
    finally:
        for _, writer in held:
            writer.transport.abort()
        server.stop()
        await running
        Impatient._shaking.clear()
        Impatient._known.clear()


def test_a_place_to_shake_hands_is_free_again_after_a_while() -> None:
    try:
        assert all(Impatient.may_shake(("192.0.2.7", port), 100.0) for port in range(MOST_SHAKING_OF_ONE))
        assert not Impatient.may_shake(("192.0.2.7", 999), 105.0)
        assert Impatient.may_shake(("192.0.2.8", 999), 105.0)
        assert Impatient.may_shake(("192.0.2.7", 999), 111.0)
    finally:
        Impatient._shaking.clear()
