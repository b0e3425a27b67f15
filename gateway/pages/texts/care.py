"""The texts of people who agreed to be looked after: a leaf of gateway/pages/texts/common.py."""

from collections.abc import Mapping

from gateway.words.language import Words

CARE_TEXTS: Mapping[str, Words] = {
    "care": Words("关照", "Looked after"),
    "care_none": Words("此户没有同意关照的人。", "Nobody in this flat has agreed to be looked after."),
    "care_begin": Words("登记同意", "Write down an agreement"),
    "care_reason": Words("原因（如：独居、摔倒过）", "Reason (lives alone, has fallen ...)"),
    "care_agreed_by": Words("谁同意的", "Who agreed"),
    "care_self": Words("本人", "the person"),
    "care_guardian": Words("监护人", "a guardian"),
    "care_last_day": Words("同意到哪一天", "Agreed until"),
    "care_temperatures": Words("手环也看体温", "also the band's temperature"),
    "care_door": Words("门一天不动就提醒", "tell when the door has not moved for a day"),
    "care_meter": Words("水表（选填）", "Water meter (optional)"),
    "care_end": Words("收回同意", "Take it back"),
    "care_away": Words("外出到", "Away until"),
    "care_back": Words("已回来", "They are back"),
    "care_saved": Words("已记录", "On record"),
}

CARE_WHYS: Mapping[str, Words] = {
    "no such agreement": Words("没有这份同意，可能已到期", "There is no such agreement; it may be over"),
    "who agreed to it is mandatory": Words("要写明谁同意的", "Who agreed to it is needed"),
    "nothing was agreed to": Words("没有选任何一项", "Nothing was chosen"),
    "a temperature needs a band": Words("看体温要有手环", "A temperature needs a band"),
    "the last day is past": Words("日期已过", "The last day is past"),
    "longer than 366 days": Words("最长一年，到期再问", "At most a year; ask again then"),
    "more than 366 days away": Words("日期太远", "Too far away"),
    "no such meter in this flat": Words("此户没有这个水表", "There is no such meter in this flat"),
}
