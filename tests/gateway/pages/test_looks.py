"""Every look at people's data is on record before it is shown: who, what, when, and nothing personal."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from gateway.compound import Places
from gateway.kinds import Kind
from gateway.orders.every import Order, OrderResult
from gateway.orders.staff import DataLookedAt
from gateway.pages import desk
from gateway.pages.access import ACCESS, PUBLIC
from gateway.pages.staff.looks import BETWEEN, MOST_KEPT, NOTHING_PERSONAL, Looks, about, page_of
from tests.gateway.pages.browsing import log_in, make_pages
from tests.gateway.pages.fake_house import CHIEF, GUARD, OFFICER, START, alert, make_site, stay

SHOWS_PEOPLE = sorted(
    path
    for (method, path), roles in ACCESS.items()
    if method == "GET" and roles is not PUBLIC and page_of(path) not in NOTHING_PERSONAL
)
ASKED = {"/flat": "/flat?flat=b1u1-502", "/registry/template": "/registry/template?format=csv"}


@pytest.mark.asyncio
@pytest.mark.parametrize("path", SHOWS_PEOPLE)
async def test_each_page_with_peoples_data_leaves_one_record_for_its_viewer(path: str) -> None:
    pages = make_pages()
    pages.app.state.desk.feed.close()  # streams end at once
    async with pages.browser() as browser:
        await log_in(browser, CHIEF)
        for _ in range(3):
            assert (await browser.get(ASKED.get(path, path))).status_code in (200, 204, 303, 404)
    (look,) = pages.house.looks
    assert (look.by, look.what, look.at) == ("c1", page_of(path), START)
    assert look.about == ("b1u1-502" if path == "/flat" else "")


@pytest.mark.asyncio
async def test_another_flat_another_viewer_and_ten_minutes_later_are_looks_of_their_own() -> None:
    pages = make_pages()
    async with pages.browser() as one, pages.browser() as two:
        await log_in(one, OFFICER)
        await log_in(two, CHIEF)
        await one.get("/flat?flat=b1u1-502")
        await one.get("/flat?flat=b1u1-601")
        await two.get("/flat?flat=b1u1-502")
        await one.get("/flat?flat=b1u1-502")
        pages.house.now = START + BETWEEN
        await one.get("/flat?flat=b1u1-502")
    assert [(look.by, look.about) for look in pages.house.looks] == [
        ("d1", "b1u1-502"),
        ("d1", "b1u1-601"),
        ("c1", "b1u1-502"),
        ("d1", "b1u1-502"),
    ]


@pytest.mark.asyncio
async def test_who_may_not_look_leaves_no_record_of_having_looked() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        assert (await browser.get("/flat?flat=b1u1-502")).status_code == 403
    assert pages.house.looks == []


def test_nothing_but_a_place_of_ours_or_a_pseudonym_goes_on_record() -> None:
    places = Places(make_site())
    assert about({"flat": "b1u1-502", "building": "b1"}, places) == "b1u1-502"
    assert about({"building": "b1"}, places) == "b1"
    assert about({"subject": "5afe000000000001"}, places) == "5afe000000000001"
    for query in ({"flat": "张三 13800000000"}, {"subject": "张三"}, {"q": "张三"}, {}):
        assert about(query, places) == ""


@pytest.mark.asyncio
async def test_the_muster_list_is_a_look_and_the_fire_button_alone_is_none() -> None:
    pages = make_pages()
    async with pages.browser() as stranger, pages.browser() as office:
        await stranger.get("/fire")
        assert pages.house.looks == []
        await log_in(office, OFFICER)
        await office.get("/fire")
    assert [(look.by, look.what, look.about) for look in pages.house.looks] == [("d1", "/fire", "xf")]


@pytest.mark.asyncio
async def test_without_a_disk_a_flat_is_not_shown_and_alerts_and_a_fire_are(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = make_pages()
    pages.house.tell(stay("b1u1-502", 1))
    pages.house.tell(alert(Kind.HELP_CALLED, 7))
    handed_in: list[Order] = []

    async def never(order: Order) -> OrderResult:
        handed_in.append(order)
        return await asyncio.Event().wait()  # type: ignore[return-value]  # never comes

    monkeypatch.setattr(pages.house, "order", never)
    monkeypatch.setattr(desk, "LOOK_SECONDS", 0.05)
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        assert (await browser.get("/flat?flat=b1u1-502")).status_code == 503
        assert 'data-kind="help_called"' in (await browser.get("/alerts")).text
        assert 'data-testid="muster"' in (await browser.get("/fire")).text
    assert [type(order) for order in handed_in] == [DataLookedAt] * 3


def test_forgetting_makes_one_record_more_and_never_one_less() -> None:
    looks = Looks()
    assert looks.is_due("d1", "/flat", "a", START)
    looks.recorded("d1", "/flat", "a", START)
    assert not looks.is_due("d1", "/flat", "a", START + BETWEEN - timedelta(seconds=1))
    assert looks.is_due("d1", "/flat", "a", START + BETWEEN)
    assert looks.is_due("d1", "/flat", "a", START - timedelta(days=1))  # the clock was set back
    for n in range(MOST_KEPT):
        looks.recorded("d1", "/flat", str(n), START)
    assert looks.is_due("d1", "/flat", "a", START)


@pytest.mark.asyncio
async def test_the_chief_reads_who_looked_and_that_page_shows_nobody() -> None:
    pages = make_pages()
    async with pages.browser() as office, pages.browser() as chief:
        await log_in(office, OFFICER)
        await office.get("/flat?flat=b1u1-502")
        await log_in(chief, CHIEF)
        page = (await chief.get("/privacy")).text
    assert page.count('data-testid="look-row"') == 1
    assert "王静" in page
    assert "/flat" in page
    assert [look.by for look in pages.house.looks] == ["d1"]
    assert b"name" not in msgspec.json.encode(pages.house.looks)
