"""The texts of the board and of a flat's page: a leaf of gateway/pages/texts/common.py."""

from collections.abc import Mapping

from gateway.words.language import Words

BOARD_TEXTS: Mapping[str, Words] = {
    "board_every": Words("全部楼栋（可打印，一楼一页）", "Every building (prints one to a page)"),
    "board_plan": Words("楼栋图", "Plan"),
    "board_scale": Words(
        "颜色和方块按隔离人数分级，数字是人数。",
        "Colour and blocks go by the people in quarantine; the number says how many.",
    ),
    "board_of_building": Words("楼栋", "Building"),
    "board_of_compound": Words("小区", "Compound"),
    "board_count": Words("{n} {what}", "{what} {n}"),
    "board_call": Words("待打电话", "to call"),
    "board_knock": Words("待上门", "to knock at"),
    "board_celsius": Words("本次巡访以来的体温", "temperature since the last round began"),
    "board_earlier": Words("更早量的，几点量的", "taken before that, at this hour"),
    "use_let": Words("出租", "let"),
    "use_empty": Words("空置", "empty"),
    "stay_away": Words("暂离", "away"),
    "band_to_fetch": Words("手环待收", "band to fetch"),
    "band_at": Words("手环在", "band at"),
    "band_left": Words("手环离家", "band left the flat"),
    "band_gone": Words("手环找不到", "band gone"),
    "band_elsewhere": Words("手环不在家", "band not at home"),
    # a flat's page
    "timeline": Words("经过", "What happened"),
    "timeline_none": Words("还没有记录", "Nothing on record yet"),
    "timeline_older": Words("更早的", "Older"),
    "timeline_newest": Words("最新的", "Newest"),
    "note": Words("写备注（勿写姓名电话）", "Write a note (no names or phone numbers)"),
    "note_about": Words("关于", "About"),
    "note_flat": Words("这一户", "the flat"),
    "note_keep": Words("记下", "Keep it"),
    "temperatures": Words("体温", "Temperature"),
    "chart_says": Words(
        "手环体温曲线，数值见下表", "Curve of the wristband's temperatures; the values stand in the table below"
    ),
    "chart_fever": Words("发热线", "fever line"),
    "chart_round": Words("巡访时点", "hours of the rounds"),
    "chart_none": Words("还没有体温", "No temperatures yet"),
    "chart_failed": Words("曲线没有取到，请看下表", "The curve did not come; see the table"),
    "chart_table": Words("最近的数值（表）", "The newest values as a table"),
    "chart_hour": Words("时间", "Hour"),
    "devices": Words("设备", "Devices"),
    "device": Words("设备", "Device"),
    "device_heard": Words("最后听到", "Last heard"),
    "device_unheard": Words("本次开机后还没听到", "not heard since the start"),
    "device_battery": Words("电池", "Battery"),
    "device_days": Words("还能用（天）", "days left:"),
    "keys_flats": Words("在楼栋图上移动", "move over the plan"),
}

BOARD_WHYS: Mapping[str, Words] = {
    "a note needs words": Words("请写内容", "A note needs words"),
    "longer than 200 letters": Words("太长，最多 200 字", "Too long: at most 200 letters"),
    "no telephone numbers in a note": Words("备注里不能写电话号码", "No telephone numbers in a note"),
}
