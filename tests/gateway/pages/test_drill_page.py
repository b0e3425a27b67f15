"""A drill is seen on every page, begun and ended on its own."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.events.every import DoorMoved
from gateway.findings import Reason, Verdict
from gateway.kinds import Kind
from gateway.orders.drill import DrillBegun, DrillEnded
from gateway.pages.homes.timeline import Teller
from gateway.services import ServiceMoved
from gateway.words.language import Lang
from tests.gateway.pages.browsing import fed, log_in, make_pages, told
from tests.gateway.pages.fake_house import GUARD, OFFICER, START, alert, decision, stay
from tests.gateway.pages.test_door_page import FLAT, asked


@pytest.mark.asyncio
async def test_every_page_says_that_a_drill_is_on_until_it_is_over() -> None:
    pages = make_pages()
    begun = DrillBegun(
        id="x", at=START, by="d1", reason="fire stairs", until=START + timedelta(hours=1), places=("b1",)
    )
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        before = (await browser.get("/guard?lang=en")).text
        await told(pages, begun)
        await told(pages, replace(alert(Kind.FALL, 7, device="band-1"), drill=True))
        during = [(await browser.get(path)).text for path in ("/guard?lang=en", "/alerts?lang=zh")]
        await told(pages, DrillEnded(id="e", at=START, by="d1", drill="x"))
        after = (await browser.get("/guard?lang=en")).text
    assert [("drill-banner" in page) for page in (before, *during, after)] == [False, True, True, False]
    assert "fire stairs" in during[0]
    assert "演练进行中" in during[1]
    assert "<mark>演练</mark>" in during[1]


@pytest.mark.asyncio
async def test_a_drill_is_begun_and_ended_by_name() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        page = (await browser.get("/drill?lang=en")).text
        [form] = re.findall(r'data-testid="drill-begin".*?</form>', page, re.DOTALL)
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        said = {
            "reason": "rehearsal",
            "place": "b1",
            "devices": "band-1 band-2",
            "minutes": "30",
            "rehearse_fall": "yes",
        }
        assert (await browser.post("/drill/begin", data={**fields, **said})).status_code == 303
        assert (await browser.post("/drill/end", data={"csrf": fields["csrf"], "drill": "x"})).status_code == 303
    begun, ended = pages.house.orders
    assert isinstance(begun, DrillBegun)
    assert (begun.places, begun.devices, begun.phones) == (("b1",), ("band-1", "band-2"), False)
    assert begun.rehearsed == (Kind.FALL,)
    assert begun.until - begun.at == timedelta(minutes=30)
    assert isinstance(ended, DrillEnded)


MARK = "<mark>Drill</mark>"


@pytest.mark.asyncio
async def test_what_was_answered_and_asked_for_in_a_drill_is_marked_on_every_page_that_shows_it() -> None:
    pages = make_pages()
    real = decision(Verdict.ADMIT, Reason.ADMITTED, flat="b1u1-502")
    service = asked().service
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, OFFICER)
        await told(pages, stay(FLAT, 7), real, ServiceMoved(at=START, flat=FLAT, service=service))
        paths = ("/guard?lang=en", "/services?lang=en")
        before = [(await browser.get(path)).text.count(MARK) for path in paths]
        await told(
            pages,
            replace(real, drill=True),
            ServiceMoved(at=START, flat=FLAT, service=replace(service, id="r2", drill=True)),
        )
        after = [(await browser.get(path)).text.count(MARK) for path in paths]
        page = (await browser.get("/guard?lang=en")).text
    assert (before, after) == ([0, 0], [2, 1])  # the newest answer, and its line in the list
    assert 'data-say="Drill. ' in page


def test_a_line_of_the_timeline_has_the_mark_of_its_record() -> None:
    teller = Teller(Lang.EN, str, str, str)
    moved = DoorMoved(at=START, heard=START, device="node", flat=FLAT, open=True)
    service = asked().service
    bodies = (moved, decision(Verdict.ADMIT, Reason.ADMITTED), ServiceMoved(at=START, flat=FLAT, service=service))
    marked = (bodies[0], bodies[1], ServiceMoved(at=START, flat=FLAT, service=replace(service, drill=True)))
    lines = [teller.line(1, body) for body in bodies]
    assert [line and line.drill for line in lines] == [False, False, False]
    lines = [teller.line(1, replace(body, drill=True) if n < 2 else body) for n, body in enumerate(marked)]
    assert [line and line.drill for line in lines] == [True, True, True]


@pytest.mark.asyncio
async def test_the_number_of_open_alerts_is_of_what_is_real() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, OFFICER)
        await told(pages, stay(FLAT, 7), alert(Kind.FALL, 8, place=FLAT), replace(alert(Kind.FALL, 9), drill=True))
        status = (await browser.get("/status.json")).json()
    assert (status["open_alerts"], status["open_in_drills"]) == (1, 1)
