"""One household in, its people with names, care and follow-up out, on record; what is changed there in, orders out."""

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from msgspec.structs import replace
from starlette.exceptions import HTTPException

from gateway.compound import Flat
from gateway.households import USES, Household, Resident, Use
from gateway.pages.desk import Visit, Visiting, order_id
from gateway.pages.forms import Fields, read_fields
from gateway.pages.homes.flat import flat_asked
from gateway.pages.homes.registry import registrar_of
from gateway.pages.page import page, said
from gateway.pages.texts.common import texts, why_words
from gateway.people import Care
from gateway.registry.storage import NotKept
from gateway.roll.rows import LONGEST_FOLLOW_UP, LONGEST_NAME, PHONE, follow_up_text
from gateway.words.care import CARE_NAMES, FOLLOW_UPS

router = APIRouter()


@router.get("/household")
async def household(request: Request, visit: Visiting) -> Response:
    """Names are shown to duty officers; as with every page, who saw them is on record before they do."""
    flat = flat_asked(visit, request.query_params.get("flat", ""))
    registrar = registrar_of(visit)
    stays = {stay.subject for stay in visit.desk.house.shown.quarantines.values()}
    return page(
        visit,
        "household.html",
        "/registry",
        flat=flat,
        home=registrar.get(flat.id) or Household(flat=flat.id),
        registered=registrar.get(flat.id) is not None,
        newcomer=Resident(subject=""),
        stays=stays,
        uses=USES,
        cares=CARE_NAMES,
        follow_ups=FOLLOW_UPS,
        origins=visit.desk.settings.homes.origins,
        units=visit.desk.house.shown.places.buildings[flat.building].units,
        order_ids={subject: order_id() for subject in ["", *(p.subject for p in _people(registrar.get(flat.id)))]},
        longest_follow_up=LONGEST_FOLLOW_UP,
    )


@router.post("/household/use")
async def use(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    flat = flat_asked(visit, fields.raw("flat"))
    home = _home(visit, flat)
    wanted = Use(fields.one_of("use", tuple(Use)))
    if wanted is Use.EMPTY and home.people:
        return said(visit, texts(visit.lang)["household_not_empty"], _back(flat), good=False)
    return await _change(visit, flat, replace(home, use=wanted), fields)


@router.post("/household/person")
async def person(request: Request, visit: Visiting) -> Response:
    """Somebody new, or what has changed about somebody who is there."""
    fields = await read_fields(request)
    flat = flat_asked(visit, fields.raw("flat"))
    home = _home(visit, flat)
    subject = fields.subject("subject")
    if subject and all(each.subject != subject for each in home.people):
        raise HTTPException(409)
    resident = _resident(visit, fields, subject or secrets.token_hex(8), flat)
    people = [resident if each.subject == subject else each for each in home.people]
    if not subject:
        people.append(resident)
    use = Use.LIVED_IN if home.use is Use.EMPTY else home.use
    return await _change(visit, flat, replace(home, use=use, people=tuple(people)), fields)


@router.post("/household/leave")
async def leave(request: Request, visit: Visiting) -> Response:
    """Somebody does not live there any more: their name, phone and care are gone at once."""
    fields = await read_fields(request)
    flat = flat_asked(visit, fields.raw("flat"))
    home = _home(visit, flat)
    subject = fields.subject("subject")
    stay = tuple(each for each in home.people if each.subject != subject)
    return await _change(visit, flat, replace(home, people=stay), fields)


def _people(home: Household | None) -> tuple[Resident, ...]:
    return () if home is None else home.people


def _home(visit: Visit, flat: Flat) -> Household:
    return registrar_of(visit).get(flat.id) or Household(flat=flat.id)


def _resident(visit: Visit, fields: Fields, subject: str, flat: Flat) -> Resident:
    phone = fields.text("phone", 20, needed=False)
    if phone and not PHONE.fullmatch(phone):
        raise HTTPException(400, "phone")
    care = tuple(mark for mark in Care if fields.raw(mark) == "on")
    follow_up: Mapping[Care, str] = {
        mark: follow_up_text(fields.text(f"{mark}_text", LONGEST_FOLLOW_UP, needed=False)) for mark in care
    }
    origins = tuple(each.id for each in visit.desk.settings.homes.origins)
    units = tuple(unit.id for unit in visit.desk.house.shown.places.buildings[flat.building].units)
    return Resident(
        subject=subject,
        name=fields.text("name", LONGEST_NAME, needed=False),
        phone=phone,
        care=care,
        follow_up={mark: text for mark, text in follow_up.items() if text},
        volunteer=fields.raw("volunteer") == "on",
        head_of=fields.one_of("head_of", ("", *units)),
        origin=fields.one_of("origin", ("", *origins)),
    )


async def _change(visit: Visit, flat: Flat, home: Household, fields: Fields) -> Response:
    try:
        result = await registrar_of(visit).change({flat.id: home}, visit.member.id, fields.order_id())
    except NotKept as exc:
        return said(visit, str(exc), _back(flat), good=False)
    text = texts(visit.lang)["done"] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, _back(flat), good=result.done)


def _back(flat: Flat) -> str:
    return "/household?" + urlencode({"flat": flat.id})
