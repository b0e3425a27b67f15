"""A drill is seen on every page, begun and ended on its own."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.kinds import Kind
from gateway.orders_drill import DrillBegun, DrillEnded
from tests.gateway.pages.browsing import fed, log_in, make_pages, told
from tests.gateway.pages.fake_house import GUARD, OFFICER, START, alert


@pytest.mark.asyncio
async def test_every_page_says_that_a_drill_is_on_until_it_is_over() -> None:
    pages = make_pages()
    begun = DrillBegun(
        id="x", at=START, by="d1", reason="fire stairs", until=START + timedelta(hours=1), places=("b1",)
    )
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        before = (await browser.get("/guard?lang=en")).text
        await told(pages, begun)
        await told(pages, replace(alert(Kind.FALL, 7, device="band-1"), drill=True))
        during = [(await browser.get(path)).text for path in ("/guard?lang=en", "/alerts?lang=zh")]
        await told(pages, DrillEnded(id="e", at=START, by="d1", drill="x"))
        after = (await browser.get("/guard?lang=en")).text
    assert [("drill-banner" in page) for page in (before, *during, after)] == [False, True, True, False]
    assert "fire stairs" in during[0]
    assert "演练进行中" in during[1]
    assert "<mark>演练</mark>" in during[1]


@pytest.mark.asyncio
async def test_a_drill_is_begun_and_ended_by_name() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        page = (await browser.get("/drill?lang=en")).text
        [form] = re.findall(r'data-testid="drill-begin".*?</form>', page, re.DOTALL)
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        said = {"reason": "rehearsal", "place": "b1", "devices": "band-1 band-2", "minutes": "30"}
        assert (await browser.post("/drill/begin", data={**fields, **said})).status_code == 303
        assert (await browser.post("/drill/end", data={"csrf": fields["csrf"], "drill": "x"})).status_code == 303
    begun, ended = pages.house.orders
    assert isinstance(begun, DrillBegun)
    assert (begun.places, begun.devices, begun.phones) == (("b1",), ("band-1", "band-2"), False)
    assert begun.until - begun.at == timedelta(minutes=30)
    assert isinstance(ended, DrillEnded)
