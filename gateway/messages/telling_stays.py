"""A stay that goes on otherwise, or a note, in; its message to the centre out.

Floor 2, a pure room. A part of gateway/messages/telling.py.
"""

from collections.abc import Mapping

from gateway.case_log import Step
from gateway.findings import StayChanged, StayStep
from gateway.messages.head import Head, lines
from gateway.messages.stays import NoteMessage, StayChangedMessage
from gateway.orders.cases import CaseNoted
from gateway.orders.notes import FlatNoted
from gateway.words.cases import STEPS as CASE_STEPS
from gateway.words.language import Words

STEPS: Mapping[StayStep, Words] = {
    StayStep.EXTENDED: Words("隔离延长", "Quarantine extended"),
    StayStep.SUSPENDED: Words("暂离，门和手环停看", "Away, door and band are not watched"),
    StayStep.RESUMED: Words("已返回，隔离继续", "Back, quarantine goes on"),
    StayStep.MOVED: Words("搬到此处继续隔离", "Quarantine goes on here"),
}


def stay_changed(body: StayChanged, head: Head) -> StayChangedMessage:
    stay, words, path = body.stay, STEPS[body.step], head.places.path(body.flat)
    until = f" {stay.last_day}" if body.step is StayStep.EXTENDED else ""
    return head.message(
        StayChangedMessage,
        body,
        body.at,
        body.flat,
        quarantine=stay.id,
        first_day=stay.first_day,
        last_day=stay.last_day,
        band=stay.band,
        away=stay.away,
        back_by=stay.back_by,
        **lines(f"{path}：{words.zh}{until}", f"{path}: {words.en.lower()}{until}"),
    )


def noted(body: CaseNoted | FlatNoted, head: Head) -> NoteMessage:
    case, place = (body.case, body.place) if isinstance(body, CaseNoted) else ("", body.flat)
    going = isinstance(body, CaseNoted) and body.going
    words, path = CASE_STEPS[Step.GOING if going else Step.NOTE], head.places.path(place)
    said = lines(
        "：".join(filter(None, (path, words.zh, body.text))), ": ".join(filter(None, (path, words.en, body.text)))
    )
    return head.message(NoteMessage, body, body.at, place, going=going, case=case, **said)
