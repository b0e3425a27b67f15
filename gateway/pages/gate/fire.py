"""The fire button in, every lane open out; the muster list for those who search; the end, by a named person.

The button asks for no PIN and no log-in: whoever stands at the screen may need it. What it can do is open lanes.
"""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.findings import Alert
from gateway.kinds import Kind
from gateway.muster import muster
from gateway.orders.every import FireDeclared, FireEnded
from gateway.pages.access import ON_DUTY
from gateway.pages.desk import Visit, Visiting, order_id
from gateway.pages.forms import read_fields
from gateway.pages.page import page, said
from gateway.pages.texts.common import texts, why_words
from gateway.words.care import CARE_NAMES

router = APIRouter()

MOST_MUSTERED = 500


@router.get("/fire")
async def fire(visit: Visiting) -> Response:
    shown, inside = visit.desk.house.shown, visit.desk.house.inside()
    suspected = _suspected(visit)
    # least data: who is in quarantine is for duty officers; in a fire it is for whoever searches
    may_see = {
        compound: visit.session is not None
        and (compound in shown.fires or compound in suspected or visit.role in ON_DUTY)
        for compound in shown.places.compounds
    }
    if visit.session is not None:
        for compound in (compound for compound, may in may_see.items() if may):
            await visit.desk.looked(visit.member.id, "/fire", compound, visit.now, wait=False)
    return page(
        visit,
        "fire.html",
        "/fire",
        compounds=list(shown.places.compounds.values()),
        fires=shown.fires,
        rehearsed={alert.place for alert in shown.open_alerts() if alert.kind is Kind.FIRE and alert.drill},
        suspected=suspected if visit.session is not None else {},
        logged_in=visit.session is not None,
        may_end=visit.may("POST", "/fire/end"),
        musters={compound: muster(shown, inside, compound)[:MOST_MUSTERED] for compound, may in may_see.items() if may},
        cares=CARE_NAMES,
        place_path=visit.desk.path,
        order=order_id(),
    )


def _suspected(visit: Visit) -> dict[str, list[Alert]]:
    """Compound -> buildings of which many doors opened at once; nothing of it once somebody has put it right."""
    shown = visit.desk.house.shown
    found: dict[str, list[Alert]] = {}
    for alert in shown.open_alerts():
        building = shown.places.buildings.get(alert.place)
        if alert.kind is Kind.FIRE_SUSPECTED and building is not None:
            found.setdefault(building.compound, []).append(alert)
    return found


@router.post("/fire")
async def declare(request: Request, visit: Visiting) -> Response:
    """The lanes are open as soon as the house has the order; only the record of it waits for the disk."""
    fields = await read_fields(request)
    compound = fields.one_of("compound", tuple(visit.desk.house.shown.places.compounds))
    words = texts(visit.lang)
    burns = compound in visit.desk.house.shown.fires
    if burns and not visit.desk.fire_presses.take(compound, asyncio.get_running_loop().time()):
        return said(
            visit, words["fire_open"], "/fire"
        )  # a flood of presses must not fill the journal: the lanes are open
    by = visit.member.id if visit.session is not None else "fire-button"
    order = FireDeclared(id=order_id(), at=visit.desk.now(), by=by, compound=compound)
    try:
        result = await visit.desk.order(order)
    except HTTPException:  # the disk does not answer; the lanes did
        return said(visit, words["fire_open_unrecorded"], "/fire")
    return said(visit, words["fire_open"] if result.done else why_words(result.why, visit.lang), "/fire")


@router.post("/fire/end")
async def end(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    compound = fields.one_of("compound", tuple(visit.desk.house.shown.places.compounds))
    result = await visit.desk.order(
        FireEnded(id=fields.order_id(), at=visit.desk.now(), by=visit.member.id, compound=compound)
    )
    text = texts(visit.lang)["fire_over"] if result.done else why_words(result.why, visit.lang)
    # not back to the fire page: its red button stands there again, under the finger that has just tapped
    return said(visit, text, "/" if result.done else "/fire", good=result.done)
