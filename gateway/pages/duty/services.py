"""Requests for service in, the list to work down out; grant, deny, take, delivered, ask for a flat in, orders out."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.orders.windows import (
    WindowApproved,
    WindowAsked,
    WindowConfirmed,
    WindowDelivered,
    WindowDenied,
    WindowOrder,
    WindowTaken,
    WindowWithdrawn,
)
from gateway.pages.desk import Visit, Visiting, order_id
from gateway.pages.feed import CLOCK, EVERYTHING, SERVICES
from gateway.pages.forms import Fields, read_fields
from gateway.pages.live import stream
from gateway.pages.page import page, said
from gateway.pages.texts.common import texts, why_words
from gateway.services import DOOR, LONGEST_WORDS, POLICY, RESIDENT, WAITING, Act, Purpose, Service, ServiceState, may
from gateway.words.services import PURPOSE_ICONS, PURPOSES, SERVICE_STATES, STATE_ICONS

router = APIRouter()

MOST_LISTED = 100
MOST_OVER = 12
MINUTES = (15, 30, 60, 120, 240)
LONGEST_REASON = 80
PLAIN: dict[str, type[WindowTaken | WindowDelivered | WindowConfirmed | WindowWithdrawn]] = {
    Act.TAKE: WindowTaken,
    Act.DELIVER: WindowDelivered,
    Act.CONFIRM: WindowConfirmed,
    Act.WITHDRAW: WindowWithdrawn,
}
IN_WORDS = {RESIDENT: "services_resident", POLICY: "services_policy", DOOR: "services_door"}


def services_fragment(visit: Visit) -> dict[str, str]:
    desk = visit.desk
    shown = desk.house.shown
    every = sorted(shown.services.values(), key=lambda each: each.asked_at)
    moving = WAITING | {ServiceState.DELIVERED}
    over = [each for each in reversed(every) if each.state not in moving][:MOST_OVER]

    def who(by: str) -> str:
        return texts(visit.lang)[IN_WORDS[by]] if by in IN_WORDS else desk.name_of(by)

    html = desk.renderer.render(
        "_services.html",
        visit.lang,
        token=visit.token,
        services=[each for each in every if each.state in moving][:MOST_LISTED],
        over=over,
        rules=shown.window_rules,
        minutes=MINUTES,
        longest=LONGEST_REASON,
        may=may,
        Act=Act,
        who=who,
        why=lambda why: why_words(why, visit.lang),
        path=desk.path,
        now=desk.now(),
        zone=desk.zone(),
        PURPOSES=PURPOSES,
        PURPOSE_ICONS=PURPOSE_ICONS,
        SERVICE_STATES=SERVICE_STATES,
        STATE_ICONS=STATE_ICONS,
    )
    return {"services": html}


@router.get("/services")
async def services(visit: Visiting) -> Response:
    shown = visit.desk.house.shown
    flats = sorted({stay.flat for stay in shown.quarantines.values() if stay.flat in shown.places.flats})
    return page(
        visit,
        "services.html",
        "/services",
        fragments=services_fragment(visit),
        flats=[(flat, visit.desk.path(flat)) for flat in flats],
        purposes=PURPOSES,
        order=order_id(),
        longest_words=LONGEST_WORDS,
        call=shown.window_rules.call,
    )


@router.get("/live/services")
async def live_services(visit: Visiting) -> Response:
    async def fragments(changed: set[str]) -> dict[str, str]:
        return services_fragment(visit) if changed & {SERVICES, EVERYTHING, CLOCK} else {}

    return stream(visit, lambda topic: topic == SERVICES, fragments)


@router.post("/services/ask")
async def ask(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    if fields.raw("flat") not in visit.desk.house.shown.places.flats:
        raise HTTPException(404)
    order = WindowAsked(
        id=fields.order_id(),
        at=visit.desk.now(),
        by=visit.member.id,
        flat=fields.raw("flat"),
        purpose=fields.one_of("purpose", tuple(Purpose)),
        words=fields.text("words", LONGEST_WORDS, needed=False),
    )
    return await _hand_in(visit, order)


@router.post("/services/act")
async def act(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    service = visit.desk.house.shown.services.get(fields.text("request", 80))
    if service is None:
        raise HTTPException(404)
    return await _hand_in(visit, _order(visit, fields, service))


def _order(visit: Visit, fields: Fields, service: Service) -> WindowOrder:
    at, by = visit.desk.now(), visit.member.id
    wanted = fields.one_of("act", (Act.APPROVE, Act.DENY, *PLAIN))
    if wanted == Act.APPROVE:
        opens = fields.hour("opens", visit.desk.zone()) if fields.raw("opens") else at
        minutes = fields.number("minutes", 5, 720)
        closes = opens + timedelta(minutes=minutes)
        return WindowApproved(id=order_id(), at=at, by=by, request=service.id, opens=opens, closes=closes)
    if wanted == Act.DENY:
        reason = fields.text("reason", LONGEST_REASON)
        return WindowDenied(id=order_id(), at=at, by=by, request=service.id, reason=reason)
    return PLAIN[wanted](id=order_id(), at=at, by=by, request=service.id)


async def _hand_in(visit: Visit, order: WindowOrder) -> Response:
    result = await visit.desk.order(order)
    text = texts(visit.lang)["done"] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, "/services", good=result.done)
