"""A flat in, whom to call there out: names and numbers, by role, and on record before they are shown."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.pages.desk import Visiting
from gateway.pages.homes.flat import flat_asked
from gateway.pages.page import page
from gateway.words.care import CARE_NAMES, FOLLOW_UPS

router = APIRouter()

BACK = {"rounds": "/rounds"}  # whence somebody came, if not from the duty page


@router.get("/duty/call")
async def call(request: Request, visit: Visiting) -> Response:
    """Who it is about stands first. `visit_of` has put on record that somebody looked at this flat."""
    flat = flat_asked(visit, request.query_params.get("flat", ""))
    subject = request.query_params.get("subject", "")
    back = BACK.get(request.query_params.get("back", ""), "/duty")
    registrar = visit.desk.registrar
    home = None if registrar is None else registrar.get(flat.id)
    people = () if home is None else home.people
    return page(
        visit,
        "duty_call.html",
        back,
        back=back,
        flat=flat,
        subject=subject,
        people=sorted(people, key=lambda person: person.subject != subject),
        CARE_NAMES=CARE_NAMES,
        FOLLOW_UPS=FOLLOW_UPS,
    )
