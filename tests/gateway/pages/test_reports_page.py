"""Forecast and reports: one click each, in three formats and two languages, on record, and no formula in them."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from gateway.findings import StayEnded
from gateway.households import Household, Resident
from gateway.kinds import Kind
from gateway.pages.duty.report_files import Table, csv_file, pdf_file, xlsx_file
from tests.gateway.pages.browsing import log_in, make_pages, token_of
from tests.gateway.pages.fake_house import GUARD, OFFICER, START, FakeHouse, alert, stay
from tests.gateway.pages.registered import registered_pages

EVIL = '=HYPERLINK("http://x","y")'


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.asyncio
async def test_the_figures_of_two_days_as_a_table_in_both_languages() -> None:
    house = FakeHouse()
    house.tell(begun := stay("b1u1-101", 1, days_ago=0))
    fall = alert(Kind.FALL, 2)
    yesterday = START - timedelta(days=1)
    ended = StayEnded(at=yesterday, quarantine="stay-7", flat="b1u1-102", subject="s")
    house.records = [fall, begun, ended]
    pages = make_pages(house)
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        address = "/reports/daily?from=2026-03-11&to=2026-03-12&format=csv"
        english = await browser.get(address + "&lang=en")
        chinese = await browser.get(address + "&lang=zh")
        far = await browser.get("/reports/daily?from=2025-03-11&to=2026-03-12")
        wrong = [await browser.get(f"/reports/daily?{each}") for each in ("format=exe", "from=2026-02-30", "to=x")]
    head, first, second, made = rows_of(english.content)
    assert head[:7] == ["Day", "In quarantine", "Began", "Ended", "of them early", "Alerts", "Fall"]
    assert first[:7] == ["2026-03-11", "0", "0", "1", "0", "0", "0"]
    assert second[:7] == ["2026-03-12", "1", "1", "0", "0", "1", "1"]
    assert made == ["Made at 2026-03-12 14:30"]
    assert rows_of(chinese.content)[0][:2] == ["日期", "隔离人数"]
    assert english.headers["content-disposition"] == 'attachment; filename="daily-2026-03-11-2026-03-12.csv"'
    assert [each.status_code for each in (far, *wrong)] == [400] * 4
    assert [(each.by, each.what) for each in house.looks][-1] == ("d1", "/reports/daily")


@pytest.mark.asyncio
async def test_who_is_where_by_pseudonym_or_with_names_and_that_is_on_record_as_such(tmp_path: Path) -> None:
    async with registered_pages(tmp_path) as (pages, registrar):
        pages.house.tell(stay("b1u1-502", 1, band="band-1"))
        pages.house.tell(stay("b2u1-101", 2))
        person = Resident(subject=f"{1:016x}", name=EVIL, phone="13800001111")
        await registrar.change({"b1u1-502": Household(flat="b1u1-502", people=(person,))}, "d1")
        async with pages.browser() as browser:
            await log_in(browser, OFFICER)
            data = {"csrf": await token_of(browser), "format": "csv"}
            plain = rows_of((await browser.post("/reports/people?lang=en", data=data)).content)
            named = {"names": "on", "building": "b1"}
            full = await browser.post("/reports/people?lang=en", data=data | named)
            book = await browser.post("/reports/people?lang=en", data=data | named | {"format": "xlsx"})
            assert (await browser.post("/reports/people", data=data | {"building": "b99"})).status_code == 400
            assert (await browser.post("/reports/people", data=data | {"csrf": "x"})).status_code == 403
    assert [row[2] for row in plain[1:3]] == [f"{1:016x}", f"{2:016x}"]
    assert "13800001111" not in str(plain)
    listed = rows_of(full.content)
    assert len(listed) == 3  # its head, the one of that building, and when it was made
    assert listed[1][3:5] == ["'" + EVIL, "13800001111"]
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    assert (sheet["D2"].value, sheet["D2"].data_type) == (EVIL, "s")
    looks = [(each.what, each.about) for each in pages.house.looks if each.what.startswith("/reports")]
    assert looks == [("/reports/people", ""), ("/reports/people with names", "b1")]


@pytest.mark.asyncio
async def test_a_guard_takes_no_report() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        data = {"csrf": await token_of(browser), "format": "csv"}
        assert (await browser.post("/reports/people", data=data)).status_code == 403
        for path in ("/reports", "/reports/daily", "/forecast"):
            assert (await browser.get(path)).status_code == 403


@pytest.mark.asyncio
async def test_the_forecast_says_each_day_and_what_is_missing() -> None:
    house = FakeHouse()
    house.tell(stay("b1u1-101", 1, days_ago=12, band="band-1"))
    async with make_pages(house).browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get("/forecast?lang=en")).text
    assert text.count("data-day=") == 7
    assert 'data-day="2026-03-12"' in text
    assert "−1" in text


def test_three_formats_of_one_table() -> None:
    table = Table("people", "名单", ("made",), ("人", "数"), (("+1", 3), ("张三", 4)), START)
    assert rows_of(csv_file(table)) == [["人", "数"], ["'+1", "3"], ["张三", "4"], ["made"]]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_file(table))).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(max_row=3)] == [
        ["人", "数"],
        ["+1", 3],
        ["张三", 4],
    ]
    assert all(cell.data_type == "s" for cell in sheet["A"])
    pdf = pdf_file(table, fonts=())
    assert pdf.startswith(b"%PDF")
    many = pdf_file(Table("people", "list", (), ("a", "b"), tuple(("x" * 200, n) for n in range(80)), START), fonts=())
    assert many.count(b"/Type /Page\n") == 3
    assert pdf_file(Table("people", "list", (), ("a",), (), START), fonts=()).count(b"/Type /Page\n") == 1
