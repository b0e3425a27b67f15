"""Drills that are on, out; a drill begun and ended in, orders out."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.drills import MAY_BE_REHEARSED
from gateway.orders.drill import DrillBegun, DrillEnded
from gateway.orders.every import Order
from gateway.pages.desk import Visit, Visiting, order_id
from gateway.pages.forms import read_fields
from gateway.pages.page import page, said
from gateway.pages.texts.common import texts, why_words
from gateway.words.kinds import KINDS

router = APIRouter()

MINUTES = ("15", "30", "60", "120", "240")


@router.get("/drill")
async def drill(visit: Visiting) -> Response:
    places = visit.desk.house.shown.places
    wholes = [(each.id, each.name) for each in places.compounds.values()]
    wholes += [(each.id, f"{places.compounds[each.compound].name} / {each.name}") for each in places.buildings.values()]
    wholes += [(each.id, f"{places.compounds[each.compound].name} / {each.name}") for each in places.gates.values()]
    return page(
        visit,
        "drill.html",
        "/drill",
        drills=list(visit.desk.house.shown.drills.values()),
        wholes=wholes,
        minutes=MINUTES,
        life=MAY_BE_REHEARSED,
        KINDS=KINDS,
        order=order_id(),
        name_of=visit.desk.name_of,
        path=visit.desk.path,
    )


@router.post("/drill/begin")
async def begin(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    now = visit.desk.now()
    place = fields.text("place", 80, needed=False)
    return await _hand_in(
        visit,
        DrillBegun(
            id=fields.order_id(),
            at=now,
            by=visit.member.id,
            reason=fields.text("reason", 120),
            until=now + timedelta(minutes=int(fields.one_of("minutes", MINUTES))),
            places=(place,) if place else (),
            devices=tuple(fields.text("devices", 400, needed=False).split()),
            phones=fields.raw("phones") == "yes",
            rehearsed=tuple(kind for kind in MAY_BE_REHEARSED if fields.raw(f"rehearse_{kind}") == "yes"),
        ),
    )


@router.post("/drill/end")
async def end(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    ended = DrillEnded(id=order_id(), at=visit.desk.now(), by=visit.member.id, drill=fields.text("drill", 80))
    return await _hand_in(visit, ended)


async def _hand_in(visit: Visit, order: Order) -> Response:
    result = await visit.desk.order(order)
    text = texts(visit.lang)["drill_saved"] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, "/drill", good=result.done)
