"""Open alerts in, the list to work down out; "I take it" and "put right" in, orders out."""

import asyncio
from datetime import timedelta
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.alerts.report import is_flood
from gateway.enact.alerts import NEVER_SHELVED
from gateway.findings import Alert, AlertState, Closing
from gateway.kinds import Kind, Severity
from gateway.orders.every import AlertAcknowledged, AlertClosed, OrderResult
from gateway.pages.access import AUDIENCE
from gateway.pages.desk import Visit, Visiting, order_id
from gateway.pages.duty.alert_families import Family, families_of
from gateway.pages.feed import ALERTS, EVERYTHING
from gateway.pages.forms import Fields, read_fields
from gateway.pages.live import stream
from gateway.pages.page import page, said
from gateway.pages.status import alerts_for
from gateway.pages.texts.common import texts, why_words
from gateway.words.calling import CALLED
from gateway.words.catalogue import CLOSINGS, SEVERITIES, STATES
from gateway.words.kinds import KINDS, NEXT_STEPS

router = APIRouter()

MOST_LISTED = 100  # nobody works down more at once; the rest is counted, and found by the filter
# these happen in a moment: "still going on" or "gone by itself" would say what nobody knows
MOMENTS = frozenset(
    {
        Kind.QUARANTINED_PERSON_LEFT,
        Kind.QUARANTINED_PERSON_AT_GATE,
        Kind.HELP_CALLED,
        Kind.FALL,
        Kind.BAND_FORGED,
        Kind.SIGHTINGS_LOST,
    }
)
ALERTS_A_TURN = 10
SHELVE_MINUTES = (15, 60, 240, 1440)  # one tap each
# where one tap leads to what the alert asks for: the button and the muster list, the list of requests
GOES_ON = {
    Kind.FIRE: "/fire",
    Kind.FIRE_SUSPECTED: "/fire",
    Kind.SERVICE_UNANSWERED: "/services",
    Kind.SERVICE_MISSED: "/services",
}
LONGEST_COMMENT = 200
CANCELLED_SHOWN = timedelta(days=1)


class Filter(NamedTuple):
    """Which alerts are looked at; None for all."""

    severity: Severity | None
    state: AlertState | None

    def passes(self, alert: Alert) -> bool:
        return self.severity in (None, alert.severity) and self.state in (None, alert.state)


def filter_asked(request: Request) -> Filter:
    """From the address; what is no word of ours means all."""
    severity = request.query_params.get("severity", "")
    state = request.query_params.get("state", "")
    return Filter(
        Severity(severity) if severity in set(Severity) else None,
        AlertState(state) if state in set(AlertState) else None,
    )


async def alert_fragments(visit: Visit, wanted: Filter) -> dict[str, str]:
    """The list. Each alert is rendered once for each of its revisions; in a flood others get their turn in between."""
    desk = visit.desk
    alerts = [alert for alert in alerts_for(desk, visit.role) if wanted.passes(alert)]
    families = families_of(alerts)
    rendered = []
    for number, family in enumerate(families[:MOST_LISTED]):
        if number % ALERTS_A_TURN == ALERTS_A_TURN - 1:
            await asyncio.sleep(0)
        rendered.append(_one(visit, family))
    html = desk.renderer.render(
        "_alerts.html",
        visit.lang,
        alerts=rendered,
        more=max(0, len(families) - MOST_LISTED),
        flood=is_flood(desk.house.shown.raised, desk.now()),
        works=desk.house.shown.works_at(desk.now()),
        cancelled=_cancelled(visit),
        path=desk.path,
        now=desk.now(),
        zone=desk.zone(),
        KINDS=KINDS,
        CLOSINGS=CLOSINGS,
        counts=[(level, sum(alert.severity is level for alert in alerts)) for level in Severity],
        SEVERITIES=SEVERITIES,
    )
    return {"alerts": html}


def _cancelled(visit: Visit) -> list[Alert]:
    """Falls of the last day that their wearers took back, newest first: a call an hour later does no harm."""
    since = visit.desk.now() - CANCELLED_SHOWN
    alerts = reversed(visit.desk.house.shown.cancelled)
    return [alert for alert in alerts if alert.raised_at > since and visit.role in AUDIENCE[alert.kind]]


