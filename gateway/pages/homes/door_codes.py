"""A flat in, the sheet with the code for the inside of its door out; a press of the button in, another code out."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.pages.desk import Visiting
from gateway.pages.forms import read_fields
from gateway.pages.homes.flat import flat_asked, flat_page
from gateway.pages.homes.registry import registrar_of
from gateway.pages.page import said
from gateway.pages.texts.common import texts, why_words
from gateway.registry.storage import NotKept
from gateway.registry.window_answers import renew_code

router = APIRouter()


@router.get("/flat/code")
async def sheet(request: Request, visit: Visiting) -> Response:
    """To print and paste inside the door. The code stands on paper only, and on no page."""
    from gateway.papers.window_sheet import window_sheet  # fpdf takes 0.25 s to load

    flat = flat_asked(visit, request.query_params.get("flat", ""))
    address = visit.desk.settings.address or str(request.base_url).rstrip("/")
    url = f"{address}/door/{visit.desk.doors.code_of(flat.id)}"
    call = visit.desk.house.shown.window_rules.call
    made, _ = await asyncio.to_thread(window_sheet, [(flat.path, url)], call)
    headers = {"Content-Disposition": 'inline; filename="door-code.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


@router.post("/flat/code")
async def renew(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    flat = flat_asked(visit, fields.raw("flat"))
    try:
        result = await renew_code(registrar_of(visit), flat.id, visit.member.id, fields.order_id())
    except NotKept as exc:
        return said(visit, str(exc), flat_page(flat), good=False)
    text = texts(visit.lang)["code_renewed"] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, flat_page(flat), good=result.done)
