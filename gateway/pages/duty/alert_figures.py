"""The journal's alerts in, the figures of the duty out: a page and a CSV of the last days."""

import csv
import io
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.alerts.report import AlertReport, alert_report
from gateway.findings import Alert
from gateway.pages.desk import Visit, Visiting
from gateway.pages.page import page
from gateway.roll.rows import guarded
from gateway.words.catalogue import SEVERITIES
from gateway.words.kinds import KINDS

router = APIRouter()

MOST_READ = 50_000  # revisions; more than a month of a bearable duty
MOST_DAYS = 30


@router.get("/alerts/report")
async def report(request: Request, visit: Visiting) -> Response:
    figures = await _figures(request, visit)
    return page(
        visit,
        "alert_report.html",
        "/alerts",
        report=figures,
        days=_days(request),
        busiest=max(figures.by_hour),
        KINDS=KINDS,
        SEVERITIES=SEVERITIES,
    )


@router.get("/alerts/report.csv")
async def report_csv(request: Request, visit: Visiting) -> Response:
    figures = await _figures(request, visit)
    text = io.StringIO()
    table = csv.writer(text)
    for figure in ("raised", "per_day", "flooded_share", "standing", "in_drills", "at_work"):
        table.writerow(("figure", figure, getattr(figures, figure)))
    for name, took in (("taken", figures.taken), ("put_right", figures.put_right)):
        table.writerow(("seconds", f"{name}_median", took.median))
        table.writerow(("seconds", f"{name}_ninety", took.ninety))
    table.writerows(("kind", str(kind), count) for kind, count in figures.by_kind)
    table.writerows(("severity", str(level), count) for level, count in figures.by_severity)
    table.writerows(("hour", hour, count) for hour, count in enumerate(figures.by_hour))
    table.writerows(("device", guarded(device), count) for device, count in figures.worst_devices)
    headers = {"Content-Disposition": 'attachment; filename="alerts.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


async def _figures(request: Request, visit: Visit) -> AlertReport:
    bodies = await visit.desk.house.recorded((Alert.__name__,), MOST_READ)
    until = visit.desk.now().astimezone(visit.desk.zone())
    return alert_report(
        (body for body in bodies if isinstance(body, Alert)), until - timedelta(days=_days(request)), until
    )


def _days(request: Request) -> int:
    said = request.query_params.get("days", "7")
    return min(max(int(said), 1), MOST_DAYS) if said.isdecimal() and said.isascii() and len(said) < 4 else 7
