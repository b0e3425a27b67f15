"""Days, or a building, in; daily figures and lists of who is where out, as CSV, XLSX or PDF; each on record.

The journal is read in a thread of its own, from the first of the days on; nothing waits for it but who asked.
"""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from msgspec import Struct
from starlette.exceptions import HTTPException

from gateway.daily import READS, DayFigures, daily
from gateway.kinds import Kind
from gateway.pages.desk import Visit, Visiting
from gateway.pages.duty.report_files import MAKERS, TYPES, Table
from gateway.pages.duty.report_people import made_at, people_table
from gateway.pages.forms import YEARS, read_fields
from gateway.pages.page import page
from gateway.pages.texts.common import texts
from gateway.words.kinds import KINDS

router = APIRouter()

MOST_DAYS = 62
MOST_READ = 200_000  # records of one report; two months of a street take a tenth of it
COLUMNS: Mapping[str, str] = {
    "people": "col_people",
    "arrivals": "col_arrivals",
    "releases": "col_releases",
    "early": "col_early",
}
MORE_COLUMNS: Mapping[str, str] = {
    "put_right": "col_put_right",
    "rounds": "col_rounds",
    "persons": "col_persons",
    "measured": "col_measured",
    "calls": "col_calls",
    "knocks": "col_knocks",
    "reached": "col_reached",
    "saved": "col_saved",
    "asked": "col_asked",
    "delivered": "col_delivered",
    "missed": "col_missed",
}
QUICK = (("reports_today", 1), ("reports_week", 7), ("reports_month", 30))


@router.get("/reports")
async def reports(visit: Visiting) -> Response:
    today = _today(visit)
    quick = [(texts(visit.lang)[name], today - timedelta(days=days - 1)) for name, days in QUICK]
    places = visit.desk.house.shown.places
    buildings = [(each.id, visit.desk.path(each.id)) for each in places.buildings.values()]
    return page(
        visit,
        "reports.html",
        "/reports",
        today=today,
        since=today - timedelta(days=6),
        quick=quick,
        formats=tuple(TYPES),
        buildings=buildings,
        has_names=visit.desk.registrar is not None,
    )


@router.get("/reports/daily")
async def daily_figures(request: Request, visit: Visiting) -> Response:
    """That somebody took it is on record, as for every page (`visit_of`)."""
    desk, zone, today = visit.desk, visit.desk.zone(), _today(visit)
    until = min(_day(request.query_params.get("to", ""), today), today)
    since = _day(request.query_params.get("from", ""), until)
    if not timedelta() <= until - since < timedelta(days=MOST_DAYS):
        raise HTTPException(400, "from, to")
    kind = _format(request.query_params.get("format", "csv"))
    shown = desk.house.shown
    going_on = {stay.id: stay.first_day for stay in (*shown.quarantines.values(), *shown.suspended.values())}

    def fold(bodies: Iterator[Struct]) -> list[DayFigures]:
        return daily(bodies, going_on, since, until, zone)

    begins = datetime.combine(since, time(), zone)
    figures, complete = await desk.house.read_back(READS, begins, MOST_READ, fold)
    return await _file(kind, _daily_table(visit, figures, complete))


@router.post("/reports/people")
async def people(request: Request, visit: Visiting) -> Response:
    """A button and no link: whose names are taken along goes on record before the file is made."""
    fields = await read_fields(request)
    kind = _format(fields.raw("format"))
    building = fields.raw("building")
    if building and building not in visit.desk.house.shown.places.buildings:
        raise HTTPException(400, "building")
    named = fields.raw("names") == "on" and visit.desk.registrar is not None
    what = "/reports/people with names" if named else "/reports/people"
    await visit.desk.looked(visit.member.id, what, building, visit.now)
    return await _file(kind, people_table(visit, building, named=named))


def _daily_table(visit: Visit, figures: list[DayFigures], complete: bool) -> Table:
    t = texts(visit.lang)
    kinds = [kind for kind in Kind if any(day.alerts[kind] for day in figures)]
    head = (
        t["col_day"],
        *(t[name] for name in COLUMNS.values()),
        t["col_alerts"],
        *(KINDS[kind].in_(visit.lang) for kind in kinds),
        *(t[name] for name in MORE_COLUMNS.values()),
    )
    rows = tuple(
        (
            day.day.isoformat(),
            *(getattr(day, name) for name in COLUMNS),
            day.alerts.total(),
            *(day.alerts[kind] for kind in kinds),
            *(getattr(day, name) for name in MORE_COLUMNS),
        )
        for day in figures
    )
    notes = (made_at(visit),) if complete else (made_at(visit), t["reports_incomplete"])
    name = f"daily-{figures[0].day}-{figures[-1].day}"
    return Table(name=name, title=t["reports_daily"], notes=notes, head=head, rows=rows, at=visit.now)


async def _file(kind: str, table: Table) -> Response:
    made = await asyncio.to_thread(MAKERS[kind], table)
    headers: Mapping[str, str] = {"Content-Disposition": f'attachment; filename="{table.name}.{kind}"'}
    return Response(made, media_type=TYPES[kind], headers=dict(headers))


def _today(visit: Visit) -> date:
    return visit.now.astimezone(visit.desk.zone()).date()


def _day(said: str, otherwise: date) -> date:
    if not said:
        return otherwise
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise HTTPException(400, "day") from None
    if day.year not in YEARS:
        raise HTTPException(400, "day")
    return day


def _format(wanted: str) -> str:
    if wanted not in TYPES:
        raise HTTPException(400, "format")
    return wanted