def _one(visit: Visit, family: Family) -> str:
    desk = visit.desk
    alert = family.alert
    taken_by = desk.name_of(alert.acknowledged_by)

    def render(token: str) -> str:
        return desk.renderer.render(
            "_alert.html",
            visit.lang,
            token=token,
            alert=alert,
            taken_by=taken_by,
            reminded_by=desk.name_of(alert.reminded_by).removeprefix("centre:"),
            lasts=alert.kind not in MOMENTS,
            path=desk.path,
            may_act=visit.may("POST", "/alerts/acknowledge"),
            goes_on=GOES_ON.get(alert.kind, ""),
            may_open_flat=visit.may("GET", "/flat") and alert.place in desk.house.shown.places.flats,
            now=desk.now(),
            zone=desk.zone(),
            KINDS=KINDS,
            NEXT_STEPS=NEXT_STEPS,
            SEVERITIES=SEVERITIES,
            STATES=STATES,
            CLOSINGS=CLOSINGS,
            family=family,
            CALLED=CALLED,
            responders=desk.house.shown.calling.responders,
            may_shelve=visit.may("POST", "/alerts/shelve") and alert.kind not in NEVER_SHELVED,
            shelve_minutes=SHELVE_MINUTES,
            name_of=desk.name_of,
        )

    today = desk.now().astimezone(desk.zone()).date()  # an hour of yesterday is written with its day
    version = (alert, family, taken_by, today, id(desk.house.shown.places))
    return desk.fragments.get(("alert", alert.id, visit.role, visit.lang), version, visit.token, render)


@router.get("/alerts")
async def alerts(request: Request, visit: Visiting) -> Response:
    wanted = filter_asked(request)
    return page(
        visit,
        "alerts.html",
        "/alerts",
        fragments=await alert_fragments(visit, wanted),
        wanted=wanted,
        SEVERITIES=SEVERITIES,
        states=[(state, STATES[state]) for state in (AlertState.RAISED, AlertState.ACKNOWLEDGED, AlertState.SHELVED)],
    )


@router.get("/live/alerts")
async def live_alerts(request: Request, visit: Visiting) -> Response:
    wanted = filter_asked(request)

    async def fragments(changed: set[str]) -> dict[str, str]:
        return await alert_fragments(visit, wanted) if changed & {ALERTS, EVERYTHING} else {}

    return stream(visit, lambda topic: topic == ALERTS, fragments)


@router.post("/alerts/acknowledge")
async def acknowledge(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    result = await visit.desk.order(
        AlertAcknowledged(
            id=order_id(),
            at=visit.desk.now(),
            by=visit.member.id,
            alert=alert_asked(visit, fields),
            comment=fields.text("comment", LONGEST_COMMENT, needed=False),
        )
    )
    return answer(visit, result, "taken")


@router.post("/alerts/close")
async def close(request: Request, visit: Visiting) -> Response:
    fields = await read_fields(request)
    result = await visit.desk.order(
        AlertClosed(
            id=order_id(),
            at=visit.desk.now(),
            by=visit.member.id,
            alert=alert_asked(visit, fields),
            closing=fields.one_of("closing", tuple(Closing)),
            comment=fields.text("comment", LONGEST_COMMENT, needed=False),
        )
    )
    return answer(visit, result, "closed")


def alert_asked(visit: Visit, fields: Fields) -> str:
    """The alert of a form. One that a role may not see it may not take either; one that is gone the house refuses."""
    alert = visit.desk.house.shown.alerts.get(fields.text("alert", 80))
    if alert is not None and visit.role not in AUDIENCE[alert.kind]:
        raise HTTPException(403)
    return fields.text("alert", 80)


def answer(visit: Visit, result: OrderResult, done: str) -> Response:
    text = texts(visit.lang)[done] if result.done else why_words(result.why, visit.lang)
    return said(visit, text, "/alerts", good=result.done)
