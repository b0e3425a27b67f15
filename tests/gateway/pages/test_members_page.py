"""Duty officers let volunteers in for a shift; the chief rules the staff; each change is on record, no name in it."""

import re
from datetime import timedelta

import httpx
import msgspec
import pytest

from gateway.orders.staff import StaffChanged, VolunteerAdmitted
from gateway.pages.access import Member
from tests.gateway.pages.browsing import Pages, log_in, make_pages, token_of
from tests.gateway.pages.fake_house import CHIEF, GUARD, OFFICER, START, VOLUNTEER


async def send(browser: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await browser.post(path, data={"csrf": await token_of(browser), **fields})


async def make_volunteer(browser: httpx.AsyncClient) -> tuple[str, str]:
    answer = await send(browser, "/staff/volunteer", name="小周", starts="2026-03-12T14:30", hours="4")
    assert answer.status_code == 200
    made = re.search(r'made-id">(v\d{3})<.*made-code">(\d{6})<', answer.text, re.DOTALL)
    assert made is not None
    return made[1], made[2]


@pytest.mark.asyncio
@pytest.mark.parametrize("member", [OFFICER, CHIEF], ids=lambda member: member.role)
async def test_a_volunteer_is_let_in_with_a_code_that_is_shown_once(member: Member) -> None:
    pages = make_pages()
    async with pages.browser() as office, pages.browser() as gate:
        await log_in(office, member)
        identity, code = await make_volunteer(office)
        assert code not in (await office.get("/staff")).text
        made = pages.staff.members[identity]
        assert (made.name, made.role, made.starts, made.ends) == (
            "小周",
            "volunteer",
            START,
            START + timedelta(hours=4),
        )
        assert (await log_in(gate, made, code)).status_code == 303
        assert (await gate.get("/guard")).status_code == 200
        (order,) = pages.house.orders
        assert isinstance(order, VolunteerAdmitted)
        assert (order.by, order.member, order.ends) == (member.id, identity, START + timedelta(hours=4))
        assert "小周" not in msgspec.json.encode(order).decode()
        assert (await send(office, "/staff/end", id=identity)).status_code == 303
        assert (await gate.get("/guard")).status_code == 303  # thrown out at once


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "小周", "starts": "2026-03-12T09:00", "hours": "2"}, 409),  # over already
        ({"name": "小周", "starts": "2026-04-12T09:00", "hours": "2"}, 409),
        ({"name": "小周", "starts": "2026-03-12T14:30", "hours": "48"}, 400),
        ({"name": "小周", "starts": "tomorrow", "hours": "2"}, 400),
        ({"name": "", "starts": "2026-03-12T14:30", "hours": "2"}, 400),
    ],
)
async def test_what_makes_no_shift_makes_no_volunteer(fields: dict[str, str], code: int) -> None:
    pages = make_pages()
    before = set(pages.staff.members)
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        assert (await send(browser, "/staff/volunteer", **fields)).status_code == code
    assert set(pages.staff.members) == before
    assert pages.house.orders == []


@pytest.mark.asyncio
async def test_the_chief_adds_a_member_and_gives_a_new_pin_which_ends_old_log_ins() -> None:
    pages = make_pages()
    async with pages.browser() as chief, pages.browser() as gate:
        await log_in(chief, CHIEF)
        await log_in(gate, GUARD)
        answer = await send(chief, "/staff/member", id="g1", name="张卫", role="guard", pin="8642")
        assert answer.status_code == 303
        assert (await gate.get("/guard")).status_code == 303
        assert (await log_in(gate, GUARD, "8642")).headers["location"] == "/"
        assert pages.house.orders == [
            StaffChanged(id=pages.house.orders[0].id, at=START, by="c1", member="g1", role="guard")
        ]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "fields",
    [
        {"id": "g2", "name": "x", "role": "volunteer", "pin": "8642"},
        {"id": "g2", "name": "x", "role": "guard", "pin": "86"},
        {"id": "g 2", "name": "x", "role": "guard", "pin": "8642"},
        {"id": "../g2", "name": "x", "role": "guard", "pin": "8642"},
        {"id": "c1", "name": "x", "role": "guard", "pin": "8642"},  # the chief would shut themselves out
    ],
)
async def test_what_makes_no_member_is_refused(fields: dict[str, str]) -> None:
    pages = make_pages()
    async with pages.browser() as chief:
        await log_in(chief, CHIEF)
        assert (await send(chief, "/staff/member", **fields)).status_code == 400
    assert pages.house.orders == []


@pytest.mark.asyncio
async def test_a_chief_s_new_pin_has_six_digits_and_four_are_answered_in_words() -> None:
    pages = make_pages()
    async with pages.browser() as chief:
        await log_in(chief, CHIEF)
        answer = await send(chief, "/staff/member", id="c2", name="陈主任", role="chief", pin="8642")
        assert "负责人至少 6 位" in answer.text
        assert pages.staff.find("c2") is None
        assert (
            await send(chief, "/staff/member", id="c2", name="陈主任", role="chief", pin="864200")
        ).status_code == 303
        assert "建议 6 位以上" in (await chief.get("/staff")).text
    assert pages.staff.find("c2") is not None


@pytest.mark.asyncio
async def test_a_duty_officer_strikes_off_volunteers_only_and_nobody_themselves() -> None:
    pages = make_pages()
    async with pages.browser() as office, pages.browser() as chief:
        await log_in(office, OFFICER)
        await log_in(chief, CHIEF)
        assert (await send(office, "/staff/end", id=GUARD.id)).status_code == 403
        assert (await send(chief, "/staff/end", id=CHIEF.id)).status_code == 403
        assert (await send(chief, "/staff/end", id="nobody")).status_code == 400
        assert (await send(office, "/staff/end", id=VOLUNTEER.id)).status_code == 303
        assert (await send(chief, "/staff/end", id=GUARD.id)).status_code == 303
    assert set(pages.staff.members) == {"i1", "d1", "c1"}
    assert [order.by for order in pages.house.orders] == ["d1", "c1"]


@pytest.mark.asyncio
async def test_a_duty_officer_is_shown_volunteers_and_the_chief_everybody() -> None:
    pages: Pages = make_pages()
    async with pages.browser() as office, pages.browser() as chief:
        await log_in(office, OFFICER)
        await log_in(chief, CHIEF)
        seen, all_of_it = (await office.get("/staff")).text, (await chief.get("/staff")).text
    assert re.findall(r'"member-(\w\d)"', seen) == ["v1"]
    assert sorted(re.findall(r'"member-(\w\d)"', all_of_it)) == ["c1", "d1", "g1", "i1", "v1"]
    assert "/staff/member" not in seen
