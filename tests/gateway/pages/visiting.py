"""Somebody logged in, in a real browser, and what the page should not have done."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from gateway.pages.access import Member
from gateway.pages.serve import PageServer
from tests.gateway.pages.fake_house import PINS
from tests.pictures import CHROMIUM, DESKTOP, log_in, open_page

SECONDS = 30_000
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}  # what axe is asked to look at
LIVE = 'body[data-live="yes"]'
IN_A_BROWSER = [
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all of a module
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"no browser at {CHROMIUM} (Debian package chromium)"),
]

expect.set_options(timeout=SECONDS)


@dataclass
class Watched:
    """A page, and what it should not have done."""

    page: Page
    url: str
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def to(self, path: str) -> Page:
        await self.page.goto(self.url + path)
        await self.page.wait_for_selector(LIVE, timeout=SECONDS)
        return self.page


@asynccontextmanager
async def visitor(
    browser: Browser, server: PageServer, member: Member, lang: str = "zh", size: tuple[int, int] = DESKTOP
) -> AsyncIterator[Watched]:
    """Somebody logged in. Whatever the page asks of other places, and each error in it, fails the test."""
    url = f"http://127.0.0.1:{server.port}"
    page = await open_page(browser, url, lang, size)
    page.set_default_timeout(SECONDS)
    watched = Watched(page, url)
    page.on("request", lambda request: None if request.url.startswith(url) else watched.elsewhere.append(request.url))
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: watched.complaints.append(said.text) if "Content Security Policy" in said.text else None,
    )
    await log_in(page, member.id, PINS[member.id])
    yield watched
    assert watched.elsewhere == []
    assert watched.complaints == []
    await page.context.close()
