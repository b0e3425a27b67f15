"""What happened in a case, in Chinese and English: {who} is a name where there is one."""

from collections.abc import Mapping

from gateway.case_log import Step
from gateway.words.language import Words

STEPS: Mapping[Step, Words] = {
    Step.RAISED: Words("发生", "Raised"),
    Step.AGAIN: Words("又发生", "Again"),
    Step.CALLED: Words("已叫", "Called"),
    Step.OVERDUE: Words("超时，再叫", "Overdue, called"),
    Step.REMINDED: Words("中心提醒", "Reminded by the centre"),
    Step.TAKEN: Words("接手", "Taken"),
    Step.GOING: Words("正在赶去", "Going"),
    Step.NOTE: Words("记录", "Note"),
    Step.SHELVED: Words("暂搁", "Put aside"),
    Step.BACK: Words("暂搁到时", "No longer put aside"),
    Step.OVER: Words("已自行恢复", "Over by itself"),
    Step.PUT_RIGHT: Words("处置完", "Put right"),
}
