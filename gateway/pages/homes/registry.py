"""A list in, what it would change as a table, and after a second look the change out; lists and names out on record."""

import asyncio
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.households import Use
from gateway.pages.desk import Visit, Visiting
from gateway.pages.forms import read_fields
from gateway.pages.homes.uploads import read_upload
from gateway.pages.page import page, said
from gateway.pages.texts.common import texts, why_words
from gateway.registry.registrar import Registrar, check_list
from gateway.registry.roll_answers import roll_of, summary, where
from gateway.registry.roll_files import csv_of, table_of, xlsx_of
from gateway.registry.storage import NotKept
from gateway.roll.faults import Unreadable
from gateway.words.language import Lang

router = APIRouter()

KEPT = timedelta(minutes=15)  # between the first look and the second
MOST_WAITING = 8
MOST_SHOWN = 100  # rows of a table of faults, or of people who leave
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def registrar_of(visit: Visit) -> Registrar:
    if visit.desk.registrar is None:
        raise HTTPException(404)
    return visit.desk.registrar


@router.get("/registry")
async def registry(visit: Visiting) -> Response:
    return _page(visit)


@router.post("/registry/import")
async def look(request: Request, visit: Visiting) -> Response:
    registrar = registrar_of(visit)
    _, data = await read_upload(request)
    try:
        roll, difference = await check_list(registrar, lambda known: roll_of(data, known))
    except Unreadable as exc:
        return _page(visit, code=422, faults=[(where(exc.fault, visit.lang), exc.fault.words(visit.lang))])
    if roll.faults:
        told = [(where(fault, visit.lang), fault.words(visit.lang)) for fault in roll.faults[:MOST_SHOWN]]
        more = len(roll.faults) - len(told) + roll.more_faults
        return _page(visit, code=422, faults=told, more=more)
    assert visit.session is not None  # the table lets nobody in without
    waiting = visit.desk.lists
    for old in [key for key, each in waiting.items() if each[0] < visit.now]:
        del waiting[old]
    while len(waiting) >= MOST_WAITING:
        del waiting[next(iter(waiting))]
    waiting[visit.session.nonce] = (visit.now + KEPT, difference)
    leaving = [(visit.desk.path(flat), subject) for flat, subject in difference.leaving[:MOST_SHOWN]]
    more = len(difference.leaving) - len(leaving)
    return _page(visit, summary=summary(roll, difference), leaving=leaving, more=more)


@router.post("/registry/confirm")
async def confirm(visit: Visiting) -> Response:
    assert visit.session is not None
    waiting = visit.desk.lists.pop(visit.session.nonce, None)
    if waiting is None or waiting[0] < visit.now:
        return said(visit, texts(visit.lang)["registry_gone"], "/registry", good=False)
    try:
        result = await registrar_of(visit).take_in(waiting[1].changed, visit.member.id, lambda done, of: None)
    except NotKept as exc:
        return said(visit, str(exc), "/registry", good=False)
    text = texts(visit.lang)["done"] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, "/registry", good=result.done)


@router.get("/registry/template")
async def template(request: Request, visit: Visiting) -> Response:
    kind = _kind(request.query_params.get("format", ""))
    return _file(visit, (xlsx_of if kind == "xlsx" else csv_of)((), _lang(visit)), f"registry-template.{kind}")


@router.post("/registry/export")
async def export(request: Request, visit: Visiting) -> Response:
    """A button and no link: that somebody took every name along is on record before the file is made."""
    fields = await read_fields(request)
    kind = _kind(fields.raw("format"))
    registrar = registrar_of(visit)
    result = await registrar.looked(visit.member.id, "/registry/export")
    if not result.done:
        return said(visit, why_words(result.why, visit.lang), "/registry", good=False)
    rows = table_of(list(registrar.all().values()), _lang(visit))
    made = await asyncio.to_thread(xlsx_of if kind == "xlsx" else csv_of, rows, _lang(visit))
    return _file(visit, made, f"registry.{kind}")


def _lang(visit: Visit) -> Lang:
    """Of a list's columns: only what is known in these two languages can be taken in again."""
    return visit.lang if isinstance(visit.lang, Lang) else Lang.EN


def _kind(wanted: str) -> str:
    if wanted not in TYPES:
        raise HTTPException(400, "format")
    return wanted


def _file(visit: Visit, data: bytes, name: str) -> Response:
    kind = name.rpartition(".")[2]
    return Response(data, media_type=TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _page(visit: Visit, *, code: int = 200, **found: object) -> Response:
    homes = registrar_of(visit).all().values()
    people = [person for home in homes for person in home.people]
    values: dict[str, object] = {"faults": [], "summary": None, "leaving": [], "more": 0}
    return page(
        visit,
        "registry.html",
        "/registry",
        code=code,
        flats=len(homes),
        empty=sum(home.use is Use.EMPTY for home in homes),
        let=sum(home.use is Use.LET for home in homes),
        people=len(people),
        cared=sum(bool(person.care) for person in people),
        volunteers=sum(person.volunteer for person in people),
        heads=sum(bool(person.head_of) for person in people),
        **(values | found),
    )
