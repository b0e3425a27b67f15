"""The board and a flat's page in a real browser: keys, paper, a small phone, the curve under a strict CSP, axe."""

from datetime import timedelta
from typing import Literal

from axe_playwright_python.async_playwright import Axe
from msgspec.structs import replace
from playwright.async_api import Browser, Page, expect

from gateway.events.every import TemperatureTaken
from gateway.households import Household, Resident, Use
from gateway.people import Care
from gateway.view import Told
from tests.gateway.pages.browsing import Pages, make_pages, served
from tests.gateway.pages.fake_house import OFFICER, START, FakeHouse, FakeRegistrar, stay
from tests.gateway.pages.visiting import IN_A_BROWSER, WCAG, visitor

pytestmark = IN_A_BROWSER
FITS = "document.documentElement.scrollWidth <= innerWidth"
SMALL = (360, 780)


def lived_in() -> Pages:
    house = FakeHouse()
    house.tell(replace(stay("b1u1-502", 1, band="band-1"), at=START - timedelta(days=2)))
    for n in range(60):
        at = START - timedelta(minutes=15 * n)
        taken = TemperatureTaken(at=at, heard=at, device="band-1", celsius=36.2 + n % 7 / 10)
        house.history.append(Told(1000 - n, taken))
    people = (Resident(subject=f"{1:016x}", origin="orange", care=(Care.LIVES_ALONE,)),)
    books = FakeRegistrar(Household(flat="b1u1-502", people=people), Household(flat="b1u1-101", use=Use.EMPTY))
    return make_pages(house, registrar=books)


async def check(page: Page, name: str) -> None:
    schemes: list[Literal["light", "dark"]] = ["light", "dark"]
    for scheme in schemes:
        await page.emulate_media(color_scheme=scheme)
        found = (await Axe().run(page, options=WCAG)).response["violations"]
        assert [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found] == [], f"{name} {scheme}"
    assert await page.evaluate(FITS), name


async def test_board_and_flat_are_readable_on_a_small_phone_by_day_and_night(browser: Browser) -> None:
    async with served(lived_in()) as server, visitor(browser, server, OFFICER, "en", SMALL) as watched:
        page = await watched.to("/board?building=b1")
        await page.locator("details.key summary").click()
        await check(page, "board")
        await page.goto(f"{watched.url}/flat?flat=b1u1-502")
        await expect(page.locator("#chart[data-drawn='60']")).to_be_visible()
        await page.get_by_test_id("values").locator("summary").click()
        await check(page, "flat")
        await page.evaluate("document.documentElement.dataset.size = 'large'")
        assert await page.evaluate(FITS)


async def test_the_curve_is_drawn_and_the_table_says_the_same(browser: Browser) -> None:
    async with served(lived_in()) as server, visitor(browser, server, OFFICER) as watched:  # fails on any CSP complaint
        page = watched.page
        await page.goto(f"{watched.url}/flat?flat=b1u1-502")
        await expect(page.locator("#chart[data-drawn='60'] canvas")).to_be_visible()
        inked = await page.evaluate(
            """() => { const c = document.querySelector("#chart canvas");
            return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 3 && v); }"""
        )
        assert inked
        rows = page.get_by_test_id("values").locator("tbody tr")
        assert await rows.count() == 60
        assert await rows.first.locator("td").all_text_contents() == ["14:30:00", "36.2"]


async def test_arrow_keys_go_from_flat_to_flat_as_they_stand(browser: Browser) -> None:
    async with served(lived_in()) as server, visitor(browser, server, OFFICER) as watched:
        page = await watched.to("/board?building=b1")

        async def after(*keys: str) -> str | None:
            for key in keys:
                await page.keyboard.press(key)
            found: str | None = await page.evaluate("document.activeElement.id")
            return found

        await page.locator("#flat-b1u1-401").focus()
        assert await after("ArrowRight") == "flat-b1u1-402"
        assert await after("ArrowDown") == "flat-b1u1-302"
        assert await after("ArrowUp", "ArrowUp") == "flat-b1u1-502"
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/flat?flat=b1u1-502")


async def test_every_building_prints_on_a_page_of_its_own(browser: Browser) -> None:
    async with served(lived_in()) as server, visitor(browser, server, OFFICER) as watched:
        page = await watched.to("/board?compound=xf&all=1")
        await expect(page.locator("article.building")).to_have_count(3)
        assert (await page.pdf(format="A4")).count(b"/Type /Page\n") == 3
        await page.emulate_media(media="print")
        await expect(page.get_by_test_id("buildings")).to_be_hidden()
        await expect(page.get_by_test_id("print")).to_be_hidden()
