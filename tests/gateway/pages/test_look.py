"""Type size, brightness and keys of a device, in a real browser; and axe over every look of the guard's page."""

import asyncio
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from msgspec.structs import replace
from playwright.async_api import Browser, Page, expect

from gateway.findings import Reason, Verdict
from gateway.orders.every import GuardRuled, RulingUndone
from tests.gateway.pages.browsing import make_pages, served
from tests.gateway.pages.fake_house import GUARD, FakeHouse, decision
from tests.gateway.pages.scene import answers
from tests.gateway.pages.visiting import IN_A_BROWSER, LIVE, WCAG, visitor
from tests.gateway.passes.kit import resident

pytestmark = IN_A_BROWSER

LANE = "/guard?lane=east-1"
SMALL, LARGE = (360, 740), (1920, 1080)
LOOKS = [(theme, size) for theme in ("light", "dark") for size in ("", "large")]
GROUND = "getComputedStyle(document.body).backgroundColor"
SHOW = "([theme, size]) => Object.assign(document.documentElement.dataset, { theme, size })"
# whatever can be pressed or typed into and is seen
CONTROLS = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
  const shown = (each) => each.checkVisibility() && !each.disabled && each.type !== "hidden";
  const seen = all.filter(shown);
  seen.forEach((each, n) => each.setAttribute("data-nth", n));
  return seen.length;
}"""


async def _dark(page: Page) -> bool:
    red = str(await page.evaluate(GROUND)).removeprefix("rgb(").split(",")[0]
    return int(red) < 64


async def test_large_type_and_brightness_are_kept_on_the_device(browser: Browser) -> None:
    async with served(make_pages()) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        size = "parseFloat(getComputedStyle(document.querySelector('#history')).fontSize)"
        before = float(await page.evaluate(size))
        assert not await _dark(page)
        await page.get_by_test_id("look-open").click()
        await page.get_by_test_id("size-large").click()
        await page.get_by_test_id("theme-dark").click()
        await expect(page.get_by_test_id("size-large")).to_have_attribute("aria-pressed", "true")
        await expect(page.get_by_test_id("theme-auto")).to_have_attribute("aria-pressed", "false")
        await page.add_init_script(
            "document.addEventListener('readystatechange', () => { window.early ??= "
            "document.body && getComputedStyle(document.body).backgroundColor; });"
        )
        await page.reload()
        await page.wait_for_selector(LIVE)
        assert await page.evaluate("early") == await page.evaluate(GROUND)  # never bright at first
        assert await _dark(page)
        assert float(await page.evaluate(size)) == pytest.approx(before * 1.3)
        await page.keyboard.press("F1")
        await expect(page.get_by_test_id("look")).to_have_attribute("open", "")
        await page.get_by_test_id("theme-light").click()
        await page.emulate_media(color_scheme="dark")
        assert not await _dark(page)
        await page.get_by_test_id("theme-auto").click()
        assert await _dark(page)
        await page.get_by_test_id("size-normal").click()
        assert float(await page.evaluate(size)) == before


async def test_nothing_stands_before_an_answer(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        menu = page.get_by_test_id("look")
        await page.keyboard.press("F1")
        await expect(menu).to_have_attribute("open", "")
        pages.house.tell(decision(Verdict.REFUSE, Reason.EXPIRED))
        await expect(page.get_by_test_id("verdict")).to_have_attribute("data-verdict", "refuse")
        await expect(menu).not_to_have_attribute("open", "")
        await page.keyboard.press("F1")
        await page.keyboard.press("Escape")
        await expect(menu).not_to_have_attribute("open", "")
        await expect(page.get_by_test_id("look-open")).to_be_focused()


async def test_a_guard_without_a_mouse_rules_takes_it_back_and_finds_a_flat(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        pages.house.tell(decision(Verdict.REFER, Reason.CANNOT_CHECK))
        await expect(page.get_by_test_id("refuse")).to_be_visible()
        await page.keyboard.press("F2")
        await expect(page.get_by_test_id("admit-checked_by_phone")).to_be_focused()
        assert pages.house.orders == []  # the key goes there; Enter is the ruling
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("undo")).to_be_visible()
        await page.keyboard.press("F9")
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("verdict")).to_have_attribute("data-reason", "ruling_undone")
        assert [type(order) for order in pages.house.orders] == [GuardRuled, RulingUndone]
        await page.keyboard.press("F4")
        await expect(page.get_by_test_id("lookup-q")).to_be_focused()
        await page.keyboard.type("1-1-502")
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("ambulance")).to_be_visible()


async def test_tab_comes_to_everything_that_can_be_pressed_and_shows_where_it_is(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        pages.house.tell(decision(Verdict.ADMIT, Reason.ADMITTED, holder="courier"))
        pages.house.tell(decision(Verdict.REFER, Reason.CANNOT_CHECK))
        await expect(page.get_by_test_id("refuse")).to_be_visible()
        for opened in ("look-open", "type-code", "by-hand", "patrol"):
            await page.get_by_test_id(opened).evaluate("node => { (node.closest('details') ?? node).open = true; }")
        count = await page.evaluate(CONTROLS)
        assert count > 40
        reached, unseen = set(), []
        for _ in range(count + 5):
            await page.keyboard.press("Tab")
            nth, name, outline = await page.evaluate(
                "() => { const at = document.activeElement, look = getComputedStyle(at.closest('.file') ?? at);"
                " return [at.dataset.nth ?? '', at.outerHTML.slice(0, 120), look.outlineStyle + look.boxShadow]; }"
            )
            reached.add(nth)
            if nth and outline == "nonenone":
                unseen.append(name)
        assert {str(n) for n in range(count)} - reached == set()
        assert unseen == []


async def test_the_keys_are_listed_and_no_letter_of_a_scanner_is_one(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        listed = set(await page.get_by_test_id("keys").locator("kbd").all_text_contents())
        pages.house.tell(decision(Verdict.REFER, Reason.CANNOT_CHECK))
        await page.get_by_test_id("admit-emergency").click()
        await expect(page.get_by_test_id("undo")).to_be_visible()
        pages.house.tell(decision(Verdict.REFER, Reason.CANNOT_CHECK))
        await expect(page.get_by_test_id("refuse")).to_be_visible()
        used = await page.evaluate(
            "[...new Set([...document.querySelectorAll('[aria-keyshortcuts]')].map((each) => each.ariaKeyShortcuts ??"
            " each.getAttribute('aria-keyshortcuts')))]"
        )
        assert listed == {*used, "Tab", "Esc"}
        assert all(len(key) > 1 for key in listed)
        await page.keyboard.type(resident())
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("verdict")).to_have_attribute("data-verdict", "admit")
        assert len(pages.house.orders) == 1


async def _states(page: Page, house: FakeHouse) -> Any:
    """The guard's page in every state, one after the other."""
    yield "nobody yet"
    for name, answer in answers().items():
        house.tell(replace(answer, lane="east-1"))
        await expect(page.locator(f'[data-verdict="{answer.verdict}"][data-reason="{answer.reason}"]')).to_be_visible()
        yield name
    await page.keyboard.press("F1")
    yield "menu"
    await page.keyboard.press("Escape")
    await page.evaluate("document.querySelector('.panel').toggleAttribute('data-live-faded', true)")
    yield "an old answer"
    house.connected, house.clock_trusted = False, False
    await expect(page.get_by_test_id("status-clock")).to_have_class("chip warn")
    yield "offline and no clock"


