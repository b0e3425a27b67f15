"""A shift on the page: begun, counted, handed over with a note, taken by another log-in; and its page of PDF."""

import io
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx
import pypdfium2  # type: ignore[import-untyped]  # it ships no type information
import pytest
from msgspec.structs import replace

from gateway.findings import Reason, Verdict
from gateway.findings_shifts import OpenMatters, Shift, ShiftSheet, ShiftStage, StillInside, Tally
from gateway.kinds import Kind
from gateway.orders.shifts import ShiftBegun, ShiftEnded, ShiftHandedOver
from gateway.pages.access import AUDIENCE
from gateway.pages.gate.shift_sheet import MOST_ALERTS, sheet_pdf
from gateway.words.language import Lang
from tests.gateway.pages.browsing import fed, log_in, make_pages, token_of, told
from tests.gateway.pages.fake_house import GUARD, INSTALLER, OFFICER, START, FakeHouse, alert, decision

EAST = "east"


def words(pdf: bytes) -> tuple[int, str]:
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        return len(document), " ".join(page.get_textpage().get_text_bounded() for page in document)


def form(html: str, name: str) -> dict[str, str]:
    """The hidden fields of the form with this id."""
    [inside] = re.findall(rf'id="shift-{name}">(.*?)</form>', html, re.DOTALL)
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', inside))


def counts(html: str, row: str) -> list[int]:
    [inside] = re.findall(rf'data-testid="count-{row}">(.*?)</tr>', html, re.DOTALL)
    return [int(number) for number in re.findall(r"<td>(\d+)</td>", inside)]


async def shift_page(browser: httpx.AsyncClient, lang: str = "en") -> str:
    return (await browser.get(f"/shift?gate=east&lang={lang}")).text


@pytest.mark.asyncio
async def test_begin_count_hand_over_and_take_over_by_another_log_in() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser, pages.browser() as other:
        await log_in(browser, GUARD)
        data = form(await shift_page(browser), "begin")
        assert (await browser.post("/shift/begin", data=data)).headers["location"] == "/shift?gate=east"
        for verdict, reason in (
            (Verdict.ADMIT, Reason.ADMITTED),
            (Verdict.ADMIT, Reason.REPEATED),
            (Verdict.REFUSE, Reason.FORGED),
        ):
            await told(pages, decision(verdict, reason))
        [asked] = await told(pages, decision(Verdict.REFER, Reason.UNREADABLE))
        await told(pages, replace(decision(Verdict.ADMIT, Reason.RULED_BY_GUARD, by="g1"), answers=asked))
        await told(pages, decision(Verdict.REFER, Reason.UNREADABLE, lane="east-2"))
        await told(pages, alert(Kind.CAMERA_COVERED, 9), alert(Kind.FEVER, 10))
        pages.house.backlog = 12
        html = await shift_page(browser)
        assert counts(html, "east-1") == [1, 1, 1, 1, 0, 0]
        assert counts(html, "all") == [1, 1, 2, 1, 0, 0]
        assert "Camera covered" in html
        assert "Fever" not in html, "a guard sees no health"
        assert re.search(r'matters-pending">.*?<b>12</b> · all is kept', html)
        assert re.search(r'matters-referrals">.*?<b>1</b>', html)
        data = form(html, "hand")
        answer = await browser.post("/shift/hand", data={**data, "what": "hand_over", "note": "东门\u202e灯坏了"})
        assert answer.status_code == 303
        html = await shift_page(browser)
        assert "shift-take" not in html
        assert "Whoever takes over logs in and confirms here." in html
        await log_in(other, OFFICER)
        html = await shift_page(other)
        assert "东门灯坏了" in html
        assert "Fever" in html
        data = form(html, "take")
        assert data["takes"] == pages.house.shown.shifts[EAST].id
        await other.post("/shift/begin", data=data)
        assert (
            await other.post("/shift/hand", data={**form(await shift_page(other), "hand"), "what": "end"})
        ).is_redirect
    begun, handed, taken, ended = pages.house.orders
    assert isinstance(begun, ShiftBegun)
    assert isinstance(handed, ShiftHandedOver)
    assert isinstance(taken, ShiftBegun)
    assert isinstance(ended, ShiftEnded)
    assert (begun.by, handed.by, taken.by, ended.by) == ("g1", "g1", "d1", "d1")
    assert (handed.note, handed.pending, handed.shift, taken.takes) == ("东门灯坏了", 12, begun.id, begun.id)
    assert ended.shift == taken.id


@pytest.mark.asyncio
async def test_the_same_form_twice_is_one_order_and_a_quiet_page_stays_as_it_is() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        html = await shift_page(browser)
        assert form(html, "begin") == form(await shift_page(browser), "begin")
        data = form(html, "begin")
        await browser.post("/shift/begin", data=data)
        await browser.post("/shift/begin", data=data)
    assert len({order.id for order in pages.house.orders}) == 1


