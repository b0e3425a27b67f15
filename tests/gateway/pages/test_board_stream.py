"""An open board is sent what changed since its page was made, or since it was last heard of; and nothing else."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest

from gateway.compound import Site, Street
from gateway.events.every import ConfigLoaded, DoorMoved
from gateway.households import HomeSettings
from gateway.orders.homes import HouseholdsChanged, RegisteredFlat
from gateway.pages.access import Role
from gateway.pages.board.cache import BoardCache
from gateway.words.language import Lang
from sim.waiting import until
from tests.board_icons import FILE, sheet
from tests.gateway.pages.browsing import Pages, fed, log_in, make_pages, served, told
from tests.gateway.pages.fake_house import INSTALLER, OFFICER, START, FakeHouse, make_site, stay

BOARD = "/board?compound=xf&all=1"


def moved(flat: str, is_open: bool = True) -> DoorMoved:
    return DoorMoved(at=START, heard=START, device=f"door-{flat}", flat=flat, open=is_open)


class Told:
    """What a stream says: the ids its fragments are for, in order, the marks and the events."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()
        self.targets: list[str] = []
        self.mark = ""
        self.event = ""

    async def pulse(self) -> list[str]:
        """Up to the next pulse (or the end): what was told."""
        self.targets, self.event = [], ""
        async with asyncio.timeout(60):
            async for line in self._lines:
                self.targets += re.findall(r'<hx-partial id="([^"]+)"', line)
                if line.startswith("id: "):
                    self.mark = line.removeprefix("id: ")
                if line.startswith("event: "):
                    self.event = line.removeprefix("event: ")
                if not line and self.event:
                    return [each for each in self.targets if each != "status"]
        return self.targets

    async def until(self, target: str) -> list[str]:
        while target not in (told := await self.pulse()):
            pass
        return told


