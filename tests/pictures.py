"""Running pages in, docs/pictures/*.png out: what the README shows, taken by a real browser.

    python -m tests.pictures --fake
    python -m tests.pictures --url http://127.0.0.1:8080 --officer NAME:PIN

With --fake the pages belong to the scene of tests/gateway/pages/scene.py, every answer is shown, and the gate's page is
that of a guard; with --url they are those of a house that runs (`menshen demo`), as the duty officer sees them at that
moment.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
from playwright.async_api import Browser, Page, async_playwright

from tests.gateway.pages.browsing import make_pages, served
from tests.gateway.pages.fake_house import GUARD, PINS, START, FakeHouse
from tests.gateway.pages.scene import FLAT, afternoon, answers, books, history, on_duty

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = (1366, 820)
PHONE = (390, 844)


@asynccontextmanager
async def chromium(*flags: str) -> AsyncIterator[Browser]:
    """Debian's browser, so that nothing has to be downloaded; `flags` beside the usual ones."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            await browser.close()


async def open_page(browser: Browser, url: str, lang: str, size: tuple[int, int], *, dark: bool = False) -> Page:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN" if lang == "zh" else "en-GB",
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await page.goto(f"{url}/login?lang={lang}")
    return page


async def log_in(page: Page, name: str, pin: str) -> None:
    await page.get_by_test_id("login-name").fill(name)
    await page.get_by_test_id("login-pin").fill(pin)
    await page.get_by_test_id("login-button").click()
    await page.get_by_test_id("logout").wait_for()


async def shoot(page: Page, folder: Path, name: str, *, live: bool = True) -> None:
    if live:
        await page.wait_for_selector('body[data-live="yes"]')
    await page.screenshot(path=folder / f"{name}.png")


async def keep_time(house: FakeHouse) -> None:
    """The fake house's clock goes on."""
    loop = asyncio.get_running_loop()
    begun, first = loop.time(), house.now
    while True:
        await asyncio.sleep(0.2)
        house.now = first + timedelta(seconds=loop.time() - begun)


async def take(url: str, officer: tuple[str, str], folder: Path, house: FakeHouse | None) -> None:
    async with chromium() as browser:
        for lang in ("zh", "en"):
            for shape, size in (("", DESKTOP), ("-phone", PHONE)):
                page = await open_page(browser, url, lang, size)
                await shoot(page, folder, f"login{shape}-{lang}", live=False)
                await log_in(page, *officer)
                gate = page if house is None else await guards_page(browser, url, lang, size)
                await gate.goto(f"{url}/guard")
                await show_answers(gate, house, folder, shape, lang)
                await page.goto(f"{url}/alerts")
                await shoot(page, folder, f"alerts{shape}-{lang}")
                await page.goto(f"{url}/board")
                await page.locator('#buildings a[href*="building="]').first.click()
                await page.wait_for_url("**building=**")
                await shoot(page, folder, f"board{shape}-{lang}")
                if house is not None:
                    await page.goto(f"{url}/flat?flat={FLAT}")
                    await page.wait_for_selector("#chart[data-drawn]")
                    await shoot(page, folder, f"flat{shape}-{lang}", live=False)
                await page.context.close()
                if gate is not page:
                    await gate.context.close()
        night = await open_page(browser, url, "zh", DESKTOP, dark=True)
        await log_in(night, *officer)
        await shoot(night, folder, "alerts-night-zh")
        gate = night if house is None else await guards_page(browser, url, "zh", DESKTOP, dark=True)
        await gate.goto(f"{url}/guard")
        await shoot(gate, folder, "guard-night-zh")
        await take_duty(browser, url, officer, folder, house)


async def take_duty(
    browser: Browser, url: str, officer: tuple[str, str], folder: Path, house: FakeHouse | None
) -> None:
    """The duty page on a phone, last: of a made-up afternoon with one case of mine and one that somebody else has."""
    for body in on_duty() if house is not None else ():
        assert house is not None
        house.tell(body)
    for lang in ("zh", "en"):
        phone = await open_page(browser, url, lang, PHONE)
        await log_in(phone, *officer)
        await phone.goto(f"{url}/duty")
        await shoot(phone, folder, f"duty-phone-{lang}")
        await phone.context.close()


async def guards_page(browser: Browser, url: str, lang: str, size: tuple[int, int], *, dark: bool = False) -> Page:
    """As a guard of the made-up afternoon sees it."""
    page = await open_page(browser, url, lang, size, dark=dark)
    await log_in(page, GUARD.id, PINS[GUARD.id])
    return page


async def show_answers(page: Page, house: FakeHouse | None, folder: Path, shape: str, lang: str) -> None:
    if house is None:
        await shoot(page, folder, f"guard{shape}-{lang}")
        return
    await page.wait_for_selector('body[data-live="yes"]')
    for name, answer in answers().items():
        house.tell(msgspec.structs.replace(answer, at=house.now))
        await page.wait_for_selector(f'[data-sound="{answer.verdict}"][data-reason="{answer.reason}"]')
        await shoot(page, folder, f"guard{shape}-{lang}" if name == "admit" else f"guard-{name}{shape}-{lang}")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fake", action="store_true", help="pictures of a made-up afternoon")
    parser.add_argument("--url", default="", help="the address of pages that run")
    parser.add_argument("--officer", default="d1:1470", metavar="NAME:PIN", help="a duty officer, who may see all")
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    options = parser.parse_args()
    await asyncio.to_thread(options.out.mkdir, parents=True, exist_ok=True)
    name, _, pin = options.officer.partition(":")
    if not options.fake:
        await take(options.url.rstrip("/"), (name, pin), options.out, None)
        return
    house = afternoon()
    house.now = START
    house.history = history()
    async with served(make_pages(house, registrar=books())) as server:
        clock = asyncio.create_task(keep_time(house), name="fake clock")
        try:
            await take(f"http://127.0.0.1:{server.port}", (name, pin), options.out, house)
        finally:
            clock.cancel()


if __name__ == "__main__":
    asyncio.run(main())