@pytest.mark.asyncio
async def test_fields_no_browser_would_send_and_other_roles_are_turned_away() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser, pages.browser() as installer:
        await log_in(browser, GUARD)
        assert (await browser.get("/shift?gate=nowhere")).status_code == 404
        assert (await browser.get("/shift/sheet?shift=none")).headers["location"] == "/shift"
        good = {"csrf": await token_of(browser), "gate": EAST, "shift": "s1", "order": "a" * 32, "what": "hand_over"}
        for wrong in ({"what": "burn"}, {"note": "x" * 201}, {"shift": ""}, {"order": "x"}, {"gate": ""}):
            assert (await browser.post("/shift/hand", data=good | wrong)).status_code == 400
        await log_in(installer, INSTALLER)
        assert (await installer.get("/shift")).status_code == 403
        assert (await installer.get("/shift/sheet?shift=s1")).status_code == 403
    assert pages.house.orders == []


SHEET = ShiftSheet(
    at=START,
    stage=ShiftStage.TAKEN,
    by="g2",
    shift=Shift(
        id="s1",
        gate=EAST,
        by="g1",
        begun_at=START - timedelta(hours=8),
        lanes={
            "east-1": Tally(admitted=812, refused=7, referred=31, by_hand=28, undone=1),
            "east-2": Tally(admitted=790),
        },
        raised={Kind.CAMERA_COVERED: 2, Kind.FEVER: 1},
        handed_at=START,
        note="东门灯坏了，明早有人来修",
        pending=12,
    ),
    matters=OpenMatters(
        alerts={Kind.CAMERA_COVERED: 1, Kind.FEVER: 1},
        couriers=3,
        overdue=(StillInside(who="5afe0000000000c1", lane="east-1", came=START - timedelta(hours=2)),),
        referrals=2,
        silent=("camera-1",),
    ),
)


@pytest.mark.asyncio
async def test_the_sheet_is_one_page_of_pdf_with_no_names() -> None:
    house = FakeHouse()
    house.shown.sheets["s1"] = SHEET
    pages = make_pages(house)
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        assert "/shift/sheet?shift=s1" in await shift_page(browser)
        answer = await browser.get("/shift/sheet?shift=s1&lang=zh")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("application/pdf", "no-store")
    count, said = words(answer.content)
    assert count == 1
    for wanted in (
        "交接班记录",
        "东门",
        "812",
        "1602",
        "摄像头被挡住",
        "5afe00",
        "camera-1",
        "12",
        "明早有人来修",
        "g1",
        "g2",
    ):
        assert wanted in said, wanted
    for unwanted in ("发热", GUARD.name, OFFICER.name, "5afe0000000000c1"):
        assert unwanted not in said, unwanted


@pytest.mark.parametrize("lang", [Lang.ZH, Lang.EN])
def test_it_is_one_page_whatever_has_happened(lang: Lang) -> None:
    house = FakeHouse()
    many = StillInside(who="5afe0000000000c1", lane="east-1", came=START)
    shift = replace(
        SHEET.shift,
        lanes={f"lane-{n}": Tally(admitted=n) for n in range(40)},
        raised={str(kind): 99 for kind in Kind},
        note="灯" * 200,
    )
    matters = OpenMatters(
        alerts={}, couriers=500, overdue=(many,) * 30, referrals=9, silent=("a-long-device-name",) * 30
    )
    sheet = replace(SHEET, shift=shift, matters=matters)
    zone = ZoneInfo("Asia/Shanghai")
    made = sheet_pdf(sheet, lang=lang, places=house.shown.places, zone=zone, audience=list(AUDIENCE))
    with pypdfium2.PdfDocument(io.BytesIO(made)) as document:
        [page] = document
        picture = page.render(scale=1).to_pil().convert("L")
        foot = picture.crop((0, int(picture.height * 0.97), picture.width, picture.height))
        assert foot.getextrema() == (255, 255), "nothing runs off the page"
        said = page.get_textpage().get_text_bounded()
    assert ("签字" if lang is Lang.ZH else "Signed") in said
    assert f"+{len(Kind) - MOST_ALERTS}" in said, "what is not named is counted"


def test_without_a_chinese_font_it_is_in_english() -> None:
    house = FakeHouse()
    zone = ZoneInfo("Asia/Shanghai")
    made = sheet_pdf(SHEET, lang=Lang.ZH, places=house.shown.places, zone=zone, audience=list(AUDIENCE), fonts=[])
    assert "Shift sheet" in words(made)[1]
