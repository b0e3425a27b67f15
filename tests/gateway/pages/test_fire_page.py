"""The fire page: a button for anybody, a muster list for those who may see it, an end by name."""

import pytest

from gateway.findings import Alert, AlertState
from gateway.kinds import Kind, Severity
from gateway.orders.every import FireDeclared, FireEnded
from gateway.pages.access import Member, Role
from tests.gateway.pages.browsing import Pages, log_in, make_pages, token_of
from tests.gateway.pages.fake_house import FakeStaff
from tests.gateway.pages.scene import afternoon


def pages_of_the_afternoon() -> tuple[Pages, str]:
    house = afternoon()
    return make_pages(house), next(iter(house.shown.places.compounds))


def member(role: Role) -> Member:
    return next(each for each in FakeStaff().members.values() if each.role is role)


@pytest.mark.asyncio
async def test_anybody_sees_the_button_and_nobody_without_a_log_in_the_list() -> None:
    pages, compound = pages_of_the_afternoon()
    pages.house.shown.fires[compound] = pages.house.now
    async with pages.browser() as browser:
        answer = await browser.get("/fire")
    assert answer.status_code == 200
    assert 'data-testid="burning"' in answer.text
    assert 'data-testid="muster"' not in answer.text


@pytest.mark.asyncio
@pytest.mark.parametrize(("role", "sees"), [(Role.GUARD, False), (Role.INSTALLER, False), (Role.DUTY_OFFICER, True)])
async def test_with_no_fire_only_duty_officers_see_who_is_in_quarantine(role: Role, sees: bool) -> None:
    pages, _ = pages_of_the_afternoon()
    async with pages.browser() as browser:
        await log_in(browser, member(role))
        assert ('data-testid="mustered"' in (await browser.get("/fire")).text) is sees


@pytest.mark.asyncio
async def test_in_a_fire_every_guard_sees_the_list_and_ends_it_by_name() -> None:
    pages, compound = pages_of_the_afternoon()
    pages.house.shown.fires[compound] = pages.house.now
    guard = member(Role.GUARD)
    async with pages.browser() as browser:
        await log_in(browser, guard)
        assert 'data-testid="mustered"' in (await browser.get("/fire")).text
        data = {"csrf": await token_of(browser), "compound": compound, "order": "a" * 32}
        ended = await browser.post("/fire/end", data=data)
        assert (ended.status_code, ended.headers["location"]) == (303, "/")  # where no red button is under the finger
    [order] = [order for order in pages.house.orders if isinstance(order, FireEnded)]
    assert order.by == guard.id


@pytest.mark.asyncio
async def test_a_suspected_fire_shows_the_building_the_button_and_the_list_to_a_guard() -> None:
    pages, _compound = pages_of_the_afternoon()
    building = next(iter(pages.house.shown.places.buildings))
    alert = Alert(
        id="e/9",
        kind=Kind.FIRE_SUSPECTED,
        key=building,
        severity=Severity.CRITICAL,
        state=AlertState.RAISED,
        revision=2,
        raised_at=pages.house.now,
        changed_at=pages.house.now,
        place=building,
        count=6,
    )
    pages.house.tell(alert)
    async with pages.browser() as browser:
        assert 'data-testid="suspected"' not in (await browser.get("/fire")).text
        await log_in(browser, member(Role.GUARD))
        text = (await browser.get("/fire")).text
    assert 'data-testid="suspected"' in text
    assert 'data-testid="fire-button"' in text
    assert 'data-testid="mustered"' in text
    assert pages.house.orders == []


@pytest.mark.asyncio
async def test_the_button_needs_no_log_in_and_knows_only_our_compounds() -> None:
    pages, compound = pages_of_the_afternoon()
    async with pages.browser() as browser:
        assert (await browser.post("/fire", data={"compound": "elsewhere"})).status_code == 400
        assert (await browser.post("/fire", data={"compound": compound})).status_code == 303
    assert [type(order) for order in pages.house.orders] == [FireDeclared]


@pytest.mark.asyncio
async def test_a_flood_of_presses_where_it_burns_already_is_answered_and_fills_no_journal() -> None:
    pages, compound = pages_of_the_afternoon()
    async with pages.browser() as browser:
        assert (await browser.post("/fire", data={"compound": compound})).status_code == 303
        pages.house.shown.fires[compound] = pages.house.now
        answers = [await browser.post("/fire", data={"compound": compound}) for _ in range(60)]
        assert {answer.status_code for answer in answers} == {303}
    assert len(pages.house.orders) < 10
