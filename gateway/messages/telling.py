"""A finding in, its message to the centre out.

Floor 2, a pure room: the words of gateway/words/ in the types of gateway/messages/every.py.
"""

from datetime import datetime

from msgspec import Struct

from gateway.compound import Places
from gateway.findings import Alert, Decision, StayBegun, StayChanged, StayEnded, Tombstone
from gateway.messages.every import (
    ArrivalMessage,
    DecisionMessage,
    Numbered,
    ServiceMessage,
    StayMessage,
    TombstoneMessage,
)
from gateway.messages.head import Head, lines
from gateway.messages.rounds import RoundMessage, TaskMessage
from gateway.messages.telling_alerts import alert_told
from gateway.messages.telling_stays import noted, stay_changed
from gateway.orders.cases import CaseNoted
from gateway.orders.every import QuarantineBegun
from gateway.orders.notes import FlatNoted
from gateway.rounds import RoundDone, Task
from gateway.services import ServiceMoved
from gateway.words.catalogue import VERDICTS
from gateway.words.reasons import REASONS
from gateway.words.rounds import OUTCOMES, TASK_STATES, TASKS
from gateway.words.services import PURPOSES, SERVICE_STATES


def numbered(
    body: Struct, *, gw: str, stream: str, epoch: str, number: int, heard: datetime, places: Places, late: bool
) -> Numbered:
    """The message of a finding. Raises TypeError for what is never sent."""
    head = Head(gw, stream, epoch, number, heard, late, places)
    match body:
        case Alert():
            return alert_told(body, head)
        case Decision():
            return _decided(body, head)
        case StayBegun(at=at, flat=flat, stay=stay):
            return head.message(ArrivalMessage, stay, at, flat, quarantine=stay.id, subject=body.subject)
        case QuarantineBegun(at=at, flat=flat):
            return head.message(ArrivalMessage, body, at, flat, quarantine=body.id)
        case StayChanged():
            return stay_changed(body, head)
        case CaseNoted() | FlatNoted():
            return noted(body, head)
        case StayEnded(at=at, flat=flat):
            return head.message(StayMessage, body, at, flat)
        case ServiceMoved():
            return _served(body, head)
        case Task():
            return _asked(body, head)
        case RoundDone(at=at, compound=compound, persons=persons, measured=measured, saved=saved):
            said = lines(
                f"巡访：应测 {persons} 人，已测 {measured} 人，免上门 {saved} 户",
                f"Round: {measured} of {persons} measured, {saved} visits saved",
            )
            return head.message(RoundMessage, body, at, compound, **said)
        case Tombstone(at=at):
            return head.message(TombstoneMessage, body, at)
        case _:
            raise TypeError(f"never sent: {type(body).__name__}")


def _decided(body: Decision, head: Head) -> DecisionMessage:
    verdict, reason = VERDICTS[body.verdict], REASONS[body.reason]
    said = lines(f"{verdict.zh}：{reason.zh}", f"{verdict.en}: {reason.en}", drill=body.drill)
    return head.message(DecisionMessage, body, body.at, body.lane, **said)


def _served(body: ServiceMoved, head: Head) -> ServiceMessage:
    service, path = body.service, head.places.path(body.flat)
    purpose, became = PURPOSES[service.purpose], SERVICE_STATES[service.state]
    said = lines(
        f"{path}：{purpose.zh}，{became.zh}", f"{path}: {purpose.en}, {became.en.lower()}", drill=service.drill
    )
    return head.message(ServiceMessage, service, body.at, body.flat, request=service.id, **said)


def _asked(body: Task, head: Head) -> TaskMessage:
    path = head.places.path(body.flat)
    what, became = TASKS[body.kind], OUTCOMES[body.outcome] if body.outcome else TASK_STATES[body.state]
    return head.message(
        TaskMessage,
        body,
        body.changed_at,
        body.flat,
        task=body.id,
        outcome=str(body.outcome or ""),
        **lines(f"{path}：{what.zh}，{became.zh}", f"{path}: {what.en.lower()}, {became.en.lower()}"),
    )
