"""The duty page: one item for each case, mine first; take, go, note, put right, give; whom to call, on record."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.findings import AlertState, Closing
from gateway.households import Household, Resident
from gateway.kinds import Kind
from gateway.orders.alerts import AlertAssigned
from gateway.orders.cases import CaseNoted
from gateway.orders.every import AlertAcknowledged, AlertClosed
from gateway.pages.access import HOME, Role, allowed
from gateway.pages.menu import FIRST, GROUPS, NAMES, first_of, more_of
from gateway.people import Care
from tests.gateway.pages.browsing import Pages, fed, log_in, make_pages, token_of, told
from tests.gateway.pages.fake_house import CHIEF, GUARD, OFFICER, START, alert
from tests.gateway.pages.registered import registered_pages


def cases(text: str) -> list[tuple[str, str]]:
    return re.findall(r'data-testid="case" data-case="([^"]+)" data-whose="([^"]+)"', text)


def steps(text: str, case: str) -> list[str]:
    one = text[text.index(f'data-case="{case}"') :].split('data-testid="case"')[0]
    return re.findall(r'data-step="([^"]+)"', one)


async def page_of(pages: Pages) -> str:
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        return (await browser.get("/duty?lang=en")).text


@pytest.mark.asyncio
async def test_mine_first_then_nobodys_then_others_and_one_item_for_each_case() -> None:
    pages = make_pages()
    taken = START - timedelta(minutes=1)
    others = replace(
        alert(Kind.HELP_CALLED, 1, place="b2u1-601"),
        state=AlertState.ACKNOWLEDGED,
        acknowledged_by="c1",
        acknowledged_at=taken,
        case="e/1",
    )
    pages.house.tell(others)
    pages.house.tell(replace(alert(Kind.FALL, 2, place="b3u1-101"), case="e/2"))
    pages.house.tell(replace(alert(Kind.BATTERY_LOW, 3), case="e/3", assigned_to="d1"))
    pages.house.tell(replace(alert(Kind.DOOR_SILENT, 4), case="e/3"))
    pages.house.tell(replace(alert(Kind.BAND_SILENT, 5, place="b1u2-101"), case="e/5", parent="e/4"))
    pages.house.tell(
        replace(alert(Kind.RADIO_DEAF, 6, place=""), state=AlertState.SHELVED, shelved_by="i1", case="e/6")
    )
    text = await page_of(pages)
    assert cases(text) == [("e/3", "mine"), ("e/2", "nobodys"), ("e/1", "others"), ("e/6", "aside")]
    assert "Stands for 1" in text
    assert text.count('data-testid="case-take"') == 2  # not where somebody has it, nor what is put aside


@pytest.mark.asyncio
async def test_take_go_note_and_put_right_are_orders_and_stand_in_the_timeline() -> None:
    pages = make_pages()
    pages.house.tell(replace(alert(Kind.FALL, 1), case="e/1"))
    pages.house.tell(replace(alert(Kind.BATTERY_LOW, 2), case="e/1"))
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, OFFICER)
        data = {"csrf": await token_of(browser), "case": "e/1"}
        for path, more in (
            ("/duty/go", {}),
            ("/duty/note", {"text": "nobody opens, asking the neighbours"}),
            ("/duty/close", {"closing": "device_fault", "alert": "e/2"}),
        ):
            assert (await browser.post(path, data=data | more)).status_code == 303
        text = (await browser.get("/duty?lang=en")).text
        assert cases(text) == [("e/1", "mine")]
        assert steps(text, "e/1")[-3:] == ["going", "note", "put_right"]
        assert "asking the neighbours" in text
        assert 'data-testid="going"' in text
        await browser.post("/duty/close", data=data | {"closing": "real"})
        assert cases((await browser.get("/duty")).text) == []
        assert (await browser.post("/duty/go", data=data)).status_code == 409  # it is over
    orders = [(type(each), getattr(each, "alert", "")) for each in pages.house.orders]
    assert orders == [
        (AlertAcknowledged, "e/1"),
        (AlertAcknowledged, "e/2"),
        (CaseNoted, ""),
        (CaseNoted, ""),
        (AlertClosed, "e/2"),
        (AlertClosed, "e/1"),
    ]
    assert {each.by for each in pages.house.orders} == {"d1"}


@pytest.mark.asyncio
async def test_a_case_is_given_to_somebody_who_is_there() -> None:
    pages = make_pages()
    pages.house.tell(replace(alert(Kind.FALL, 1), case="e/1"))
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, OFFICER)
        data = {"csrf": await token_of(browser), "case": "e/1"}
        assert (await browser.post("/duty/give", data=data | {"to": "nobody"})).status_code == 400
        await browser.post("/duty/give", data=data | {"to": "c1"})
    [given] = pages.house.orders
    assert isinstance(given, AlertAssigned)
    assert (given.alert, given.to) == ("e/1", "c1")


@pytest.mark.asyncio
async def test_a_wearer_cannot_be_named_as_the_one_who_closed_it() -> None:
    pages = make_pages()
    pages.house.tell(alert(Kind.FALL, 1))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        data = {"csrf": await token_of(browser), "case": "e/1", "closing": Closing.WEARER.value}
        assert (await browser.post("/duty/close", data=data)).status_code == 400
    assert pages.house.orders == []


@pytest.mark.asyncio
async def test_a_note_comes_to_an_open_page_by_itself() -> None:
    pages = make_pages()
    pages.house.tell(replace(alert(Kind.FALL, 1), case="e/1"))
    async with fed(pages):
        feed = pages.app.state.desk.feed
        with feed.watch(lambda topic: topic == "alerts") as viewer:
            await told(pages, CaseNoted(id="n", at=START, by="c1", case="e/1", text="on it"))
            assert await viewer.changes(10) == {"alerts"}


@pytest.mark.asyncio
async def test_names_and_numbers_are_one_tap_away_and_on_record_before_they_are_shown(tmp_path: Path) -> None:
    async with registered_pages(tmp_path) as (pages, registrar):
        other = Resident(subject="b" * 16, name="王小明")
        fallen = Resident(subject="a" * 16, name="王阿婆", phone="138 0000 1111", care=(Care.LIVES_ALONE,))
        await registrar.change({"b1u1-502": Household(flat="b1u1-502", people=(other, fallen))}, "d1")
        pages.house.tell(with_subject := replace(alert(Kind.FALL, 1), subject="a" * 16))
        async with pages.browser() as browser:
            await log_in(browser, OFFICER)
            text = (await browser.get("/duty")).text
            assert "王阿婆" not in text
            assert with_subject.subject in text
            [link] = re.findall(r'href="(/duty/call[^"]*)" data-testid="case-call"', text)
            text = (await browser.get(link.replace("&amp;", "&"))).text
        assert text.index("王阿婆") < text.index("王小明")
        assert 'href="tel:13800001111"' in text
        looks = [(each.by, each.what, each.about) for each in pages.house.looks]
        assert looks == [("d1", "/duty", ""), ("d1", "/duty/call", "b1u1-502")]
        async with pages.browser() as browser:
            await log_in(browser, GUARD)
            assert (await browser.get("/duty/call?flat=b1u1-502")).status_code == 403


def test_a_phone_shows_each_role_at_most_six_entries_and_every_page_of_its_is_reachable() -> None:
    for role in Role:
        first, more = first_of(role), more_of(role)
        assert 0 < len(first) + bool(more) <= 6
        assert HOME[role] == first[0]
        reachable = {*first, *(path for _, paths in more for path in paths)}
        assert reachable == {path for path in NAMES if allowed("GET", path, role)}
    assert sorted(path for _, paths in GROUPS for path in paths) == sorted(NAMES)
    assert set(FIRST) == set(Role)


@pytest.mark.asyncio
async def test_the_menu_of_a_duty_officer_has_the_rest_behind_more_and_says_where_one_is() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        answer = await log_in(browser, CHIEF)
        assert answer.headers["location"] in ("/", "/duty")
        text = (await browser.get("/drill?lang=en")).text
    assert re.search(r'data-testid="menu-more" aria-current="true">', text)
    assert 'data-testid="menu-drill" aria-current="page"' in text
