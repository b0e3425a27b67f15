"""A stay that goes on otherwise, or a note, in; its message to the centre out.

Floor 2, a pure room. gateway/messages/telling.py asks here, with the fields that every message has.
"""

from collections.abc import Mapping

from gateway.case_log import Step
from gateway.compound import Places
from gateway.findings import StayChanged, StayStep
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


def stay_changed(body: StayChanged, places: Places, common: Mapping[str, object]) -> StayChangedMessage:
    stay, words, path = body.stay, STEPS[body.step], places.path(body.flat)
    until = f" {stay.last_day}" if body.step is StayStep.EXTENDED else ""
    return StayChangedMessage(
        **common,  # type: ignore[arg-type]  # a mapping of mixed values; the types are those of Envelope
        place=body.flat,
        place_path=path,
        subject=body.subject,
        text_zh=f"{path}：{words.zh}{until}",
        text_en=f"{path}: {words.en.lower()}{until}",
        quarantine=stay.id,
        step=body.step,
        first_day=stay.first_day,
        last_day=stay.last_day,
        band=stay.band,
        away=stay.away,
        back_by=stay.back_by,
        by=body.by,
        reason=body.reason,
        lane=body.lane,
    )


def noted(body: CaseNoted | FlatNoted, places: Places, common: Mapping[str, object]) -> NoteMessage:
    case, place = (body.case, body.place) if isinstance(body, CaseNoted) else ("", body.flat)
    going = isinstance(body, CaseNoted) and body.going
    words, path = CASE_STEPS[Step.GOING if going else Step.NOTE], places.path(place)
    return NoteMessage(
        **common,  # type: ignore[arg-type]  # as above
        place=place,
        place_path=path,
        subject=body.subject,
        text_zh="：".join(filter(None, (path, words.zh, body.text))),
        text_en=": ".join(filter(None, (path, words.en, body.text))),
        by=body.by,
        text=body.text,
        going=going,
        case=case,
    )