@pytest.mark.parametrize(
    ("lang", "size", "looks"),
    [
        ("en", SMALL, [("dark", "large")]),
        *(pytest.param(lang, size, LOOKS, marks=pytest.mark.slow) for lang in ("zh", "en") for size in (SMALL, LARGE)),
    ],
)
@pytest.mark.timeout(600)
async def test_axe_finds_nothing_in_any_look_or_state(
    browser: Browser, lang: str, size: tuple[int, int], looks: list[tuple[str, str]]
) -> None:
    pages, found, axe = make_pages(), [], Axe()
    server = served(pages)
    async with asyncio.timeout(580):
        serving = await server.__aenter__()
        async with visitor(browser, serving, GUARD, lang, size) as watched:
            page = await watched.to(LANE)

            async def look(state: str) -> None:
                for theme, type_size in looks:
                    await page.evaluate(SHOW, [theme, type_size])
                    width = await page.evaluate("document.documentElement.scrollWidth")
                    faults = (await axe.run(page, options=WCAG)).response["violations"]
                    words = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in faults]
                    found.extend(f"{state} {theme} {type_size}: {word}" for word in words)
                    if width > size[0]:
                        found.append(f"{state} {theme} {type_size}: {width} pixels wide")

            async for state in _states(page, pages.house):
                await look(state)
            await server.__aexit__(None, None, None)
            await expect(page.locator("body")).to_have_attribute("data-live", "lost")
            await look("gateway gone")
    assert found == []
