"""Words of a round: why somebody is to be called or knocked at, and what came of it, in both languages.

Floor 2, a pure room.
"""

from collections.abc import Mapping

from gateway.rounds import Outcome, TaskKind, TaskState, Why
from gateway.words.language import Words

TASKS: Mapping[TaskKind, Words] = {
    TaskKind.CALL: Words("打电话", "Call"),
    TaskKind.KNOCK: Words("上门", "Knock"),
}

TASK_STATES: Mapping[TaskState, Words] = {
    TaskState.OPEN: Words("待办", "To do"),
    TaskState.OVERDUE: Words("已超时", "Overdue"),
    TaskState.DONE: Words("已办", "Done"),
}

OUTCOMES: Mapping[Outcome, Words] = {
    Outcome.WELL: Words("安好", "Well"),
    Outcome.UNWELL: Words("不舒服", "Unwell"),
    Outcome.NO_ANSWER: Words("没人接", "No answer"),
    Outcome.NOT_AT_HOME: Words("不在家", "Not at home"),
    Outcome.MEASURED: Words("手环已量到", "Measured after all"),
    Outcome.RELEASED: Words("隔离已解除", "Released"),
}

WHYS_OF_TASKS: Mapping[Why, Words] = {
    Why.NOT_MEASURED: Words("本次没有量到体温", "not measured in this round"),
    Why.NO_BAND: Words("没有手环", "has no wristband"),
    Why.BAND_SILENT: Words("手环没有声息", "wristband silent"),
    Why.BAND_OFF: Words("手环摘下过", "wristband was off"),
    Why.NO_DOOR: Words("没有门磁", "no door sensor"),
    Why.DOOR_SILENT: Words("门磁没有声息", "door sensor was silent"),
    Why.DOOR_OPENED: Words("门开过", "door was opened"),
    Why.RECORDS_LOST: Words("设备丢了记录", "device lost records"),
    Why.NO_ANSWER: Words("电话没人接", "did not answer the telephone"),
}
