"""The flat's page: duty officers begin and end quarantines and open service windows."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.orders.every import QuarantineBegun, QuarantineEnded, WindowOpened
from tests.gateway.pages.browsing import Pages, log_in, make_pages, token_in
from tests.gateway.pages.fake_house import OFFICER, START, stay

PROBE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


async def post_flat_form(
    pages: Pages, form: str, fields: dict[str, str], times: int = 1, flat: str = "b1u1-502"
) -> int:
    """Open the flat's page, fill in one of its forms, send it so many times; the last answer's status."""
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get(f"/flat?flat={flat}")).text
        part = text[text.index(f'data-testid="{form}"') :]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', part[: part.index("</form>")]))
        assert hidden["csrf"] == token_in(text)
        action = {"window-form": "window", "release-form": "release"}[form]
        for _ in range(times):
            code = (await browser.post(f"/flat/{action}", data=hidden | fields)).status_code
    return code


@pytest.mark.asyncio
async def test_there_is_one_way_to_enrol_and_the_flat_leads_there() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get("/flat?flat=b1u1-502")).text
        old = await browser.post("/flat/quarantine", data={"csrf": token_in(text), "flat": "b1u1-502"})
    assert re.findall(r'href="([^"]+)" data-testid="enrol-(?:link|here)"', text) == ["/enrol?flat=b1u1-502"] * 2
    assert 'name="subject" pattern' not in text
    assert old.status_code == 404
    assert pages.house.orders == []


@pytest.mark.asyncio
async def test_a_quarantine_ends_with_its_reason() -> None:
    pages = make_pages()
    pages.house.tell(stay("b1u1-502", 7))
    assert await post_flat_form(pages, "release-form", {"reason": "登记错了"}) == 303
    [order] = pages.house.orders
    assert isinstance(order, QuarantineEnded)
    assert (order.by, order.quarantine, order.reason) == ("d1", "stay-7", "登记错了")


@pytest.mark.asyncio
async def test_a_service_window_is_in_the_compounds_hours() -> None:
    pages = make_pages()
    fields = {"purpose": "swab", "opens": "2026-03-12T15:00", "minutes": "30"}
    assert await post_flat_form(pages, "window-form", fields) == 303
    [order] = pages.house.orders
    assert isinstance(order, WindowOpened)
    assert order.opens == datetime(2026, 3, 12, 7, 0, tzinfo=UTC)
    assert order.closes - order.opens == timedelta(minutes=30)
    assert (order.purpose, order.by) == ("swab", "d1")


@pytest.mark.asyncio
@pytest.mark.parametrize("wrong", [{"purpose": "party"}, {"opens": "now"}, {"minutes": "31"}, {"flat": "nowhere"}])
async def test_a_service_window_that_no_form_of_ours_makes_is_refused(wrong: dict[str, str]) -> None:
    pages = make_pages()
    fields = {"purpose": "swab", "opens": "2026-03-12T15:00", "minutes": "30"}
    assert await post_flat_form(pages, "window-form", fields | wrong) in (400, 404)
    assert pages.house.orders == []


@pytest.mark.asyncio
async def test_nothing_written_by_anybody_becomes_part_of_the_page() -> None:
    pages = make_pages()
    hostile = QuarantineBegun(
        id=PROBE,
        at=START,
        by=PROBE,
        flat="b1u1-502",
        subject=PROBE,
        ground=PROBE,
        first_day=date(2026, 3, 12),
        last_day=date(2026, 3, 25),
        band=PROBE,
    )
    pages.house.tell(hostile)
    window = WindowOpened(
        id="w", at=START, by=PROBE, flat="b1u1-502", opens=START, closes=START + timedelta(hours=1), purpose=PROBE
    )
    pages.house.tell(window)
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        flat = (await browser.get("/flat?flat=b1u1-502")).text
        board = (await browser.get("/board?building=b1")).text
        wrong = (await browser.get("/flat", params={"flat": PROBE})).text
        login = (await browser.get("/login", params={"next": PROBE, "lang": PROBE})).text
    assert flat.count("&lt;script&gt;alert(1)") >= 5
    for text in (flat, board, wrong, login):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
