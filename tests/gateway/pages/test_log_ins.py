"""Log-ins end when they should, and nobody's wrong PINs or many pages take them from others."""

import asyncio
import threading
from datetime import timedelta

import httpx
import pytest

from gateway.findings import Alert, AlertState, Reason, Verdict
from gateway.kinds import Kind, Severity
from gateway.orders.staff import PinsRefused
from gateway.pages.access import Member
from gateway.pages.feed import MOST_OF_ADDRESS, MOST_OF_SESSION, MOST_VIEWERS
from gateway.pages.staff.pin_desk import AT_ONCE, MOST_WAITING, PinDesk
from gateway.pages.staff.seen import SeenDevices
from tests.gateway.pages.browsing import Pages, fed, log_in, make_pages, served, token_in, told
from tests.gateway.pages.fake_house import GUARD, OFFICER, PINS, START, VOLUNTEER, FakeStaff, decision
from tests.gateway.pages.test_live import browser_at, watching


@pytest.mark.asyncio
async def test_a_duty_officer_s_log_in_ends_unused_and_a_gate_s_screen_goes_on() -> None:
    pages = make_pages()
    async with pages.browser() as office, pages.browser() as gate:
        await log_in(office, OFFICER)
        await log_in(gate, GUARD)
        for minutes in (50, 100):  # used meanwhile
            pages.house.now = START + timedelta(minutes=minutes)
            assert (await office.get("/alerts")).status_code == 200
        pages.house.now = START + timedelta(minutes=161)
        assert (await office.get("/alerts")).status_code == 303
        assert (await gate.get("/guard")).status_code == 200


@pytest.mark.asyncio
async def test_a_volunteer_s_code_is_good_for_its_shift_and_says_when_it_is_over() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        assert (await log_in(browser, VOLUNTEER)).headers["location"] == "/"
        assert (await browser.get("/guard")).status_code == 200
        pages.house.now = START + timedelta(hours=5)
        assert (await browser.get("/guard")).status_code == 303
        late = await log_in(browser, VOLUNTEER)
        assert (late.status_code, "已过期" in late.text) == (403, True)
        wrong = await log_in(browser, VOLUNTEER, "000000")
        assert (wrong.status_code, "已过期" in wrong.text) == (401, False)  # only who knows the code learns of its end
        pages.house.now = START - timedelta(hours=2)
        early = await log_in(browser, VOLUNTEER)
        assert (early.status_code, "还没有到开始时间" in early.text) == (403, True)


@pytest.mark.asyncio
async def test_a_volunteer_sees_answers_and_neither_flats_nor_buttons_to_rule() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as volunteer, pages.browser() as guard:
        await log_in(volunteer, VOLUNTEER)
        await log_in(guard, GUARD)
        await told(pages, decision(Verdict.ADMIT, Reason.ADMITTED, holder="resident", flat="b1u1-502"))
        seen, all_of_it = (await volunteer.get("/guard")).text, (await guard.get("/guard")).text
    for hidden in ("1号楼", "/guard/rule", "/guard/patrol", "/guard/flat"):
        assert hidden in all_of_it
        assert hidden not in seen
    assert 'data-verdict="admit"' in seen


@pytest.mark.asyncio
async def test_on_a_device_a_member_used_before_strangers_failures_do_not_delay() -> None:
    pages = make_pages()
    async with pages.browser("10.0.0.1") as mine:
        await log_in(mine, GUARD)
        mine.cookies.delete("menshen")
        for n in range(14):
            async with pages.browser(f"10.0.2.{n}") as thief:
                await log_in(thief, GUARD, "0000")
        assert (await log_in(mine, GUARD)).status_code == 303
        async with pages.browser("10.0.0.1") as another:
            assert (await log_in(another, GUARD)).status_code == 429


def test_a_device_is_believed_only_for_its_member_its_key_and_a_month() -> None:
    seen = SeenDevices(b"k" * 32)
    jar = {seen.cookie_name("g1"): seen.cookie("g1", START)}
    assert len(seen.read("g1", jar, START)) == 24
    assert seen.read("d1", jar, START) == ""
    assert seen.read("d1", {seen.cookie_name("d1"): jar[seen.cookie_name("g1")]}, START) == ""
    assert seen.read("g1", jar, START + timedelta(days=31)) == ""
    assert SeenDevices(b"j" * 32).read("g1", jar, START) == ""
    for forged in ("", "..", "a.b.c", "é.1.x", "a.1." + "0" * 64):
        assert seen.read("g1", {seen.cookie_name("g1"): forged}, START) == ""


@pytest.mark.asyncio
async def test_the_ninth_page_of_a_log_in_sets_the_oldest_aside_and_others_keep_their_places() -> None:
    pages = make_pages()
    feed = pages.app.state.desk.feed
    async with served(pages) as server, browser_at(server) as one:
        await log_in(one, GUARD)
        async with watching(one, "/live/guard") as oldest:
            await oldest.until("decision")
            others = [feed.watch(lambda topic: True, viewer, address) for viewer, address in _others(feed)]
            for each in others:
                each.__enter__()
            while (event := (await oldest.next())[0]) != "aside":
                assert event in ("", "pulse")
            for each in others:
                each.__exit__(None, None, None)


