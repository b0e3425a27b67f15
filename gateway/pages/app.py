"""A house, its staff and the pages' settings in, the pages out.

The app has no background task of its own: `feed_of(app).run` is one for the house to start (gateway/pages/serve.py).
"""

from collections.abc import Mapping

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from gateway.pages import status
from gateway.pages.access import ACCESS, Staff
from gateway.pages.board import page as board
from gateway.pages.board.cache import BoardCache
from gateway.pages.catalogues import languages
from gateway.pages.desk import Desk, PageSettings, visit_of
from gateway.pages.duty import (
    alert_figures,
    alert_orders,
    alerts,
    care,
    drill,
    forecast,
    reports,
    rounds,
    services,
    work,
)
from gateway.pages.duty import call as duty_call
from gateway.pages.duty import cases as duty
from gateway.pages.errors import went_wrong
from gateway.pages.feed import Feed
from gateway.pages.gate import couriers, fire, guard, look, lookup, patrol, scan, shift
from gateway.pages.homes import door, door_codes, enrol, flat, flat_chart, household, registry
from gateway.pages.security import Doorman
from gateway.pages.staff import authority, login, members, privacy
from gateway.pages.staff.seen import SeenDevices
from gateway.pages.staff.session import Sessions
from gateway.pages.templating import Renderer
from gateway.registry.registrar import Registrar
from gateway.view import House
from gateway.window_codes import WindowCodes
from gateway.words.language import Tongue

ROOMS = (
    login,
    fire,
    status,
    guard,
    patrol,
    couriers,
    scan,
    lookup,
    shift,
    look,
    alerts,
    alert_orders,
    alert_figures,
    duty,
    duty_call,
    forecast,
    reports,
    rounds,
    work,
    board,
    flat,
    flat_chart,
    door,
    door_codes,
    services,
    care,
    drill,
    members,
    privacy,
    authority,
    registry,
    household,
    enrol,
)


class Static(StaticFiles):
    """Our own and vendored files: the same for everybody, fresh after an update."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = "no-cache"  # kept, but asked for again: an update is never half shown
        return answer


def create_app(
    house: House,
    staff: Staff,
    settings: PageSettings,
    known: Mapping[str, Tongue] | None = None,
    registrar: Registrar | None = None,
) -> FastAPI:
    """`known`: the languages by their tags; left out, those of the package. `registrar`: None where no book is."""
    feed = Feed(house)
    renderer = Renderer()
    # FastAPI's own documentation pages load scripts from a CDN, and nobody here is to see them
    app = FastAPI(title="Menshen", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(visit_of)])
    app.state.desk = Desk(
        house=house,
        staff=staff,
        settings=settings,
        doors=WindowCodes(
            settings.window_key or settings.session_key, dict if registrar is None else registrar.window_codes
        ),
        sessions=Sessions(settings.session_key, settings.shift, settings.idle),
        seen=SeenDevices(settings.session_key),
        feed=feed,
        renderer=renderer,
        board=BoardCache(
            house, feed, renderer, registrar.get if registrar is not None else lambda flat: None, settings.homes
        ),
        languages=languages() if known is None else known,
        registrar=registrar,
    )
    for room in ROOMS:
        for route in room.router.routes:
            assert isinstance(route, APIRoute)
            # one by one and not by include_router: so each stands in app.routes, where it is checked and can be walked
            app.add_api_route(route.path, route.endpoint, methods=sorted(route.methods or ()), response_model=None)
    app.mount("/static", Static(packages=[("gateway.pages", "static")]), name="static")
    app.add_exception_handler(HTTPException, went_wrong)
    app.add_middleware(Doorman, hosts=settings.hosts)
    _check_every_route_is_in_the_table(app)
    return app


def feed_of(app: FastAPI) -> Feed:
    """What tells open pages of changes; `run` it beside the server, `close` it before the server stops."""
    desk: Desk = app.state.desk
    return desk.feed


def board_of(app: FastAPI) -> BoardCache:
    """What the board is drawn by; its `keep_warm` runs beside the server."""
    desk: Desk = app.state.desk
    return desk.board


def _check_every_route_is_in_the_table(app: FastAPI) -> None:
    routes = {
        (method, route.path) for route in app.routes if isinstance(route, APIRoute) for method in route.methods or ()
    }
    if routes != set(ACCESS):
        raise ValueError(f"routes and table of access differ: {sorted(routes ^ set(ACCESS))}")
