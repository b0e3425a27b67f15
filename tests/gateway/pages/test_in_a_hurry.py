"""A guard in a hurry, in gloves, with a phone: what is pressed is what was meant, and the newest answer is in sight."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from gateway.findings import Reason, Verdict
from gateway.kinds import Kind
from gateway.orders.every import GuardRuled
from tests.gateway.pages.browsing import make_pages, served
from tests.gateway.pages.fake_house import GUARD, START, alert, decision, stay
from tests.gateway.pages.visiting import IN_A_BROWSER, LIVE, WCAG, visitor

pytestmark = IN_A_BROWSER

LANE = "/guard?lane=east-1"
PHONE = (360, 740)
GLOVE = 48  # pixels, both ways
IN_SIGHT = """() => {
  const box = document.querySelector(".panel").getBoundingClientRect();
  return box.top >= -1 && box.top < innerHeight / 2;
}"""
# a finger that was on its way: it comes down in the moment in which the next person's buttons stand there
FINGER_ON_ITS_WAY = """() => { window.pressed = new Promise((done) => {
  const panel = () => document.querySelector(".panel");
  const before = panel().dataset.key;
  const press = () => {
    if (panel().dataset.key === before) return;
    document.removeEventListener("htmx:after:swap", press);
    setTimeout(() => { panel().querySelector("[data-testid=admit-emergency]").click(); done(); });
  };
  document.addEventListener("htmx:after:swap", press);
}); }"""
# the brand's mark on a phone is no button of a guard's
SMALL = f"""() => [...document.querySelectorAll("a[href], button, select, summary, input:not([type=hidden])")]
  .filter((each) => each.checkVisibility() && !each.matches(".skip, .brand"))
  .map((each) => [each.type === "file" ? each.closest("label") : each, each])
  .map(([seen, each]) => [seen.getBoundingClientRect(), each])
  .filter(([box]) => box.width < {GLOVE} - 0.5 || box.height < {GLOVE} - 0.5)
  .map(([box, each]) => `${{box.width}} x ${{box.height}}: ${{each.outerHTML.slice(0, 90)}}`)"""


async def test_a_finger_on_its_way_to_one_person_rules_nobody_else(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        pages.house.tell(decision(Verdict.REFER, Reason.CANNOT_CHECK, flat="b1u1-502"))
        await expect(page.locator(".panel.pending")).to_contain_text("502")
        await page.evaluate(FINGER_ON_ITS_WAY)
        second = pages.house.tell(decision(Verdict.REFER, Reason.CANNOT_CHECK, flat="b1u1-202"))
        await page.evaluate("pressed")
        await expect(page.get_by_test_id("notice")).to_contain_text("刚换了一个人")
        assert pages.house.orders == []
        at = float(await page.evaluate("performance.now()"))
        await page.wait_for_function("begun => performance.now() > begun + 800", arg=at)
        await page.get_by_test_id("decision").get_by_test_id("admit-emergency").click()
        await expect(page.get_by_test_id("notice")).to_contain_text("已记录")
        [order] = pages.house.orders
        assert isinstance(order, GuardRuled)
        assert order.decision == second


async def test_on_a_phone_the_newest_answer_comes_into_sight_however_far_the_list_was_read(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD, size=PHONE) as watched:
        page = await watched.to(LANE)
        for _ in range(12):
            pages.house.tell(decision(Verdict.ADMIT, Reason.ADMITTED))
        await expect(page.get_by_test_id("history-item")).to_have_count(12)
        for verdict, reason in ((Verdict.REFUSE, Reason.EXPIRED), (Verdict.REFER, Reason.CANNOT_CHECK)):
            await page.evaluate("scrollTo(0, document.body.scrollHeight)")
            assert not await page.evaluate(IN_SIGHT)
            pages.house.tell(decision(verdict, reason))
            await page.wait_for_function(IN_SIGHT)
            await expect(page.get_by_test_id("verdict")).to_have_attribute("data-reason", reason)


@pytest.mark.parametrize("size", ["", "large"])
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_first_touch_of_all_moves_nothing_of_what_it_was_meant_for(
    browser: Browser, lang: str, size: str
) -> None:
    """It lets the page sound, and the button that says so says something shorter from then on."""
    places = (
        "[...document.querySelectorAll('header a, header button, header summary')].filter((each) =>"
        " each.checkVisibility()).map((each) => JSON.stringify(each.getBoundingClientRect())).join()"
    )
    async with served(make_pages()) as server, visitor(browser, server, GUARD, lang, PHONE) as watched:
        page = await watched.to(LANE)
        await page.evaluate("size => { document.documentElement.dataset.size = size; }", size)
        before = await page.evaluate(places)
        sound = page.get_by_test_id("sound")
        asking = await sound.inner_text()
        await page.locator("main").dispatch_event("pointerdown")
        await page.keyboard.press("Shift")
        await expect(sound).to_have_attribute("aria-pressed", "true")
        assert await sound.inner_text() != asking
        assert await page.evaluate(places) == before


async def test_the_display_menu_is_on_the_screen_however_the_header_wraps(browser: Browser) -> None:
    async with served(make_pages()) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        menu = (
            "() => { const box = document.querySelector('#look .choices').getBoundingClientRect();"
            " return box.left >= 0 && box.right <= innerWidth && box.top < innerHeight / 2; }"
        )
        await page.keyboard.press("F1")
        for width in (360, 600, 700, 768, 900, 1000, 1280, 1920):
            await page.set_viewport_size({"width": width, "height": 800})
            for size in ("", "large"):
                await page.evaluate("size => { document.documentElement.dataset.size = size; }", size)
                assert await page.evaluate(menu), (width, size)


async def test_a_list_that_is_unfolded_is_read_as_well_as_one_that_is_not(browser: Browser) -> None:
    """Who waits for a ruling below the newest answer: all that can be unfolded is, by day and by night."""
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        for reason in (Reason.CANNOT_CHECK, Reason.ADMITTED):
            pages.house.tell(decision(Verdict.REFER if reason is Reason.CANNOT_CHECK else Verdict.ADMIT, reason))
        await expect(page.locator(".rule-later")).to_have_count(1)
        await _all_open(page)
        for theme in ("light", "dark"):
            await page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
            faults = (await Axe().run(page, options=WCAG)).response["violations"]
            assert [each["nodes"][0]["html"] for each in faults] == []


async def test_the_page_does_not_move_under_somebody_who_types(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD, size=PHONE) as watched:
        page = await watched.to(LANE)
        await page.get_by_test_id("by-hand").locator("summary").click()
        await page.locator(".by-hand input[name=other]").focus()
        before = await page.evaluate("scrollY")
        assert before > 0
        pages.house.tell(decision(Verdict.ADMIT, Reason.ADMITTED))
        await expect(page.get_by_test_id("verdict")).to_have_attribute("data-reason", "admitted")
        assert await page.evaluate("scrollY") == before
        await expect(page.locator(".by-hand input[name=other]")).to_be_focused()


async def test_an_old_answer_says_so_in_words_and_grows_small(browser: Browser) -> None:
    """Read at three metres in grey it would still say "Admit"."""
    pages = make_pages()
    server = served(pages)
    serving = await server.__aenter__()
    async with visitor(browser, serving, GUARD) as watched:
        page = await watched.to(LANE)
        pages.house.tell(decision(Verdict.ADMIT, Reason.ADMITTED))
        size = "() => parseFloat(getComputedStyle(document.querySelector('.panel .words')).fontSize)"
        await expect(page.get_by_test_id("verdict")).to_have_attribute("data-reason", "admitted")
        await expect(page.get_by_test_id("old-answer")).to_be_hidden()
        fresh = float(await page.evaluate(size))
        await server.__aexit__(None, None, None)
        await page.wait_for_selector('body[data-live="lost"]')
        await expect(page.get_by_test_id("old-answer")).to_have_text("这是刚才那个人的")
        assert float(await page.evaluate(size)) < fresh / 2


async def _all_open(page: Page) -> None:
    await page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_whatever_a_guard_presses_is_large_enough_for_a_glove(browser: Browser, lang: str) -> None:
    pages = make_pages()
    house = pages.house
    house.tell(stay("b1u1-502", 1))
    house.tell(alert(Kind.CAMERA_COVERED, 7, place="east-1"))
    house.tell(decision(Verdict.ADMIT, Reason.ADMITTED, holder="courier"))
    house.tell(decision(Verdict.ADMIT, Reason.RULED_BY_GUARD, by="g1"))
    house.tell(decision(Verdict.REFER, Reason.CANNOT_CHECK))
    async with served(pages) as server, visitor(browser, server, GUARD, lang, PHONE) as watched:
        found: list[str] = []
        for path in (LANE, "/guard", "/alerts", "/shift", "/services", "/guard/flat?q=1-1-502", "/fire", "/nowhere"):
            await watched.page.goto(watched.url + path)
            if path == LANE:
                await watched.page.wait_for_selector(LIVE)
            await _all_open(watched.page)
            found += [f"{path}: {small}" for small in await watched.page.evaluate(SMALL)]
            if await watched.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{path}: wider than the phone")
        assert found == []


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_muster_list_is_read_on_a_phone_in_large_type(browser: Browser, lang: str) -> None:
    pages = make_pages()
    pages.house.tell(stay("b1u1-502", 1))
    pages.house.tell(stay("b2u1-601", 2))
    pages.house.shown.fires["xf"] = START
    async with served(pages) as server, visitor(browser, server, GUARD, lang, PHONE) as watched:
        page = watched.page
        await page.goto(watched.url + "/fire")
        await page.evaluate("document.documentElement.dataset.size = 'large'")
        row = page.get_by_test_id("mustered").first
        await expect(row).to_contain_text("1号楼 / 1单元 / 502")
        place = row.locator("td").first
        lines = "node => node.getBoundingClientRect().height / parseFloat(getComputedStyle(node).lineHeight)"
        assert await place.evaluate(lines) < 2  # on one line
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
