"""A press whose answer was lost, pressed again, is one order: at the house by its id, on the page also after a
reload."""

from playwright.async_api import Browser, Page, Route, expect

from gateway.orders.every import GuardRuled
from tests.gateway.pages.browsing import make_pages, served
from tests.gateway.pages.fake_house import GUARD
from tests.gateway.pages.ruled_house import RuledHouse
from tests.gateway.pages.visiting import IN_A_BROWSER, Watched, visitor

pytestmark = IN_A_BROWSER


async def _lost(route: Route) -> None:
    """It reached the house, and the page was not told."""
    await route.fetch()
    await route.abort()


async def _by_hand(page: Page) -> None:
    await page.get_by_test_id("by-hand").locator("summary").click()
    await page.get_by_test_id("by-hand").get_by_role("button", name="紧急").click()


def _ruled(house: RuledHouse) -> int:
    return len([each for each in house.records if isinstance(each, GuardRuled)])


async def _answer_lost(watched: Watched) -> Page:
    page = await watched.to("/guard?lane=east-1")
    await page.route("**/guard/rule", _lost)
    await _by_hand(page)
    await expect(page.get_by_test_id("notice")).to_contain_text("没有记上就再按一次")
    await page.unroute("**/guard/rule")
    return page


async def test_an_admission_by_hand_is_on_record_once_and_the_next_person_is_another(browser: Browser) -> None:
    house = RuledHouse()
    async with served(make_pages(house)) as server, visitor(browser, server, GUARD) as watched:
        page = await _answer_lost(watched)
        await _by_hand(page)
        await expect(page.get_by_test_id("notice")).to_contain_text("没有重复记录")
        assert _ruled(house) == 1
        await _by_hand(page)
        await expect(page.get_by_test_id("notice")).to_contain_text("已记录您的决定")
        assert _ruled(house) == 2


async def test_a_page_that_was_loaded_anew_meanwhile_still_knows_the_press(browser: Browser) -> None:
    house = RuledHouse()
    async with served(make_pages(house)) as server, visitor(browser, server, GUARD) as watched:
        page = await _answer_lost(watched)
        await watched.to("/guard?lane=east-1")
        await _by_hand(page)
        await expect(page.get_by_test_id("notice")).to_contain_text("没有重复记录")
    assert _ruled(house) == 1


async def test_another_reason_is_another_press(browser: Browser) -> None:
    house = RuledHouse()
    async with served(make_pages(house)) as server, visitor(browser, server, GUARD) as watched:
        page = await _answer_lost(watched)
        await page.get_by_test_id("by-hand").locator("summary").click()
        await page.get_by_test_id("by-hand").get_by_role("button", name="电话").click()
        await expect(page.get_by_test_id("notice")).to_contain_text("已记录您的决定")
    assert _ruled(house) == 2


async def test_without_a_script_the_forms_own_number_does_the_same(browser: Browser) -> None:
    house = RuledHouse()
    async with served(make_pages(house)) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to("/guard?lane=east-1")
        form = page.get_by_test_id("by-hand").locator("form")
        sent = {field: await form.locator(f"[name={field}]").input_value() for field in ("csrf", "lane", "order")}
        for _ in range(2):
            answer = await page.request.post(
                f"{watched.url}/guard/rule", form={**sent, "ruling": "admit:emergency"}, headers={"Origin": watched.url}
            )
            assert answer.ok
    assert _ruled(house) == 1
