"""One flat in, who is in quarantine there and what is on record of it out; two short forms in, orders out."""

from datetime import timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.compound import Flat
from gateway.orders.every import Order, QuarantineEnded, WindowOpened
from gateway.orders.notes import LONGEST_NOTE
from gateway.pages.board.people import COLOURS
from gateway.pages.desk import Visit, Visiting, order_id
from gateway.pages.forms import Fields, read_fields
from gateway.pages.homes.flat_history import TABLED, before_asked, case_of, devices_of, temperatures, timeline
from gateway.pages.homes.timeline import WHERE
from gateway.pages.page import page, said
from gateway.pages.texts.common import PURPOSES, texts, why_words
from gateway.words.catalogue import DEVICE_KINDS

router = APIRouter()

WINDOW_MINUTES = (15, 30, 60, 120)


def flat_asked(visit: Visit, flat: str) -> Flat:
    found = visit.desk.house.shown.places.flats.get(flat)
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/flat")
async def flat(request: Request, visit: Visiting) -> Response:
    shown = visit.desk.house.shown
    place = flat_asked(visit, request.query_params.get("flat", ""))
    zone = visit.desk.zone()
    case = case_of(place.id, shown, visit.now)
    lines, older = await timeline(visit, place, before_asked(request))
    return page(
        visit,
        "flat.html",
        "/board",
        flat=place,
        state=visit.desk.board.index(visit.role).flat(place, zone),
        windows=sorted(
            (each for each in shown.windows.values() if each.flat == place.id and each.closes > visit.now),
            key=lambda each: each.opens,
        ),
        order_ids=[order_id() for _ in range(3)],
        running={stay.id for stay in shown.quarantines.those("flat", place.id)},
        lines=lines,
        older=older,
        newest="before" not in request.query_params,
        taken=await temperatures(visit, case, TABLED),
        devices=devices_of(visit, case, place.id),
        subjects=sorted(case.subjects),
        longest_note=LONGEST_NOTE,
        COLOURS=COLOURS,
        WHERE=WHERE,
        DEVICE_KINDS=DEVICE_KINDS,
        hour_now=visit.now.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
        may_enrol=visit.may("POST", "/enrol"),
        may_renew=visit.may("POST", "/flat/code") and visit.desk.registrar is not None,
        purposes=PURPOSES,
        window_minutes=WINDOW_MINUTES,
        name_of=visit.desk.name_of,
    )


@router.post("/flat/release")
async def release(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    place = flat_asked(visit, fields.raw("flat"))
    return await hand_in(
        visit,
        place,
        QuarantineEnded(
            id=order_id(),
            at=visit.desk.now(),
            by=visit.member.id,
            quarantine=fields.text("quarantine", 80),
            reason=fields.text("reason", 120),
        ),
        back="/enrol" if fields.raw("back") == "enrol" else "/flat",  # there stand the note of release and the band
    )


@router.post("/flat/window")
async def window(request: Request, visit: Visiting) -> Response:
    fields: Fields = await read_fields(request)
    place = flat_asked(visit, fields.raw("flat"))
    opens = fields.hour("opens", visit.desk.zone())
    minutes = int(fields.one_of("minutes", tuple(str(each) for each in WINDOW_MINUTES)))
    return await hand_in(
        visit,
        place,
        WindowOpened(
            id=fields.order_id(),
            at=visit.desk.now(),
            by=visit.member.id,
            flat=place.id,
            opens=opens,
            closes=opens + timedelta(minutes=minutes),
            purpose=fields.one_of("purpose", PURPOSES),
        ),
    )


def flat_page(flat: Flat) -> str:
    return f"/flat?{urlencode({'flat': flat.id})}"


async def hand_in(visit: Visit, place: Flat, order: Order, back: str = "/flat") -> Response:
    """What came of an order about this flat, back on its page, or on the page whence it was asked."""
    result = await visit.desk.order(order)
    text = texts(visit.lang)["done"] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, f"{back}?{urlencode({'flat': place.id})}", good=result.done)
