"""Enrolment in one form; extension, hospital, move, band and papers from the same page; nothing is typed twice."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

import httpx
import pypdfium2
import pytest
from msgspec.structs import replace

from gateway.households import Household, Resident
from gateway.orders.every import ArrivalExpected, QuarantineBegun, QuarantineEnded
from gateway.orders.stays import BandReturned, StayExtended, StayMoved, StayResumed, StaySuspended
from gateway.pages.desk import PageSettings
from gateway.papers.stay import door_notice, release_note
from gateway.people import Quarantine, Released
from tests.gateway.pages.browsing import Pages, log_in
from tests.gateway.pages.fake_house import OFFICER, START
from tests.gateway.pages.registered import registered_pages

FLAT, OTHER = "b1u1-502", "b1u1-501"
ANNA, BO = "5afe000000000001", "5afe000000000002"
BEGIN = {"ground": "通知 3 号", "first_day": "2026-03-12", "days": "14", "origin": "orange"}


@asynccontextmanager
async def on_duty(folder: Path) -> AsyncIterator[tuple[Pages, httpx.AsyncClient]]:
    async with registered_pages(folder) as (pages, registrar), pages.browser() as browser:
        people = (Resident(ANNA, "王阿婆", "138"), Resident(BO, "小李", "139"))
        await registrar.change({FLAT: Household(FLAT, people=people)}, "d1")
        await log_in(browser, OFFICER)
        pages.house.orders.clear()
        yield pages, browser


async def sent(browser: httpx.AsyncClient, form: str, fields: dict[str, str]) -> int:
    text = (await browser.get(f"/enrol?flat={FLAT}")).text
    part = text.split(f'data-testid="{form}"')[1]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', part[: part.index("</form>")]))
    address = {"enrol-form": "/enrol", "band-form": "/enrol/band"}.get(form, "/enrol/stay")
    return (await browser.post(address, data=hidden | fields)).status_code


@pytest.mark.asyncio
async def test_people_of_the_registry_are_ticked_and_one_who_is_new_is_registered(tmp_path: Path) -> None:
    async with on_duty(tmp_path) as (pages, browser):
        page = (await browser.get("/enrol?q=1-1-502")).text
        assert "王阿婆" in page
        who = {"who0": ANNA, "band0": "band-1", "name": "表妹", "phone": "137", "band": "band-2"}
        assert await sent(browser, "enrol-form", BEGIN | who) == 303
        stays = [each for each in pages.house.orders if isinstance(each, QuarantineBegun)]
        assert [(each.subject == ANNA, each.band, each.origin) for each in stays] == [
            (True, "band-1", "orange"),
            (False, "band-2", "orange"),
        ]
        assert {(each.first_day, each.last_day) for each in stays} == {(date(2026, 3, 12), date(2026, 3, 25))}
        registrar = pages.app.state.desk.registrar
        assert [person.name for person in registrar.get(FLAT).people] == ["王阿婆", "小李", "表妹"]
        assert registrar.home_of(stays[1].subject).flat == FLAT
        again = (await browser.get(f"/enrol?flat={FLAT}")).text
        assert re.findall(r'name="who\d" value="(\w+)"', again) == [BO]
        named = re.findall(r"<h3>(\S+) <small", again)
        assert sorted(named) == ["王阿婆", "表妹"], "whose stay it is can be read"


@pytest.mark.asyncio
async def test_the_same_form_sent_twice_is_the_same_orders(tmp_path: Path) -> None:
    async with on_duty(tmp_path) as (pages, browser):
        text = (await browser.get(f"/enrol?flat={FLAT}")).text
        part = text.split('data-testid="enrol-form"')[1]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', part))
        for _ in range(2):
            await browser.post("/enrol", data=hidden | BEGIN | {"name": "表妹", "phone": "137"})
        first, second = [each for each in pages.house.orders if isinstance(each, QuarantineBegun)]
        assert (first.id, first.subject) == (second.id, second.subject)


@pytest.mark.asyncio
async def test_who_is_not_here_yet_is_expected_and_can_be_taken_back(tmp_path: Path) -> None:
    async with on_duty(tmp_path) as (pages, browser):
        assert await sent(browser, "enrol-form", BEGIN | {"who0": ANNA, "arrive_by": "2026-03-12T20:00"}) == 303
        [order] = pages.house.orders
        assert isinstance(order, ArrivalExpected)
        assert (order.days, order.arrive_by.hour, order.subject) == (14, 20, ANNA)
        assert 'data-testid="expected"' in (await browser.get(f"/enrol?flat={FLAT}")).text


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 409),
        ({"who0": ANNA, "who1": BO, "band0": "band-1", "band1": "band-1"}, 409),
        ({"who0": ANNA, "days": "0"}, 400),
        ({"who0": ANNA, "days": ""}, 400),
        ({"who0": ANNA, "ground": " "}, 400),
        ({"who0": ANNA, "origin": "mars"}, 400),
        ({"who0": "x"}, 400),
        ({"name": "表妹", "phone": "call"}, 400),
        ({"who0": ANNA, "ground": " \u200e\t"}, 400),
        ({"who0": ANNA, "ground": "字" * 121}, 400),
        ({"who0": ANNA, "first_day": "12.3.2026"}, 400),
        ({"who0": ANNA, "first_day": ""}, 400),
        ({"who0": ANNA, "days": "61"}, 400),
        ({"who0": ANNA, "days": "٣"}, 400),
        ({"who0": "张三"}, 400),
        ({"who0": "ABCDEF0123456789"}, 400),
        ({"who0": ANNA, "band0": "b" * 65}, 400),
        ({"who0": ANNA, "order": "1"}, 400),
    ],
)
async def test_an_enrolment_that_lacks_something_begins_nothing(
    tmp_path: Path, fields: dict[str, str], status: int
) -> None:
    async with on_duty(tmp_path) as (pages, browser):
        assert await sent(browser, "enrol-form", BEGIN | fields) == status
        assert pages.house.orders == []


@pytest.mark.asyncio
async def test_a_stay_is_extended_suspended_resumed_moved_and_its_band_taken_back(tmp_path: Path) -> None:
    async with on_duty(tmp_path) as (pages, browser):
        await sent(browser, "enrol-form", BEGIN | {"who0": ANNA, "band0": "band-1"})
        [begun] = pages.house.orders
        assert await sent(browser, "extend-form", {"last_day": "2026-03-30", "reason": "阳性"}) == 303
        assert await sent(browser, "suspend-form", {"reason": "住院", "back_by": "2026-03-13T18:00"}) == 303
        away = (await browser.get(f"/enrol?flat={FLAT}")).text
        assert "住院" in away.split('data-testid="suspended"')[1]
        assert "03-13 18:00" in away.split('data-testid="back-by"')[1].split("</p>")[0]
        assert await sent(browser, "later-form", {"reason": "留观", "back_by": "2026-03-14T09:00"}) == 303
        assert await sent(browser, "resume-form", {}) == 303
        assert await sent(browser, "move-form", {"to": "9-9-9", "reason": "漏水"}) == 400
        assert await sent(browser, "move-form", {"to": "1-1-501", "reason": "漏水"}) == 303
        kinds = [type(order) for order in pages.house.orders[1:]]
        assert kinds == [StayExtended, StaySuspended, StaySuspended, StayResumed, StayMoved]
        hours = [order.back_by for order in pages.house.orders if isinstance(order, StaySuspended) and order.back_by]
        assert [(at.day, at.hour, at.utcoffset()) for at in hours] == [
            (13, 18, timedelta(hours=8)),
            (14, 9, timedelta(hours=8)),
        ]
        moved = pages.house.shown.quarantines[begun.id]
        assert (moved.flat, moved.last_day, moved.away) == (OTHER, date(2026, 3, 30), "")
        pages.house.tell(QuarantineEnded(id="e", at=START, by="d1", quarantine=begun.id, reason="阴性"))
        text = (await browser.get(f"/enrol?flat={OTHER}")).text
        assert "band-1" in text.split('data-testid="band-form"')[1]
        token = re.search(r'name="csrf" value="([^"]+)"', text)
        assert token is not None
        fields = {"csrf": token[1], "flat": OTHER, "band": "band-1"}
        assert (await browser.post("/enrol/band", data=fields)).status_code == 303
        assert isinstance(pages.house.orders[-1], BandReturned)
        assert not pages.house.shown.released[begun.id].band_out


# ---- papers

STAY = Quarantine(
    id="q", flat=FLAT, subject=ANNA, ground="街道通知 2026-17", first_day=date(2026, 3, 12), last_day=date(2026, 3, 25),
    begun_by="d1",
)  # fmt: skip


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    return document[0].get_textpage().get_text_bounded()


def test_the_doors_notice_says_ground_end_and_whom_to_call_and_no_name() -> None:
    other = replace(STAY, subject=BO, last_day=date(2026, 3, 27))
    said = text_of(door_notice("1号楼 / 502", [STAY, other], "值班室 021-5555", START))
    for words in ("居家隔离", "街道通知 2026-17", "2026-03-12 – 2026-03-25", "2026-03-27", "值班室 021-5555", "502"):
        assert words in said, words
    assert ANNA not in said


def test_a_big_family_with_the_same_days_gets_one_sheet_that_says_them_once() -> None:
    family = [replace(STAY, id=str(n), subject=f"{n:016x}") for n in range(9)]
    later = replace(STAY, first_day=date(2026, 3, 14), last_day=date(2026, 3, 27))
    said = text_of(door_notice("1号楼 / 502", [*family, later], "021-5555", START))
    assert said.count("街道通知 2026-17") == 1
    assert said.count("2026-03-12 – 2026-03-25") == 1
    assert "2026-03-14 – 2026-03-27" in said


def test_the_note_of_release_says_when_in_local_time_and_to_whom() -> None:
    from zoneinfo import ZoneInfo

    released = Released(stay=STAY, at=START + timedelta(hours=9, minutes=30))
    said = text_of(release_note("1号楼 / 502", released, "王阿婆", ZoneInfo("Asia/Shanghai"), "021-5555"))
    for words in ("解除隔离告知单", "王阿婆", ANNA, "街道通知 2026-17", "2026-03-13 00:00", "021-5555"):
        assert words in said, words
    assert "提前" not in said
    early = release_note("1号楼", replace(released, early=True), "", ZoneInfo("Asia/Shanghai"), "")
    assert "提前解除" in text_of(early)


def test_without_a_chinese_font_the_papers_are_in_english() -> None:
    said = text_of(door_notice("Flat 502", [replace(STAY, ground="notice 17")], "021-5555", START, fonts=[]))
    assert "Home quarantine" in said
    assert "notice 17" in said


@pytest.mark.asyncio
async def test_the_papers_are_a_click_away(tmp_path: Path) -> None:
    async with on_duty(tmp_path) as (pages, browser):
        assert (await browser.get(f"/enrol/notice?flat={FLAT}")).status_code == 404
        await sent(browser, "enrol-form", BEGIN | {"who0": ANNA})
        settings: PageSettings = pages.app.state.desk.settings
        assert settings.homes.days == 14
        answer = await browser.get(f"/enrol/notice?flat={FLAT}")
        assert answer.headers["content-type"] == "application/pdf"
        assert "通知 3 号" in text_of(answer.content)
        [begun] = pages.house.orders
        pages.house.tell(QuarantineEnded(id="e", at=START, by="d1", quarantine=begun.id, reason="阴性"))
        note = await browser.get(f"/enrol/release?flat={FLAT}&stay={begun.id}")
        assert "王阿婆" in text_of(note.content)
        assert (await browser.get(f"/enrol/release?flat={OTHER}&stay={begun.id}")).status_code == 404
