"""A guard who goes on a round says so with one tap, and only for a lane and a time that make sense."""

import pytest

from gateway.orders.every import GuardOnPatrol
from tests.gateway.pages.browsing import fed, log_in, make_pages, token_of
from tests.gateway.pages.fake_house import GUARD, INSTALLER


@pytest.mark.asyncio
async def test_one_tap_is_an_order_for_that_lane() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        page = (await browser.get("/guard?lane=east-1&lang=en")).text
        assert 'name="minutes" value="20"' in page
        data = {"csrf": await token_of(browser), "lane": "east-1", "minutes": "20"}
        await browser.post("/guard/patrol", data=data)
        for wrong in ({"lane": "nowhere"}, {"minutes": "0"}, {"minutes": "61"}, {"minutes": "x"}, {"minutes": ""}):
            assert (await browser.post("/guard/patrol", data=data | wrong)).status_code == 400
    [order] = pages.house.orders
    assert isinstance(order, GuardOnPatrol)
    assert (order.by, order.lane, order.minutes) == ("g1", "east-1", 20)


@pytest.mark.asyncio
async def test_an_installer_is_on_no_patrol() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, INSTALLER)
        data = {"csrf": await token_of(browser), "lane": "east-1", "minutes": "20"}
        assert (await browser.post("/guard/patrol", data=data)).status_code == 403
    assert pages.house.orders == []
