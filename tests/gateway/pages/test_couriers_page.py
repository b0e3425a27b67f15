"""Couriers inside for long stand on the guard's page; one tap says that they left."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.events.every import ConfigLoaded
from gateway.findings import Decision, Reason, Verdict
from gateway.limits import Limits
from gateway.orders.gate import CourierLeft
from tests.gateway.pages.browsing import fed, log_in, make_pages, token_of, told
from tests.gateway.pages.fake_house import GUARD, INSTALLER, START, decision

WHO = "5afe0000000000c1"


def came_in(who: str = WHO, minutes_ago: float = 0) -> Decision:
    admitted = decision(Verdict.ADMIT, Reason.ADMITTED, holder="courier", at=START - timedelta(minutes=minutes_ago))
    return replace(admitted, subject=who)


@pytest.mark.asyncio
async def test_who_is_overdue_is_on_the_page_until_somebody_says_they_left() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        await told(pages, came_in(minutes_ago=61), came_in("5afe0000000000c2", 59))
        page = (await browser.get("/guard?lane=east-1&lang=en")).text
        assert page.count('data-testid="courier"') == 1
        assert "5afe00" in page
        data = {"csrf": await token_of(browser), "who": WHO, "lane": "east-1"}
        answer = await browser.post("/guard/courier", data=data)
        assert answer.headers["location"] == "/guard?lane=east-1"
        assert 'data-testid="courier"' not in (await browser.get("/guard?lang=en")).text
        pages.house.now += timedelta(minutes=2)
        assert 'data-testid="courier"' in (await browser.get("/guard?lang=zh")).text, "the other one is late by now"
        now, site = pages.house.now, pages.house.shown.places.site
        never = Limits(courier_overdue_seconds=0)
        await told(pages, ConfigLoaded(at=now, heard=now, fingerprint="f", site=site, limits=never))
        assert 'data-testid="courier"' not in (await browser.get("/guard?lang=en")).text
    [order] = pages.house.orders
    assert isinstance(order, CourierLeft)
    assert (order.by, order.who) == ("g1", WHO)


@pytest.mark.asyncio
async def test_an_installer_says_nothing_of_couriers() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, INSTALLER)
        data = {"csrf": await token_of(browser), "who": WHO}
        assert (await browser.post("/guard/courier", data=data)).status_code == 403
    assert pages.house.orders == []
