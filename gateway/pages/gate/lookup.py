"""A flat as people say it (3-1-502) in, where it is and whether somebody there is in quarantine out; nothing else.

Who asked about which flat is on record before the answer is given; of several flats none is answered for. It is for the
guard who sends a courier or an ambulance there; the ambulance's card can be read from a driver's seat, and printed.
"""

import asyncio
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.compound import Flat, Places
from gateway.interpret.flat_names import FlatNames, unit_name
from gateway.orders.every import FlatLookedUp
from gateway.pages.desk import Desk, Visit, Visiting, order_id
from gateway.pages.gate.guard import lane_asked
from gateway.pages.page import page

router = APIRouter()

LONGEST_QUESTION = 40
MOST_FOUND = 12
RECORD_SECONDS = 2.0


@router.get("/guard/flat")
async def lookup(request: Request, visit: Visiting) -> Response:
    desk = visit.desk
    places = desk.house.shown.places
    asked = request.query_params.get("q", "")[:LONGEST_QUESTION]
    chosen = places.flats.get(request.query_params.get("flat", ""))
    found = [chosen] if chosen is not None else flats_called(asked, places)
    only = found[0] if len(found) == 1 else None
    held = in_quarantine(desk, only) if only is not None and await on_record(visit, only) else None
    lane = lane_asked(desk, request)
    return page(
        visit,
        "lookup.html",
        "/guard",
        asked=asked,
        found=found[:MOST_FOUND],
        more=max(0, len(found) - MOST_FOUND),
        card=only,
        held=held,
        building="" if only is None else places.buildings[only.building].name,
        unit="" if only is None else unit_name(only, places),
        lane=lane,
        lanes=list(places.lanes.values()),
        places=places,
        path=desk.path,
        name=visit.member.name,
    )


async def on_record(visit: Visit, flat: Flat) -> bool:
    """An ambulance does not wait for a disk: after a moment the card is shown without the answer."""
    looked_up = FlatLookedUp(id=order_id(), at=visit.desk.now(), by=visit.member.id, flat=flat.id)
    try:
        async with asyncio.timeout(RECORD_SECONDS):
            return (await visit.desk.house.order(looked_up)).done
    except TimeoutError:
        return False


def flats_called(said: str, places: Places) -> list[Flat]:
    """Building, unit and flat; building and flat; or the flat alone, as long as each part is whole."""
    return FlatNames(places).called(said)


def in_quarantine(desk: Desk, flat: Flat) -> bool:
    """Is it a quarantine home today? With a clock nobody trusts, every stay that has not ended counts."""
    now, trusted = desk.now(), desk.house.status().clock_trusted
    zone = ZoneInfo(desk.house.shown.places.compounds[flat.compound].timezone)
    stays = [stay for stay in desk.house.shown.quarantines.values() if stay.flat == flat.id]
    return any(not trusted or stay.covers(now, zone) for stay in stays)
