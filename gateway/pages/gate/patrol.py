""" "On patrol" of a guard in, an order out: for so many minutes nobody is missed at the lane."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.orders.every import GuardOnPatrol
from gateway.pages.desk import Visiting, pressed
from gateway.pages.forms import read_fields
from gateway.pages.page import said
from gateway.pages.texts.common import texts, why_words

router = APIRouter()

PATROL_MINUTES = (10, 20, 30, 60)  # one tap each


@router.post("/guard/patrol")
async def patrol(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    lane = visit.desk.house.shown.places.lanes.get(fields.raw("lane"))
    if lane is None:
        raise HTTPException(400, "lane")
    minutes = fields.number("minutes", 1, max(PATROL_MINUTES))
    result = await visit.desk.order(
        GuardOnPatrol(id=pressed(fields), at=visit.desk.now(), by=visit.member.id, lane=lane.id, minutes=minutes)
    )
    text = texts(visit.lang)["patrol_done"] if result.done else why_words(result.why, visit.lang)
    stays = "/guard?" + urlencode({"lane": lane.id}) if fields.raw("stay") else "/guard"
    return said(visit, text, stays, good=result.done)
