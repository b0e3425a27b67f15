"""The staff page and the looks in a real browser: readable on a small phone, nothing for axe to find."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from tests.gateway.pages.browsing import make_pages, served
from tests.gateway.pages.fake_house import CHIEF
from tests.gateway.pages.visiting import IN_A_BROWSER, WCAG, visitor
from tests.pictures import PHONE

pytestmark = IN_A_BROWSER
WIDTH = "document.documentElement.scrollWidth <= innerWidth"


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_a_volunteer_is_let_in_from_a_phone_and_the_looks_are_read(browser: Browser, lang: str) -> None:
    async with served(make_pages()) as server, visitor(browser, server, CHIEF, lang, PHONE) as watched:
        page = watched.page
        await page.goto(f"{watched.url}/flat?flat=b1u1-502")
        await page.goto(f"{watched.url}/staff")
        await page.locator("form[action='/staff/volunteer'] input[name=name]").fill("小周")
        await page.get_by_test_id("volunteer-make").click()
        code = await page.get_by_test_id("made-code").inner_text()
        assert len(code) == 6
        for name in ("staff", "looks"):
            if name == "looks":
                await page.get_by_test_id("looks-link").click()
                await page.get_by_test_id("look-row").first.wait_for()
            assert await page.evaluate(WIDTH), name
            result = await Axe().run(page, options=WCAG)
            assert [each["id"] for each in result.response["violations"]] == [], name
