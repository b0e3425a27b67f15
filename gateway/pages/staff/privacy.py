"""The journal in, the last looks at people's data and receipts out, for the chief; and erasing a person."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.events.retention import ContentsDeleted
from gateway.orders.every import FlatLookedUp
from gateway.orders.gate import LookAsked
from gateway.orders.staff import DataLookedAt
from gateway.pages.desk import Visiting, order_id
from gateway.pages.forms import read_fields
from gateway.pages.homes.registry import registrar_of
from gateway.pages.page import page, said
from gateway.pages.texts.common import why_words
from gateway.privacy_answers import erase_person
from gateway.registry.storage import NotKept

router = APIRouter()

MOST_SHOWN = 200
MOST_RECEIPTS = 20
LONGEST_REASON = 200
LOOKS = (DataLookedAt, FlatLookedUp, LookAsked)


@router.get("/privacy")
async def privacy(visit: Visiting) -> Response:
    bodies = await visit.desk.house.recorded(tuple(kind.__name__ for kind in LOOKS), MOST_SHOWN)
    looks = []
    for body in bodies:
        match body:
            case DataLookedAt():
                looks.append((body.at, body.by, body.what, body.about))
            case FlatLookedUp():
                looks.append((body.at, body.by, "/guard/flat", body.flat))
            case LookAsked():  # through a lane's camera
                looks.append((body.at, body.by, f"/look: {body.reason}", body.lane))
            case _:
                pass
    receipts = await visit.desk.house.recorded((ContentsDeleted.__name__,), MOST_RECEIPTS)
    return page(
        visit,
        "privacy.html",
        "/staff",
        looks=looks,
        receipts=receipts,
        order=order_id(),
        longest_reason=LONGEST_REASON,
        name_of=visit.desk.name_of,
        path=visit.desk.path,
    )


@router.post("/privacy/erase")
async def erase(request: Request, visit: Visiting) -> Response:
    """Refused with words for it where something must stay. Whoever sends it has said that they are sure."""
    fields = await read_fields(request)
    registrar = registrar_of(visit)
    subject, reason = fields.subject("subject"), fields.text("reason", LONGEST_REASON)
    if not subject or fields.raw("sure") != "on":
        raise HTTPException(400, "sure")
    if registrar.forgetting is None:
        raise HTTPException(503)
    try:
        reply = await erase_person(
            registrar.forgetting, registrar, subject, visit.member.id, reason, visit.lang, fields.order_id()
        )
    except NotKept as exc:
        return said(visit, str(exc), "/privacy", good=False)
    text = "; ".join(reply.lines) if reply.done else why_words(reply.lines[0], visit.lang)
    return said(visit, text, "/privacy", good=reply.done)
