"""What every page works with, in one place, and who is asking: the visit.

`visit_of` stands before every route: it knows the table of gateway/pages/access.py, and what is not in it is closed.
"""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from gateway.households import HomeSettings
from gateway.orders.every import Order, OrderResult
from gateway.orders.staff import DataLookedAt
from gateway.pages.access import ACCESS, PUBLIC, Member, Role, Staff, allowed
from gateway.pages.board.cache import BoardCache
from gateway.pages.feed import Feed
from gateway.pages.forms import Fields, read_fields
from gateway.pages.fragments import FragmentCache
from gateway.pages.homes.uploads import UPLOADS, read_upload
from gateway.pages.impatient import Impatient
from gateway.pages.staff.lockout import Allowance, Tries
from gateway.pages.staff.looks import NOTHING_PERSONAL, SHOWN_ALL_THE_SAME, Looks, about, page_of
from gateway.pages.staff.pin_desk import PinDesk
from gateway.pages.staff.seen import SeenDevices
from gateway.pages.staff.session import IDLE, SHIFT, Session, Sessions
from gateway.pages.staff.wrong_pins import WrongPins
from gateway.pages.templating import Renderer
from gateway.registry.registrar import Difference, Registrar
from gateway.view import House
from gateway.window_codes import WindowCodes
from gateway.words.language import Lang, Tongue

LOOK_SECONDS = 2.0
ORDER_SECONDS = 10.0  # a disk that takes longer to keep an order is a fault somebody must hear of
LANGUAGE_COOKIE = "menshen_lang"
FORM_HEADER = "x-menshen-form"  # the form token of what is sent as something else than a form


@dataclass(frozen=True, slots=True)
class PageSettings:
    """`session_key`: 32 random bytes kept by the house; `window_key`: those behind the codes on doors;
    `address`: of the pages, as phones in the flats reach them.
    `https`: are the pages served over TLS?

    `idle`: how long a log-in holds that nobody uses; a gate's screen, and one that shows alerts, is in use by standing.
    `hosts`: the names the pages answer to; empty for what nobody outside can own (gateway/pages/own_names.py).
    `authority`: the files of the gateway's own authority that phones fetch, by their address.
    `pulse_seconds`: how often an open page hears that the house is there; a page calls itself lost after 3.5 s.
    """

    session_key: bytes
    window_key: bytes = field(default=b"", kw_only=True)
    address: str = field(default="", kw_only=True)
    https: bool = False
    shift: timedelta = SHIFT
    idle: timedelta = IDLE
    hosts: tuple[str, ...] = ()
    pulse_seconds: float = 1.0
    authority: Mapping[str, bytes] = field(default_factory=dict)
    homes: HomeSettings = HomeSettings()  # noqa: RUF009 (frozen)

    @property
    def session_cookie(self) -> str:
        return "__Host-menshen" if self.https else "menshen"


