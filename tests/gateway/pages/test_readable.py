"""The pages in a real browser, looked at by axe (WCAG 2.2 AA) and on a small phone."""

import asyncio
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from gateway.findings import Reason, Verdict
from tests.gateway.pages.browsing import make_pages, served
from tests.gateway.pages.fake_house import INSTALLER, OFFICER, decision
from tests.gateway.pages.scene import afternoon, answers
from tests.gateway.pages.visiting import IN_A_BROWSER, WCAG, visitor
from tests.pictures import PHONE, open_page

pytestmark = IN_A_BROWSER
AXE_SECONDS = 120.0


@pytest.mark.parametrize(("lang", "schemes"), [("zh", ["light", "dark"]), ("en", ["light"])])
async def test_axe_finds_nothing_on_any_page_by_day_and_by_night(
    browser: Browser, lang: str, schemes: list[Literal["light", "dark"]]
) -> None:
    house = afternoon()
    pages = make_pages(house)
    found: dict[str, list[str]] = {}

    async def check(name: str, page: Page) -> None:
        for scheme in schemes:
            await page.emulate_media(color_scheme=scheme)
            async with asyncio.timeout(AXE_SECONDS):  # a page that does not answer fails by its name, and hangs nobody
                result = await Axe().run(page, options=WCAG)
            assert len(result.response["passes"]) > 5
            faults = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in result.response["violations"]]
            found[f"{name} {scheme}"] = faults

    async with served(pages) as server:
        login = await open_page(browser, f"http://127.0.0.1:{server.port}", lang, PHONE)
        await check("login", login)
        await login.context.close()
        async with visitor(browser, server, OFFICER, lang) as watched:
            page = await watched.to("/guard")
            for name, answer in answers().items():
                house.tell(answer)
                shown = page.locator(f'[data-verdict="{answer.verdict}"][data-reason="{answer.reason}"]')
                await expect(shown).to_be_visible()
                await check(f"guard {name}", page)
            for reason, holder in ((Reason.ADMITTED, "courier"), (Reason.RULED_BY_GUARD, "courier")):
                house.tell(decision(Verdict.ADMIT, reason, holder=holder, by="g1"))
            await expect(page.get_by_test_id("undo")).to_be_visible()
            await expect(page.get_by_test_id("again").nth(1)).to_be_visible()
            await check("guard undo and again", page)
            for path in ("/alerts", "/board?building=b1", "/duty"):
                await check(path, await watched.to(path))
            await page.get_by_test_id("menu-more").click()
            await page.get_by_test_id("case-put-right").first.click()
            await check("duty, opened", page)
            for path in ("/forecast", "/reports", "/duty/call?flat=b1u1-502"):
                await page.goto(watched.url + path)
                await check(path, page)
            await check("a lane that listens", await watched.to("/guard?lane=east-1"))
            await page.get_by_test_id("type-code").click()
            for typed in ("MS1:QRD2", "https://example.org", ""):
                await page.get_by_test_id("typed-text").fill(typed)
                await check(f"typing {typed}", page)
            for question in ("1-1-502", "502", "nowhere"):
                await page.goto(f"{watched.url}/guard/flat?lane=east-1&q={question}")
                await check(f"looking up {question}", page)
            await watched.to("/board?building=b1")
            await page.locator("#flat-b1u1-502").click()
            await page.get_by_test_id("stay").wait_for()
            await check("flat", page)
            await page.goto(watched.url + "/nowhere")
            await check("error", page)
        async with visitor(browser, server, INSTALLER, lang, PHONE) as watched:
            await check("installer's board", await watched.to("/board?building=b1"))
    assert {name: faults for name, faults in found.items() if faults} == {}


CONTRASTS = """() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3)
      .map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll("main button, main [role=button], main .file")]
    .filter((each) => each.checkVisibility() && !each.disabled)
    .map((each) => [each.textContent.trim(), getComputedStyle(each)])
    .filter(([, style]) => style.backgroundColor.startsWith("rgb("))
    .map(([text, style]) => [text, [light(style.color), light(style.backgroundColor)].sort((a, b) => b - a)])
    .map(([text, [high, low]]) => [text, (high + 0.05) / (low + 0.05)]);
}"""


async def test_every_button_at_the_gate_stands_out_from_its_own_ground(browser: Browser) -> None:
    """WCAG 1.4.3, computed here as well: axe passes over what it takes for a disclosure."""
    house = afternoon()
    async with served(make_pages(house)) as server, visitor(browser, server, OFFICER) as watched:
        page = await watched.to("/guard?lane=east-1")
        house.tell(answers()["refer"])
        await expect(page.get_by_test_id("refuse")).to_be_visible()
        schemes: list[Literal["light", "dark"]] = ["light", "dark"]
        for scheme in schemes:
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = await page.evaluate(CONTRASTS)
            assert len(found) >= 8
            assert [each for each in found if each[1] < 4.5] == []


async def test_nothing_hangs_over_the_edge_of_a_small_phone(browser: Browser) -> None:
    house = afternoon()
    async with (
        served(make_pages(house)) as server,
        visitor(browser, server, OFFICER, "en", (360, 740)) as watched,
    ):
        house.tell(answers()["refer"])
        for path in (
            "/guard",
            "/guard?lane=east-1",
            "/guard/flat?lane=east-1&q=1-1-502",
            "/alerts",
            "/board?building=b1",
            "/flat?flat=b1u1-502",
            "/duty",
            "/duty/call?flat=b1u1-502",
            "/forecast",
            "/reports",
        ):
            await watched.page.goto(watched.url + path)
            width = await watched.page.evaluate("document.documentElement.scrollWidth")
            assert (path, width) == (path, 360)
