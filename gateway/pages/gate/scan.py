"""A code the guard's page read in, by whatever means; what was decided of it out, once it is on disk.

The text enters the house as any scanner's does, and stops there: it is not logged, not kept, not said back.
"""

import asyncio
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from devices.jpeg import MOST_SCANS, shape_of
from gateway.findings import Decision
from gateway.pages.desk import ORDER_SECONDS, Visit, Visiting
from gateway.pages.forms import read_fields
from gateway.pages.page import said
from gateway.pages.texts.common import texts
from gateway.passes.plates import Plate, plate_of
from gateway.passes.short_code import typed_code
from gateway.words.catalogue import VERDICTS
from gateway.words.reasons import REASONS

router = APIRouter()

LONGEST_CODE = 7089  # digits in the largest QR code (ISO/IEC 18004, table 1)
LONGEST_TYPED = 24  # a plate or a short code, blanks and all
LONGEST_SIDE = 2600  # of a photo; the page makes it smaller than that before it sends it


@router.post("/guard/code")
async def code(request: Request, visit: Visiting) -> Response:
    _within_allowance(visit)
    fields = await read_fields(request)
    text = fields.raw("text")
    if not text.strip() or len(text) > LONGEST_CODE:
        raise HTTPException(400, "text")
    return await _shown(visit, fields.raw("lane"), text)


@router.post("/guard/typed")
async def typed(request: Request, visit: Visiting) -> Response:
    """A plate or the short code of a pass. What can be neither is a slip of the finger, and goes no further."""
    _within_allowance(visit)
    fields = await read_fields(request)
    text = fields.raw("text")
    if not text.strip() or len(text) > LONGEST_TYPED:
        raise HTTPException(400, "text")
    if typed_code(text) is None and not isinstance(plate_of(text), Plate):
        answer = said(visit, texts(visit.lang)["type_other"], "/guard", good=False)
        answer.status_code = 422
        return answer
    return await _shown(visit, fields.raw("lane"), text, typed=True)


@router.post("/guard/photo")
async def photo(request: Request, visit: Visiting) -> Response:
    """A JPEG as the whole body, for browsers that cannot read a code themselves. It is read here and forgotten."""
    _within_allowance(visit)
    if request.headers.get("content-type") != "image/jpeg":
        raise HTTPException(400, "content-type")
    picture = await request.body()
    async with visit.desk.photo_reading:
        found = await asyncio.to_thread(texts_in, picture)
    if len(found) != 1:
        answer = said(visit, texts(visit.lang)["photo_many" if found else "photo_no_code"], "/guard", good=False)
        answer.status_code = 422
        return answer
    return await _shown(visit, request.query_params.get("lane", ""), found[0])


def texts_in(picture: bytes) -> tuple[str, ...]:
    """The texts of the codes in a JPEG. Raises HTTPException(400) for anything else, or one that is too large."""
    # OpenCV is 35 MB of memory that a house with scanners alone never needs.
    from devices.picture_files import still_in
    from devices.qr_reading import EVERYTHING, read_codes

    shape = shape_of(picture)
    if shape is None or not shape.whole or shape.scans > MOST_SCANS or max(shape.width, shape.height) > LONGEST_SIDE:
        raise HTTPException(400, "photo")
    still = still_in(picture)
    return () if still is None else read_codes(still.views[0], EVERYTHING)


def _within_allowance(visit: Visit) -> None:
    assert visit.session is not None  # the table lets nobody in without
    if not visit.desk.codes.take(visit.session.nonce, asyncio.get_running_loop().time()):
        raise HTTPException(429)


async def _shown(visit: Visit, lane: str, text: str, *, typed: bool = False) -> Response:
    if lane not in visit.desk.house.shown.places.lanes:
        raise HTTPException(400, "lane")
    try:
        async with asyncio.timeout(ORDER_SECONDS):
            decision = await visit.desk.house.show_code(lane, text, typed=typed)
    except TimeoutError:
        raise HTTPException(503, "not on disk yet") from None
    if decision is None:
        raise HTTPException(409)
    return said(visit, _in_words(visit, decision), "/guard?" + urlencode({"lane": lane}))


def _in_words(visit: Visit, decision: Decision) -> str:
    return f"{VERDICTS[decision.verdict].in_(visit.lang)} · {REASONS[decision.reason].in_(visit.lang)}"
