"""A name and a PIN in, a session out; wrong ones are slowed down, a little more each time."""

import asyncio
import hmac
import math
import secrets
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from gateway.pages.access import ACCESS, HOME, PUBLIC
from gateway.pages.desk import Visit, Visiting
from gateway.pages.forms import read_fields
from gateway.pages.page import page
from gateway.pages.texts import texts

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
    # the key of a name that nobody has is that name: whether it exists does not show in the waiting either
    by_member = member.id if member is not None else name
    by_client = f"{client}\0{by_member}"
    seconds = asyncio.get_running_loop().time
    wait = max(desk.by_client.wait(by_client, seconds()), desk.by_member.wait(by_member, seconds()))
    if wait > 0:
        return _form(request, visit, wanted=wanted, name=name, problem="login_wait", wait=math.ceil(wait), code=429)
    # counted before the PIN is looked at, so that many tries at once are many tries
    desk.by_client.failed(by_client, seconds())
    desk.by_member.failed(by_member, seconds())
    async with desk.pin_checks:
        right = await asyncio.to_thread(
            desk.staff.verify, member.id if member is not None else NOBODY, fields.raw("pin")[:64]
        )
    if not right or member is None:
        return _form(request, visit, wanted=wanted, name=name, problem="login_wrong", code=401)
    desk.by_client.succeeded(by_client)
    desk.by_member.succeeded(by_member)
    answer = RedirectResponse(page_after(wanted), 303)
    answer.set_cookie(
        desk.settings.session_cookie,
        desk.sessions.open(member, desk.now()),
        max_age=int(desk.settings.shift.total_seconds()),
        secure=desk.settings.https,
        httponly=True,
        samesite=_STRICT,
    )
    answer.delete_cookie(FORM_COOKIE)
    return answer


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
    )
    answer.set_cookie(FORM_COOKIE, token, secure=visit.desk.settings.https, httponly=True, samesite=_STRICT)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer
