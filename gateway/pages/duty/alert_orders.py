"""Who is to see to an alert, or that it is put aside for a while, in; orders out."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.orders.alerts import AlertAssigned, AlertShelved
from gateway.pages.desk import Visiting, order_id
from gateway.pages.duty.alerts import LONGEST_COMMENT, SHELVE_MINUTES, alert_asked, answer
from gateway.pages.forms import read_fields

router = APIRouter()


@router.post("/alerts/assign")
async def assign(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    order = AlertAssigned(
        id=order_id(),
        at=visit.desk.now(),
        by=visit.member.id,
        alert=alert_asked(visit, fields),
        to=fields.text("to", 63),
        comment=fields.text("comment", LONGEST_COMMENT, needed=False),
    )
    return answer(visit, await visit.desk.order(order), "assigned")


@router.post("/alerts/shelve")
async def shelve(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    now = visit.desk.now()
    order = AlertShelved(
        id=order_id(),
        at=now,
        by=visit.member.id,
        alert=alert_asked(visit, fields),
        until=now + timedelta(minutes=fields.number("minutes", 1, max(SHELVE_MINUTES))),
        reason=fields.text("reason", LONGEST_COMMENT),
    )
    return answer(visit, await visit.desk.order(order), "shelved")
