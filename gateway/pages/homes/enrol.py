"""A flat in, everybody who stays, is expected or was released there out; enrolments and what changes a stay in."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.compound import DeviceKind, Flat
from gateway.households import Household
from gateway.interpret.flat_names import FlatNames
from gateway.orders.every import Order
from gateway.orders.stays import BandReturned, StayExtended, StayMoved, StayResumed, StaySuspended
from gateway.pages.desk import Visit, Visiting, order_id
from gateway.pages.forms import Fields, read_fields
from gateway.pages.homes.flat import flat_asked
from gateway.pages.homes.registry import registrar_of
from gateway.pages.page import page, said
from gateway.pages.texts.common import texts, why_words
from gateway.papers.stay import door_notice, release_note
from gateway.registry.enrolment import Enrolled, Enrolment, enrol
from gateway.registry.storage import NotKept
from gateway.roll.rows import LONGEST_NAME, PHONE

router = APIRouter()

MOST_DAYS = 60
MOST_BANDS = 200  # suggested while typing
MOST_AT_ONCE = 4  # people of one form: it has 24 fields (gateway/pages/forms.py)
CHANGES = ("extend", "suspend", "resume", "move")


@router.get("/enrol")
async def form(request: Request, visit: Visiting) -> Response:
    shown, asked = visit.desk.house.shown, request.query_params.get("q", "")[:40]
    chosen = shown.places.flats.get(request.query_params.get("flat", ""))
    found = [chosen] if chosen is not None else FlatNames(shown.places).called(asked)
    flat = found[0] if len(found) == 1 else None
    zone = visit.desk.zone()
    values: dict[str, object] = {"flat": flat, "asked": asked, "many": len(found) > 1, "none": asked and not found}
    if flat is not None:
        home = registrar_of(visit).get(flat.id) or Household(flat=flat.id)
        stays = [*shown.quarantines.those("flat", flat.id)]
        away = [stay for stay in shown.suspended.values() if stay.flat == flat.id]
        expected = [each for each in shown.arrivals.values() if each.flat == flat.id]
        busy = {each.subject for each in (*stays, *away)} | {each.subject for each in expected}
        released = {each.stay.subject for each in shown.released.values() if each.stay.flat == flat.id}
        worn = {stay.band for stay in (*shown.quarantines.values(), *shown.suspended.values())}
        worn |= {each.stay.band for each in shown.released.values() if each.band_out}
        worn |= {each.band for each in shown.arrivals.values()} | {each.band for each in shown.care.values()}
        devices = shown.places.devices.values()
        values |= {
            "stays": stays,
            "suspended": away,
            "expected": expected,
            "released": sorted(
                (each for each in shown.released.values() if each.stay.flat == flat.id), key=lambda each: each.at
            ),
            "names": _names(visit, home, busy | released),
            "people": [each for each in home.people if each.subject not in busy][:MOST_AT_ONCE],
            "doors": [each.id for each in devices if each.kind is DeviceKind.DOOR and each.place == flat.id],
            "bands": sorted(each.id for each in devices if each.kind is DeviceKind.BAND and each.id not in worn)[
                :MOST_BANDS
            ],
            "origins": visit.desk.settings.homes.origins,
            "days": visit.desk.settings.homes.days,
            "most_days": MOST_DAYS,
            "today": visit.now.astimezone(zone).date().isoformat(),
            "order": order_id(),
        }
    return page(visit, "enrol.html", "/enrol", code=200, **values)


@router.post("/enrol")
async def begin(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    flat = flat_asked(visit, fields.raw("flat"))
    registrar = registrar_of(visit)
    asked = _enrolment(visit, fields, flat)
    if not asked.people:
        return said(visit, texts(visit.lang)["enrol_nobody"], _back(flat), good=False)
    bands = [person.band for person in asked.people if person.band]
    if len(set(bands)) < len(bands):
        return said(visit, texts(visit.lang)["enrol_band_twice"], _back(flat), good=False)
    try:
        outcomes = await enrol(asked, registrar, visit.member.id, fields.order_id())
    except NotKept as exc:
        return said(visit, str(exc), _back(flat), good=False)
    last = outcomes[-1].result
    if last.done:
        return said(visit, texts(visit.lang)["done"], _back(flat))
    done = f"{len(outcomes) - 1}/{len(asked.people)} · "
    return said(visit, done + why_words(last.why, visit.lang), _back(flat), good=False)


@router.post("/enrol/stay")
async def change(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    flat = flat_asked(visit, fields.raw("flat"))
    return await _hand_in(visit, flat, _change(visit, fields))


@router.post("/enrol/band")
async def band_back(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    flat = flat_asked(visit, fields.raw("flat"))
    band = fields.text("band", 80)
    order = BandReturned(id=order_id(), at=visit.desk.now(), by=visit.member.id, band=band)
    return await _hand_in(visit, flat, order)


@router.get("/enrol/notice")
async def notice(request: Request, visit: Visiting) -> Response:
    """For the door."""
    flat = flat_asked(visit, request.query_params.get("flat", ""))
    stays = list(visit.desk.house.shown.quarantines.those("flat", flat.id))
    if not stays:
        raise HTTPException(404)
    call = visit.desk.settings.homes.call
    return _pdf(await asyncio.to_thread(door_notice, flat.path, stays, call, visit.now), "door-notice.pdf")


@router.get("/enrol/release")
async def release(request: Request, visit: Visiting) -> Response:
    """For the person, with their name; that it was looked at is on record."""
    flat = flat_asked(visit, request.query_params.get("flat", ""))
    released = visit.desk.house.shown.released.get(request.query_params.get("stay", ""))
    if released is None or released.stay.flat != flat.id:
        raise HTTPException(404)
    home = registrar_of(visit).home_of(released.stay.subject)
    people = home.people if home is not None else ()
    name = next((each.name for each in people if each.subject == released.stay.subject), "")
    zone = ZoneInfo(visit.desk.house.shown.places.compounds[flat.compound].timezone)
    call = visit.desk.settings.homes.call
    made = await asyncio.to_thread(release_note, flat.path, released, name, zone, call)
    return _pdf(made, "release.pdf")


def _names(visit: Visit, home: Household, subjects: Iterable[str]) -> dict[str, str]:
    """Whom each pseudonym stands for, where the registry knows: of this flat, or moved here for the days."""
    registrar = registrar_of(visit)
    homes = {subject: registrar.home_of(subject) or home for subject in subjects}
    return {
        person.subject: person.name
        for subject, household in homes.items()
        for person in household.people
        if person.subject == subject and person.name
    }


def _enrolment(visit: Visit, fields: Fields, flat: Flat) -> Enrolment:
    origins = tuple(each.id for each in visit.desk.settings.homes.origins)
    arrive_by: datetime | None = None
    if fields.raw("arrive_by").strip():
        arrive_by = fields.hour("arrive_by", visit.desk.zone())
    people = [
        Enrolled(subject=fields.subject(f"who{n}"), band=fields.text(f"band{n}", 64, needed=False))
        for n in range(MOST_AT_ONCE)
        if fields.raw(f"who{n}")
    ]
    name, phone = fields.text("name", LONGEST_NAME, needed=False), fields.text("phone", 20, needed=False)
    if phone and not PHONE.fullmatch(phone):
        raise HTTPException(400, "phone")
    if name:
        people.append(Enrolled(name=name, phone=phone, band=fields.text("band", 64, needed=False)))
    return Enrolment(
        flat=flat.id,
        ground=fields.text("ground", 120),
        first_day=fields.day("first_day"),
        days=fields.number("days", 1, MOST_DAYS),
        people=tuple(people),
        origin=fields.one_of("origin", ("", *origins)),
        arrive_by=arrive_by,
    )


def _change(visit: Visit, fields: Fields) -> Order:
    about = {"id": order_id(), "at": visit.desk.now(), "by": visit.member.id}
    stay = fields.text("quarantine", 80)
    match fields.one_of("do", CHANGES):
        case "extend":
            last, why = fields.day("last_day"), fields.text("reason", 120)
            return StayExtended(**about, quarantine=stay, last_day=last, reason=why)  # type: ignore[arg-type]  # mixed
        case "suspend":
            back_by = fields.hour("back_by", visit.desk.zone()) if fields.raw("back_by").strip() else None
            why = fields.text("reason", 120)
            return StaySuspended(**about, quarantine=stay, reason=why, back_by=back_by)  # type: ignore[arg-type]  # mixed
        case "resume":
            return StayResumed(**about, quarantine=stay)  # type: ignore[arg-type]  # mixed
        case _:
            found = FlatNames(visit.desk.house.shown.places).called(fields.text("to", 40))
            if len(found) != 1:
                raise HTTPException(400, "to")
            why = fields.text("reason", 120)
            return StayMoved(**about, quarantine=stay, flat=found[0].id, reason=why)  # type: ignore[arg-type]  # mixed


async def _hand_in(visit: Visit, flat: Flat, order: Order) -> Response:
    result = await visit.desk.order(order)
    text = texts(visit.lang)["done"] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, _back(flat), good=result.done)


def _back(flat: Flat) -> str:
    return "/enrol?" + urlencode({"flat": flat.id})


def _pdf(made: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(made, media_type="application/pdf", headers=headers)
