"""A name and a PIN in, a session out; wrong ones are slowed down, a little more each time."""

import asyncio
import hmac
import logging
import math
import secrets
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.background import BackgroundTask

from gateway.kinds import Kind
from gateway.orders.staff import PinsRefused
from gateway.pages.access import ACCESS, HOME, PUBLIC, Member
from gateway.pages.desk import ORDER_SECONDS, Desk, Visit, Visiting, order_id
from gateway.pages.forms import read_fields
from gateway.pages.page import page
from gateway.pages.staff.seen import HOLDS
from gateway.pages.staff.wrong_pins import STRANGERS
from gateway.pages.texts.common import texts

log = logging.getLogger(__name__)
router = APIRouter()

FORM_COOKIE = "menshen_form"  # ties a log-in form to the browser it was given to
NOBODY = "\0nobody"  # verified for a name that nobody has, so that both take as long
_STRICT: Literal["strict"] = "strict"


def page_after(wanted: str) -> str:
    """Where to go after the log-in: one of our own pages, whatever an address may say."""
    path, mark, query = wanted.partition("?")
    known = ("GET", path) in ACCESS and ACCESS["GET", path] is not PUBLIC and not path.startswith("/live")
    return path + mark + query if known and query.isascii() and query.isprintable() else "/"


@router.get("/")
async def home(visit: Visiting) -> Response:
    return RedirectResponse(HOME[visit.role], 303)


@router.get("/login")
async def login_page(request: Request, visit: Visiting) -> Response:
    return _form(request, visit, wanted=request.query_params.get("next", ""))


@router.post("/login")
async def login(request: Request, visit: Visiting) -> Response:
    desk = visit.desk
    fields = await read_fields(request)
    wanted, name = fields.raw("next"), fields.raw("name")[:64].strip()
    given = request.cookies.get(FORM_COOKIE, "")
    if not given or not hmac.compare_digest(given.encode(), fields.raw("csrf").encode("utf-8", "replace")):
        return _form(request, visit, wanted=wanted, name=name, problem="expired_form", code=403)
    member = desk.staff.named(name)
    client = request.client.host if request.client else ""
    device = "" if member is None else desk.seen.read(member.id, request.cookies, visit.now)
    besieged = member is not None and _is_guessed_at(visit, member)
    tried = desk.tries.of(client, None if member is None else member.id, name, device, besieged=besieged)
    seconds = asyncio.get_running_loop().time
    if (wait := tried.wait(seconds())) > 0:
        return _form(request, visit, wanted=wanted, name=name, problem="login_wait", wait=math.ceil(wait), code=429)
    # counted before the PIN is looked at, so that many tries at once are many tries
    tried.failed(seconds())
    pin = fields.raw("pin")[:64]
    right = await desk.pins.verify(desk.staff, member.id if member is not None else NOBODY, pin)
    if not right or member is None:
        answer = _form(request, visit, wanted=wanted, name=name, problem="login_wrong", code=401)
        refused = STRANGERS if member is None else member.id
        if count := desk.wrong_pins.note(refused, seconds()):
            # after the answer has gone: how long it took must not tell whose name there is
            answer.background = BackgroundTask(_put_on_record, desk, refused, count)
        return answer
    tried.succeeded()
    if member.starts is not None and visit.now < member.starts:
        return _form(request, visit, wanted=wanted, name=name, problem="login_early", code=403)
    if member.ends is not None and visit.now >= member.ends:
        return _form(request, visit, wanted=wanted, name=name, problem="login_over", code=403)
    await desk.pins.keep_anew(desk.staff, member.id, pin)
    answer = RedirectResponse(page_after(wanted), 303)
    answer.set_cookie(
        desk.settings.session_cookie,
        desk.sessions.open(member, desk.now()),
        max_age=int(desk.settings.shift.total_seconds()),
        secure=desk.settings.https,
        httponly=True,
        samesite=_STRICT,
    )
    answer.set_cookie(
        desk.seen.cookie_name(member.id),
        desk.seen.cookie(member.id, desk.now()),
        max_age=int(HOLDS.total_seconds()),
        path="/login",
        secure=desk.settings.https,
        httponly=True,
        samesite=_STRICT,
    )
    answer.delete_cookie(FORM_COOKIE)
    return answer


def _is_guessed_at(visit: Visit, member: Member) -> bool:
    open_alerts = visit.desk.house.shown.open_alerts()
    return any(alert.active and alert.kind is Kind.PINS_GUESSED and alert.device == member.id for alert in open_alerts)


async def _put_on_record(desk: Desk, member: str, count: int) -> None:
    refused = PinsRefused(id=order_id(), at=desk.now(), by="pages", member=member, count=count)
    try:
        async with asyncio.timeout(ORDER_SECONDS):
            await desk.house.order(refused)
    except TimeoutError:  # a disk that hangs is told of elsewhere, and nobody waits for this
        log.warning("pages: %d wrong PINs are not on record yet", count)


@router.post("/logout")
async def logout(visit: Visiting) -> Response:
    if visit.session is not None:
        visit.desk.sessions.end(visit.session, visit.now)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(visit.desk.settings.session_cookie, secure=visit.desk.settings.https, httponly=True)
    return answer


def _form(
    request: Request, visit: Visit, *, wanted: str, name: str = "", problem: str = "", wait: int = 0, code: int = 200
) -> Response:
    token = request.cookies.get(FORM_COOKIE, "") or secrets.token_urlsafe(24)
    words = texts(visit.lang)
    answer = page(
        visit,
        "login.html",
        "/login",
        code=code,
        form_token=token,
        wanted=page_after(wanted),
        name=name,
        problem=f"{words[problem]} {wait or ''}".strip() if problem else "",
        damaged=visit.desk.staff.damaged,
    )
    answer.set_cookie(FORM_COOKIE, token, secure=visit.desk.settings.https, httponly=True, samesite=_STRICT)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer
