"""Buildings in, the board out: a list of buildings with what goes on in each, and the plan of the one that is open."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.compound import Building
from gateway.pages.access import ON_DUTY
from gateway.pages.desk import Visit, Visiting
from gateway.pages.feed import BUILDINGS, EVERYTHING, building_topic
from gateway.pages.live import stream
from gateway.pages.page import page

router = APIRouter()


def building_asked(visit: Visit, request: Request) -> Building | None:
    wanted = request.query_params.get("building", "")
    if not wanted:
        return None
    building = visit.desk.house.shown.places.buildings.get(wanted)
    if building is None:
        raise HTTPException(404)
    return building


async def board_fragments(visit: Visit, building: Building | None, changed: set[str]) -> dict[str, str]:
    """Only what may have changed is rendered; the rest comes from the cache of each building."""
    desk = visit.desk
    fragments: dict[str, str] = {}
    if changed & {BUILDINGS, EVERYTHING}:
        fragments["buildings"] = desk.renderer.render(
            "_buildings.html", visit.lang, counted=await desk.board.counts(visit.role), here=building
        )
    if building is not None:
        fragments["plan"] = await desk.board.html(building, visit.role, visit.lang)
    return fragments


@router.get("/board")
async def board(request: Request, visit: Visiting) -> Response:
    building = building_asked(visit, request)
    return page(
        visit,
        "board.html",
        "/board",
        building=building,
        fragments=await board_fragments(visit, building, {EVERYTHING}),
        duty=visit.role in ON_DUTY,
    )


@router.get("/live/board")
async def live_board(request: Request, visit: Visiting) -> Response:
    building = building_asked(visit, request)
    topics = {BUILDINGS} if building is None else {BUILDINGS, building_topic(building.id)}

    async def fragments(changed: set[str]) -> dict[str, str]:
        return await board_fragments(visit, building, changed)

    return stream(visit, lambda topic: topic in topics, fragments)
