"""A wish to see a lane, with its reason, in; an order, and then small gray pictures for so many seconds, out.

The one route that gives a picture is here. It gives it to whoever asked and to nobody else, while the look lasts.
"""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.exceptions import HTTPException

from gateway.compound import Device, DeviceKind
from gateway.looks import Looking, looking
from gateway.orders.gate import LookAsked, LookEnded
from gateway.pages.desk import Desk, Visit, Visiting, order_id
from gateway.pages.forms import read_fields
from gateway.pages.page import page, said
from gateway.pages.texts.common import texts, why_words

router = APIRouter()

SECONDS = (30, 60, 120)
LONGEST_REASON = 120
LONGEST_ID = 64
PICTURE_EVERY_SECONDS = 0.5
MOST_STREAMS = 4  # of pictures, at once; each costs some milliseconds of a core, twice a second
BOUNDARY = "picture"


def looked_fragment(visit: Visit, lane: str) -> str:
    """Who looks through this lane's cameras, said to whoever stands there."""
    desk = visit.desk
    return desk.renderer.render(
        "_looked.html",
        visit.lang,
        looks=looking(desk.house.shown.looks, desk.now(), lane),
        name_of=desk.name_of,
        path=desk.path,
        now=desk.now(),
        zone=desk.zone(),
    ).strip()


def _mine(visit: Visit, look: str) -> Looking | None:
    """A look that lasts, of this very member."""
    found = visit.desk.house.shown.looks.get(look)
    mine = found is not None and found.by == visit.member.id and visit.desk.now() < found.until
    return found if mine else None


def _cameras(desk: Desk) -> list[Device]:
    places = desk.house.shown.places
    return [each for each in places.devices.values() if each.kind is DeviceKind.CAMERA and each.place in places.lanes]


@router.get("/look")
async def look(request: Request, visit: Visiting) -> Response:
    desk = visit.desk
    return page(
        visit,
        "look.html",
        "/look",
        cameras=_cameras(desk),
        mine=_mine(visit, request.query_params.get("look", "")),
        path=desk.path,
        seconds=SECONDS,
        order=order_id,
    )


@router.post("/look")
async def ask(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    desk = visit.desk
    camera = desk.house.shown.places.devices.get(fields.text("camera", LONGEST_ID))
    if camera is None or camera.kind is not DeviceKind.CAMERA:
        raise HTTPException(400, "camera")
    order = LookAsked(
        id=fields.order_id(),
        at=desk.now(),
        by=visit.member.id,
        lane=camera.place,
        camera=camera.id,
        reason=fields.text("reason", LONGEST_REASON),
        seconds=fields.number("seconds", 1, max(SECONDS)),
    )
    result = await desk.order(order)
    text = texts(visit.lang)["look_begun"] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, "/look?" + urlencode({"look": order.id}) if result.done else "/look", good=result.done)


@router.post("/look/end")
async def end(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    order = LookEnded(
        id=fields.order_id(), at=visit.desk.now(), by=visit.member.id, look=fields.text("look", LONGEST_ID)
    )
    result = await visit.desk.order(order)
    text = texts(visit.lang)["look_over"] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, "/look", good=result.done)


@router.get("/look/picture")
async def pictures(request: Request, visit: Visiting) -> Response:
    """One JPEG after the other, as an <img> shows them; 204 where there is no such look, or no more."""
    found = _mine(visit, request.query_params.get("look", ""))
    if found is None:
        return Response(status_code=204)
    if visit.desk.picture_streams >= MOST_STREAMS:
        raise HTTPException(503)
    kind = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
    return StreamingResponse(_pictures(visit, found.id), media_type=kind, headers={"Cache-Control": "no-store"})


async def _pictures(visit: Visit, look: str) -> AsyncIterator[bytes]:
    desk = visit.desk
    desk.picture_streams += 1
    try:
        while not desk.feed.closed and _mine(visit, look) is not None and _still(visit):
            picture = await desk.house.picture(look)
            if picture is None:
                break
            yield _part(picture)
            await asyncio.sleep(PICTURE_EVERY_SECONDS)
        yield _part(await asyncio.to_thread(_nothing))  # else the last picture stays in the page, and looks live
        yield f"--{BOUNDARY}--\r\n".encode()
    finally:
        desk.picture_streams -= 1


def _part(picture: bytes) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
    return head.encode() + picture + b"\r\n"


def _nothing() -> bytes:
    from devices.links.picture import picture  # loads OpenCV, which a house without cameras does not need

    return picture(None, "ENDED")


def _still(visit: Visit) -> bool:
    return visit.session is not None and visit.desk.sessions.holds(visit.session, visit.desk.staff, visit.desk.now())
