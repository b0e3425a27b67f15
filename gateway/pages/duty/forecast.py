"""What is on record now in, a table of the next seven days out, with a bar for the people of each day."""

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.forecast import forecast
from gateway.pages.desk import Visiting
from gateway.pages.page import page

router = APIRouter()


@router.get("/forecast")
async def coming_days(visit: Visiting) -> Response:
    desk = visit.desk
    seen = forecast(desk.house.shown, visit.now, desk.zone())
    return page(
        visit,
        "forecast.html",
        "/forecast",
        forecast=seen,
        most=max(1, *(day.people for day in seen.days)),
        short=[day for day in seen.days if day.free_bands < 0],
        place_of=desk.house.shown.places,
        path=desk.path,
    )
