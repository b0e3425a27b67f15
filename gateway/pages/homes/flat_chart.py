"""A flat in, its people's temperatures as a chart takes them out; a note about it in, an order out."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from gateway.orders.notes import LONGEST_NOTE, FlatNoted
from gateway.pages.desk import Visit, Visiting
from gateway.pages.forms import read_fields
from gateway.pages.homes.flat import flat_asked, hand_in
from gateway.pages.homes.flat_history import case_of, temperatures, windows_of

router = APIRouter()

POINTS = 4000  # of one band: 14 days of one in a quarter of an hour, and as many again that moved a rule


@router.get("/flat/temperatures")
async def chart(request: Request, visit: Visiting) -> Response:
    """For the chart: seconds since 1970 and degrees of each wearer, with the windows and the hours of the rounds."""
    place = flat_asked(visit, request.query_params.get("flat", ""))
    shown = visit.desk.house.shown
    case = case_of(place.id, shown, visit.now)
    people: list[dict[str, Any]] = []
    for worn, taken in await temperatures(visit, case, POINTS):
        oldest_first = taken[::-1]
        people.append(
            {
                "subject": worn.subject,
                "at": [round(each.at.timestamp()) for each in oldest_first],
                "celsius": [round(each.celsius, 2) for each in oldest_first],
            }
        )
    windows = await windows_of(visit, case, place.id)
    answer = {
        "zone": visit.desk.zone().key,
        "people": people,
        "windows": [[opens.timestamp(), closes.timestamp()] for opens, closes in windows],
        "rounds": _rounds(visit, case.since),
        "fever": shown.limits.fever_celsius,
    }
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


@router.post("/flat/note")
async def note(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    place = flat_asked(visit, fields.raw("flat"))
    case = case_of(place.id, visit.desk.house.shown, visit.now)
    subject = fields.subject("subject")
    if subject and subject not in case.subjects:
        raise HTTPException(400, "subject")
    return await hand_in(
        visit,
        place,
        FlatNoted(
            id=fields.order_id(),
            at=visit.desk.now(),
            by=visit.member.id,
            flat=place.id,
            text=fields.text("text", LONGEST_NOTE),
            subject=subject,
        ),
    )


def _rounds(visit: Visit, since: datetime) -> list[float]:
    """The hours at which a round began, or will begin today."""
    zone, found = visit.desk.zone(), []
    day, today = since.astimezone(zone).date(), visit.now.astimezone(zone).date()
    while day <= today:
        for at in visit.desk.house.shown.bands.rounds.hours:
            found.append(datetime.combine(day, at, zone).timestamp())
        day += timedelta(days=1)
    return found
