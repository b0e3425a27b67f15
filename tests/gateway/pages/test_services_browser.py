"""A tap on a picture inside a flat, and the list at the desk, in a real browser on a small telephone."""

from playwright.async_api import Browser, expect

from gateway.orders.windows import WindowAsked, WindowDelivered
from gateway.services import ServiceState
from tests.gateway.pages.browsing import served
from tests.gateway.pages.fake_house import GUARD
from tests.gateway.pages.test_door_page import FLAT, a_home, asked, code_of
from tests.gateway.pages.visiting import IN_A_BROWSER, visitor
from tests.pictures import open_page

pytestmark = IN_A_BROWSER
SMALL = (360, 740)


async def test_a_tap_asks_enter_does_not_and_the_answer_comes_by_itself(browser: Browser) -> None:
    pages = a_home()
    async with served(pages) as server:
        url = f"http://127.0.0.1:{server.port}"
        page = await open_page(browser, url, "zh", SMALL)
        await page.goto(f"{url}/door/{code_of(pages)}")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.get_by_test_id("door-words").fill("降压药")
        await page.get_by_test_id("door-words").press("Enter")  # must not choose the first picture
        await page.get_by_test_id("ask-medicine").click()
        await expect(page.get_by_test_id("door-words")).to_have_value("")
        [order] = pages.house.orders
        assert isinstance(order, WindowAsked)
        assert (order.flat, order.purpose, order.words) == (FLAT, "medicine", "降压药")
        pages.house.tell(asked(ServiceState.TAKEN))
        await expect(page.locator('[data-testid=request][data-state="taken"]')).to_be_visible(timeout=30_000)
        await page.context.close()


async def test_a_request_appears_at_the_desk_and_is_delivered_with_one_tap(browser: Browser) -> None:
    pages = a_home()
    async with served(pages) as server, visitor(browser, server, GUARD, size=SMALL) as watched:
        page = await watched.to("/services")
        await expect(page.get_by_test_id("services")).to_contain_text("现在没有请求")
        pages.house.tell(asked(ServiceState.APPROVED))
        await page.get_by_test_id("act-deliver").click()
        await expect(page.get_by_test_id("act-deliver")).to_be_visible()
        assert [type(order) for order in pages.house.orders] == [WindowDelivered]
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
