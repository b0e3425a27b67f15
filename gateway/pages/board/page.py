"""Compounds and buildings in, the board out: a list with what goes on in each, and the plans of what is open.

The page says how far it is (`mark`), so that its stream begins with what changed since, and goes on so.

/board                     every compound (where there are several) and the buildings of the first
/board?compound=c1         its buildings, and with &all=1 the plan of each: what is printed
/board?building=b1         the plan of one building (一楼一图)
"""

import asyncio
import secrets
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.compound import Building, Compound, Places
from gateway.pages.access import ON_DUTY
from gateway.pages.board.load import BUILDING_FROM, COMPOUND_FROM, ranges
from gateway.pages.board.people import CARE_ICONS, COLOURS, HEAD, VOLUNTEER
from gateway.pages.board.view import View
from gateway.pages.desk import Visit, Visiting
from gateway.pages.feed import BUILDINGS, building_topic
from gateway.pages.live import Reader, stream
from gateway.pages.page import page
from gateway.pages.pieces import Piece, gzipped, plain, takes_gzip
from gateway.pages.templating import Whole
from gateway.words.care import CARE_NAMES

router = APIRouter()

MOST_OFTEN_SECONDS = 0.5  # a flood of changes is shown twice a second
GAP = secrets.token_hex(16)  # where the plans go; nobody can write it into anything, for nobody knows it

Row = tuple[str, Whole]


class Open(NamedTuple):
    """What of the board is open: a compound's list, and the plans of these buildings."""

    compound: Compound | None
    buildings: tuple[Building, ...]


def asked(places: Places, request: Request) -> Open:
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


@router.get("/board")
async def board(request: Request, visit: Visiting) -> Response:
    """The frame is of this visit; the plans of the buildings are drawn and packed already."""
    desk = visit.desk
    asked(desk.house.shown.places, request)
    view = await desk.board.view(visit.role, visit.lang)
    mark = desk.board.mark  # what is drawn from now on is in the page, or comes by its stream
    opened = asked(view.places, request)  # they may be others by now
    compounds, buildings = _listed(view, opened)
    zip_ = takes_gzip(request.headers.get("accept-encoding", ""))
    for building in opened.buildings if zip_ else ():
        if view.plan(building).pack():
            await asyncio.sleep(0)
    frame = page(
        visit,
        "board.html",
        "/board",
        opened=opened,
        mark=mark,
        gap=GAP,
        compounds=[html for _, html in compounds],
        rows=[html for _, html in buildings],
        every=len(opened.buildings) != 1 and bool(opened.buildings),
        duty=visit.role in ON_DUTY,
        origins=desk.settings.homes.origins if visit.role in ON_DUTY else (),
        cares=[(CARE_ICONS[care], CARE_NAMES[care]) for care in CARE_ICONS] if visit.role in ON_DUTY else [],
        volunteer=VOLUNTEER,
        head=HEAD,
        COLOURS=COLOURS,
        building_levels=ranges(BUILDING_FROM),
        compound_levels=ranges(COMPOUND_FROM) if len(view.places.compounds) > 1 else [],
    )
    before, _, after = bytes(frame.body).partition(GAP.encode())
    pieces: tuple[bytes | Piece, ...] = (before, *(view.plan(building) for building in opened.buildings), after)
    frame.body = gzipped(pieces) if zip_ else plain(pieces)
    if zip_:
        frame.headers["Content-Encoding"] = "gzip"
    frame.headers["Vary"] = "Accept-Encoding"
    frame.headers["Content-Length"] = str(len(frame.body))
    return frame


def _listed(view: View, opened: Open, since: int = -1) -> tuple[list[Row], list[Row]]:
    """The rows of the list that have a later stamp: of the compounds, where there are several, and of the buildings."""
    compound, compounds = opened.compound, view.places.compounds
    here = opened.buildings[0].id if len(opened.buildings) == 1 else ""
    above = view.rows(compounds, compound.id if compound is not None else "", since) if len(compounds) > 1 else ()
    rows = view.rows((each.id for each in compound.buildings), here, since) if compound is not None else ()
    return list(above), list(rows)


class _Onlooker(Reader):
    """An open board: how far it is."""

    def __init__(self, visit: Visit, opened: Open, mark: str) -> None:
        self._visit = visit
        self._board = visit.desk.board
        self._opened = opened
        self._mark = mark

    async def fragments(self, changed: set[str]) -> dict[str, str]:
        """The flats and the rows that changed, each whole."""
        await self._board.turn()
        view = await self._board.view(self._visit.role, self._visit.lang)
        since = self._board.stamp_of(self._mark)
        if since is None:
            return {}
        self._mark = self._board.mark
        above, rows = _listed(view, self._opened, since)
        found: dict[str, str] = dict([*above, *rows])
        return found | dict(view.flats(self._opened.buildings, since))

    def mark(self) -> str:
        return self._mark

    def outdated(self) -> bool:
        """The house was started anew, or has other places."""
        return self._board.stamp_of(self._mark) is None


@router.get("/live/board")
async def live_board(request: Request, visit: Visiting) -> Response:
    opened = asked(visit.desk.house.shown.places, request)
    topics = {BUILDINGS} | {building_topic(building.id) for building in opened.buildings}
    mark = request.headers.get("last-event-id") or request.query_params.get("mark", "")
    onlooker = _Onlooker(visit, opened, mark or visit.desk.board.nothing)
    return stream(visit, lambda topic: topic in topics, onlooker.fragments, onlooker, MOST_OFTEN_SECONDS)
