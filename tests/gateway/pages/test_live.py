"""Open pages are told what changed, by a real server on a real socket; the server stops when it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from gateway.events.every import DoorMoved
from gateway.findings import Reason, Verdict
from gateway.kinds import Kind
from gateway.pages.feed import MOST_VIEWERS, Feed
from gateway.pages.serve import STOP_SECONDS, PageServer, listen
from tests.gateway.pages.browsing import log_in, make_pages, served
from tests.gateway.pages.fake_house import GUARD, OFFICER, START, alert, decision, stay


class Stream:
    """The messages of a stream, one by one: (event, data)."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()

    async def next(self) -> tuple[str, str]:
        event, data = "", []
        async with asyncio.timeout(20):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                elif name == "data":
                    data.append(value)
                elif not line and (event or data):
                    return event, "\n".join(data)
        raise EOFError

    async def until(self, wanted: str) -> str:
        """The next fragment that holds this text."""
        while True:
            event, data = await self.next()
            if not event and wanted in data:
                return data


@asynccontextmanager
async def browser_at(server: PageServer) -> AsyncIterator[httpx.AsyncClient]:
    url = f"http://127.0.0.1:{server.port}"
    async with httpx.AsyncClient(base_url=url, headers={"Origin": url}, timeout=20) as browser:
        yield browser


@asynccontextmanager
async def watching(browser: httpx.AsyncClient, path: str) -> AsyncIterator[Stream]:
    async with browser.stream("GET", path) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer)


@pytest.mark.asyncio
async def test_a_stream_begins_with_the_whole_page_and_beats_with_the_house_s_hour() -> None:
    async with served(make_pages()) as server, browser_at(server) as browser:
        await log_in(browser, GUARD)
        async with watching(browser, "/live/guard") as stream:
            event, data = await stream.next()
            assert event == ""
            for part in ("status", "decision", "history"):
                assert f'<hx-partial id="{part}" hx-swap="innerMorph">' in data
            assert await stream.next() == ("pulse", "2026-03-12T14:30:00.000+08:00")


@pytest.mark.asyncio
async def test_a_decision_reaches_the_guards_of_its_lane_and_no_other() -> None:
    pages = make_pages()
    async with served(pages) as server, browser_at(server) as browser:
        await log_in(browser, GUARD)
        async with (
            watching(browser, "/live/guard?lane=east-1") as east,
            watching(browser, "/live/guard?lane=west-1") as west,
        ):
            await east.until("decision")
            await west.until("decision")
            pages.house.tell(decision(Verdict.REFUSE, Reason.FORGED))
            pages.house.tell(decision(Verdict.REFUSE, Reason.SPENT, lane="west-1"))
            assert 'data-reason="forged"' in await east.until("decision")
            assert 'data-reason="spent"' in await west.until("decision")


@pytest.mark.asyncio
async def test_an_alert_reaches_the_list_and_the_line_on_every_page() -> None:
    pages = make_pages()
    async with served(pages) as server, browser_at(server) as browser:
        await log_in(browser, OFFICER)
        async with watching(browser, "/live/alerts") as alerts, watching(browser, "/live/board") as board:
            await alerts.until('id="alerts"')
            await board.until('id="status"')
            pages.house.tell(alert(Kind.FALL, 5))
            assert 'data-alert="e/5"' in await alerts.until('id="alerts"')
            assert 'data-ring="e/5"' in await board.until('id="status"')


@pytest.mark.asyncio
async def test_a_door_changes_its_own_building_only() -> None:
    pages = make_pages()
    pages.house.tell(stay("b1u1-502", 1))
    async with served(pages) as server, browser_at(server) as browser:
        await log_in(browser, OFFICER)
        async with (
            watching(browser, "/live/board?building=b1") as one,
            watching(browser, "/live/board?building=b2") as two,
        ):
            await one.until('id="flat-b1u2-101"')
            await two.until('id="flat-b2u2-101"')
            pages.house.tell(DoorMoved(at=START, heard=START, device="door-b1u1-502", flat="b1u1-502", open=True))
            assert 'data-door="open"' in (changed := await one.until('id="flat-b1u1-502"'))
            assert changed.count('id="flat-') == 2  # where it goes, and itself: not even the flat beside it
            changed = await two.until('id="row-b1"')
            assert 'id="flat-' not in changed


@pytest.mark.asyncio
async def test_a_stream_ends_with_the_log_in_that_opened_it() -> None:
    pages = make_pages()
    async with served(pages) as server, browser_at(server) as browser:
        await log_in(browser, GUARD)
        async with watching(browser, "/live/guard") as stream:
            await stream.next()
            del pages.staff.members["g1"]
            while (message := await stream.next())[0] == "pulse":
                pass
            assert message == ("over", "over")
            with pytest.raises(EOFError):
                await stream.next()


@pytest.mark.asyncio
async def test_a_feed_that_was_too_slow_begins_anew_and_misses_nothing() -> None:
    pages = make_pages()
    async with served(pages) as server, browser_at(server) as browser:
        await log_in(browser, GUARD)
        async with watching(browser, "/live/guard") as stream:
            await stream.until("decision")
            pages.house.drop_readers()
            pages.house.tell(decision(Verdict.REFUSE, Reason.EXPIRED))
            assert 'data-reason="expired"' in await stream.until("decision")


@pytest.mark.asyncio
@pytest.mark.parametrize("cancel", [False, True], ids=["stop", "cancel"])
async def test_the_server_stops_within_a_second_though_pages_are_open(cancel: bool) -> None:
    pages = make_pages()
    server = PageServer(pages.app, listen("127.0.0.1", 0))
    running = asyncio.create_task(server.run())
    loop = asyncio.get_running_loop()
    async with browser_at(server) as browser:
        await log_in(browser, OFFICER)
        async with watching(browser, "/live/guard") as one, watching(browser, "/live/alerts") as two:
            await one.until("decision")
            await two.until("alerts")
            begun = loop.time()
            if cancel:
                running.cancel()
            else:
                server.stop()
            await asyncio.wait([running])
            took = loop.time() - begun
    assert running.cancelled() is cancel
    assert took < STOP_SECONDS  # 0.3 s on an idle machine; a stream that hung would be cut off at STOP_SECONDS


@pytest.mark.asyncio
async def test_a_feed_that_fails_takes_the_pages_with_it() -> None:
    pages = make_pages()

    def committed() -> object:
        raise RuntimeError("the journal is gone")

    pages.house.committed = committed  # type: ignore[assignment,method-assign]  # a house that fails
    server = PageServer(pages.app, listen("127.0.0.1", 0))
    with pytest.raises(RuntimeError, match="the journal is gone"):
        await server.run()


@pytest.mark.asyncio
async def test_there_is_an_end_to_how_many_look() -> None:
    pages = make_pages()
    feed: Feed = pages.app.state.desk.feed
    open_pages = [feed.watch(lambda topic: True) for _ in range(MOST_VIEWERS)]
    for each in open_pages:
        each.__enter__()
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        assert (await browser.get("/live/guard")).status_code == 503
        assert (await browser.get("/guard")).status_code == 200
    for each in open_pages:
        each.__exit__(None, None, None)


def test_a_taken_port_is_said_and_not_sworn() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", first.getsockname()[1])