def _others(feed: object) -> list[tuple[str, str]]:
    (session,) = {viewer.session for viewer in feed._viewers}
    return [(session, f"10.0.3.{n}") for n in range(MOST_OF_SESSION)]


def test_one_log_in_and_one_address_leave_places_for_others() -> None:
    feed = make_pages().app.state.desk.feed
    open_pages = [
        feed.watch(lambda topic: True, *whose)
        for n in range(3 * MOST_VIEWERS)
        for whose in (("session", "10.0.0.1"), (f"another-{n}", "10.0.0.2"))
    ]
    for each in open_pages:
        each.__enter__()
    assert len(feed._viewers) == MOST_OF_SESSION + MOST_OF_ADDRESS
    assert not feed.full_for("mine", "10.0.0.3")


@pytest.mark.asyncio
async def test_a_damaged_staff_book_is_said_on_the_page() -> None:
    pages = make_pages()
    pages.staff.damaged = "staff"
    async with pages.browser() as browser:
        page = await browser.get("/login")
    assert 'data-testid="login-damaged"' in page.text
    assert page.status_code == 200


@pytest.mark.asyncio
async def test_a_session_handed_to_a_browser_is_not_the_one_it_logs_in_to() -> None:
    pages = make_pages()
    async with pages.browser() as thief, pages.browser() as victim:
        await log_in(thief, GUARD)
        planted = thief.cookies["menshen"]
        victim.cookies.set("menshen", planted)
        await log_in(victim, OFFICER)
        mine = [cookie.value for cookie in victim.cookies.jar if cookie.name == "menshen" and cookie.value != planted]
        assert len(mine) == 1
        thief.cookies.clear()
        thief.cookies.set("menshen", planted)
        assert (await thief.get("/flat?flat=b1u1-502")).status_code == 403  # still no more than the guard it was


@pytest.mark.asyncio
async def test_a_flood_of_log_ins_waits_in_a_short_queue_or_not_at_all() -> None:
    class Slow(FakeStaff):
        def __init__(self) -> None:
            super().__init__()
            self.go = threading.Event()
            self.now = self.most = 0

        def verify(self, member: str, pin: str) -> bool:
            self.now += 1
            self.most = max(self.most, self.now)
            self.go.wait(30)
            self.now -= 1
            return False

    pins, staff = PinDesk(), Slow()
    tries = [asyncio.create_task(pins.verify(staff, "g1", "0000")) for _ in range(50)]
    await asyncio.wait(tries, return_when=asyncio.FIRST_COMPLETED)
    staff.go.set()
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(answer is False for answer in answers) == MOST_WAITING
    assert {getattr(answer, "status_code", 503) for answer in answers} == {503}
    assert staff.most <= AT_ONCE


@pytest.mark.asyncio
async def test_the_form_of_one_log_in_serves_no_other() -> None:
    pages = make_pages()
    async with pages.browser() as guard, pages.browser() as officer:
        await log_in(guard, GUARD)
        await log_in(officer, OFFICER)
        token = token_in((await guard.get("/alerts")).text)
        answer = await officer.post("/guard/patrol", data={"csrf": token, "lane": "east-1", "minutes": "10"})
    assert answer.status_code == 403
    assert pages.house.orders == []


async def wrong_pin(pages: Pages, address: str, name: Member, pin: str = "0000") -> httpx.Response:
    async with pages.browser(address) as browser:
        return await log_in(browser, name, pin)


@pytest.mark.asyncio
async def test_wrong_pins_go_on_record_by_fives_and_those_of_strangers_names_once() -> None:
    pages = make_pages()
    for number in range(11):
        assert (await wrong_pin(pages, f"10.1.{number}.1", OFFICER)).status_code == 401
        assert (await wrong_pin(pages, f"10.2.{number}.1", OFFICER._replace(id=f"nobody-{number}"))).status_code == 401
    told = [(order.member, order.count) for order in pages.house.orders if isinstance(order, PinsRefused)]
    assert told == [(OFFICER.id, 1), ("", 1), (OFFICER.id, 5), (OFFICER.id, 5)]


@pytest.mark.asyncio
async def test_a_member_whose_pin_is_guessed_for_days_waits_long_on_a_strange_device_and_not_on_their_own() -> None:
    """From many addresses sixty tries an hour were left: a PIN of four digits in a week, and nobody was told."""
    pages = make_pages()
    async with pages.browser("10.0.0.5") as known:
        assert (await log_in(known, OFFICER)).status_code == 303
        pages.house.tell(guessed(OFFICER.id))
        assert (await wrong_pin(pages, "10.3.0.1", OFFICER)).status_code == 401
        waits = await wrong_pin(pages, "10.3.0.2", OFFICER, PINS[OFFICER.id])
        assert waits.status_code == 429
        assert 50 < int(waits.headers["Retry-After"]) <= 60
        assert (await log_in(known, OFFICER)).status_code == 303
        assert (await wrong_pin(pages, "10.3.0.2", GUARD, PINS[GUARD.id])).status_code == 303


def guessed(member: str) -> Alert:
    return Alert(
        id="e/99",
        kind=Kind.PINS_GUESSED,
        key=f"member:{member}",
        severity=Severity.HIGH,
        state=AlertState.RAISED,
        revision=1,
        raised_at=START,
        changed_at=START,
        device=member,
        count=20,
    )
