"""A look in a real browser: pictures follow one another in the page, and stop; the guard's screen says it meanwhile."""

import numpy as np
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from devices.links.frame import Frame
from devices.links.picture import picture
from gateway.orders.shifts import ShiftBegun
from tests.gateway.pages.browsing import served
from tests.gateway.pages.fake_house import START
from tests.gateway.pages.test_look_page import with_camera
from tests.gateway.pages.test_shift_page import SHEET
from tests.gateway.pages.visiting import IN_A_BROWSER, WCAG
from tests.pictures import log_in, open_page

pytestmark = IN_A_BROWSER

PHONE = (360, 740)
PICTURE = picture(Frame(np.tile(np.arange(1280, dtype=np.uint16) // 5, (720, 1)).astype(np.uint8), 720), "14:30:00")


async def test_an_officer_on_a_phone_asks_sees_and_has_seen_enough(browser: Browser) -> None:
    pages = with_camera()
    pages.house.pictures = [PICTURE] * 100
    async with served(pages) as server:
        url = f"http://127.0.0.1:{server.port}"
        page = await open_page(browser, url, "zh", PHONE)
        await log_in(page, "d1", "1470")
        await page.goto(f"{url}/guard")
        await page.get_by_test_id("look-link").click()
        await page.get_by_test_id("look-reason").fill("队伍很长")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")  # the first of the buttons: half a minute
        await expect(page.get_by_test_id("picture")).to_have_js_property("naturalWidth", 640)
        guard = await open_page(browser, url, "en", PHONE)
        await log_in(guard, "g1", "2580")
        pages.house.tell(ShiftBegun(id="s1", at=START, by="g1", gate="east"))
        pages.house.shown.sheets["s0"] = SHEET
        await guard.goto(f"{url}/guard?lane=east-1")
        await expect(guard.get_by_test_id("looked")).to_contain_text("队伍很长")
        for shown, path in ((page, ""), (guard, ""), (guard, f"{url}/shift?gate=east")):
            if path:
                await shown.goto(path)
            result = await Axe().run(shown, options=WCAG)
            assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in result.response["violations"]] == []
            assert await shown.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        await guard.goto(f"{url}/guard?lane=east-1")
        await page.get_by_test_id("look-end").click()
        await expect(page.get_by_test_id("look-form")).to_be_visible()
        await expect(guard.get_by_test_id("looked")).to_have_count(0)
        left = len(pages.house.pictures)
        assert 0 < left < 100
        await page.context.close()
        await guard.context.close()
