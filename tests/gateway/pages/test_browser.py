"""The pages in a real browser: live, heard, keyboard kept, readable by axe, honest when the gateway is gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from gateway.events import DoorMoved
from gateway.findings import Kind, Reason, Verdict
from gateway.orders import AlertAcknowledged, AlertClosed, GuardRuled
from gateway.pages.access import Member
from gateway.pages.desk import PageSettings
from gateway.pages.serve import PageServer
from tests.gateway.pages.browsing import SETTINGS, make_pages, served
from tests.gateway.pages.fake_house import GUARD, INSTALLER, OFFICER, PINS, START, alert, decision, stay
from tests.gateway.pages.scene import afternoon, answers
from tests.pictures import CHROMIUM, DESKTOP, PHONE, chromium, log_in, open_page

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all of them
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"no browser at {CHROMIUM} (Debian package chromium)"),
]
SECONDS = 30_000
LIVE = 'body[data-live="yes"]'
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}

expect.set_options(timeout=SECONDS)


@dataclass
class Watched:
    """A page, and what it should not have done."""

    page: Page
    url: str
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def to(self, path: str) -> Page:
        await self.page.goto(self.url + path)
        await self.page.wait_for_selector(LIVE, timeout=SECONDS)
        return self.page


@asynccontextmanager
async def visitor(
    browser: Browser, server: PageServer, member: Member, lang: str = "zh", size: tuple[int, int] = DESKTOP
) -> AsyncIterator[Watched]:
    """Somebody logged in. Whatever the page asks of other places, and each error in it, fails the test."""
    url = f"http://127.0.0.1:{server.port}"
    page = await open_page(browser, url, lang, size)
    page.set_default_timeout(SECONDS)
    watched = Watched(page, url)
    page.on("request", lambda request: None if request.url.startswith(url) else watched.elsewhere.append(request.url))
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: watched.complaints.append(said.text) if "Content Security Policy" in said.text else None,
    )
    await log_in(page, member.id, PINS[member.id])
    yield watched
    assert watched.elsewhere == []
    assert watched.complaints == []
    await page.context.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


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
        flat = page.get_by_test_id("flat-b1u1-502")
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
    await expect(page.get_by_test_id("not-live")).to_contain_text("画面已停止更新")
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


@pytest.mark.parametrize(("lang", "schemes"), [("zh", ["light", "dark"]), ("en", ["light"])])
async def test_axe_finds_nothing_on_any_page_by_day_and_by_night(
    browser: Browser, lang: str, schemes: list[Literal["light", "dark"]]
) -> None:
    house = afternoon()
    pages = make_pages(house)
    found: dict[str, list[str]] = {}

    async def check(name: str, page: Page) -> None:
        for scheme in schemes:
            await page.emulate_media(color_scheme=scheme)
            result = await Axe().run(page, options=RULES)
            assert len(result.response["passes"]) > 5
            faults = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in result.response["violations"]]
            found[f"{name} {scheme}"] = faults

    async with served(pages) as server:
        login = await open_page(browser, f"http://127.0.0.1:{server.port}", lang, PHONE)
        await check("login", login)
        await login.context.close()
        async with visitor(browser, server, OFFICER, lang) as watched:
            page = await watched.to("/guard")
            for name, answer in answers().items():
                house.tell(answer)
                shown = page.locator(f'[data-verdict="{answer.verdict}"][data-reason="{answer.reason}"]')
                await expect(shown).to_be_visible()
                await check(f"guard {name}", page)
            for path in ("/alerts", "/board?building=b1"):
                await check(path, await watched.to(path))
            await page.get_by_test_id("flat-b1u1-502").click()
            await page.get_by_test_id("stay").wait_for()
            await check("flat", page)
            await page.goto(watched.url + "/nowhere")
            await check("error", page)
        async with visitor(browser, server, INSTALLER, lang, PHONE) as watched:
            await check("installer's board", await watched.to("/board?building=b1"))
    assert {name: faults for name, faults in found.items() if faults} == {}


async def test_nothing_hangs_over_the_edge_of_a_small_phone(browser: Browser) -> None:
    house = afternoon()
    async with (
        served(make_pages(house)) as server,
        visitor(browser, server, OFFICER, "en", (360, 740)) as watched,
    ):
        house.tell(answers()["refer"])
        for path in ("/guard", "/alerts", "/board?building=b1", "/flat?flat=b1u1-502"):
            await watched.page.goto(watched.url + path)
            width = await watched.page.evaluate("document.documentElement.scrollWidth")
            assert (path, width) == (path, 360)


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
