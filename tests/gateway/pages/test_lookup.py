"""A guard finds a flat, learns whether it is a quarantine home and nothing more, and has a card for the ambulance."""

from datetime import timedelta

import pytest

from gateway.orders.every import FlatLookedUp, OrderResult
from gateway.pages.gate.lookup import flats_called
from tests.gateway.pages.browsing import Pages, log_in, make_pages
from tests.gateway.pages.fake_house import GUARD, START, stay


async def asked(pages: Pages, question: str, lane: str = "east-1", lang: str = "zh") -> str:
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        answer = await browser.get("/guard/flat", params={"q": question, "lane": lane, "lang": lang})
        assert answer.status_code == 200
        return answer.text


@pytest.mark.parametrize(
    ("said", "flats"),
    [
        ("3-1-502", ["b3u1-502"]),
        ("3号楼1单元502室", ["b3u1-502"]),
        ("３－１－５０２", ["b3u1-502"]),
        (" 3 / 1 / 502 ", ["b3u1-502"]),
        ("3-502", ["b3u1-502", "b3u2-502"]),
        ("3-1-50", []),
        ("3-1", []),
        ("", []),
        ("'; --", []),
        ("9-1-502", []),
    ],
)
def test_a_flat_is_found_as_people_say_it(said: str, flats: list[str]) -> None:
    assert [flat.id for flat in flats_called(said, make_pages().house.shown.places)] == flats


@pytest.mark.asyncio
async def test_it_says_whether_there_is_a_quarantine_and_nothing_else_about_it() -> None:
    pages = make_pages()
    order = stay("b3u1-502", 1, band="band-1")
    pages.house.tell(order)
    held, free = await asked(pages, "3-1-502"), await asked(pages, "3-2-502")
    assert 'data-testid="found-b3u1-502" data-held="yes"' in held
    assert "此户有人居家隔离" in held
    assert "请做好防护" in held
    assert 'data-testid="found-b3u2-502" data-held="no"' in free
    assert "请做好防护" not in free
    for secret in (order.subject, order.ground, order.band, str(order.first_day), str(order.last_day)):
        assert secret not in held


@pytest.mark.asyncio
async def test_a_stay_whose_days_are_over_counts_only_where_the_clock_is_not_trusted() -> None:
    pages = make_pages()
    pages.house.tell(stay("b3u1-502", 1))
    pages.house.now = START + timedelta(days=30)
    assert 'data-held="no"' in await asked(pages, "3-1-502")
    pages.house.clock_trusted = False
    assert 'data-held="yes"' in await asked(pages, "3-1-502")


@pytest.mark.asyncio
async def test_the_card_says_where_and_who_lets_in() -> None:
    text = await asked(make_pages(), "3-1-502")
    card = text[text.index('data-testid="ambulance"') :]
    for words in ("东门 / 进口", "3号楼", "1单元", "502", "张卫"):
        assert words in card


@pytest.mark.asyncio
async def test_who_looked_is_on_record_before_the_answer_and_without_a_record_there_is_none() -> None:
    pages = make_pages()
    pages.house.tell(stay("b3u1-502", 1))
    assert 'data-held="yes"' in await asked(pages, "3-1-502")
    [order] = pages.house.orders
    assert isinstance(order, FlatLookedUp)
    assert (order.by, order.flat) == ("g1", "b3u1-502")
    pages.house.answer = OrderResult(order="", done=False, why="unknown flat")
    refused = await asked(pages, "3-1-502")
    assert 'data-held="unknown"' in refused
    assert "不清楚是否隔离户" in refused
    assert "此户有人居家隔离" not in refused


@pytest.mark.asyncio
async def test_of_several_flats_none_is_answered_for_until_one_is_chosen() -> None:
    pages = make_pages()
    pages.house.tell(stay("b3u1-502", 1))
    many = await asked(pages, "502")
    assert many.count('data-testid="several-') == 6
    assert "data-held" not in many
    assert 'data-testid="ambulance"' not in many
    assert pages.house.orders == []
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        chosen = (await browser.get("/guard/flat?flat=b3u1-502&lane=east-1")).text
    assert 'data-held="yes"' in chosen
    assert 'data-testid="ambulance"' in chosen


@pytest.mark.asyncio
async def test_what_is_no_flat_or_no_lane_is_said() -> None:
    pages = make_pages()
    assert 'data-testid="lookup-none"' in await asked(pages, "<script>alert(1)</script>")
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        assert (await browser.get("/guard/flat?q=502&lane=nowhere")).status_code == 404
    assert pages.house.orders == []
