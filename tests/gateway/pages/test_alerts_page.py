"""The alerts page lists what somebody must look at, and hands in who takes it and what it was."""

import re

import msgspec
import pytest

from gateway.findings import AlertState, Closing
from gateway.kinds import Kind
from gateway.orders.every import AlertAcknowledged, AlertClosed, OrderResult
from gateway.pages.duty.alerts import MOST_LISTED
from gateway.words.kinds import KINDS, NEXT_STEPS
from tests.gateway.pages.browsing import fed, log_in, make_pages, token_of, told
from tests.gateway.pages.fake_house import GUARD, INSTALLER, OFFICER, alert

PROBE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def listed(text: str) -> list[str]:
    return re.findall(r'data-testid="alert" data-alert="([^"]+)"', text)


@pytest.mark.asyncio
async def test_gravest_first_with_place_kind_and_next_step() -> None:
    pages = make_pages()
    pages.house.tell(alert(Kind.BATTERY_LOW, 1))
    pages.house.tell(alert(Kind.QUARANTINE_DOOR_OPENED, 2, minutes_ago=1))
    pages.house.tell(alert(Kind.QUARANTINE_DOOR_OPENED, 3, place="b2u1-601", minutes_ago=9))
    pages.house.tell(alert(Kind.FALL, 4))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get("/alerts")).text
    assert listed(text) == ["e/4", "e/3", "e/2", "e/1"]
    assert "2号楼 / 1单元 / 601" in text
    assert KINDS[Kind.FALL].zh in text
    assert NEXT_STEPS[Kind.FALL].zh in text


@pytest.mark.asyncio
async def test_each_role_sees_its_own_kinds_and_may_take_no_other() -> None:
    pages = make_pages()
    for number, kind in enumerate((Kind.FEVER, Kind.FALL, Kind.DOOR_SILENT, Kind.CABLE_LOST), 1):
        pages.house.tell(alert(kind, number))
    seen = {}
    for member in (GUARD, INSTALLER, OFFICER):
        async with pages.browser() as browser:
            await log_in(browser, member)
            seen[member.id] = sorted(listed((await browser.get("/alerts")).text))
    assert seen == {"g1": ["e/2", "e/4"], "i1": ["e/3", "e/4"], "d1": ["e/1", "e/2", "e/3", "e/4"]}
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        data = {"csrf": await token_of(browser), "alert": "e/1"}
        assert (await browser.post("/alerts/acknowledge", data=data)).status_code == 403
    assert pages.house.orders == []


@pytest.mark.asyncio
async def test_taking_an_alert_hands_in_who_and_the_page_shows_the_name() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, OFFICER)
        await told(pages, alert(Kind.FALL, 4))
        data = {"csrf": await token_of(browser), "alert": "e/4", "comment": " 我去看看 "}
        assert (await browser.post("/alerts/acknowledge", data=data)).status_code == 303
        await told(pages)
        text = (await browser.get("/alerts")).text
    [order] = pages.house.orders
    assert isinstance(order, AlertAcknowledged)
    assert (order.by, order.alert, order.comment) == ("d1", "e/4", "我去看看")
    assert '<b data-testid="taken-by">王静</b>' in text
    assert 'data-testid="take"' not in text


@pytest.mark.asyncio
async def test_putting_right_hands_in_the_closing_code_and_the_list_is_calm() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, OFFICER)
        await told(pages, alert(Kind.DOOR_SILENT, 4))
        data = {"csrf": await token_of(browser), "alert": "e/4", "closing": "device_fault", "comment": "换了电池"}
        answer = await browser.post("/alerts/close", data=data, headers={"HX-Request": "true"})
        await told(pages)
        text = (await browser.get("/alerts")).text
    [order] = pages.house.orders
    assert isinstance(order, AlertClosed)
    assert (order.by, order.alert, order.closing, order.comment) == ("d1", "e/4", Closing.DEVICE_FAULT, "换了电池")
    assert "已处置" in answer.text
    assert 'data-testid="no-alerts"' in text


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "wrong", [{"closing": "solved"}, {"closing": ""}, {"comment": "字" * 201}, {"alert": ""}, {"alert": "x" * 81}]
)
async def test_a_closing_that_no_button_of_ours_makes_is_refused(wrong: dict[str, str]) -> None:
    pages = make_pages()
    pages.house.tell(alert(Kind.FALL, 4))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        data = {"csrf": await token_of(browser), "alert": "e/4", "closing": "real"}
        assert (await browser.post("/alerts/close", data=data | wrong)).status_code == 400
    assert pages.house.orders == []


@pytest.mark.asyncio
async def test_an_alert_that_is_gone_is_said_in_words() -> None:
    pages = make_pages()
    pages.house.answer = OrderResult(order="", done=False, why="no such open alert")
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        data = {"csrf": await token_of(browser), "alert": "e/99"}
        answer = await browser.post("/alerts/acknowledge", data=data)
    assert answer.status_code == 409
    assert "可能已处置" in answer.text


@pytest.mark.asyncio
async def test_the_filter_narrows_by_severity_and_state() -> None:
    pages = make_pages()
    pages.house.tell(alert(Kind.FALL, 1))
    pages.house.tell(alert(Kind.FEVER, 2))
    pages.house.tell(msgspec.structs.replace(alert(Kind.FEVER, 3), state=AlertState.ACKNOWLEDGED))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        assert listed((await browser.get("/alerts?severity=high")).text) == ["e/2", "e/3"]
        assert listed((await browser.get("/alerts?severity=high&state=raised")).text) == ["e/2"]
        assert listed((await browser.get("/alerts?severity=<x>&state=")).text) == ["e/1", "e/2", "e/3"]


@pytest.mark.asyncio
async def test_a_flood_lists_a_hundred_and_counts_the_rest() -> None:
    pages = make_pages()
    for number in range(MOST_LISTED + 40):
        pages.house.tell(alert(Kind.DOOR_SILENT, number))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get("/alerts")).text
    assert len(listed(text)) == MOST_LISTED
    assert re.search(r'data-testid="more">40 ', text)


@pytest.mark.asyncio
async def test_nothing_written_by_anybody_becomes_part_of_the_page() -> None:
    pages = make_pages()
    hostile = msgspec.structs.replace(
        alert(Kind.FALL, 1, place=PROBE, device=PROBE),
        comment=PROBE,
        acknowledged_by=PROBE,
        subject=PROBE,
        id=PROBE,
        state=AlertState.ACKNOWLEDGED,
    )
    pages.house.tell(hostile)
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get("/alerts")).text
    assert text.count("&lt;script&gt;alert(1)") >= 5
    assert "<script>alert" not in text
    assert "<img src=x" not in text


@pytest.mark.asyncio
async def test_nobody_is_told_that_a_fall_is_over_or_going_on() -> None:
    pages = make_pages()
    pages.house.tell(msgspec.structs.replace(alert(Kind.FALL, 1), active=False))
    pages.house.tell(msgspec.structs.replace(alert(Kind.QUARANTINE_DOOR_LEFT_OPEN, 2), active=False))
    pages.house.tell(alert(Kind.FEVER, 3))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get("/alerts?lang=en")).text
    fall, door, fever = (text.partition(f'data-alert="e/{n}"')[2].partition("</li>")[0] for n in (1, 2, 3))
    assert "going on" not in fall
    assert "gone by itself" not in fall
    assert "gone by itself" in door
    assert "still going on" in fever
