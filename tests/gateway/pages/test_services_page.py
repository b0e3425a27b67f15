"""The list of requests: guards and duty officers grant, deny, take, deliver, and ask for a flat."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.orders.windows import (
    WindowApproved,
    WindowAsked,
    WindowConfirmed,
    WindowDelivered,
    WindowDenied,
    WindowTaken,
    WindowWithdrawn,
)
from gateway.pages.access import Member
from gateway.services import ServiceState
from tests.gateway.pages.browsing import Pages, log_in, token_of
from tests.gateway.pages.fake_house import GUARD, OFFICER, START
from tests.gateway.pages.test_door_page import FLAT, PROBE, a_home, asked


async def act(pages: Pages, member: Member = GUARD, where: str = "act", **fields: str) -> int:
    async with pages.browser() as browser:
        await log_in(browser, member)
        answer = await browser.post(f"/services/{where}", data={"csrf": await token_of(browser)} | fields)
    return answer.status_code


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("take", WindowTaken),
        ("deliver", WindowDelivered),
        ("confirm", WindowConfirmed),
        ("withdraw", WindowWithdrawn),
    ],
)
async def test_one_button_is_one_order_by_name(name: str, order: type) -> None:
    pages = a_home()
    pages.house.tell(asked(ServiceState.APPROVED))
    assert await act(pages, act=name, request="r1") == 303
    [given] = pages.house.orders
    assert type(given) is order
    assert given.by == "g1"


@pytest.mark.asyncio
async def test_granted_for_so_many_minutes_from_an_hour_of_the_compound_or_from_now() -> None:
    pages = a_home()
    pages.house.tell(asked())
    assert await act(pages, OFFICER, act="approve", request="r1", minutes="30", opens="2026-03-12T15:00") == 303
    assert await act(pages, OFFICER, act="approve", request="r1", minutes="60", opens="") == 303
    first, second = pages.house.orders
    assert isinstance(first, WindowApproved)
    assert isinstance(second, WindowApproved)
    assert (first.opens, first.closes - first.opens) == (datetime(2026, 3, 12, 7, 0, tzinfo=UTC), timedelta(minutes=30))
    assert (second.opens, second.closes - second.opens) == (START, timedelta(hours=1))


@pytest.mark.asyncio
async def test_denied_only_with_a_reason_the_resident_can_read() -> None:
    pages = a_home()
    pages.house.tell(asked())
    assert await act(pages, act="deny", request="r1", reason=" ") == 400
    assert await act(pages, act="deny", request="r1", reason="药店关门，明早送") == 303
    [order] = pages.house.orders
    assert isinstance(order, WindowDenied)
    assert order.reason == "药店关门，明早送"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"act": "lapse", "request": "r1"}, 400),
        ({"act": "take", "request": "r2"}, 404),
        ({"act": "approve", "request": "r1", "minutes": "0"}, 400),
        ({"act": "approve", "request": "r1", "minutes": "30", "opens": "soon"}, 400),
    ],
)
async def test_what_no_form_of_ours_sends_is_no_order(fields: dict[str, str], status: int) -> None:
    pages = a_home()
    pages.house.tell(asked())
    assert await act(pages, **fields) == status
    assert pages.house.orders == []


@pytest.mark.asyncio
async def test_a_guard_asks_for_a_flat_that_called() -> None:
    pages = a_home()
    assert await act(pages, where="ask", flat=FLAT, purpose="medicine", words="降压药", order="a" * 32) == 303
    assert await act(pages, where="ask", flat="nowhere", purpose="medicine", order="b" * 32) == 404
    [order] = pages.house.orders
    assert isinstance(order, WindowAsked)
    assert (order.by, order.flat, order.words) == ("g1", FLAT, "降压药")


@pytest.mark.asyncio
@pytest.mark.parametrize("state", ServiceState)
async def test_each_state_has_its_buttons_and_names_for_who_did_what(state: ServiceState) -> None:
    pages = a_home()
    pages.house.tell(asked(state, words=PROBE, taken_by="g1", decided_by="d1", why=PROBE))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get("/services")).text
    assert PROBE not in text
    waits = state in (ServiceState.ASKED, ServiceState.APPROVED, ServiceState.TAKEN, ServiceState.DELIVERED)
    assert (f'data-state="{state}"' in text) is waits
    assert ('data-testid="service-over"' in text) is not waits
    assert ('data-testid="act-approve"' in text) is (state is ServiceState.ASKED)
    assert ('data-testid="act-deliver"' in text) is (state in (ServiceState.APPROVED, ServiceState.TAKEN))
    assert not waits or "张卫" in text