@dataclass(slots=True)
class Desk:
    """One for each app."""

    house: House
    staff: Staff
    settings: PageSettings
    sessions: Sessions
    feed: Feed
    renderer: Renderer
    board: BoardCache
    languages: Mapping[str, Tongue]
    seen: SeenDevices
    doors: WindowCodes
    registrar: Registrar | None = None
    # session -> until when it may confirm what
    lists: dict[str, tuple[datetime, Difference]] = field(default_factory=dict)
    tries: Tries = field(default_factory=Tries)
    wrong_pins: WrongPins = field(default_factory=WrongPins)
    fragments: FragmentCache = field(default_factory=FragmentCache)
    looks: Looks = field(default_factory=Looks)
    pins: PinDesk = field(default_factory=PinDesk)
    # of one session: three a second is more than a guard can answer, and less than harms the others
    codes: Allowance = field(default_factory=lambda: Allowance(burst=30, per_second=3))
    picture_streams: int = 0  # of looks through cameras, running now
    # of one flat: the rules count requests on record; this keeps a stuck finger from the disk
    door_asks: Allowance = field(default_factory=lambda: Allowance(burst=8, per_second=0.05))
    door_words: Allowance = field(default_factory=lambda: Allowance(burst=16, per_second=0.05))  # received, withdrawn
    fire_presses: Allowance = field(
        default_factory=lambda: Allowance(burst=5, per_second=0.1)
    )  # where it burns already
    photo_reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))  # half a second of a core

    def now(self) -> datetime:
        return self.house.status().now

    def zone(self) -> ZoneInfo:
        """Hours and days are the first compound's; one gateway stands in one time zone."""
        for compound in self.house.shown.places.compounds.values():
            return ZoneInfo(compound.timezone)
        return ZoneInfo("UTC")

    def path(self, place: str) -> str:
        """A place as people here say it: without the compound's name where there is only one."""
        places = self.house.shown.places
        path = places.path(place)
        names = [compound.name for compound in places.compounds.values()]
        return path.removeprefix(f"{names[0]} / ") if len(names) == 1 else path

    def name_of(self, by: str) -> str:
        """The name of a staff id; the centre's own word for itself stays as it is."""
        member = self.staff.find(by)
        return by if member is None else member.name

    async def looked(self, by: str, what: str, about: str, now: datetime, *, wait: bool = True) -> None:
        """Put on record, before it is shown, that somebody looks at people's data. 503 where the disk does not answer,
        but for what must be shown all the same: there the record is written as soon as the disk does."""
        if not self.looks.is_due(by, what, about, now):
            return
        order = DataLookedAt(id=order_id(), at=now, by=by, what=what, about=about)
        try:
            async with asyncio.timeout(LOOK_SECONDS if wait else 0.1):
                await self.house.order(order)
        except TimeoutError:
            if wait and what not in SHOWN_ALL_THE_SAME:
                raise HTTPException(503, "not on disk yet") from None
        self.looks.recorded(by, what, about, now)

    async def order(self, order: Order) -> OrderResult:
        """Hand in an order and wait for the disk."""
        try:
            async with asyncio.timeout(ORDER_SECONDS):
                return await self.house.order(order)
        except TimeoutError:
            raise HTTPException(503, "not on disk yet") from None


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: whose, in which language."""

    desk: Desk
    lang: Tongue
    now: datetime
    session: Session | None
    token: str  # the form token of this session, or of this log-in page
    partial: bool  # asked for by a script of ours, so a fragment is the answer
    path: str
    address: str  # whence it was asked
    query: tuple[tuple[str, str], ...]

    @property
    def member(self) -> Member:
        if self.session is None:
            raise HTTPException(401)
        return self.session.member

    @property
    def role(self) -> Role:
        return self.member.role

    def may(self, method: str, path: str) -> bool:
        return self.session is not None and allowed(method, path, self.role)


def order_id() -> str:
    return secrets.token_hex(16)


def pressed(fields: Fields) -> str:
    """The id of what was pressed: the page's own, so that a press whose answer was lost is the same when it comes
    again; a new one for a page without a script."""
    return fields.order_id() if fields.raw("order") else order_id()


def language(request: Request, known: Mapping[str, Tongue]) -> Tongue:
    """What was asked for, what was chosen before, what the browser prefers; else Chinese."""
    for said in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if said is not None and said in known:
            return known[said]
    for preferred in request.headers.get("accept-language", "").split(","):
        tag = preferred.partition(";")[0].strip().lower()
        for wanted in (tag, tag.partition("-")[0]):  # "de-at", else "de"
            if wanted in known:
                return known[wanted]
    return Lang.ZH


async def visit_of(request: Request) -> Visit:
    """Every route's first question. 401 without a log-in, 403 for another role or a form that is not ours."""
    desk: Desk = request.app.state.desk
    now = desk.now()
    session = session_of(request, desk)
    asked = (request.method, _route(request))
    roles = ACCESS.get(asked, frozenset[Role]())
    public = asked in ACCESS and roles is PUBLIC
    if not public:
        if session is None:
            raise HTTPException(401)
        if session.member.role not in roles:
            raise HTTPException(403)
        desk.sessions.touch(session, now)
        Impatient.know(request.client.host if request.client else "")
        if request.method == "GET" and (what := page_of(request.url.path)) not in NOTHING_PERSONAL:
            await desk.looked(session.member.id, what, about(request.query_params, desk.house.shown.places), now)
    if request.method == "POST" and not public:
        assert session is not None
        token = request.headers.get(FORM_HEADER) or await _token_in(request)
        if not desk.sessions.form_matches(session.nonce, token):
            raise HTTPException(403, "csrf")
    return _visit(request, desk, now, session)


async def _token_in(request: Request) -> str:
    fields = (await read_upload(request))[0] if request.url.path in UPLOADS else await read_fields(request)
    return fields.raw("csrf")


def _route(request: Request) -> str:
    """The address as the table names it: "/door/{code}" for every code."""
    route = request.scope.get("route")
    return route.path if isinstance(route, APIRoute) else request.url.path


def visit_of_anybody(request: Request) -> Visit:
    """Whoever it is, for the page that says what went wrong."""
    desk: Desk = request.app.state.desk
    return _visit(request, desk, desk.now(), session_of(request, desk))


def session_of(request: Request, desk: Desk) -> Session | None:
    cookie = request.cookies.get(desk.settings.session_cookie, "")
    return desk.sessions.read(cookie, desk.staff, desk.now()) if cookie else None


def _visit(request: Request, desk: Desk, now: datetime, session: Session | None) -> Visit:
    return Visit(
        desk,
        language(request, desk.languages),
        now,
        session,
        "" if session is None else desk.sessions.form_token(session.nonce),
        "hx-request" in request.headers,
        request.url.path,
        request.client.host if request.client else "",
        tuple(request.query_params.multi_items()),
    )


Visiting = Annotated[Visit, Depends(visit_of)]
