"""The page of those who agreed to be looked after: write it down, away until, take it back."""

import re
from datetime import date, timedelta

import pytest

from gateway.orders.care import AwayUntil, CareAgreed, CareEnded
from tests.gateway.pages.browsing import log_in, make_pages
from tests.gateway.pages.fake_house import GUARD, OFFICER, START

AGREED = CareAgreed(
    id="care-1",
    at=START,
    by="officer",
    flat="b1u1-502",
    subject="00112233445566aa",
    reason="lives alone",
    agreed_by="self",
    last_day=date(2099, 1, 1),
    door=True,
)


@pytest.mark.asyncio
async def test_who_agreed_to_what_and_until_when_is_shown() -> None:
    pages = make_pages()
    pages.house.tell(AGREED)
    pages.house.tell(AwayUntil(id="a", at=START, by="officer", care="care-1", until=START + timedelta(days=2)))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get("/care?flat=b1u1-502&lang=en")).text
        pages.house.tell(CareEnded(id="e", at=START, by="officer", care="care-1"))
        after = (await browser.get("/care?flat=b1u1-502&lang=en")).text
    assert "lives alone" in text
    assert "2099-01-01" in text
    assert 'data-testid="away"' in text
    assert 'data-testid="agreement"' not in after


@pytest.mark.asyncio
async def test_an_agreement_away_and_its_end_become_orders() -> None:
    pages = make_pages()
    pages.house.tell(AGREED)
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        page = (await browser.get("/care?flat=b1u1-502&lang=en")).text
        fields = dict(_hidden(page, "agree-form"))
        said = {
            "reason": "has fallen",
            "agreed_by": "guardian",
            "last_day": "2099-01-01",
            "band": "band-9",
            "door": "yes",
        }
        assert (await browser.post("/care/agree", data={**fields, **said})).status_code == 303
        fields = dict(_hidden(page, "away-form"))
        assert (await browser.post("/care/away", data={**fields, "until": "2099-01-01T08:00"})).status_code == 303
        fields = dict(_hidden(page, "end-form"))
        assert (await browser.post("/care/end", data=fields)).status_code == 303
    agreed, away, ended = pages.house.orders
    assert isinstance(agreed, CareAgreed)
    assert (agreed.band, agreed.door, agreed.temperatures, agreed.agreed_by) == ("band-9", True, False, "guardian")
    assert isinstance(away, AwayUntil)
    assert away.care == "care-1"
    assert isinstance(ended, CareEnded)


@pytest.mark.asyncio
async def test_it_is_nothing_for_a_guard() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        assert (await browser.get("/care?flat=b1u1-502")).status_code == 403


def _hidden(page: str, form: str) -> list[tuple[str, str]]:
    [inner] = re.findall(rf'data-testid="{form}".*?</form>', page, re.DOTALL)[:1]
    return re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', inner)
