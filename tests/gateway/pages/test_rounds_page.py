"""The list of who is still to be called or knocked at: most urgent first, answered with one tap."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.orders.rounds import TaskAnswered
from gateway.rounds import RoundDone, Task, TaskKind, TaskState, Why
from tests.gateway.pages.browsing import fed, log_in, make_pages, token_of
from tests.gateway.pages.fake_house import GUARD, OFFICER, START

FLAT = "b1u1-502"
CALL = Task(
    id="r/call/5afe000000000001",
    at=START,
    changed_at=START,
    due=START + timedelta(hours=1),
    round="r",
    kind=TaskKind.CALL,
    state=TaskState.OPEN,
    revision=1,
    flat=FLAT,
    subject="5afe000000000001",
    why=(Why.NOT_MEASURED,),
)
KNOCK = replace(
    CALL,
    id="r/knock/" + FLAT,
    kind=TaskKind.KNOCK,
    subject="",
    why=(Why.DOOR_SILENT, Why.BAND_OFF),
    state=TaskState.OVERDUE,
)
DONE = RoundDone(at=START, round="r", compound="palm", persons=20, measured=19, calls=1, flats=15, knocks=2, saved=13)


@pytest.mark.asyncio
async def test_the_overdue_first_with_why_and_the_figures_below() -> None:
    pages = make_pages()
    for finding in (CALL, KNOCK, DONE):
        pages.house.tell(finding)
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get("/rounds?lang=en")).text
    assert [part.split('"', 1)[0] for part in text.split('data-task="')[1:]] == [KNOCK.id, CALL.id]
    assert "door sensor was silent；wristband was off" in text
    assert "19/20" in text
    assert "<b>13</b>/15" in text


@pytest.mark.asyncio
async def test_one_tap_is_the_answer() -> None:
    pages = make_pages()
    pages.house.tell(CALL)
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, OFFICER)
        data = {"csrf": await token_of(browser), "task": CALL.id, "outcome": "well", "celsius": "36，6"}
        await browser.post("/rounds/answer", data=data)
        for wrong in ({"outcome": "gone"}, {"celsius": "hot"}, {"celsius": "3.66"}, {"task": ""}):
            assert (await browser.post("/rounds/answer", data=data | wrong)).status_code == 400
    [order] = pages.house.orders
    assert isinstance(order, TaskAnswered)
    assert (order.by, order.task, order.outcome, order.celsius) == ("d1", CALL.id, "well", 36.6)


@pytest.mark.asyncio
async def test_nobody_to_be_called_is_said_and_a_guard_has_no_business_here() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        assert 'data-testid="no-tasks"' in (await browser.get("/rounds")).text
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        assert (await browser.get("/rounds")).status_code == 403
