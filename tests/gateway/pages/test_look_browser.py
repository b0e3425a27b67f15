"""A look in a real browser: pictures follow one another in the page, and stop; the guard's screen says it meanwhile."""

import numpy as np
import pytest
from playwright.async_api import Browser, expect

from devices.links.frame import Frame
from devices.links.picture import picture
from tests.gateway.pages.browsing import served
from tests.gateway.pages.test_look_page import with_camera
from tests.pictures import log_in, open_page

PHONE = (360, 740)
PICTURE = picture(Frame(np.tile(np.arange(1280, dtype=np.uint16) // 5, (720, 1)).astype(np.uint8), 720), "14:30:00")


@pytest.mark.asyncio(loop_scope="module")
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
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        guard = await open_page(browser, url, "en", PHONE)
        await log_in(guard, "g1", "2580")
        await guard.goto(f"{url}/guard?lane=east-1")
        await expect(guard.get_by_test_id("looked")).to_contain_text("队伍很长")
        await page.get_by_test_id("look-end").click()
        await expect(page.get_by_test_id("look-form")).to_be_visible()
        await expect(guard.get_by_test_id("looked")).to_have_count(0)
        left = len(pages.house.pictures)
        assert 0 < left < 100
        await page.context.close()
        await guard.context.close()
