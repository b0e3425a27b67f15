"""The texts of couriers, reminders, shifts and looks through a camera: a leaf of gateway/pages/texts.py."""

from collections.abc import Mapping

from gateway.language import Words

DUTY_TEXTS: Mapping[str, Words] = {
    # couriers
    "couriers_overdue": Words("快递员还在里面", "Couriers still inside"),
    "courier": Words("快递员", "Courier"),
    "courier_left": Words("已离开", "Has left"),
    "courier_left_done": Words("已记录：已离开", "On record: has left"),
    "came_in": Words("进门", "came in"),
    # a fall
    "may_cancel": Words("佩戴者还可取消：", "The wearer may still cancel:"),
    "cancelled_falls": Words("佩戴者已取消的跌倒（方便时打电话问问）", "Falls their wearers cancelled (call later)"),
    "fallen": Words("跌倒", "fallen"),
    # reminders
    "reminded_by": Words("中心催办：", "The centre reminds:"),
    "reminded_chip": Words("中心催办", "centre reminds"),
}

DUTY_WHYS: Mapping[str, Words] = {
    "no such courier inside": Words("名单上没有这个快递员，可能已经出去了", "That courier is no longer on the list"),
}
