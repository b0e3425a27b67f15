"""The pages in a real browser: live, heard, keyboard kept, honest when the gateway is gone."""

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from gateway.events.every import DoorMoved
from gateway.findings import Reason, Verdict
from gateway.kinds import Kind
from gateway.orders.every import AlertAcknowledged, AlertClosed, GuardRuled
from gateway.pages.desk import PageSettings
from tests.gateway.pages.browsing import SETTINGS, make_pages, served
from tests.gateway.pages.fake_house import GUARD, OFFICER, PINS, START, alert, decision, stay
from tests.gateway.pages.visiting import IN_A_BROWSER, visitor
from tests.pictures import log_in

pytestmark = IN_A_BROWSER


async def test_a_decision_fills_the_screen_and_a_ruling_goes_back_to_the_house(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to("/guard?lane=east-1")
        pages.house.tell(decision(Verdict.ADMIT, Reason.ADMITTED, holder="resident", flat="b1u1-502"))
        verdict = page.get_by_test_id("verdict")
        await expect(verdict).to_have_attribute("data-verdict", "admit")
        await expect(verdict).to_contain_text("放行")
        await expect(verdict).to_contain_text("1号楼 / 1单元 / 502")
        await expect(page.locator("body")).to_have_attribute("data-last-sound", "admit")
        word = page.locator(".panel .word")
        assert await word.evaluate("node => parseFloat(getComputedStyle(node).fontSize)") >= 120  # read at 3 m

        number = pages.house.tell(decision(Verdict.REFER, Reason.CANNOT_CHECK))
        await expect(verdict).to_have_attribute("data-verdict", "refer")
        await expect(page.locator("body")).to_have_attribute("data-last-sound", "refer")
        await page.get_by_test_id("admit-checked_by_phone").click()
        await expect(verdict).to_have_attribute("data-reason", "ruled_by_guard")
        await expect(page.get_by_test_id("notice")).to_contain_text("已记录")
        [order] = pages.house.orders
        assert isinstance(order, GuardRuled)
        assert (order.by, order.decision, order.admit) == ("g1", number, True)


async def test_a_ruling_is_taken_back_with_one_tap_and_the_button_goes_by_itself(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to("/guard?lane=east-1")
        pages.house.tell(decision(Verdict.REFER, Reason.CANNOT_CHECK))
        await page.get_by_test_id("admit-emergency").click()
        await page.get_by_test_id("undo").first.click()
        verdict = page.get_by_test_id("verdict")
        await expect(verdict).to_have_attribute("data-reason", "ruling_undone")
        await expect(page.get_by_test_id("notice")).to_contain_text("已撤销")
        await page.get_by_test_id("admit-known_resident").click()
        await expect(verdict).to_have_attribute("data-reason", "ruled_by_guard")
        await expect(page.get_by_test_id("undo")).to_be_visible()
        pages.house.now = START + timedelta(seconds=31)
        await expect(page.get_by_test_id("undo")).to_be_hidden()
        assert [type(order).__name__ for order in pages.house.orders] == ["GuardRuled", "RulingUndone", "GuardRuled"]


BESIDE_OR_SMALL = """() => [...document.querySelectorAll("main a, main button, main summary, main select")]
    .filter((node) => node.checkVisibility())
    .map((node) => [node.textContent.trim(), node.getBoundingClientRect()])
    .filter(([, box]) => box.left < 0 || box.right > document.documentElement.clientWidth || box.height < 24)
    .map(([words, box]) => `${words}: ${box.left} to ${box.right}, ${box.height} high`)"""


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_on_a_small_phone_with_large_type_every_button_is_on_the_page_and_large_enough(
    browser: Browser, lang: str
) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD, lang, (360, 740)) as watched:
        pages.house.tell(decision(Verdict.ADMIT, Reason.ADMITTED, holder="courier"))
        pages.house.tell(decision(Verdict.REFER, Reason.EXPIRED, lane="east-2"))
        pages.house.tell(decision(Verdict.ADMIT, Reason.RULED_BY_GUARD, by="g1", at=pages.house.now))
        pages.house.tell(decision(Verdict.REFER, Reason.UNREADABLE))
        page = await watched.to("/guard")
        await page.get_by_test_id("look-open").click()
        await page.get_by_test_id("size-large").click()
        await page.keyboard.press("Escape")
        for closed in await page.locator("main details > summary").all():
            await closed.click()
        await expect(page.get_by_test_id("again")).to_be_visible()
        await expect(page.get_by_test_id("undo")).to_be_visible()
        assert await page.evaluate(BESIDE_OR_SMALL) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


async def test_the_last_twenty_are_all_there_and_an_old_answer_goes_quiet(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to("/guard")
        for n in range(25):
            pages.house.tell(decision(Verdict.ADMIT, Reason.ADMITTED, at=START + timedelta(seconds=n)))
        await expect(page.get_by_test_id("history-item")).to_have_count(20)
        await expect(page.get_by_test_id("history-item").first).to_contain_text("14:30:24")
        await expect(page.locator(".panel[data-live-faded]")).to_have_count(0)
        pages.house.now = START + timedelta(seconds=60)
        await expect(page.locator(".panel[data-live-faded]")).to_have_count(1)


async def test_an_alert_rings_and_is_taken_by_name_while_others_come_in(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, OFFICER) as watched:
        page = await watched.to("/alerts")
        await expect(page.get_by_test_id("no-alerts")).to_be_visible()
        pages.house.tell(alert(Kind.DOOR_SILENT, 5))
        first = page.locator('[data-alert="e/5"]')
        await expect(first).to_be_visible()
        await first.get_by_test_id("put-right").click()
        await first.get_by_test_id("comment").press_sequentially("换电")
        pages.house.tell(alert(Kind.HELP_CALLED, 6, place="b2u1-601"))
        await expect(page.get_by_test_id("alert").first).to_have_attribute("data-alert", "e/6")
        await expect(page.locator("body")).to_have_attribute("data-last-sound", "critical")
        # the graver alert moved in above; the note being typed kept its focus, its words and its open form
        await page.keyboard.type("池")
        await expect(first.get_by_test_id("comment")).to_be_focused()
        await expect(first.get_by_test_id("comment")).to_have_value("换电池")
        await first.get_by_test_id("close-device_fault").click()
        await expect(first).to_have_count(0)

        await page.get_by_test_id("take").click()
        await expect(page.get_by_test_id("taken-by")).to_have_text("王静")
        closed, taken = pages.house.orders
        assert isinstance(closed, AlertClosed)
        assert (closed.alert, closed.closing, closed.comment, closed.by) == ("e/5", "device_fault", "换电池", "d1")
        assert isinstance(taken, AlertAcknowledged)
        assert (taken.alert, taken.by) == ("e/6", "d1")


async def test_the_keyboard_stays_where_it_was_when_the_list_changes(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, OFFICER) as watched:
        for number in (1, 2, 3):
            pages.house.tell(alert(Kind.BATTERY_LOW, number))
        page = await watched.to("/alerts")
        button = page.locator('[data-alert="e/2"]').get_by_test_id("take")
        await button.focus()
        for number in (4, 5, 6):
            pages.house.tell(alert(Kind.FALL, number))
        await expect(page.get_by_test_id("alert")).to_have_count(6)
        await expect(button).to_be_focused()


async def test_a_door_that_opens_shows_on_the_board(browser: Browser) -> None:
    pages = make_pages()
    pages.house.tell(stay("b1u1-502", 1, band="band-1"))
    async with served(pages) as server, visitor(browser, server, OFFICER) as watched:
        page = await watched.to("/board?building=b1")
        flat = page.locator("#flat-b1u1-502")
        await expect(flat).to_have_attribute("data-door", "unheard")
        pages.house.tell(DoorMoved(at=START, heard=START, device="door-b1u1-502", flat="b1u1-502", open=True))
        await expect(flat).to_have_attribute("data-door", "open")
        await flat.click()
        await expect(page.get_by_test_id("stay")).to_be_visible()


async def test_a_page_that_lost_the_gateway_says_so_and_comes_back_by_itself(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server:
        port = server.port
        context = visitor(browser, server, GUARD)
        watched = await context.__aenter__()
        page = await watched.to("/guard")
        pages.house.tell(decision(Verdict.ADMIT, Reason.ADMITTED))
        await expect(page.get_by_test_id("verdict")).to_have_attribute("data-verdict", "admit")
        begun = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - begun < 2.0  # closed while the page was open; 0.3 s when idle
    await expect(page.locator("body")).to_have_attribute("data-live", "lost")
    await expect(page.get_by_test_id("not-live")).to_contain_text("网关没有回应，画面已停止更新")
    await expect(page.get_by_test_id("verdict")).to_be_visible()
    # a new process: same house key, and what happened in between is on disk
    pages.house.tell(decision(Verdict.REFUSE, Reason.EXPIRED))
    async with served(make_pages(pages.house), port):
        await expect(page.locator("body")).to_have_attribute("data-live", "yes")
        await expect(page.get_by_test_id("verdict")).to_have_attribute("data-verdict", "refuse")
        await expect(page.get_by_test_id("not-live")).to_be_hidden()
        await page.context.close()


async def test_a_gateway_that_is_there_and_says_nothing_is_lost_as_well(browser: Browser) -> None:
    """As when its power cord was pulled: nobody closed the connection."""
    pages = make_pages(settings=PageSettings(SETTINGS.session_key, pulse_seconds=3600))
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to("/guard")
        await expect(page.locator("body")).to_have_attribute("data-live", "lost")
        await expect(page.get_by_test_id("not-live")).to_contain_text("画面已停止更新")
        pages.house.tell(decision(Verdict.ADMIT, Reason.ADMITTED))
        await expect(page.locator("body")).to_have_attribute("data-live", "yes")


async def test_the_end_of_a_shift_asks_for_a_log_in(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to("/guard?lane=east-1")
        pages.house.now = START + timedelta(hours=13)
        await expect(page.get_by_test_id("login-form")).to_be_visible()
        await log_in(page, "g1", PINS["g1"])
        assert page.url.endswith("/guard?lane=east-1")


async def test_a_page_behind_another_window_still_hears_of_alerts(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, OFFICER) as watched:
        page = await watched.to("/alerts")
        await page.evaluate(
            "() => { Object.defineProperty(document, 'hidden', { value: true });"
            " document.dispatchEvent(new Event('visibilitychange')); }"
        )
        pages.house.tell(alert(Kind.HELP_CALLED, 6))
        await expect(page.locator("body")).to_have_attribute("data-last-sound", "critical")
        await expect(page.locator("body")).to_have_attribute("data-live", "yes")


async def test_each_answer_sounds_even_like_the_one_before_and_mute_is_kept(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to("/guard")
        sound = page.get_by_test_id("sound")
        await expect(sound).to_have_text("点此开声音")
        await sound.click()
        await expect(sound).to_have_text("声音已开")
        for n in ("1", "2"):
            pages.house.tell(decision(Verdict.ADMIT, Reason.ADMITTED))
            await expect(page.locator("body")).to_have_attribute("data-sounds", n)
        await sound.click()
        await expect(sound).to_have_text("已静音")
        await page.reload()
        await expect(sound).to_have_text("已静音")
        await expect(page.locator("body[data-sounds]")).to_have_count(0)  # an answer of before is no new one


async def test_a_button_that_did_not_reach_the_gateway_says_so(browser: Browser) -> None:
    pages = make_pages()
    pages.house.tell(alert(Kind.FALL, 1))
    async with served(pages) as server, visitor(browser, server, OFFICER) as watched:
        page = await watched.to("/alerts")
        await page.route("**/alerts/acknowledge", lambda route: route.abort())
        await page.get_by_test_id("take").click()
        await expect(page.get_by_test_id("notice")).to_have_text("网关没有回答：看列表，没有记上就再按一次")
        await page.unroute("**/alerts/acknowledge")
        await page.get_by_test_id("take").click()
        await expect(page.get_by_test_id("taken-by")).to_have_text("王静")
