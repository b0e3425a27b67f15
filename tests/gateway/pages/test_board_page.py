"""The board shows buildings and flats."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from gateway.compound import DeviceKind
from gateway.events.every import BandHeard, DeviceSilent, DoorMoved, TemperatureTaken
from gateway.households import HomeSettings
from gateway.kinds import Kind
from gateway.orders.every import QuarantineEnded
from gateway.pages.access import Role
from gateway.pages.board.cache import BoardCache
from gateway.view import Glance
from gateway.words.language import Lang
from tests.gateway.pages.browsing import Pages, fed, log_in, make_pages, told
from tests.gateway.pages.fake_house import INSTALLER, OFFICER, START, FakeHouse, alert, make_site, stay


def cell(text: str, flat: str) -> str:
    found = re.search(rf'id="flat-{flat}".*?</(?:a|div)>', text, re.DOTALL)
    assert found is not None
    return found[0]


async def plan(pages: Pages, building: str = "b1", member: object = OFFICER) -> str:
    async with pages.browser() as browser:
        await log_in(browser, member)  # type: ignore[arg-type]  # tests pass one of the three members
        return (await browser.get(f"/board?building={building}&lang=en")).text


@pytest.mark.asyncio
async def test_a_flat_in_quarantine_shows_door_band_and_alerts() -> None:
    pages = make_pages()
    house = pages.house
    house.tell(stay("b1u1-502", 1, band="band-1"))
    house.tell(TemperatureTaken(at=START, heard=START, device="band-1", celsius=36.62))
    house.tell(DoorMoved(at=START, heard=START, device="door-b1u1-502", flat="b1u1-502", open=True))
    house.tell(alert(Kind.QUARANTINE_DOOR_OPENED, 4))
    shown = cell(await plan(pages), "b1u1-502")
    assert 'data-door="open"' in shown
    assert "36.6°" in shown
    assert "i-head" in shown
    assert "i-siren" in shown


@pytest.mark.asyncio
async def test_what_is_not_known_is_not_shown_as_well() -> None:
    pages = make_pages()
    house = pages.house
    house.tell(stay("b1u1-101", 1, band="band-1"))
    house.tell(stay("b1u1-102", 2, band="band-2"))
    house.tell(stay("b1u1-201", 3, band="band-3"))
    house.glances["door-b1u1-102"] = Glance(heard=START, open=False)
    house.tell(TemperatureTaken(at=START, heard=START, device="band-2", celsius=36.5))
    house.tell(BandHeard(at=START, heard=START, device="band-2", worn=False))
    house.tell(DeviceSilent(at=START, heard=START, device="door-b1u1-201", kind=DeviceKind.DOOR, since=START))
    house.tell(DeviceSilent(at=START, heard=START, device="band-3", kind=DeviceKind.BAND, since=START))
    text = await plan(pages)
    unheard, shut, silent = (cell(text, flat) for flat in ("b1u1-101", "b1u1-102", "b1u1-201"))
    assert 'data-door="unheard"' in unheard
    assert "no temperature yet" in unheard
    assert 'data-door="shut"' in shut
    assert "band off" in shut
    assert "36.5" not in shut  # taken before the band came off
    assert 'data-door="silent"' in silent
    assert "band silent" in silent


@pytest.mark.asyncio
async def test_the_head_turns_hollow_at_midnight_after_the_last_day() -> None:
    pages = make_pages()
    pages.house.tell(stay("b1u1-101", 1, days_ago=0, days=14))  # 12 to 25 March, in Shanghai
    pages.house.now = datetime(2026, 3, 25, 15, 59, tzinfo=UTC)
    assert 'i-head"' in cell(await plan(pages), "b1u1-101")
    pages.house.now = datetime(2026, 3, 25, 16, 1, tzinfo=UTC)
    assert "i-head-hollow" in cell(await plan(pages), "b1u1-101")


@pytest.mark.asyncio
async def test_a_later_glance_goes_before_the_last_journaled_temperature() -> None:
    pages = make_pages()
    pages.house.tell(stay("b1u1-101", 1, band="band-1"))
    pages.house.tell(TemperatureTaken(at=START, heard=START, device="band-1", celsius=36.5))
    pages.house.glances["band-1"] = Glance(heard=START + timedelta(minutes=5), celsius=38.1)
    assert "38.1°" in cell(await plan(pages), "b1u1-101")


@pytest.mark.asyncio
async def test_installers_see_devices_and_neither_temperatures_nor_forms() -> None:
    pages = make_pages()
    pages.house.tell(stay("b1u1-101", 1, band="band-1"))
    pages.house.tell(TemperatureTaken(at=START, heard=START, device="band-1", celsius=38.6))
    pages.house.tell(alert(Kind.FEVER, 4, place="b1u1-101", device="band-1"))
    text = await plan(pages, member=INSTALLER)
    assert "38.6" not in text
    assert "i-siren" not in cell(text, "b1u1-101")
    assert 'href="/flat?' not in text


@pytest.mark.asyncio
async def test_the_list_counts_what_goes_on_in_each_building() -> None:
    pages = make_pages()
    for n, flat in enumerate(("b1u1-101", "b1u2-202", "b2u1-101")):
        pages.house.tell(stay(flat, n, days_ago=20 if n == 1 else 1))
    pages.house.tell(DoorMoved(at=START, heard=START, device="door-b1u1-101", flat="b1u1-101", open=True))
    pages.house.tell(DoorMoved(at=START, heard=START, device="door-b1u1-602", flat="b1u1-602", open=True))
    pages.house.tell(alert(Kind.FALL, 9, place="b2u1-101"))
    counts = {building.id: n for building, n in await pages.app.state.desk.board.counts(Role.DUTY_OFFICER)}
    one, two = counts["b1"], counts["b2"]
    assert (one.flats, one.stays, one.served, one.doors_open, one.alerts, one.critical) == (24, 1, 1, 1, 0, 0)
    assert (two.stays, two.served, two.doors_open, two.alerts, two.critical) == (1, 0, 0, 1, 1)


@pytest.mark.asyncio
async def test_four_thousand_flats_never_hold_the_loop_for_long_and_cached_ones_not_at_all() -> None:
    """Counts how often other tasks get a turn where no slice is short enough. The milliseconds are in the bench."""
    pages = make_pages(FakeHouse(make_site(buildings=40, floors=17, per_floor=2, units=3)))
    house = pages.house
    assert len(house.shown.places.flats) == 4080
    for n, flat in enumerate(list(house.shown.places.flats)[::14]):
        house.tell(stay(flat, n))
    desk = pages.app.state.desk
    board = BoardCache(house, desk.feed, desk.renderer, lambda flat: None, HomeSettings(), slice_seconds=0.0)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    await board.view(Role.DUTY_OFFICER, Lang.ZH)
    drawing, turns = turns, 0
    await board.view(Role.DUTY_OFFICER, Lang.ZH)
    await board.counts(Role.DUTY_OFFICER)
    again = turns
    task.cancel()
    assert drawing >= 4080
    assert again == 0


@pytest.mark.asyncio
async def test_a_band_s_temperature_changes_its_wearer_s_building_as_long_as_it_is_worn() -> None:
    pages = make_pages()
    feed = pages.app.state.desk.feed
    hot = TemperatureTaken(at=START, heard=START, device="band-1", celsius=38.2)
    async with fed(pages):
        with feed.watch(lambda topic: topic.startswith("building:")) as viewer:
            await told(pages, hot)
            assert await viewer.changes(0) == set()
            await told(pages, stay("b2u1-101", 1, band="band-1"))
            assert await viewer.changes(0) == {"building:b2"}
            await told(pages, hot)
            assert await viewer.changes(0) == {"building:b2"}
            await told(pages, QuarantineEnded(id="x", at=START, by="d1", quarantine="stay-1", reason="served"))
            assert await viewer.changes(0) == {"everything"}
            await told(pages, hot)
            assert await viewer.changes(0) == set()
