"""An alert the centre reminds of rings again on every page, and says by whom and when."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.findings import AlertState
from gateway.kinds import Kind
from tests.gateway.pages.browsing import fed, log_in, make_pages, told
from tests.gateway.pages.fake_house import GUARD, START, alert


def ring(html: str) -> str:
    found = re.search(r'data-ring="([^"]*)"', html)
    assert found is not None
    return found[1]


@pytest.mark.asyncio
async def test_it_rings_anew_with_each_reminder_until_somebody_does_something() -> None:
    pages = make_pages()
    covered = alert(Kind.CAMERA_COVERED, 7, place="east-1", device="camera-1")
    at = START + timedelta(minutes=1)
    once = replace(covered, revision=2, changed_at=at, reminded=1, reminded_at=at, reminded_by="centre:王老师")
    taken = replace(once, revision=3, changed_at=at + timedelta(seconds=9), state=AlertState.ACKNOWLEDGED)
    later = at + timedelta(minutes=2)
    again = replace(taken, revision=4, changed_at=later, reminded=2, reminded_at=later)
    rung = []
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        for revision in (covered, once, taken, again):
            await told(pages, revision)
            rung.append(ring((await browser.get("/guard?lang=en")).text))
        page = (await browser.get("/alerts?lang=en")).text
    assert rung == ["", "e/7~1", "", "e/7~2"]
    [said] = re.findall(r'data-testid="reminded">(.*?)</p>', page, re.DOTALL)
    assert "The centre reminds: 王老师" in said
    assert "14:33" in said
    assert "2 times" in said
