"""The page of a house with a dead disk: seen in a real browser, pressed, and left by itself when the house is back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from gateway.pages.last_page import ASKS_ANEW_SECONDS, last_page
from gateway.pages.serve import listen, quiet_server
from tests.gateway.pages.browsing import make_pages, served
from tests.gateway.pages.fake_house import GUARD
from tests.gateway.pages.visiting import IN_A_BROWSER, WCAG, visitor
from tests.pictures import DESKTOP, PHONE

pytestmark = IN_A_BROWSER

COMPOUNDS = {"palm": "棕榈苑", "xf": "幸福里"}


@asynccontextmanager
async def last_stand(fire: Callable[[str], None], burning: set[str], port: int = 0) -> AsyncIterator[str]:
    """Its address."""
    listener = listen("127.0.0.1", port)
    server = quiet_server(
        last_page("[Errno 5] Input/output error: '/var/lib/menshen/journal.db'", COMPOUNDS, burning, fire)
    )
    running = asyncio.create_task(server.serve([listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listener.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE, (360, 740)])
async def test_it_is_read_from_afar_and_axe_finds_nothing(
    browser: Browser, scheme: Literal["light", "dark"], size: tuple[int, int]
) -> None:
    async with last_stand(lambda compound: None, {"xf"}) as url:
        context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        page = await context.new_page()
        await page.goto(url)
        button = page.get_by_role("button")
        await expect(button).to_contain_text("着火了，打开所有通道")
        await expect(button).to_contain_text("Fire: open every lane")
        await expect(page.get_by_role("status")).to_contain_text("火警中")
        assert await button.evaluate("node => parseFloat(getComputedStyle(node).fontSize)") >= 24
        assert await page.evaluate("document.documentElement.scrollWidth") == size[0]
        faults = (await Axe().run(page, options=WCAG)).response["violations"]
        assert [each["id"] for each in faults] == []
        await context.close()


async def test_the_button_opens_the_lanes_by_mouse_or_keyboard_alone(browser: Browser) -> None:
    burning: set[str] = set()
    async with last_stand(burning.add, burning) as url:
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(url + "/guard?lane=east-1")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_have_count(1)
        assert burning == {"palm"}
        await page.get_by_role("button").click()
        await expect(page.get_by_role("status")).to_have_count(2)
        assert burning == {"palm", "xf"}
        await context.close()


@pytest.mark.slow  # a page gives its gateway twenty seconds before it asks what is there instead
async def test_an_open_page_of_the_gate_comes_to_it_and_it_asks_for_the_house_anew(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server:
        port = server.port
        context = visitor(browser, server, GUARD)
        watched = await context.__aenter__()
        page = await watched.to("/guard")
    async with last_stand(lambda compound: None, set(), port) as url:
        await expect(page.get_by_role("button").first).to_contain_text("着火了", timeout=60_000)
        async with httpx.AsyncClient() as asking:
            answer = await asking.get(url + "/guard")
        assert (answer.status_code, answer.headers["Refresh"]) == (503, str(ASKS_ANEW_SECONDS))
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    async with served(make_pages(pages.house), port):
        await page.reload()
        await expect(page.get_by_test_id("decision")).to_be_visible()
        await page.context.close()
