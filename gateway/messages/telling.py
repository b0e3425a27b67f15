"""A finding in, its message to the centre out: the words of gateway/words/catalogue.py in the types of
gateway/messages/every.py.

Floor 2, a pure room.
"""

from datetime import datetime

from msgspec import Struct

from gateway.compound import Places
from gateway.findings import Alert, Decision, StayBegun, StayChanged, StayEnded, Tombstone
from gateway.kinds import Severity
from gateway.messages.every import (
    AlertMessage,
    ArrivalMessage,
    DecisionMessage,
    Numbered,
    OpenAlert,
    ServiceMessage,
    StayMessage,
    TombstoneMessage,
)
from gateway.messages.rounds import RoundMessage, TaskMessage
from gateway.messages.telling_stays import noted, stay_changed
from gateway.orders.cases import CaseNoted
from gateway.orders.every import QuarantineBegun
from gateway.orders.notes import FlatNoted
from gateway.rounds import RoundDone, Task
from gateway.services import ServiceMoved
from gateway.words.catalogue import VERDICTS, alert_text, in_a_drill
from gateway.words.language import Lang
from gateway.words.reasons import REASONS
from gateway.words.rounds import OUTCOMES, TASK_STATES, TASKS
from gateway.words.services import PURPOSES, SERVICE_STATES

SEVERITY_LEVEL = {Severity.CRITICAL: 4, Severity.HIGH: 3, Severity.MEDIUM: 2, Severity.LOW: 1}


def numbered(
    body: Struct, *, gw: str, stream: str, epoch: str, number: int, heard: datetime, places: Places, late: bool
) -> Numbered:
    """The message of a finding. Raises TypeError for what is never sent."""
    at = body.raised_at if isinstance(body, Alert) and body.revision == 1 else _at(body)
    common = {
        "id": f"{gw}/{stream}/{epoch}/{number}",
        "source": f"menshen/{gw}",
        "time": at,
        "gw": gw,
        "stream": stream,
        "epoch": epoch,
        "number": number,
        "heard": heard,
        "ts_ms": int(at.timestamp() * 1000),
        "late": late,
    }
    match body:
        case Alert():
            return _alert(body, places, common)
        case Decision():
            reason = REASONS[body.reason]
            verdict = VERDICTS[body.verdict]
            return DecisionMessage(
                **common,  # type: ignore[arg-type]  # a dict of mixed values; the types are those of Envelope
                drill=body.drill,
                place=body.lane,
                place_path=places.path(body.lane),
                subject=body.subject,
                text_zh=in_a_drill(f"{verdict.zh}：{reason.zh}", Lang.ZH, drill=body.drill),
                text_en=in_a_drill(f"{verdict.en}: {reason.en}", Lang.EN, drill=body.drill),
                verdict=body.verdict,
                reason=body.reason,
                direction=str(body.direction),
                gate=body.gate,
                holder=body.holder,
                cti=body.cti,
                trust_version=body.trust_version,
            )
        case StayBegun(stay=stay):
            return ArrivalMessage(
                **common,  # type: ignore[arg-type]  # as above
                place=body.flat,
                place_path=places.path(body.flat),
                subject=body.subject,
                quarantine=stay.id,
                first_day=stay.first_day,
                last_day=stay.last_day,
            )
        case QuarantineBegun():
            return ArrivalMessage(
                **common,  # type: ignore[arg-type]  # as above
                place=body.flat,
                place_path=places.path(body.flat),
                subject=body.subject,
                quarantine=body.id,
                first_day=body.first_day,
                last_day=body.last_day,
            )
        case StayChanged():
            return stay_changed(body, places, common)
        case CaseNoted() | FlatNoted():
            return noted(body, places, common)
        case StayEnded():
            return StayMessage(
                **common,  # type: ignore[arg-type]  # as above
                early=body.early,
                place=body.flat,
                place_path=places.path(body.flat),
                subject=body.subject,
                quarantine=body.quarantine,
            )
        case ServiceMoved(service=service):
            purpose, became = PURPOSES[service.purpose], SERVICE_STATES[service.state]
            return ServiceMessage(
                **common,  # type: ignore[arg-type]  # as above
                drill=service.drill,
                place=body.flat,
                place_path=places.path(body.flat),
                text_zh=in_a_drill(
                    f"{places.path(body.flat)}：{purpose.zh}，{became.zh}", Lang.ZH, drill=service.drill
                ),
                text_en=in_a_drill(
                    f"{places.path(body.flat)}: {purpose.en}, {became.en.lower()}", Lang.EN, drill=service.drill
                ),
                request=service.id,
                purpose=service.purpose,
                state=service.state,
                words=service.words,
                asked_at=service.asked_at,
                asked_by=service.asked_by,
                opens=service.opens,
                closes=service.closes,
                decided_by=service.decided_by,
                why=service.why,
                taken_by=service.taken_by,
                delivered_at=service.delivered_at,
                confirmed_by=service.confirmed_by,
            )
        case Task():
            what, became = TASKS[body.kind], OUTCOMES[body.outcome] if body.outcome else TASK_STATES[body.state]
            return TaskMessage(
                **common,  # type: ignore[arg-type]  # as above
                place=body.flat,
                place_path=places.path(body.flat),
                subject=body.subject,
                text_zh=f"{places.path(body.flat)}：{what.zh}，{became.zh}",
                text_en=f"{places.path(body.flat)}: {what.en.lower()}, {became.en.lower()}",
                task=body.id,
                round=body.round,
                kind=body.kind,
                state=body.state,
                revision=body.revision,
                due=body.due,
                why=body.why,
                outcome=str(body.outcome or ""),
                by=body.by,
            )
        case RoundDone():
            figures = {name: getattr(body, name) for name in RoundDone.__struct_fields__ if name != "at"}
            return RoundMessage(
                **common,  # type: ignore[arg-type]  # as above
                place=body.compound,
                place_path=places.path(body.compound),
                text_zh=f"巡访：应测 {body.persons} 人，已测 {body.measured} 人，免上门 {body.saved} 户",
                text_en=f"Round: {body.measured} of {body.persons} measured, {body.saved} visits saved",
                **figures,
            )
        case Tombstone():
            return TombstoneMessage(
                **common,  # type: ignore[arg-type]  # as above
                first=body.first,
                last=body.last,
                why=body.why,
            )
        case _:
            raise TypeError(f"never sent: {type(body).__name__}")


