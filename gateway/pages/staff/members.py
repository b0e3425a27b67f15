"""The staff and volunteers' shifts in, forms to let people in and strike them off out; each change is on record.

A duty officer lets volunteers in for a shift. The chief also adds members, gives new PINs and strikes members off.
"""

import secrets
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.orders.staff import StaffChanged, StaffOrder, VolunteerAdmitted
from gateway.pages.access import CHIEFS, ROLES, Member, Role
from gateway.pages.desk import Visit, Visiting, order_id
from gateway.pages.forms import read_fields
from gateway.pages.page import page, said
from gateway.pages.texts.common import texts, why_words
from gateway.registry.storage import NotKept
from gateway.staff.book import least_digits
from gateway.staff.pins import LEAST_DIGITS
from gateway.staff.volunteers import new_code, new_id, wrong_hours

router = APIRouter()

SHIFT_HOURS = ("2", "4", "8", "12")
LONGEST_NAME = 40


@router.get("/staff")
async def staff(visit: Visiting) -> Response:
    return _page(visit)


@router.post("/staff/volunteer")
async def volunteer(request: Request, visit: Visiting) -> Response:
    """The code is shown on the answer to this form, and never again."""
    fields = await read_fields(request)
    desk = visit.desk
    starts = fields.hour("starts", desk.zone())
    ends = starts + timedelta(hours=int(fields.one_of("hours", SHIFT_HOURS)))
    if why := wrong_hours(starts, ends, desk.now()):
        return said(visit, why_words(why, visit.lang), "/staff", good=False)
    member = Member(
        id=new_id(desk.staff.find, secrets.randbelow),
        name=fields.text("name", LONGEST_NAME),
        role=Role.VOLUNTEER,
        mark="",
        starts=starts,
        ends=ends,
    )
    code = new_code(secrets.randbelow)
    await _put(visit, member, code)
    await _on_record(
        visit,
        VolunteerAdmitted(id=order_id(), at=desk.now(), by=visit.member.id, member=member.id, starts=starts, ends=ends),
    )
    return _page(visit, made=member, code=code)


@router.post("/staff/member")
async def member(request: Request, visit: Visiting) -> Response:
    """Add a member, or give one a new PIN, name or role."""
    fields = await read_fields(request)
    identity = fields.text("id", 32)
    if not (identity.isascii() and identity.replace("-", "").isalnum()):
        raise HTTPException(400, "id")
    roles = tuple(str(role) for role in Role if role is not Role.VOLUNTEER)
    role = Role(fields.one_of("role", roles))
    if identity == visit.member.id and role is not visit.role:
        raise HTTPException(400, "role")  # the last chief must not shut themselves out
    pin = fields.raw("pin")[:64]
    if len(pin) in range(LEAST_DIGITS, least_digits(role)):  # a PIN for somebody, and not for them
        return said(visit, texts(visit.lang)["pin_short"], "/staff", good=False)
    await _put(visit, Member(identity, fields.text("name", LONGEST_NAME), role, ""), pin)
    await _on_record(
        visit, StaffChanged(id=order_id(), at=visit.desk.now(), by=visit.member.id, member=identity, role=str(role))
    )
    return said(visit, texts(visit.lang)["done"], "/staff")


@router.post("/staff/end")
async def end(request: Request, visit: Visiting) -> Response:
    """Strike somebody off: a volunteer, or for the chief anybody else."""
    fields = await read_fields(request)
    gone = visit.desk.staff.find(fields.raw("id")[:64])
    if gone is None:
        raise HTTPException(400, "id")
    if gone.role is not Role.VOLUNTEER and (visit.role not in CHIEFS or gone.id == visit.member.id):
        raise HTTPException(403)
    try:
        await visit.desk.staff.strike_off(gone.id)
    except NotKept:
        raise HTTPException(503) from None
    await _on_record(visit, StaffChanged(id=order_id(), at=visit.desk.now(), by=visit.member.id, member=gone.id))
    return said(visit, texts(visit.lang)["done"], "/staff")


async def _put(visit: Visit, member: Member, pin: str) -> None:
    try:
        await visit.desk.pins.put(visit.desk.staff, member, pin)
    except ValueError:
        raise HTTPException(400, "pin") from None
    except NotKept:
        raise HTTPException(503) from None


async def _on_record(visit: Visit, order: StaffOrder) -> None:
    await visit.desk.order(order)


def _page(visit: Visit, made: Member | None = None, code: str = "") -> Response:
    desk = visit.desk
    chief = visit.role in CHIEFS
    shown = [member for member in desk.staff.all() if chief or member.role is Role.VOLUNTEER]
    zone = desk.zone()
    return page(
        visit,
        "staff.html",
        "/staff",
        members=sorted(shown, key=lambda member: (list(Role).index(member.role), member.id)),
        made=made,
        secret=code,
        chief=chief,
        me=visit.member.id,
        roles={role: words for role, words in ROLES.items() if role is not Role.VOLUNTEER},
        ROLES=ROLES,
        shift_hours=SHIFT_HOURS,
        hour_now=visit.now.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
    )
