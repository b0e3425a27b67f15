"""Compounds and buildings in, the board out: a list with what goes on in each, and the plans of what is open.

/board                     every compound (where there are several) and the buildings of the first
/board?compound=c1         its buildings, and with &all=1 the plan of each: what is printed
/board?building=b1         the plan of one building (一楼一图)
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.exceptions import HTTPException

from gateway.compound import Building, Compound
from gateway.pages.access import ON_DUTY
from gateway.pages.board.cache import unit_id
from gateway.pages.board.load import BUILDING_FROM, COMPOUND_FROM, Load, load_of, ranges
from gateway.pages.board.model import Counts, added
from gateway.pages.board.people import CARE_ICONS, COLOURS, HEAD, VOLUNTEER
from gateway.pages.desk import Visit, Visiting
from gateway.pages.feed import BUILDINGS, CLOCK, EVERYTHING, building_topic
from gateway.pages.live import stream
from gateway.pages.page import page
from gateway.words.care import CARE_NAMES

router = APIRouter()

GAP = secrets.token_hex(16)  # where a stairwell goes; nobody can write it into anything, for nobody knows it


class Open(NamedTuple):
    """What of the board is open: a compound's list, and the plans of these buildings."""

    compound: Compound | None
    buildings: tuple[Building, ...]


def asked(visit: Visit, request: Request) -> Open:
    places = visit.desk.house.shown.places
    building = compound = None
    if wanted := request.query_params.get("building", ""):
        building = places.buildings.get(wanted)
        if building is None:
            raise HTTPException(404)
        compound = places.compounds[building.compound]
    elif wanted := request.query_params.get("compound", ""):
        compound = places.compounds.get(wanted)
        if compound is None:
            raise HTTPException(404)
    else:
        compound = next(iter(places.compounds.values()), None)
    if building is not None:
        return Open(compound, (building,))
    every = request.query_params.get("all", "") == "1" and compound is not None
    return Open(compound, compound.buildings if every and compound is not None else ())


def of_compound(counts: Counts) -> Load:
    return load_of(counts.stays, COMPOUND_FROM)


def of_building(counts: Counts) -> Load:
    return load_of(counts.stays, BUILDING_FROM)


async def board_fragments(visit: Visit, opened: Open, changed: set[str]) -> dict[str, str]:
    """Only what may have changed is rendered; the rest comes from the cache of each building."""
    desk = visit.desk
    fragments: dict[str, str] = {}
    if changed & {BUILDINGS, EVERYTHING}:
        counted = await desk.board.counts(visit.role)
        fragments["buildings"] = desk.renderer.render(
            "_buildings.html",
            visit.lang,
            compounds=[
                (each, n := added(of for building, of in counted if building.compound == each.id), of_compound(n))
                for each in desk.house.shown.places.compounds.values()
            ],
            counted=[
                (building, n, of_building(n))
                for building, n in counted
                if opened.compound is not None and building.compound == opened.compound.id
            ],
            compound=opened.compound,
            here=opened.buildings[0].id if len(opened.buildings) == 1 else "",
            every=len(opened.buildings) != 1 and bool(opened.buildings),
        )
    for building in opened.buildings:
        if changed & {building_topic(building.id), EVERYTHING, CLOCK}:
            fragments |= await desk.board.units(building, visit.role, visit.lang)
    return fragments


@router.get("/board")
async def board(request: Request, visit: Visiting) -> Response:
    opened = asked(visit, request)
    duty = visit.role in ON_DUTY
    fragments = await board_fragments(visit, opened, {EVERYTHING})
    units = [unit_id(unit) for building in opened.buildings for unit in building.units]
    frame = page(
        visit,
        "board.html",
        "/board",
        opened=opened,
        fragments=fragments | dict.fromkeys(units, GAP),
        duty=duty,
        origins=visit.desk.settings.homes.origins if duty else (),
        cares=[(CARE_ICONS[care], CARE_NAMES[care]) for care in CARE_ICONS] if duty else [],
        volunteer=VOLUNTEER,
        head=HEAD,
        COLOURS=COLOURS,
        building_levels=ranges(BUILDING_FROM),
        compound_levels=ranges(COMPOUND_FROM) if len(visit.desk.house.shown.places.compounds) > 1 else [],
    )
    return _in_pieces(frame, [fragments[each] for each in units])


def _in_pieces(frame: Response, units: list[str]) -> Response:
    """A street's board is three megabytes: sent a stairwell at a time, so that others run in between."""
    around = bytes(frame.body).split(GAP.encode())
    assert len(around) == len(units) + 1

    async def pieces() -> AsyncIterator[bytes]:
        for before, unit in zip(around, units, strict=False):
            yield before + unit.encode()
            await asyncio.sleep(0)
        yield around[-1]

    answer = StreamingResponse(pieces(), frame.status_code)
    answer.raw_headers = [each for each in frame.raw_headers if each[0] != b"content-length"]
    return answer


@router.get("/live/board")
async def live_board(request: Request, visit: Visiting) -> Response:
    opened = asked(visit, request)
    topics = {BUILDINGS} | {building_topic(building.id) for building in opened.buildings}

    async def fragments(changed: set[str]) -> dict[str, str]:
        return await board_fragments(visit, opened, changed)

    return stream(visit, lambda topic: topic in topics, fragments)
