"""What the page of the rounds says."""

from collections.abc import Mapping

from gateway.words.language import Words

ROUND_TEXTS: Mapping[str, Words] = {
    "rounds_only": Words("只看", "Only: "),
    "rounds": Words("巡访", "Rounds"),
    "rounds_to_do": Words("还要联系的人", "Still to be called or knocked at"),
    "rounds_none": Words("现在没有人要联系", "Nobody is to be called just now"),
    "rounds_none_more": Words(
        "门磁和手环都答上来了，不用上门。", "Door sensors and wristbands answer for everybody; no visit is needed."
    ),
    "round_figures": Words("各次巡访", "Rounds so far"),
    "round_measured": Words("已测", "Measured"),
    "round_calls": Words("打电话", "Calls"),
    "round_knocks": Words("上门", "Visits"),
    "round_saved": Words("免上门（户）", "Visits saved"),
    "round_reached": Words("已联系上", "Reached"),
    "round_running": Words("还没办完", "not done yet"),
    "round": Words("巡访", "Round"),
    "task_done": Words("已记录", "Recorded"),
    "task_celsius": Words("自测体温", "Own temperature"),
    "task_comment": Words("备注（不写姓名）", "Note (no names)"),
    "task_due": Words("还剩", "Due in"),
}

ROUND_WHYS: Mapping[str, Words] = {
    "no such task; it may be done": Words("没有这项，可能已办完", "No such task; it may be done"),
    "say what came of it": Words("请选结果", "Say what came of it"),
    "no temperature of a living person": Words("体温不对，请再看一下", "That is no temperature of a living person"),
}
