"""Open alerts in, what is mine to see to out, one item for each case; take, go, note, put right in, orders out."""

import asyncio
from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.alerts.case_view import CaseView, Whose, cases_of
from gateway.alerts.report import is_flood
from gateway.case_log import case_of
from gateway.findings import Alert, AlertState, Closing
from gateway.orders.alerts import AlertAssigned
from gateway.orders.cases import LONGEST_NOTE, CaseNoted
from gateway.orders.every import AlertAcknowledged, AlertClosed, Order, OrderResult
from gateway.pages.access import ON_DUTY
from gateway.pages.desk import Visit, Visiting, order_id, pressed
from gateway.pages.duty.alerts import ALERTS_A_TURN, GOES_ON, LONGEST_COMMENT
from gateway.pages.feed import ALERTS, EVERYTHING, ROUNDS, SERVICES
from gateway.pages.forms import Fields, read_fields
from gateway.pages.live import stream
from gateway.pages.page import page, said
from gateway.pages.status import alerts_for
from gateway.pages.texts.common import texts, why_words
from gateway.services import WAITING, ServiceState
from gateway.words.cases import STEPS
from gateway.words.catalogue import CLOSINGS, SEVERITIES
from gateway.words.kinds import KINDS, NEXT_STEPS

router = APIRouter()

MOST_LISTED = 60  # more than anybody has in hand; the rest is counted, and stands on the alerts page
MOMENTS_SHOWN = 3  # the newest, without a tap; the whole timeline is one tap away
GROUPS = {
    Whose.MINE: "cases_mine",
    Whose.NOBODYS: "cases_nobodys",
    Whose.OTHERS: "cases_others",
    Whose.ASIDE: "cases_aside",
}


async def duty_fragments(visit: Visit) -> dict[str, str]:
    """The cases by whose they are. Each is rendered once for each of its changes; others get their turn in between."""
    desk = visit.desk
    shown = desk.house.shown
    cases = cases_of(alerts_for(desk, visit.role), shown.case_log, visit.member.id)
    groups: dict[Whose, list[str]] = {}
    for number, case in enumerate(cases[:MOST_LISTED]):
        if number % ALERTS_A_TURN == ALERTS_A_TURN - 1:
            await asyncio.sleep(0)
        groups.setdefault(case.whose, []).append(_one(visit, case))
    html = desk.renderer.render(
        "_duty.html",
        visit.lang,
        groups=[(whose, texts(visit.lang)[GROUPS[whose]], groups[whose]) for whose in Whose if whose in groups],
        more=max(0, len(cases) - MOST_LISTED),
        flood=is_flood(shown.raised, desk.now()),
        tasks=len(shown.tasks),
        asked=sum(each.state is ServiceState.ASKED and not each.drill for each in shown.services.values()),
        waiting=sum(each.state in WAITING and not each.drill for each in shown.services.values()),
        expected=len(shown.arrivals) + sum(stay.back_by is not None for stay in shown.suspended.values()),
    )
    return {"duty": html}


def _one(visit: Visit, case: CaseView) -> str:
    desk = visit.desk
    shown = desk.house.shown
    people = _who_can_be_given_it(visit)
    flat = _flat_of(visit, case.alerts)

    def render(token: str) -> str:
        return desk.renderer.render(
            "_case.html",
            visit.lang,
            token=token,
            case=case,
            mine=case.whose is Whose.MINE,
            flat=flat,
            path=desk.path,
            goes_on=next((GOES_ON[alert.kind] for alert in case.alerts if alert.kind in GOES_ON), ""),
            people=people,
            name_of=desk.name_of,
            now=desk.now(),
            zone=desk.zone(),
            most=MOMENTS_SHOWN,
            longest=LONGEST_NOTE,
            STEPS=STEPS,
            KINDS=KINDS,
            NEXT_STEPS=NEXT_STEPS,
            SEVERITIES=SEVERITIES,
            CLOSINGS=CLOSINGS,
        )

    today = desk.now().astimezone(desk.zone()).date()
    version = (case, people, today, id(shown.places))
    return desk.fragments.get(("case", case.id, visit.role, visit.member.id, visit.lang), version, visit.token, render)


def _flat_of(visit: Visit, alerts: Sequence[Alert]) -> str:
    """The flat a case is about, empty where it is about a lane or a cable."""
    shown = visit.desk.house.shown
    for alert in alerts:
        person = shown.people.get(alert.subject)
        for flat in (alert.place, "" if person is None else person.flat):
            if flat in shown.places.flats:
                return flat
    return ""


