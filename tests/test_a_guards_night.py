"""The ten tasks of a new guard, with docs/guard.md and nothing else, in a real browser at a real house process.

What is pressed is found by the words that stand in bold on that page: a button that is called something else, a task
that takes more taps than it did, or a page that does not say how, fails here. docs/trials.md has the first trial.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Route, expect

from gateway.bodies import read_body
from gateway.findings import Decision, Reason
from gateway.journal.reader import Reader
from gateway.orders.every import GuardRuled
from gateway.passes.gate_pass import Kind as Holder
from sim.waiting import until
from tests.gateway.pages.visiting import IN_A_BROWSER, LIVE
from tests.licences import ROOT
from tests.night import GUARD, PINS, RELIEF, WAY_IN, WAY_OUT, Night, night
from tests.pictures import DESKTOP, chromium, open_page
from tests.printed import printed

SHEET = ROOT / "docs" / "guard.md"
SECONDS = 60_000  # for a slow machine; every wait ends when what it waits for is there
FOR_A_MINUTE = 300  # Chinese letters that a slow reader reads

OPENED = 4  # times, by then: a resident, a courier, the courier again, somebody without a phone

pytestmark = IN_A_BROWSER


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@dataclass
class Guard:
    """Somebody who has read the page: they press what it names in bold, and each press is counted."""

    page: Page
    sheet: str
    taps: int = 0

    async def press(self, words: str, within: Locator | None = None) -> None:
        assert f"**{words}**" in self.sheet, f"docs/guard.md does not say to press {words}"
        place = within if within is not None else self.page.locator("body")
        await self.tap(place.locator("a, button, summary").filter(has_text=words).locator("visible=true").first)

    async def tap(self, button: Locator) -> None:
        await button.click(timeout=SECONDS)
        self.taps += 1

    async def sees(self, verdict: str, reason: Reason) -> None:
        shown = self.page.get_by_test_id("verdict")
        await expect(shown).to_have_attribute("data-reason", reason.value, timeout=SECONDS)
        await expect(shown).to_have_attribute("data-verdict", verdict, timeout=SECONDS)

    async def admits(self, place: Locator) -> None:
        """By the first of the buttons with a reason."""
        assert "**绿按钮**" in self.sheet
        await self.tap(place.locator("button.yes").first)

    def took(self) -> int:
        taps, self.taps = self.taps, 0
        return taps


async def logged_in(browser: Browser, url: str, member: str, sheet: str) -> Guard:
    page = await open_page(browser, url, "zh", DESKTOP)
    page.set_default_timeout(SECONDS)
    await page.get_by_test_id("login-name").fill(member)
    await page.get_by_test_id("login-pin").fill(PINS[member])
    guard = Guard(page, sheet)
    await guard.press("登录")
    await page.wait_for_selector(LIVE)
    return guard


async def beginning(guard: Guard) -> int:
    await guard.press("交接班")
    await guard.press("我来当班")
    await expect(guard.page.get_by_test_id("shift-by")).to_have_text(GUARD.name, timeout=SECONDS)
    await guard.press("门岗")
    await guard.page.wait_for_selector(LIVE)
    return guard.took()


async def scan(guard: Guard, house: Night) -> int:
    house.show(WAY_IN, house.office.issue())
    await guard.sees("admit", Reason.ADMITTED)
    await asyncio.to_thread(house.barrier.wait_for, ["off", "on", "off"])
    return guard.took()


async def refuse(guard: Guard, house: Night) -> int:
    house.show(WAY_IN, house.office.issue(days=-1))
    await guard.sees("refuse", Reason.EXPIRED)
    return guard.took()


async def refer_and_rule(guard: Guard, house: Night) -> int:
    """On the way out nobody is refused; while the guard asks, others come."""
    house.show(WAY_OUT, house.office.issue(days=-1))
    await guard.sees("refer", Reason.EXPIRED)
    await expect(guard.page.get_by_test_id("refuse")).to_have_count(0)
    await guard.admits(guard.page.get_by_test_id("decision"))
    await guard.sees("admit", Reason.RULED_BY_GUARD)
    return guard.took()


async def undo(guard: Guard) -> int:
    await guard.press("撤销")
    await guard.sees("refer", Reason.RULING_UNDONE)
    await guard.admits(guard.page.get_by_test_id("decision"))
    await guard.sees("admit", Reason.RULED_BY_GUARD)
    return guard.took()


async def courier_again(guard: Guard, house: Night) -> int:
    house.show(WAY_IN, house.office.issue(Holder.COURIER))
    await guard.sees("admit", Reason.ADMITTED)
    await guard.press("同一快递员再进")
    await guard.sees("admit", Reason.RULED_BY_GUARD)
    await expect(guard.page.get_by_test_id("whom")).to_contain_text("快递")
    return guard.took()


async def no_phone(guard: Guard, house: Night) -> int:
    await guard.press("没有码、有急事？人工登记放行")
    await guard.tap(guard.page.get_by_test_id("by-hand").get_by_role("button", name="认识的住户"))
    await expect(guard.page.get_by_test_id("notice")).to_contain_text("已记录", timeout=SECONDS)
    await until(lambda: house.barrier.switched().count("on") == OPENED)
    return guard.took()


async def camera_covered(guard: Guard, house: Night) -> int:
    """The lens was covered at the beginning: the gate says where, and what to do."""
    await expect(guard.page.get_by_test_id("status-camera")).to_have_attribute("data-down", "1", timeout=SECONDS)
    await guard.press("警报")
    alert = guard.page.get_by_test_id("alert").filter(has_text="摄像头被挡住")
    await guard.press("我来接手", alert)
    await expect(alert.get_by_test_id("taken-by")).to_have_text(GUARD.name, timeout=SECONDS)
    house.lens.covered = False
    return guard.took()


async def camera_uncovered(guard: Guard) -> int:
    """Nothing was pressed since: what was taken goes by itself."""
    await expect(guard.page.get_by_test_id("status-camera")).to_have_attribute("data-down", "0", timeout=SECONDS)
    await expect(guard.page.get_by_test_id("status-alerts")).to_contain_text("1", timeout=SECONDS)  # the fire's
    return guard.took()


async def fire(guard: Guard, house: Night) -> int:
    """Two taps open and hold; the end takes two more, and does not lead back under the red button."""
    assert "**红色大按钮**" in guard.sheet
    await guard.press("火警")
    await guard.tap(guard.page.get_by_test_id("fire-button"))
    await expect(guard.page.get_by_test_id("burning")).to_be_visible(timeout=SECONDS)
    await expect(guard.page.get_by_test_id("muster")).to_be_visible()
    assert house.barrier.on
    await guard.press("火警解除了吗？")
    await guard.press("火警解除，通道恢复正常")
    await guard.page.wait_for_url("**/guard")
    await guard.page.wait_for_selector(LIVE)
    return guard.took()


async def gateway_restarting(guard: Guard, house: Night) -> int:
    """It dies with a ruling on its way. The page says so; when it is back the person still waits, and is ruled."""
    await guard.press("门岗")
    await guard.page.wait_for_selector(LIVE)
    house.show(WAY_OUT, house.office.issue(days=-2))
    await guard.sees("refer", Reason.EXPIRED)
    house.gateway.kill()
    await guard.admits(guard.page.get_by_test_id("decision"))
    await expect(guard.page.get_by_test_id("notice")).to_contain_text("没有记上就再按一次", timeout=SECONDS)
    await expect(guard.page.locator("body")).to_have_attribute("data-live", "lost", timeout=SECONDS)
    await house.open()
    await expect(guard.page.locator("body")).to_have_attribute("data-live", "yes", timeout=SECONDS)
    await guard.sees("refer", Reason.EXPIRED)
    await guard.admits(guard.page.get_by_test_id("decision"))
    await guard.sees("admit", Reason.RULED_BY_GUARD)
    await expect(guard.page.get_by_test_id("whom")).to_contain_text("居民")  # the ruling knows whom it is about
    return guard.took()


async def going_home(guard: Guard, browser: Browser, house: Night) -> int:
    assert "**您的名字**" in guard.sheet
    await guard.press("交接班")
    await guard.press("交班给下一班")
    await expect(guard.page.get_by_test_id("handed")).to_be_visible(timeout=SECONDS)
    await guard.tap(guard.page.get_by_role("button", name=GUARD.name))
    await expect(guard.page.get_by_test_id("login-form")).to_be_visible(timeout=SECONDS)
    relief = await logged_in(browser, house.url, RELIEF.id, guard.sheet)
    await relief.press("交接班")
    await relief.press("我来接班")
    await expect(relief.page.get_by_test_id("shift-by")).to_have_text(RELIEF.name, timeout=SECONDS)
    return guard.took()


@asynccontextmanager
async def at_work(browser: Browser, folder: Path) -> AsyncIterator[tuple[Guard, Night]]:
    async with night(folder) as house:
        yield await logged_in(browser, house.url, GUARD.id, SHEET.read_text("utf-8")), house


@pytest.mark.timeout(400)
async def test_ten_tasks_with_the_sheet_alone(browser: Browser, tmp_path: Path) -> None:
    async with at_work(browser, tmp_path) as (guard, house):
        house.lens.covered = True
        taps = {
            "beginning, from the log-in on": await beginning(guard),
            "scan": await scan(guard, house),
            "refuse": await refuse(guard, house),
            "refer and rule": await refer_and_rule(guard, house),
            "undo and rule anew": await undo(guard),
            "courier again": await courier_again(guard, house),
            "no phone": await no_phone(guard, house),
            "fire, and its end": await fire(guard, house),
            "camera covered": await camera_covered(guard, house),
            "gateway restarting": await gateway_restarting(guard, house),
            "camera uncovered": await camera_uncovered(guard),
            "shift end": await going_home(guard, browser, house),
        }
    assert taps == {
        "beginning, from the log-in on": 4,
        "scan": 0,
        "refuse": 0,
        "refer and rule": 1,
        "undo and rule anew": 2,
        "courier again": 1,
        "no phone": 2,
        "fire, and its end": 4,
        "camera covered": 2,
        "gateway restarting": 3,
        "camera uncovered": 0,
        "shift end": 3,
    }


async def test_a_ruling_whose_answer_was_lost_is_on_record_once_and_the_list_says_so(
    browser: Browser, tmp_path: Path
) -> None:
    """It was committed and the page was not told; a second screen shows the same person all the while."""

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    async with at_work(browser, tmp_path) as (guard, house):
        other = await logged_in(browser, house.url, RELIEF.id, guard.sheet)
        house.show(WAY_IN, "no pass at all")
        await guard.sees("refer", Reason.NOT_A_PASS)
        await other.sees("refer", Reason.NOT_A_PASS)
        form = other.page.get_by_test_id("decision").get_by_test_id("ruling")
        stale = {field: await form.locator(f"[name={field}]").input_value() for field in ("csrf", "lane", "decision")}
        await guard.page.route("**/guard/rule", lose_the_answer)
        await guard.admits(guard.page.get_by_test_id("decision"))
        await expect(guard.page.get_by_test_id("notice")).to_contain_text("看列表", timeout=SECONDS)
        await guard.sees("admit", Reason.RULED_BY_GUARD)
        await other.sees("admit", Reason.RULED_BY_GUARD)
        late = await other.page.request.post(
            f"{house.url}/guard/rule",
            form={**stale, "ruling": "refuse:in_doubt"},
            headers={"HX-Request": "true", "Origin": house.url},
        )
        assert "已经有人决定过了" in await late.text()
    with Reader(tmp_path / "house" / "journal.db") as reader:
        bodies = [read_body(record.body) for record in reader.replay(0) if record.body is not None]
    ruled = [body for body in bodies if isinstance(body, Decision) and body.reason is Reason.RULED_BY_GUARD]
    assert [(body.by, body.verdict) for body in ruled] == [(GUARD.id, "admit")]
    assert len([body for body in bodies if isinstance(body, GuardRuled)]) == 1


async def test_the_sheet_is_one_leaf_of_paper_read_in_five_minutes(browser: Browser) -> None:
    pdf = pypdfium2.PdfDocument(await printed(browser, SHEET))
    assert len(pdf) <= 2  # the two sides of one sheet of A4, at the size of tests/printed.py
    chinese = [letter for letter in SHEET.read_text("utf-8") if "\u4e00" <= letter <= "\u9fff"]
    assert len(chinese) <= 5 * FOR_A_MINUTE
