"""An alert the centre reminds of rings again on every page, and says by whom and when."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.findings import AlertState
from gateway.kinds import Kind
from tests.gateway.pages.browsing import fed, log_in, make_pages, told
from tests.gateway.pages.fake_house import CHIEF, GUARD, OFFICER, START, alert


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


@pytest.mark.asyncio
async def test_what_was_taken_rings_for_whoever_it_is_given_to_and_for_nobody_else() -> None:
    pages = make_pages()
    at = START + timedelta(minutes=1)
    opened = alert(Kind.QUARANTINE_DOOR_OPENED, 7, place="b1u1-502")
    taken = replace(
        opened, revision=2, state=AlertState.ACKNOWLEDGED, acknowledged_by=CHIEF.id, acknowledged_at=at, changed_at=at
    )
    given = replace(
        taken, revision=3, changed_at=at, assigned_to=OFFICER.id, given=1, given_at=at, asked=True, comment="near you"
    )
    repeated = replace(given, revision=4, count=2)
    took = replace(repeated, revision=5, asked=False, acknowledged_by=OFFICER.id)
    rung: dict[str, list[str]] = {OFFICER.id: [], CHIEF.id: []}
    buttons = []
    async with fed(pages), pages.browser() as theirs, pages.browser() as others:
        await log_in(theirs, OFFICER)
        await log_in(others, CHIEF)
        for revision in (opened, taken, given, repeated, took):
            await told(pages, revision)
            html = (await theirs.get("/duty?lang=en")).text
            buttons.append('data-testid="case-take"' in html)
            rung[OFFICER.id].append(ring(html))
            rung[CHIEF.id].append(ring((await others.get("/duty?lang=en")).text))
    assert rung == {OFFICER.id: ["", "", "e/7~g1", "e/7~g1", ""], CHIEF.id: [""] * 5}
    assert buttons == [True, False, True, True, False]