def _who_can_be_given_it(visit: Visit) -> tuple[tuple[str, str], ...]:
    """Those who are called for alerts, and whoever of the staff is on duty with us."""
    desk = visit.desk
    known = {each.id: desk.name_of(each.id) for each in desk.house.shown.calling.responders}
    known |= {member.id: member.name for member in desk.staff.all() if member.role in ON_DUTY}
    return tuple(known.items())


@router.get("/duty")
async def duty(visit: Visiting) -> Response:
    return page(visit, "duty.html", "/duty", fragments=await duty_fragments(visit))


@router.get("/live/duty")
async def live_duty(visit: Visiting) -> Response:
    topics = {ALERTS, ROUNDS, SERVICES}

    async def fragments(changed: set[str]) -> dict[str, str]:
        return await duty_fragments(visit) if changed & (topics | {EVERYTHING}) else {}

    return stream(visit, lambda topic: topic in topics, fragments)


@router.post("/duty/take")
async def take(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    return _answer(visit, await _take(visit, fields), "taken")


@router.post("/duty/go")
async def go(request: Request, visit: Visiting) -> Response:
    """Who goes has it: nobody need press twice."""
    fields = await read_fields(request)
    results = await _take(visit, fields)
    if all(each.done for each in results):
        results = [await visit.desk.order(_noted(visit, fields, going=True))]
    return _answer(visit, results, "case_going")


@router.post("/duty/note")
async def note(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    return _answer(visit, [await visit.desk.order(_noted(visit, fields, going=False))], "case_noted")


@router.post("/duty/close")
async def close(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    chosen = fields.text("alert", 80, needed=False)  # one of several of a case; none is all of them
    closing = fields.one_of("closing", tuple(each for each in Closing if each is not Closing.WEARER))
    comment = fields.text("comment", LONGEST_COMMENT, needed=False)
    alerts = [alert for alert in _alerts_asked(visit, fields) if chosen in ("", alert.id)]
    results = await _each(
        visit,
        alerts,
        lambda alert: AlertClosed(
            id=order_id(), at=visit.desk.now(), by=visit.member.id, alert=alert.id, closing=closing, comment=comment
        ),
    )
    return _answer(visit, results, "closed")


@router.post("/duty/give")
async def give(request: Request, visit: Visiting) -> Response:
    """Somebody else is to see to it."""
    fields = await read_fields(request)
    to = fields.one_of("to", tuple(who for who, _ in _who_can_be_given_it(visit)))
    results = await _each(
        visit,
        _alerts_asked(visit, fields),
        lambda alert: AlertAssigned(id=order_id(), at=visit.desk.now(), by=visit.member.id, alert=alert.id, to=to),
    )
    return _answer(visit, results, "assigned")


def _alerts_asked(visit: Visit, fields: Fields) -> list[Alert]:
    """The open alerts of a form's case that this role may see. One that is no longer open is a 409."""
    case = fields.text("case", 80)
    alerts = [alert for alert in alerts_for(visit.desk, visit.role) if case_of(alert) == case]
    if not alerts:
        raise HTTPException(409, "no such open case")
    return alerts


async def _take(visit: Visit, fields: Fields) -> list[OrderResult]:
    ringing = [alert for alert in _alerts_asked(visit, fields) if alert.state is AlertState.RAISED or alert.asked]
    return await _each(
        visit,
        ringing,
        lambda alert: AlertAcknowledged(id=order_id(), at=visit.desk.now(), by=visit.member.id, alert=alert.id),
    )


async def _each(visit: Visit, alerts: Sequence[Alert], order: Callable[[Alert], Order]) -> list[OrderResult]:
    """Handed in together, so that one commit holds them all."""
    return list(await asyncio.gather(*(visit.desk.order(order(alert)) for alert in alerts)))


def _noted(visit: Visit, fields: Fields, *, going: bool) -> CaseNoted:
    alerts = _alerts_asked(visit, fields)
    return CaseNoted(
        id=pressed(fields),
        at=visit.desk.now(),
        by=visit.member.id,
        case=case_of(alerts[0]),
        text="" if going else fields.text("text", LONGEST_NOTE),
        going=going,
        place=_flat_of(visit, alerts) or alerts[0].place,
        subject=alerts[0].subject,
    )


def _answer(visit: Visit, results: Sequence[OrderResult], done: str) -> Response:
    refused = next((each for each in results if not each.done), None)
    if refused is not None:
        return said(visit, why_words(refused.why, visit.lang), "/duty", good=False)
    return said(visit, texts(visit.lang)[done], "/duty")
