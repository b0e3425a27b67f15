"""Couriers inside for long in, a list for the guard out; "has left" in, an order out."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.couriers import Courier, overdue
from gateway.orders.gate import CourierLeft
from gateway.pages.desk import Desk, Visit, Visiting, pressed
from gateway.pages.forms import read_fields
from gateway.pages.page import said
from gateway.pages.texts.common import texts, why_words

router = APIRouter()

LONGEST_ID = 64


def couriers_overdue(desk: Desk, compound: str = "") -> list[Courier]:
    shown = desk.house.shown
    return overdue(shown.couriers, desk.now(), shown.limits.courier_overdue_seconds, compound)


def courier_fragment(visit: Visit, lane: str) -> str:
    """Those of the lane's compound, or of all."""
    desk = visit.desk
    at = desk.house.shown.places.lanes.get(lane)
    couriers = couriers_overdue(desk, at.compound if at is not None else "")
    today = desk.now().astimezone(desk.zone()).date()  # an hour of yesterday is written with its day

    def render(token: str) -> str:
        return desk.renderer.render(
            "_couriers.html",
            visit.lang,
            token=token,
            couriers=couriers,
            lane=at,
            path=desk.path,
            now=desk.now(),
            zone=desk.zone(),
        ).strip()  # nothing at all where nobody is overdue: an empty frame says something else

    version = (tuple(couriers), today, id(desk.house.shown.places))
    return desk.fragments.get(("couriers", lane, visit.lang), version, visit.token, render)


@router.post("/guard/courier")
async def left(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    who = fields.text("who", LONGEST_ID)
    lane = fields.text("lane", LONGEST_ID, needed=False)
    result = await visit.desk.order(CourierLeft(id=pressed(fields), at=visit.desk.now(), by=visit.member.id, who=who))
    text = texts(visit.lang)["courier_left_done"] if result.done else why_words(result.why, visit.lang)
    known = lane in visit.desk.house.shown.places.lanes
    return said(visit, text, "/guard?" + urlencode({"lane": lane}) if known else "/guard", good=result.done)
