"""The texts of the board and of a flat's page: a leaf of gateway/pages/texts.py."""

from collections.abc import Mapping

from gateway.language import Words

BOARD_TEXTS: Mapping[str, Words] = {
    "board_every": Words("全部楼栋（可打印，一楼一页）", "Every building (prints one to a page)"),
    "board_plan": Words("楼栋图", "Plan"),
    "board_scale": Words(
        "颜色和方块按隔离人数分级，数字是人数。",
        "Colour and blocks go by the people in quarantine; the number says how many.",
    ),
    "board_of_building": Words("楼栋", "Building"),
    "board_of_compound": Words("小区", "Compound"),
    "board_call": Words("待打电话", "to call"),
    "board_knock": Words("待上门", "to knock at"),
    "use_let": Words("出租", "let"),
    "use_empty": Words("空置", "empty"),
    "stay_away": Words("暂离", "away"),
    "band_to_fetch": Words("手环待收", "band to fetch"),
    "band_at": Words("手环在", "band at"),
    "band_left": Words("手环离家", "band left the flat"),
    "band_gone": Words("手环找不到", "band gone"),
    "band_elsewhere": Words("手环不在家", "band not at home"),
    "keys_flats": Words("在楼栋图上移动", "move over the plan"),
}
