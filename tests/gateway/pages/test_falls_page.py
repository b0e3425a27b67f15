"""A fall on the pages: its countdown, its own word on the board, and what became of it."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.findings import AlertState, Closing
from gateway.kinds import Kind
from tests.gateway.pages.browsing import fed, log_in, make_pages, told
from tests.gateway.pages.fake_house import GUARD, OFFICER, START, alert, stay


@pytest.mark.asyncio
async def test_the_wearer_may_cancel_until_and_the_staff_may_not_say_so_for_them() -> None:
    pages = make_pages()
    fall = replace(alert(Kind.FALL, 7, device="band-1"), quiet=True, cancel_until=START + timedelta(seconds=25))
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        await told(pages, fall)
        counting = (await browser.get("/alerts?lang=en")).text
        await told(pages, replace(fall, revision=2, quiet=False, cancel_until=None))
        over = (await browser.get("/alerts?lang=en")).text
    [until] = re.findall(r'data-testid="countdown">.*?data-until="([^"]*)"', counting, re.DOTALL)
    assert until == (START + timedelta(seconds=25)).isoformat()
    assert "countdown" not in over
    assert 'data-testid="close-wearer"' not in counting
    assert "data-ring" in counting


@pytest.mark.asyncio
async def test_a_cancelled_fall_is_listed_for_a_day() -> None:
    pages = make_pages()
    fall = alert(Kind.FALL, 7, device="band-1")
    cancelled = replace(fall, revision=2, state=AlertState.CLOSED, closing=Closing.WEARER)
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        await told(pages, fall)
        await told(pages, cancelled)
        page = (await browser.get("/alerts?lang=en")).text
    [listed] = re.findall(r'data-testid="cancelled">(.*?)</ul>', page, re.DOTALL)
    assert "Fall, Cancelled by wearer" in listed
    assert 'data-testid="alert"' not in page


@pytest.mark.parametrize(("kind", "word"), [(Kind.FALL, "跌倒"), (Kind.HELP_CALLED, "呼救")])
@pytest.mark.asyncio
async def test_the_board_tells_a_fall_from_a_call_for_help(kind: Kind, word: str) -> None:
    pages = make_pages()
    pages.house.tell(stay("b1u1-502", 1, band="band-1"))
    pages.house.tell(alert(kind, 4, device="band-1"))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get("/board?building=b1&lang=zh")).text
    found = re.search(r'id="flat-b1u1-502".*?</(?:a|div)>', text, re.DOTALL)
    assert found is not None
    assert re.findall(r'<em class="a">([^<]*)</em>', found[0]) == [word]
