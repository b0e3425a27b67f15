"""A new member of the committee with nothing but docs/duty.md: ten tasks on a phone, by the words that stand there.

`said` gives a button's name only if the manual says it: one that is renamed, or that the manual forgets, fails here.
"""

import asyncio
import csv
import io
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, Locator, Page, expect

from devices.reading import AliveSeen, BandSeen
from gateway.compound import DeviceKind
from gateway.findings import Alert
from gateway.kinds import Kind
from gateway.orders.every import QuarantineEnded
from gateway.orders.stays import StayExtended
from gateway.orders.windows import WindowAsked
from gateway.services import ServiceState
from tests.gateway.pages.browsing import make_pages, served
from tests.gateway.pages.fake_house import CHIEF, OFFICER, START, FakeHouse, alert, stay
from tests.gateway.pages.registered import registered_pages
from tests.gateway.pages.ruled_house import RuledHouse
from tests.gateway.pages.visiting import IN_A_BROWSER, visitor

pytestmark = IN_A_BROWSER

MANUAL = (Path(__file__).parents[3] / "docs" / "duty.md").read_text("utf-8")
PHONE = (390, 844)
ALONE, AWAY, GOING_HOME = "b1u1-502", "b2u1-601", "b3u2-402"
NEW = "2-1-101"
FIVE = datetime(2026, 3, 12, 17, 1, tzinfo=ZoneInfo("Asia/Shanghai"))


def said(word: str) -> re.Pattern[str]:
    """A name as the manual writes it: “我去”."""
    assert f"“{word}”" in MANUAL, f"docs/duty.md does not say “{word}”"
    return re.compile(re.escape(word))


async def press(inside: Page | Locator, word: str) -> None:
    await inside.get_by_role("button", name=said(word)).first.click()


async def go(page: Page, word: str) -> None:
    """By the menu, as the manual says; what is not in sight is behind “更多”."""
    menu = page.locator("header nav")
    link = menu.get_by_role("link", name=said(word), exact=True)
    if not await link.is_visible():
        await menu.locator("summary", has_text=said("更多")).click()
    there = await link.get_attribute("href")
    await link.click()
    await page.wait_for_url(f"**{there}")


async def an_afternoon(house: RuledHouse) -> None:
    """Three homes at two; nobody's band answered the round of three to five; somebody asks for food, somebody falls."""
    for number, flat in enumerate((ALONE, AWAY, GOING_HOME), 1):
        await house.order(stay(flat, number, band=f"band-{number}"))
    doors = [each.id for each in house.shown.places.devices.values() if each.kind is DeviceKind.DOOR]
    while house.now < FIVE:  # every sensor is there; what they do not say is a temperature
        house.until(min(FIVE, house.now + timedelta(minutes=9)))
        for door in doors:
            house.hear(door, AliveSeen(open=False))
        for number in (1, 2, 3):
            house.hear(f"band-{number}", BandSeen(rssi=-60, worn=True))
    asked = WindowAsked(id="w", at=house.now, by="resident", flat=AWAY, purpose="food", words="")
    assert (await house.order(asked)).done


async def test_ten_tasks_by_the_manual_alone(browser: Browser, tmp_path: Path) -> None:
    house = RuledHouse()
    await an_afternoon(house)
    house.orders.clear()
    async with (
        registered_pages(tmp_path, house) as (pages, _),
        served(pages) as server,
        visitor(browser, server, OFFICER, size=PHONE) as watched,
    ):
        page = watched.page
        await page.wait_for_url("**/duty")
        await a_fall_is_taken_noted_given_and_put_right(page, house)
        await a_call_that_nobody_answers_becomes_a_knock(page)
        await somebody_comes_home(page, house)
        await a_stay_is_extended_and_one_ended_early(page, house)
        await food_is_granted(page, house)
        await tomorrow_is_printed(page)
        await the_figures_are_taken_along(page)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def a_fall_is_taken_noted_given_and_put_right(page: Page, house: RuledHouse) -> None:
    """Tasks 1 to 4."""
    house.hear("band-1", BandSeen(rssi=-60, counter=1, worn=True, fallen=True))
    case = page.locator('[data-kind="fall"]')
    await expect(case).to_be_visible()  # by itself
    assert await page.evaluate("document.body.dataset.lastSound") == "critical"
    await press(case, "接手")
    await expect(page.get_by_test_id("cases-mine")).to_contain_text("跌倒")
    await press(case, "我去")
    await expect(case.get_by_test_id("going")).to_contain_text(OFFICER.name)
    await case.get_by_text(said("记一笔")).click()
    await case.get_by_test_id("case-note-text").fill("敲门，有人应")
    await press(case, "记下")
    await expect(case.get_by_test_id("timeline")).to_contain_text("敲门，有人应")
    await case.get_by_text(said("记一笔")).click()
    await case.get_by_label(said("交给别人")).select_option(label=CHIEF.name)
    await press(case, "指派")
    await expect(page.get_by_test_id("cases-others")).to_contain_text("跌倒")
    await case.get_by_text(said("处置完毕")).click()
    await press(case, "情况属实")
    await expect(case).to_have_count(0)
    [fall] = [body for body in house.records if isinstance(body, Alert) and body.closed_by]
    assert (fall.closing, fall.closed_by) == ("real", OFFICER.id)