def stream_of(page: str) -> str:
    found = re.search(r'hx-sse:connect="([^"]+)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


@asynccontextmanager
async def visiting(pages: Pages) -> AsyncIterator[httpx.AsyncClient]:
    """A duty officer's browser, at pages that are served."""
    async with served(pages) as server:
        url = f"http://127.0.0.1:{server.port}"
        async with httpx.AsyncClient(base_url=url, headers={"Origin": url}, timeout=60) as browser:
            await log_in(browser, OFFICER)
            yield browser


@asynccontextmanager
async def standing(pages: Pages) -> AsyncIterator[tuple[httpx.AsyncClient, Told]]:
    """As above, with the board open, and live."""
    async with visiting(pages) as browser:
        address = stream_of((await browser.get(BOARD)).text)
        async with browser.stream("GET", address) as answer:
            stream = Told(answer)
            await stream.pulse()
            yield browser, stream


@pytest.mark.asyncio
async def test_a_stream_begins_with_what_changed_since_its_page_and_comes_back_with_what_it_missed() -> None:
    pages = make_pages()
    pages.house.tell(stay("b1u1-101", 1))
    async with visiting(pages) as browser:
        page = (await browser.get(BOARD)).text
        address = stream_of(page)
        async with browser.stream("GET", address) as answer:
            stream = Told(answer)
            assert await stream.pulse() == []
            await told(pages, moved("b1u1-101"))
            assert await stream.until("flat-b1u1-101") == ["row-b1", "flat-b1u1-101"]
            left = stream.mark
        await told(pages, moved("b2u1-101"))
        async with browser.stream("GET", address, headers={"Last-Event-ID": left}) as answer:
            stream = Told(answer)
            assert await stream.until("flat-b2u1-101") == ["flat-b2u1-101"]
        async with browser.stream("GET", address) as answer:  # another browser goes back to that very page
            stream = Told(answer)
            assert await stream.pulse() == ["row-b1", "flat-b1u1-101", "flat-b2u1-101"]


@pytest.mark.asyncio
async def test_a_board_of_another_house_is_fetched_anew() -> None:
    pages = make_pages()
    async with visiting(pages) as browser:
        address = stream_of((await browser.get(BOARD)).text)
        for mark in ("00000000-7", "nonsense", "é-٣"):
            async with browser.stream("GET", address, headers={"Last-Event-ID": mark.encode()}) as answer:
                stream = Told(answer)
                assert await stream.pulse() == []
                assert stream.event == "over"


@pytest.mark.asyncio
async def test_an_open_board_of_places_that_changed_is_fetched_anew() -> None:
    pages = make_pages()
    async with standing(pages) as (browser, stream):
        one = pages.house.shown.places.compounds["xf"]
        fewer = type(one)(one.id, one.name, one.timezone, one.gates, one.buildings[:2])
        site = Site(Street("street", "曹杨新村", (fewer,)), ())
        await told(pages, ConfigLoaded(at=START, heard=START, fingerprint="g", site=site))
        while stream.event != "over":
            await stream.pulse()
        page = (await browser.get(BOARD)).text
    assert page.count('<article class="building"') == 2


@pytest.mark.asyncio
async def test_the_packed_page_and_the_plain_one_are_the_same() -> None:
    pages = make_pages()
    pages.house.tell(stay("b1u1-101", 1))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        packed = await browser.get(BOARD, headers={"Accept-Encoding": "gzip"})
        whole = await browser.get(BOARD, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in whole.headers
    assert packed.text == whole.text
    assert packed.headers["vary"] == whole.headers["vary"] == "Accept-Encoding"


@pytest.mark.asyncio
async def test_only_the_flat_that_changed_is_drawn_anew() -> None:
    pages = make_pages()
    board = pages.app.state.desk.board
    one, two, _ = pages.house.shown.places.buildings.values()
    async with fed(pages):
        view = await board.view(Role.DUTY_OFFICER, Lang.ZH)
        before = board.stamp_of(board.mark)
        drawn = [view.plan(building) for building in (one, two)]
        await told(pages, stay("b1u2-302", 1, band="band-1"))
        view = await board.view(Role.DUTY_OFFICER, Lang.ZH)
        assert [target for target, _ in view.flats((one, two), before)] == ["flat-b1u2-302"]
        assert [target for target, _ in view.rows(("b1", "b2", "b3"), since=before)] == ["row-b1"]
        assert view.plan(two) is drawn[1]
        assert view.plan(one) is not drawn[0]


@pytest.mark.asyncio
async def test_who_goes_away_in_the_middle_leaves_the_rest_to_the_next() -> None:
    house = FakeHouse(make_site(buildings=4))
    pages = make_pages(house)
    desk = pages.app.state.desk
    board = BoardCache(house, desk.feed, desk.renderer, lambda flat: None, HomeSettings(), slice_seconds=0.0)
    first = asyncio.create_task(board.view(Role.DUTY_OFFICER, Lang.ZH))
    for _ in range(20):  # each flat is a turn
        await asyncio.sleep(0)
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    assert 0 < (board.stamp_of(board.mark) or 0) < len(house.shown.places.flats)
    view = await board.view(Role.DUTY_OFFICER, Lang.ZH)
    assert view.states.keys() == house.shown.places.flats.keys()
    assert view.counts.keys() == house.shown.places.buildings.keys()


@pytest.mark.asyncio
async def test_it_is_drawn_before_anybody_asks_and_after_each_change() -> None:
    pages = make_pages()
    house, desk = pages.house, pages.app.state.desk
    board = BoardCache(house, desk.feed, desk.renderer, lambda flat: None, HomeSettings(), warm_seconds=0.0)
    async with fed(pages):
        drawing = asyncio.create_task(board.keep_warm())

        flats = len(house.shown.places.flats)
        await until(lambda: (board.stamp_of(board.mark) or 0) > flats)
        at = board.stamp_of(board.mark) or 0
        await told(pages, stay("b2u1-101", 1))
        await until(lambda: (board.stamp_of(board.mark) or 0) > at)
        drawing.cancel()
        with suppress(asyncio.CancelledError):
            await drawing


@pytest.mark.asyncio
async def test_boards_that_a_change_wakes_together_go_one_by_one_with_others_in_between() -> None:
    board = make_pages().app.state.desk.board
    went: list[str] = []

    async def viewer(name: str) -> None:
        await board.turn()
        went.append(name)

    async def lane() -> None:
        while sum(each != "lane" for each in went) < 4:
            went.append("lane")
            await asyncio.sleep(0)

    await asyncio.gather(*(viewer(f"board {n}") for n in range(4)), lane())
    boards = [at for at, each in enumerate(went) if each != "lane"]
    assert [went[at] for at in boards] == [f"board {n}" for n in range(4)]
    assert all("lane" in went[one + 1 : other] for one, other in itertools.pairwise(boards))


@pytest.mark.asyncio
async def test_roles_that_are_shown_the_same_share_what_is_drawn() -> None:
    board = make_pages().app.state.desk.board
    officer = await board.view(Role.DUTY_OFFICER, Lang.ZH)
    assert await board.view(Role.CHIEF, Lang.ZH) is officer
    assert await board.view(Role.INSTALLER, Lang.ZH) is not officer
    assert await board.view(Role.DUTY_OFFICER, Lang.EN) is not officer


@pytest.mark.asyncio
async def test_an_installer_who_asks_first_shows_the_officer_no_less() -> None:
    pages = make_pages()
    pages.house.tell(stay("b1u1-101", 1))
    for member, href in ((INSTALLER, False), (OFFICER, True)):
        async with pages.browser() as browser:
            await log_in(browser, member)
            assert ('href="/flat?flat=b1u1-101"' in (await browser.get(BOARD)).text) is href


@pytest.mark.asyncio
async def test_many_flats_of_a_changed_register_are_each_told_once() -> None:
    pages = make_pages()
    async with standing(pages) as (_, stream):
        for n, flat in enumerate(("b1u1-101", "b3u1-101")):
            pages.house.tell(stay(flat, n))
        flats = tuple(RegisteredFlat(flat=flat) for flat in ("b1u1-101", "b3u1-101"))
        await told(pages, HouseholdsChanged(id="h", at=START, by="d1", ref="r", flats=flats))
        seen: list[str] = []
        while {"flat-b1u1-101", "flat-b3u1-101"} - set(seen):
            seen += await stream.pulse()
    assert sorted(seen) == ["flat-b1u1-101", "flat-b3u1-101", "row-b1", "row-b3"]


def test_the_sheet_of_icons_is_that_of_the_drawings() -> None:
    assert FILE.read_text("utf-8") == sheet(), "python -m tests.board_icons --update"
