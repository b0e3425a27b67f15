"""A care mark in, its name and what to follow up with out: the prompt that stands where nobody wrote another.

Floor 2, a pure room.
"""

from collections.abc import Mapping

from gateway.people import Care
from gateway.words.language import Words

CARE_NAMES: Mapping[Care, Words] = {
    Care.LIVES_ALONE: Words("独居", "lives alone"),
    Care.DISABLED: Words("行动不便", "disabled"),
    Care.SMALL_CHILDREN: Words("有幼儿", "small children"),
    Care.PREGNANT: Words("孕妇", "pregnant"),
    Care.DIALYSIS: Words("透析", "dialysis"),
    Care.DOES_NOT_READ: Words("不识字", "does not read"),
}
FOLLOW_UPS: Mapping[Care, Words] = {
    Care.LIVES_ALONE: Words("每天打一次电话，没人接就上门", "Call once a day; knock if nobody answers"),
    Care.DISABLED: Words("问清要什么帮助，送物上门", "Ask what help is needed; deliver to the door"),
    Care.SMALL_CHILDREN: Words("问奶粉、尿布、药够不够", "Ask about milk, nappies and medicine"),
    Care.PREGNANT: Words("问产检日期，提前约好车", "Ask for the next check-up; book the car ahead"),
    Care.DIALYSIS: Words("记下透析日，当天安排车和通行", "Note the dialysis days; arrange car and passage"),
    Care.DOES_NOT_READ: Words("通知要当面或打电话说", "Tell every notice in person or by telephone"),
}
