"""A fake house with its pages, asked over ASGI without a socket, or served on a free port for a browser."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI
from msgspec import Struct

from gateway.pages.access import Member
from gateway.pages.app import create_app, feed_of
from gateway.pages.desk import PageSettings
from gateway.pages.feed import EVERYTHING
from gateway.pages.serve import PageServer, listen
from tests.gateway.pages.fake_house import PINS, FakeHouse, FakeRegistrar, FakeStaff

ORIGIN = "http://gate.test"
SETTINGS = PageSettings(session_key=b"k" * 32)


@dataclass
class Pages:
    house: FakeHouse
    staff: FakeStaff
    app: FastAPI

    def browser(self, address: str = "10.0.0.9") -> httpx.AsyncClient:
        """A browser that keeps cookies and says where it comes from."""
        transport = httpx.ASGITransport(self.app, client=(address, 40000))
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"Origin": ORIGIN})


def make_pages(
    house: FakeHouse | None = None, settings: PageSettings = SETTINGS, registrar: Any | None = None
) -> Pages:
    house, staff = house or FakeHouse(), FakeStaff()
    return Pages(house, staff, create_app(house, staff, settings, registrar=registrar or FakeRegistrar()))


def token_in(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found is not None, html[:500]
    return found[1]


async def log_in(browser: httpx.AsyncClient, member: Member, pin: str | None = None) -> httpx.Response:
    form = (await browser.get("/login")).text
    data = {"csrf": token_in(form[form.index('action="/login"') :]), "name": member.id, "pin": pin or PINS[member.id]}
    return await browser.post("/login", data=data)


async def token_of(browser: httpx.AsyncClient) -> str:
    """The form token of whoever is logged in, as every page carries it in its log-out form."""
    return token_in((await browser.get("/alerts")).text)


@asynccontextmanager
async def served(pages: Pages, port: int = 0) -> AsyncIterator[PageServer]:
    """The pages on 127.0.0.1, stopped in good order."""
    server = PageServer(pages.app, listen("127.0.0.1", port))
    running = asyncio.create_task(server.run())
    try:
        yield server
    finally:
        server.stop()
        await running


@asynccontextmanager
async def fed(pages: Pages) -> AsyncIterator[None]:
    """The feed runs, as the house lets it, for pages that are asked over ASGI."""
    feed = feed_of(pages.app)
    with feed.watch(lambda topic: True) as viewer:
        running = asyncio.create_task(feed.run())
        try:
            assert await viewer.changes(10) == {EVERYTHING}
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def told(pages: Pages, *bodies: Struct) -> list[int]:
    """Commit these and let the feed read them; returns their journal numbers."""
    numbers = [pages.house.tell(body) for body in bodies]
    await pages.house.read_by_all()
    return numbers
