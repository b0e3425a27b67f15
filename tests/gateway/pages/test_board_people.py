"""The board shows whose head it is, what to follow up, how many returners, and where a band is."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.compound import Site, Street
from gateway.events.every import TemperatureTaken
from gateway.events.presence import PresenceChanged, Where
from gateway.findings import StayBegun, StayEnded
from gateway.households import Household, Resident, Use
from gateway.orders.every import quarantine_of
from gateway.orders.homes import HouseholdsChanged, RegisteredFlat
from gateway.orders.stays import StaySuspended
from gateway.pages.access import Role
from gateway.pages.board.load import BUILDING_FROM, load_of, ranges
from gateway.people import Care
from gateway.rounds import Task, TaskKind, TaskState
from tests.gateway.pages.browsing import Pages, fed, log_in, make_pages, told
from tests.gateway.pages.fake_house import INSTALLER, OFFICER, START, FakeHouse, FakeRegistrar, make_site, stay
from tests.gateway.pages.test_board_page import cell, plan


def registered(*homes: Household, house: FakeHouse | None = None) -> Pages:
    return make_pages(house, registrar=FakeRegistrar(*homes))


@pytest.mark.asyncio
async def test_a_head_has_the_colour_of_its_origin_and_the_colours_name() -> None:
    people = (Resident(subject=f"{1:016x}", origin="yellow"), Resident(subject=f"{2:016x}", origin="blue"))
    pages = registered(Household(flat="b1u1-101", people=people))
    pages.house.tell(stay("b1u1-101", 1))
    pages.house.tell(stay("b1u1-102", 2))  # registered elsewhere: no origin
    text = await plan(pages)
    title = "in quarantine · 中风险地区 / medium-risk area"
    assert f'<i class="hd hd-yellow" role="img" title="{title}"></i>Ye' in cell(text, "b1u1-101")
    assert "hd-" not in cell(text, "b1u1-102")
    assert "hd-yellow" not in await plan(pages, member=INSTALLER)


@pytest.mark.asyncio
async def test_who_served_their_days_is_a_hollow_head_and_a_band_that_is_out_is_fetched() -> None:
    pages = registered(Household(flat="b1u1-101", people=(Resident(subject=f"{1:016x}", origin="orange"),)))
    pages.house.tell(stay("b1u1-101", 1, band="band-1"))
    pages.house.tell(StayEnded(at=START, quarantine="stay-1", flat="b1u1-101", subject=f"{1:016x}"))
    shown = cell(await plan(pages), "b1u1-101")
    assert '"hd hd-orange-x"' in shown
    assert "band to fetch" in shown


@pytest.mark.asyncio
async def test_who_is_away_for_a_time_is_neither_counted_nor_watched() -> None:
    pages = make_pages()
    pages.house.tell(stay("b1u1-101", 1, band="band-1"))
    pages.house.tell(StaySuspended(id="s", at=START, by="d1", quarantine="stay-1", reason="hospital"))
    shown = cell(await plan(pages), "b1u1-101")
    assert "<em>away</em>" in shown
    counts = {building.id: n for building, n in await pages.app.state.desk.board.counts(Role.DUTY_OFFICER)}
    assert counts["b1"].stays == 0


@pytest.mark.asyncio
async def test_care_stands_there_with_what_to_follow_up_for_duty_officers_only() -> None:
    alone = Resident(subject="a" * 16, care=(Care.LIVES_ALONE, Care.DIALYSIS), follow_up={Care.DIALYSIS: "Tue <Fri>"})
    helper = Resident(subject="b" * 16, volunteer=True, head_of="b1u1")
    pages = registered(
        Household(flat="b1u1-101", people=(alone,)),
        Household(flat="b1u1-102", people=(helper,)),
        Household(flat="b1u1-201", use=Use.EMPTY),
        Household(flat="b1u1-202", use=Use.LET),
    )
    text = await plan(pages)
    cared = cell(text, "b1u1-101")
    assert 'title="lives alone · Call once a day' in cared
    assert 'title="dialysis · Tue &lt;Fri&gt;"' in cared
    assert "i-hand-heart" in cell(text, "b1u1-102")
    assert "i-flag" in cell(text, "b1u1-102")
    assert "empty" in cell(text, "b1u1-201")
    assert "let" in cell(text, "b1u1-202")
    seen = await plan(pages, member=INSTALLER)
    assert not re.search("独居|lives alone|dialysis|hand-heart|i-flag", seen[seen.index('id="plan"') :])


@pytest.mark.asyncio
async def test_a_band_that_is_not_at_home_and_a_task_of_the_round_stand_in_the_flat() -> None:
    pages = make_pages()
    house = pages.house
    house.tell(stay("b1u1-101", 1, band="band-1"))
    house.tell(
        PresenceChanged(at=START, heard=START, device="band-1", flat="b1u1-101", where=Where.AT_GATE, place="east")
    )
    for n, kind in enumerate(TaskKind):
        house.tell(
            Task(
                id=f"t{n}",
                at=START,
                changed_at=START,
                due=START,
                round="r",
                kind=kind,
                state=TaskState.OPEN,
                revision=1,
                flat="b1u1-101",
            )
        )
    shown = cell(await plan(pages), "b1u1-101")
    assert "band at 东门" in shown
    assert "to call" in shown
    assert "to knock at" in shown
    async with fed(pages):
        await told(pages, PresenceChanged(at=START, heard=START, device="band-1", flat="b1u1-101", where=Where.HOME))
        assert "i-map-pin" not in cell(await plan(pages), "b1u1-101")


def test_levels_are_told_by_number_blocks_and_colour() -> None:
    assert [load_of(n, BUILDING_FROM).level for n in (0, 1, 2, 3, 5, 6, 9, 10, 500)] == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert [(load.blocks, words) for load, words in ranges(BUILDING_FROM)] == [
        ("▯▯▯▯", "0"),
        ("▮▯▯▯", "1–2"),
        ("▮▮▯▯", "3–5"),
        ("▮▮▮▯", "6–9"),
        ("▮▮▮▮", "10+"),
    ]


def two_compounds() -> Site:
    site = make_site(buildings=2)
    [one] = site.street.compounds
    other = make_site(buildings=1).street.compounds[0]
    moved = type(other.buildings[0])("c9", "9号楼", "yf", ())
    second = type(other)("yf", "永福里", "Asia/Shanghai", (), (moved,))
    return Site(Street("street", "曹杨新村", (one, second)), site.devices)


@pytest.mark.asyncio
async def test_compounds_stand_above_buildings_each_with_its_level() -> None:
    house = FakeHouse(two_compounds())
    for n in range(3):
        house.tell(stay(f"b1u1-{n + 1}01", n))
    pages = make_pages(house)
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        first = (await browser.get("/board?lang=en")).text
        other = (await browser.get("/board?compound=yf")).text
        none = await browser.get("/board?compound=nowhere")
        every = (await browser.get("/board?compound=xf&all=1")).text
    assert re.search(r'compound-xf".*?data-level="1">3', first, re.DOTALL)
    assert re.search(r'building-b1".*?data-level="2">3', first, re.DOTALL)
    assert 'data-testid="building-c9"' not in first
    assert 'data-testid="building-c9"' in other
    assert 'data-testid="building-b1"' not in other
    assert none.status_code == 404
    assert every.count('<article class="building"') == 2


@pytest.mark.asyncio
async def test_what_changes_a_flat_is_told_to_its_building_and_a_temperature_changes_no_count() -> None:
    pages = make_pages()
    feed = pages.app.state.desk.feed
    async with fed(pages):
        await told(pages, stay("b2u1-101", 1, band="band-1"))
        with feed.watch(lambda topic: topic.startswith("building")) as viewer:
            await told(pages, TemperatureTaken(at=START, heard=START, device="band-1", celsius=36.5))
            assert await viewer.changes(0) == {"building:b2"}
            await told(
                pages,
                PresenceChanged(at=START, heard=START, device="band-1", flat="b2u1-101", where=Where.GONE),
            )
            assert await viewer.changes(0) == {"building:b2", "buildings"}
            begun = replace(quarantine_of(stay("b3u1-101", 2, band="band-2")), id="stay-2")
            await told(pages, StayBegun(at=START, stay=begun, flat=begun.flat, subject=begun.subject))
            assert await viewer.changes(0) == {"building:b3", "buildings"}
            await told(pages, TemperatureTaken(at=START, heard=START, device="band-2", celsius=36.5))
            assert await viewer.changes(0) == {"building:b3"}
            flats = tuple(RegisteredFlat(flat=flat) for flat in ("b1u1-101", "b1u1-102", "b3u1-101"))
            await told(pages, HouseholdsChanged(id="h", at=START + timedelta(1), by="d1", ref="r", flats=flats))
            assert await viewer.changes(0) == {"building:b1", "building:b3", "buildings"}
