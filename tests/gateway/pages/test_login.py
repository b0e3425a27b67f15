"""A PIN opens a session; a wrong one slows the next try and nothing else."""

from datetime import timedelta

import pytest

from gateway.pages.desk import PageSettings
from gateway.pages.staff.session import Sessions
from tests.gateway.pages.browsing import SETTINGS, log_in, make_pages, token_in, token_of
from tests.gateway.pages.fake_house import GUARD, OFFICER, START, FakeStaff


@pytest.mark.asyncio
async def test_name_or_number_and_pin_lead_to_the_page_that_was_asked_for() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        asked = await browser.get("/guard?lane=east-1")
        form = await browser.get(asked.headers["location"])
        data = {"csrf": token_in(form.text), "name": "张卫", "pin": "2580", "next": "/guard?lane=east-1"}
        answer = await browser.post("/login", data=data)
        assert (answer.status_code, answer.headers["location"]) == (303, "/guard?lane=east-1")
        assert (await browser.get("/guard?lane=east-1")).status_code == 200


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "wanted", ["//evil.test/", "http://evil.test", "/live/guard", "/healthz", "/guard?a\r\nb", "x"]
)
async def test_a_log_in_leads_nowhere_but_to_our_pages(wanted: str) -> None:
    async with make_pages().browser() as browser:
        form = await browser.get("/login", params={"next": wanted})
        data = {"csrf": token_in(form.text), "name": "g1", "pin": "2580", "next": wanted}
        assert (await browser.post("/login", data=data)).headers["location"] == "/"


@pytest.mark.asyncio
async def test_the_session_cookie_is_closed_to_scripts_and_other_sites() -> None:
    plain = make_pages()
    async with plain.browser() as browser:
        cookie = (await log_in(browser, GUARD)).headers["set-cookie"]
    assert cookie.startswith("menshen=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    sealed = make_pages(settings=PageSettings(SETTINGS.session_key, https=True))
    async with sealed.browser() as browser:
        browser.base_url = "https://gate.test"
        browser.headers["Origin"] = "https://gate.test"
        cookie = (await log_in(browser, GUARD)).headers["set-cookie"]
    assert cookie.startswith("__Host-menshen=")
    assert "Secure" in cookie
    assert "Path=/" in cookie


@pytest.mark.asyncio
async def test_wrong_name_and_wrong_pin_read_the_same_and_cost_the_same() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        wrong_pin = await log_in(browser, GUARD, "0000")
        form = await browser.get("/login")
        wrong_name = await browser.post("/login", data={"csrf": token_in(form.text), "name": "nobody", "pin": "0000"})
    assert (wrong_pin.status_code, wrong_name.status_code) == (401, 401)
    assert "姓名或 PIN 码不对" in wrong_pin.text
    assert wrong_name.text.replace("nobody", "g1") == wrong_pin.text
    assert pages.staff.asked == 2  # a PIN is worked out for a name that nobody has, too


@pytest.mark.asyncio
async def test_after_three_wrong_pins_the_right_one_waits_but_open_pages_go_on() -> None:
    pages = make_pages()
    async with pages.browser("10.0.0.1") as inside, pages.browser("10.0.0.1") as thief, pages.browser() as other:
        await log_in(inside, GUARD)
        for _ in range(3):
            assert (await log_in(thief, GUARD, "0000")).status_code == 401
        asked = pages.staff.asked
        locked = await log_in(thief, GUARD)
        assert locked.status_code == 429
        assert int(locked.headers["retry-after"]) >= 1
        assert pages.staff.asked == asked  # the PIN was not even looked at
        assert (await inside.get("/guard")).status_code == 200
        assert (await log_in(thief, OFFICER)).status_code == 303  # another name from the same desk
        assert (await log_in(other, GUARD)).status_code == 303  # the same name from another desk


@pytest.mark.asyncio
async def test_many_addresses_meet_the_lockout_of_the_name() -> None:
    pages = make_pages()
    codes = []
    for n in range(14):
        async with pages.browser(f"10.0.1.{n}") as browser:
            codes.append((await log_in(browser, GUARD, "0000")).status_code)
    assert codes[0] == 401
    assert codes[-1] == 429


@pytest.mark.asyncio
async def test_a_log_in_form_of_another_browser_is_refused() -> None:
    pages = make_pages()
    async with pages.browser() as mine, pages.browser() as theirs:
        form = await theirs.get("/login")
        await mine.get("/login")
        answer = await mine.post("/login", data={"csrf": token_in(form.text), "name": "g1", "pin": "2580"})
    assert answer.status_code == 403
    assert pages.staff.asked == 0


@pytest.mark.asyncio
async def test_logging_out_ends_the_cookie_and_not_only_the_browsers_copy() -> None:
    pages = make_pages()
    async with pages.browser() as browser, pages.browser() as thief:
        await log_in(browser, OFFICER)
        stolen = browser.cookies["menshen"]
        await browser.post("/logout", data={"csrf": await token_of(browser)})
        assert (await browser.get("/alerts")).status_code == 303
        thief.cookies.set("menshen", stolen)
        assert (await thief.get("/alerts")).status_code == 303


@pytest.mark.asyncio
async def test_a_shift_ends_after_twelve_hours() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        pages.house.now = START + timedelta(hours=11, minutes=59)
        assert (await browser.get("/guard")).status_code == 200
        pages.house.now = START + timedelta(hours=12, minutes=1)
        assert (await browser.get("/guard")).status_code == 303


@pytest.mark.asyncio
async def test_a_session_lives_through_a_restart_and_dies_with_its_member_or_pin() -> None:
    before, after = make_pages(), make_pages()
    async with before.browser() as browser:
        await log_in(browser, GUARD)
        cookie = browser.cookies["menshen"]
    async with after.browser() as browser:
        browser.cookies.set("menshen", cookie)
        assert (await browser.get("/guard")).status_code == 200
        after.staff.members["g1"] = GUARD._replace(mark="a new PIN")
        assert (await browser.get("/guard")).status_code == 303
        del after.staff.members["g1"]
        assert (await browser.get("/guard")).status_code == 303


@pytest.mark.parametrize(
    "cookie",
    ["", ".", "...", "a.b.c.d", "ZzE=.x.n.m", "ZzE=.99999999999999999.n.m", "é.1.n.m", "////.1.n.m", "x" * 600],
)
def test_a_cookie_that_is_not_ours_is_nobody(cookie: str) -> None:
    assert Sessions(b"k" * 32).read(cookie, FakeStaff(), START) is None


def test_a_cookie_for_another_member_or_hour_is_nobody() -> None:
    sessions, staff = Sessions(b"k" * 32), FakeStaff()
    name, begun, nonce, signature = sessions.open(GUARD, START).split(".")
    officer = sessions.open(OFFICER, START).split(".")[0]
    assert sessions.read(".".join((name, begun, nonce, signature)), staff, START) is not None
    assert sessions.read(".".join((officer, begun, nonce, signature)), staff, START) is None
    assert sessions.read(".".join((name, str(int(begun) + 1), nonce, signature)), staff, START) is None
    assert Sessions(b"j" * 32).read(".".join((name, begun, nonce, signature)), staff, START) is None
