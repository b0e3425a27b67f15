"""A flat in, who there agreed to be looked after out; an agreement, its end and "away until" in, orders out."""

import secrets
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.compound import DeviceKind
from gateway.orders.care import AwayUntil, CareAgreed, CareEnded
from gateway.orders.every import Order
from gateway.pages.desk import Visit, Visiting, order_id
from gateway.pages.forms import read_fields
from gateway.pages.homes.flat import flat_asked
from gateway.pages.page import page, said
from gateway.pages.texts.common import texts, why_words

router = APIRouter()

AGREED_BY = ("self", "guardian")


@router.get("/care")
async def care(request: Request, visit: Visiting) -> Response:
    shown = visit.desk.house.shown
    place = flat_asked(visit, request.query_params.get("flat", ""))
    zone = visit.desk.zone()
    today = visit.now.astimezone(zone).date()
    return page(
        visit,
        "care.html",
        "/board",
        flat=place,
        agreements=[each for each in shown.care.values() if each.flat == place.id and each.last_day >= today],
        away={care: until for care, until in shown.away.items() if until > visit.now},
        people=sorted(person.subject for person in shown.people.values() if person.flat == place.id),
        meters=sorted(
            device.id
            for device in shown.places.devices.values()
            if device.kind is DeviceKind.METER and device.place == place.id
        ),
        order=order_id(),
        today=today.isoformat(),
        hour_now=visit.now.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
        name_of=visit.desk.name_of,
    )


@router.post("/care/agree")
async def agree(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    place = flat_asked(visit, fields.raw("flat"))
    return await _hand_in(
        visit,
        place.id,
        CareAgreed(
            id=fields.order_id(),
            at=visit.desk.now(),
            by=visit.member.id,
            flat=place.id,
            subject=fields.subject("subject") or secrets.token_hex(8),
            reason=fields.text("reason", 120),
            agreed_by=fields.one_of("agreed_by", AGREED_BY),
            last_day=fields.day("last_day"),
            band=fields.text("band", 64, needed=False),
            temperatures=fields.raw("temperatures") == "yes",
            door=fields.raw("door") == "yes",
            meter=fields.text("meter", 80, needed=False),
        ),
    )


@router.post("/care/end")
async def end(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    place = flat_asked(visit, fields.raw("flat"))
    care = fields.text("care", 80)
    return await _hand_in(visit, place.id, CareEnded(id=order_id(), at=visit.desk.now(), by=visit.member.id, care=care))


@router.post("/care/away")
async def away(request: Request, visit: Visiting) -> Response:
    """An hour that is past, or none: they are back."""
    fields = await read_fields(request)
    place = flat_asked(visit, fields.raw("flat"))
    now = visit.desk.now()
    until = fields.hour("until", visit.desk.zone()) if fields.raw("until") else now
    care = fields.text("care", 80)
    return await _hand_in(visit, place.id, AwayUntil(id=order_id(), at=now, by=visit.member.id, care=care, until=until))


async def _hand_in(visit: Visit, place: str, order: Order) -> Response:
    result = await visit.desk.order(order)
    text = texts(visit.lang)["care_saved"] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, "/care?" + urlencode({"flat": place}), good=result.done)
