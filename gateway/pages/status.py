"""What the house says of itself in, the one line every page shows out; and two addresses for machines."""

from collections.abc import Iterator
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from gateway.compound import Device, DeviceKind
from gateway.findings import Alert
from gateway.kinds import Kind, Severity
from gateway.pages.access import AUDIENCE, ON_DUTY, Role
from gateway.pages.desk import Desk, Visiting
from gateway.pages.texts.gate import PROFILE_WORDS
from gateway.pages.texts.uplink import TROUBLES
from gateway.view import Status
from gateway.words.kinds import KINDS
from gateway.words.language import Tongue

router = APIRouter()

WAITED_TOO_LONG = timedelta(minutes=5)  # a centre that confirms does so within seconds
READERS = {DeviceKind.CAMERA: ("camera", "readers_camera"), DeviceKind.SCANNER: ("scan-barcode", "readers_scanner")}
LIST_OLD = timedelta(days=2)  # for a list that says nothing of its next update


def alerts_for(desk: Desk, role: Role) -> list[Alert]:
    """The open alerts that a role has to act on."""
    return [alert for alert in desk.house.shown.open_alerts() if role in AUDIENCE[alert.kind]]


def trust_is_old(status: Status) -> bool:
    if status.trust_issued_at is None:
        return True
    until = status.trust_next_update or status.trust_issued_at + LIST_OLD
    return status.now > until


def uplink_is_slow(status: Status) -> bool:
    """Or does somebody have to see to it?"""
    if not status.has_centre:
        return False
    if status.uplink_trouble or not status.uplink_connected:
        return True
    waiting = status.oldest_unconfirmed
    return waiting is not None and status.now - waiting > WAITED_TOO_LONG


def status_line(desk: Desk, role: Role, lang: Tongue, me: str) -> str:
    """The chips, without ages that run: those run in the page. `me`: who looks; what was given to them rings."""
    status = desk.house.status()
    alerts = alerts_for(desk, role)
    ringing = [(alert.reminded_at or alert.raised_at, _ring(alert)) for alert in alerts if _rings(alert)]
    ringing += [
        (alert.given_at or alert.raised_at, f"{alert.id}~g{alert.given}") for alert in alerts if _is_given(alert, me)
    ]
    return desk.renderer.render(
        "_status.html",
        lang,
        status=status,
        trust_old=trust_is_old(status),
        uplink_slow=uplink_is_slow(status),
        alerts=sum(not alert.drill for alert in alerts),
        drilled=sum(alert.drill for alert in alerts),
        newest_ringing=max(ringing)[1] if ringing else "",
        reminded=sum(_is_reminded(alert) for alert in alerts),
        reach_told=role in ON_DUTY,
        readers=[_readers(desk, kind) for kind in READERS],
        profile=desk.house.shown.lanes.profile,
        PROFILE_WORDS=PROFILE_WORDS,
        KINDS=KINDS,
        TROUBLES=TROUBLES,
        path=desk.path,
        drills=[drill for drill in desk.house.shown.drills.values() if drill.until > status.now],
        zone=desk.zone(),
    )


def _readers(desk: Desk, kind: DeviceKind) -> tuple[str, str, str, int, list[tuple[Device, Kind]]]:
    """Their icon and name, how many there are, and which of them read nothing now and why."""
    shown = desk.house.shown
    return kind.value, *READERS[kind], len(shown.lanes.readers(kind)), list(shown.lanes.down(kind, shown.silent))


def _rings(alert: Alert) -> bool:
    return _is_reminded(alert) or (alert.severity is Severity.CRITICAL and alert.rings)


def _is_given(alert: Alert, me: str) -> bool:
    """Was it given to this member, who has not taken it since?"""
    return alert.asked and alert.given > 0 and alert.assigned_to == me


def _is_reminded(alert: Alert) -> bool:
    """Did the centre remind of it, and nobody has done anything since?"""
    return alert.reminded > 0 and (alert.rings or alert.reminded_at == alert.changed_at)


def _ring(alert: Alert) -> str:
    """Rings anew with each reminder, and each time its hour has passed."""
    calls = alert.reminded + alert.escalated
    return f"{alert.id}~{calls}" if calls else alert.id


def _reasons_not_ok(status: Status) -> Iterator[str]:
    if status.last_number < 1:
        yield "nothing journaled yet"


@router.get("/healthz")
async def healthz(request: Request) -> Response:
    """For systemd and monitoring: does the house answer, and has it a journal?"""
    desk: Desk = request.app.state.desk
    bad = next(_reasons_not_ok(desk.house.status()), None)
    return PlainTextResponse("ok\n") if bad is None else PlainTextResponse("not\n", 503)


@router.get("/status.json")
async def status_json(visit: Visiting) -> Response:
    status = visit.desk.house.status()

    def said(name: str) -> object:
        value = getattr(status, name)
        return value.isoformat() if hasattr(value, "isoformat") else value

    answer = {name: said(name) for name in Status.__struct_fields__}
    answer["trust_old"] = trust_is_old(status)
    answer["uplink_slow"] = uplink_is_slow(status)
    alerts = alerts_for(visit.desk, visit.role)
    answer["open_alerts"] = sum(not alert.drill for alert in alerts)
    answer["open_in_drills"] = sum(alert.drill for alert in alerts)
    return JSONResponse(answer)
