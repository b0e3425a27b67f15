"""The code on the inside of a quarantine door in, a page of icons out: ask, see what became of it, whom to call.

No log-in: the code itself is what opens the page, and it opens nothing else. Whatever goes wrong, the page says so and
shows the number to call.
"""

import asyncio
from collections.abc import Iterable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from gateway.compound import Flat
from gateway.orders.windows import WindowAsked, WindowConfirmed, WindowOrder, WindowWithdrawn
from gateway.pages.desk import Visit, Visiting, order_id
from gateway.pages.forms import Fields, read_fields
from gateway.pages.page import page
from gateway.pages.texts.common import texts, why_words
from gateway.services import LONGEST_WORDS, RESIDENT, Act, Purpose, Service, may
from gateway.words.services import PURPOSE_ICONS, PURPOSES, SERVICE_STATES, STATE_ICONS

router = APIRouter()

MOST_SHOWN = 8


@router.get("/door/{code}")
async def door(code: str, visit: Visiting) -> Response:
    return _page(visit, code, _flat(visit, code))


@router.get("/door/{code}/now")
async def now(code: str, visit: Visiting) -> Response:
    """What became of the requests, asked for by the page every few seconds."""
    return HTMLResponse(_requests(visit, code, _flat(visit, code)))


@router.post("/door/{code}/ask")
async def ask(code: str, request: Request, visit: Visiting) -> Response:
    flat, fields = await _sent(code, request, visit)
    if not visit.desk.door_asks.take(flat.id, asyncio.get_running_loop().time()):
        return _page(visit, code, flat, why_words("too many requests in one hour", visit.lang), answer=429)
    order = WindowAsked(
        id=fields.order_id(),
        at=visit.desk.now(),
        by=RESIDENT,
        flat=flat.id,
        purpose=fields.one_of("purpose", tuple(Purpose)),
        words=fields.text("words", LONGEST_WORDS, needed=False),
    )
    return await _hand_in(visit, code, flat, order)


@router.post("/door/{code}/received")
async def received(code: str, request: Request, visit: Visiting) -> Response:
    flat, fields = await _sent(code, request, visit)
    if (busy := _too_often(visit, code, flat)) is not None:
        return busy
    service = _own(visit, flat, fields)
    order = WindowConfirmed(id=order_id(), at=visit.desk.now(), by=RESIDENT, request=service.id)
    return await _hand_in(visit, code, flat, order)


@router.post("/door/{code}/withdraw")
async def withdraw(code: str, request: Request, visit: Visiting) -> Response:
    flat, fields = await _sent(code, request, visit)
    if (busy := _too_often(visit, code, flat)) is not None:
        return busy
    service = _own(visit, flat, fields)
    order = WindowWithdrawn(id=order_id(), at=visit.desk.now(), by=RESIDENT, request=service.id)
    return await _hand_in(visit, code, flat, order)


def _flat(visit: Visit, code: str) -> Flat:
    flats = visit.desk.house.shown.places.flats
    found = visit.desk.doors.flat_of(code, flats)
    if found is None:
        raise HTTPException(404, texts(visit.lang)["door_unknown"])
    return flats[found]


async def _sent(code: str, request: Request, visit: Visit) -> tuple[Flat, Fields]:
    """A form of this very page: its token is made from the code, so no other site's form is taken for ours."""
    flat = _flat(visit, code)
    fields = await read_fields(request)
    if not visit.desk.sessions.form_matches(f"door {code}", fields.raw("csrf")):
        raise HTTPException(403, "csrf")
    return flat, fields


def _too_often(visit: Visit, code: str, flat: Flat) -> Response | None:
    """What is refused is on record as well: a page that asks without end must not fill the journal."""
    if visit.desk.door_words.take(flat.id, asyncio.get_running_loop().time()):
        return None
    return _page(visit, code, flat, why_words("too many requests in one hour", visit.lang), answer=429)


def _own(visit: Visit, flat: Flat, fields: Fields) -> Service:
    service = visit.desk.house.shown.services.get(fields.text("request", 80))
    if service is None or service.flat != flat.id:
        raise HTTPException(404)
    return service


async def _hand_in(visit: Visit, code: str, flat: Flat, order: WindowOrder) -> Response:
    try:
        result = await visit.desk.order(order)
    except HTTPException:  # the disk does not answer: nobody may take it for done
        return _page(visit, code, flat, texts(visit.lang)["door_failed"], answer=503)
    if not result.done:
        return _page(visit, code, flat, why_words(result.why, visit.lang), answer=409)
    return RedirectResponse(f"/door/{code}", 303)


def _page(visit: Visit, code: str, flat: Flat, problem: str = "", answer: int = 200) -> Response:
    shown = visit.desk.house.shown
    return page(
        visit,
        "door.html",
        "",
        code=answer,
        flat=flat,
        path=visit.desk.path(flat.id),
        door_code=code,
        csrf=visit.desk.sessions.form_token(f"door {code}"),
        order=order_id(),
        watched=next(shown.quarantines.those("flat", flat.id), None) is not None,
        purposes=[(each.value, PURPOSES[each], PURPOSE_ICONS[each]) for each in Purpose],
        longest=LONGEST_WORDS,
        call=shown.window_rules.call,
        problem=problem,
        fragments={"requests": _requests(visit, code, flat)},
    )


def _requests(visit: Visit, code: str, flat: Flat) -> str:
    newest: Iterable[Service] = sorted(
        visit.desk.house.shown.services.those("flat", flat.id), key=lambda each: each.asked_at, reverse=True
    )
    return visit.desk.renderer.render(
        "_door_requests.html",
        visit.lang,
        door_code=code,
        csrf=visit.desk.sessions.form_token(f"door {code}"),
        services=list(newest)[:MOST_SHOWN],
        may=may,
        Act=Act,
        why=lambda why: why_words(why, visit.lang),
        now=visit.now,
        zone=visit.desk.zone(),
        PURPOSES=PURPOSES,
        PURPOSE_ICONS=PURPOSE_ICONS,
        SERVICE_STATES=SERVICE_STATES,
        STATE_ICONS=STATE_ICONS,
    )
