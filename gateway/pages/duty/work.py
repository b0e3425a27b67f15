"""Installers at work in, orders out: what their hands set off is put aside until they are done."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.orders.alerts import WorkBegun, WorkEnded
from gateway.pages.desk import Visiting, order_id
from gateway.pages.duty.alerts import LONGEST_COMMENT
from gateway.pages.forms import read_fields
from gateway.pages.page import page, said
from gateway.pages.texts.common import texts, why_words

router = APIRouter()

WORK_MINUTES = (30, 60, 120, 240, 480)


@router.get("/work-mode")
async def work(visit: Visiting) -> Response:
    shown = visit.desk.house.shown
    return page(
        visit,
        "work.html",
        "/work-mode",
        works=sorted(shown.works_at(visit.desk.now()), key=lambda each: each.until),
        compounds=shown.places.compounds.values(),
        minutes=WORK_MINUTES,
        name_of=visit.desk.name_of,
        path=visit.desk.path,
    )


@router.post("/work-mode/begin")
async def begin(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    now = visit.desk.now()
    where = fields.text("where", 200)
    is_device = where in visit.desk.house.shown.places.devices
    order = WorkBegun(
        id=order_id(),
        at=now,
        by=visit.member.id,
        until=now + timedelta(minutes=fields.number("minutes", 1, max(WORK_MINUTES))),
        reason=fields.text("reason", LONGEST_COMMENT),
        places=() if is_device else (where,),
        devices=(where,) if is_device else (),
    )
    result = await visit.desk.order(order)
    text = texts(visit.lang)["work_begun"] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, "/work-mode", good=result.done)


@router.post("/work-mode/end")
async def end(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    order = WorkEnded(id=order_id(), at=visit.desk.now(), by=visit.member.id, work=fields.text("work", 80))
    result = await visit.desk.order(order)
    text = texts(visit.lang)["work_ended"] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, "/work-mode", good=result.done)