async def a_call_that_nobody_answers_becomes_a_knock(page: Page) -> None:
    """Tasks 5 and 6: and who must still be knocked at."""
    await go(page, "巡访")
    called = page.locator('[data-testid="task"][data-kind="call"]')
    await expect(called).to_have_count(3)
    await press(called.first, "没人接")
    await expect(called).to_have_count(2)
    await page.get_by_role("link", name=said("只看上门")).click()
    knocks = page.locator('[data-testid="task"]')
    await expect(knocks.first).to_be_visible()
    kinds = {await each.get_attribute("data-kind") for each in await knocks.all()}
    assert kinds == {"knock"}
    left = await knocks.count()
    await press(knocks.first, "安好")
    await expect(knocks).to_have_count(left - 1)


async def find(page: Page, flat: str) -> None:
    await go(page, "隔离登记")
    await page.get_by_label(said("哪一户")).fill(flat)
    await press(page.get_by_test_id("find-form"), "找")


async def somebody_comes_home(page: Page, house: RuledHouse) -> None:
    """Task 7."""
    await find(page, NEW)
    form = page.get_by_test_id("enrol-form")
    await form.locator('[name="name"]').fill("陈某")
    await form.get_by_label(said("依据")).fill("通告 2026-17")
    await press(form, "开始隔离")
    await expect(page.get_by_test_id("stay")).to_have_count(1)
    assert [each.flat for each in house.shown.quarantines.values()].count("b2u1-101") == 1


async def a_stay_is_extended_and_one_ended_early(page: Page, house: RuledHouse) -> None:
    """Tasks 8 and 9."""
    await find(page, "1-1-502")
    await page.locator("summary", has_text=said("延长、住院、换房、解除")).click()
    form = page.get_by_test_id("extend-form")
    await form.locator('[name="last_day"]').fill((date(2026, 3, 12) + timedelta(days=20)).isoformat())
    await form.locator('[name="reason"]').fill("复查未出")
    await press(form, "延长")
    await expect(page.get_by_test_id("stay")).to_contain_text("2026-04-01")
    await find(page, "3-2-402")
    await page.locator("summary", has_text=said("延长、住院、换房、解除")).click()
    form = page.locator('form[action="/flat/release"]')
    await form.locator('[name="reason"]').fill("转运")
    await press(form, "解除隔离")
    await expect(page.get_by_role("link", name=said("解除告知单"))).to_be_visible()
    await expect(page.get_by_role("button", name=said("手环已收回"))).to_be_visible()
    assert {type(order) for order in house.orders} >= {StayExtended, QuarantineEnded}
    assert GOING_HOME not in {each.flat for each in house.shown.quarantines.values()}


async def food_is_granted(page: Page, house: RuledHouse) -> None:
    """Task 10."""
    await go(page, "上门服务")
    await press(page.get_by_test_id("service"), "同意")
    await expect(page.locator('[data-testid="service"][data-state="approved"]')).to_be_visible()
    assert [each.state for each in house.shown.services.values()] == [ServiceState.APPROVED]


async def tomorrow_is_printed(page: Page) -> None:
    await go(page, "七天预报")
    await page.evaluate("window.print = () => { document.body.dataset.printed = 'yes'; }")
    await press(page, "打印")
    assert await page.evaluate("document.body.dataset.printed") == "yes"
    await expect(page.locator(f'[data-day="{(START + timedelta(days=1)).date()}"]')).to_be_visible()


async def the_figures_are_taken_along(page: Page) -> None:
    await go(page, "报表")
    said("每日数字")
    async with page.expect_download() as coming:
        await page.get_by_test_id("daily-0-csv").click()
    path = await (await coming.value).path()
    taken = await asyncio.to_thread(path.read_text, "utf-8-sig")
    head, today, *_ = list(csv.reader(io.StringIO(taken)))
    figures = dict(zip(head, today, strict=True))
    assert (figures["隔离人数"], figures["新增"], figures["解除"], figures["跌倒"]) == ("3", "4", "1", "1")


async def test_a_case_is_taken_by_keyboard_alone_and_nothing_that_is_typed_is_lost(browser: Browser) -> None:
    """A note half written stays while other cases come and go; the menu behind "More" opens and closes by keys."""
    house = FakeHouse()
    house.tell(alert(Kind.FALL, 1))
    async with served(make_pages(house)) as server, visitor(browser, server, OFFICER, "en", PHONE) as watched:
        page = await watched.to("/duty")
        await page.get_by_test_id("case-take").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("cases-mine")).to_be_visible()
        await page.get_by_test_id("case-note").focus()
        await page.keyboard.press("Enter")
        await page.get_by_test_id("case-note-text").fill("the neigh")
        house.tell(alert(Kind.HELP_CALLED, 2, place="b2u1-601"))
        await expect(page.get_by_test_id("case")).to_have_count(2)
        await expect(page.get_by_test_id("case-note-text").first).to_be_focused()
        await page.keyboard.type("bours know")
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("timeline").first).to_contain_text("the neighbours know")
        await page.get_by_test_id("menu-more").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("menu-reports")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_test_id("menu-reports")).to_be_hidden()
        await expect(page.get_by_test_id("menu-more")).to_be_focused()