def _alert(alert: Alert, places: Places, common: dict[str, object]) -> AlertMessage:
    path = places.path(alert.place)
    return AlertMessage(
        **common,  # type: ignore[arg-type]  # a dict of mixed values; the types are those of Envelope
        drill=alert.drill,
        place=alert.place,
        place_path=path,
        subject=alert.subject,
        text_zh=_said(alert, path, Lang.ZH),
        text_en=_said(alert, path, Lang.EN),
        alert=alert.id,
        kind=alert.kind,
        severity=alert.severity,
        severity_level=SEVERITY_LEVEL[alert.severity],
        state=alert.state,
        revision=alert.revision,
        open=alert.open,
        active=alert.active,
        count=alert.count,
        raised_at=alert.raised_at,
        device=alert.device,
        celsius=alert.celsius,
        acknowledged_by=alert.acknowledged_by,
        comment=alert.comment,
        closing=str(alert.closing or ""),
        cancel_until=alert.cancel_until,
        reminded=alert.reminded,
        reminded_at=alert.reminded_at,
        reminded_by=alert.reminded_by,
        put_right_by=alert.put_right_by,
        lasted_seconds=alert.lasted_seconds,
        case=alert.case,
        parent=alert.parent,
        assigned_to=alert.assigned_to,
        due_at=alert.due_at,
        escalated=alert.escalated,
        acknowledged_at=alert.acknowledged_at,
        shelved_until=alert.shelved_until,
        shelved_by=alert.shelved_by,
        work=alert.work,
    )


def open_alert(alert: Alert, places: Places) -> OpenAlert:
    """One line of the `open` message."""
    path = places.path(alert.place)
    return OpenAlert(
        alert=alert.id,
        kind=alert.kind,
        severity=alert.severity,
        severity_level=SEVERITY_LEVEL[alert.severity],
        state=alert.state,
        revision=alert.revision,
        count=alert.count,
        raised_at=alert.raised_at,
        place=alert.place,
        place_path=path,
        subject=alert.subject,
        device=alert.device,
        acknowledged_by=alert.acknowledged_by,
        text_zh=_said(alert, path, Lang.ZH),
        text_en=_said(alert, path, Lang.EN),
        case=alert.case,
        parent=alert.parent,
        assigned_to=alert.assigned_to,
        due_at=alert.due_at,
        drill=alert.drill,
    )


def _said(alert: Alert, path: str, lang: Lang) -> str:
    return alert_text(
        alert.kind,
        path or alert.device,
        lang,
        state=alert.state,
        celsius=alert.celsius,
        count=alert.count,
        drill=alert.drill,
        closing=alert.closing,
    )


def _at(body: Struct) -> datetime:
    at = getattr(body, "changed_at", None) or getattr(body, "at", None)
    if not isinstance(at, datetime):
        raise TypeError(f"never sent: {type(body).__name__}")
    return at
