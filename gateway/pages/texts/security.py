"""Texts of logging in, of the staff page and of who looked at what, a leaf of gateway/pages/texts/common.py."""

from collections.abc import Mapping

from gateway.words.language import Words

SECURITY_TEXTS: Mapping[str, Words] = {
    "login_early": Words("这个志愿者码还没有到开始时间", "This volunteer's code is not good yet"),
    "login_over": Words(
        "这个志愿者码已过期，请找值班人员重新开一个",
        "This volunteer's code has expired; ask the duty officer for another",
    ),
    "login_damaged": Words(
        "人员名册损坏，暂时无人能登录；通道和警报照常。请联系安装员按《安装手册》恢复名册",
        "The staff book is damaged and nobody can log in; lanes and alerts go on. Call the installer: see the"
        " installer's guide on how to restore it",
    ),
    "staff": Words("人员", "Staff"),
    "staff_all": Words("全部人员", "All staff"),
    "volunteers": Words("志愿者", "Volunteers"),
    "volunteer_new": Words("给志愿者开一班", "Let a volunteer in for a shift"),
    "volunteer_may": Words(
        "志愿者只能扫码、看结果；不能裁定，也查不到住户。",
        "A volunteer scans and sees the answers; rules nothing, looks nobody up.",
    ),
    "volunteer_make": Words("生成登录码", "Make a code"),
    "volunteer_code": Words("登录码（当 PIN 用）", "Code (as the PIN)"),
    "code_once": Words(
        "登录码只显示这一次，请现在抄下或出示。", "The code is shown this once: write it down or show it now."
    ),
    "code_over": Words("已过期", "over"),
    "shift": Words("班次", "Shift"),
    "shift_hours": Words("几小时", "Hours"),
    "staff_id": Words("编号", "Id"),
    "staff_name": Words("姓名", "Name"),
    "staff_role": Words("岗位", "Role"),
    "pin_advice": Words(
        "PIN 建议 6 位以上，负责人必须 6 位以上；4 位的容易被人试出来。",
        "A PIN of 6 digits or more is better, and a must for a chief; four are easily guessed.",
    ),
    "pin_short": Words(
        "PIN 太短：负责人至少 6 位，其他人至少 4 位", "Too short a PIN: a chief needs 6 digits, others 4"
    ),
    "staff_new": Words("添加人员或换 PIN", "Add somebody, or give a new PIN"),
    "staff_new_more": Words(
        "编号已有的，会换成这里填的姓名、岗位和 PIN，旧登录随即失效。",
        "An id that is there already gets this name, role and PIN; old log-ins end.",
    ),
    "staff_put": Words("保存", "Keep"),
    "staff_end": Words("注销", "Strike off"),
    "looks": Words("谁看过什么", "Who looked at what"),
    "looks_more": Words(
        "看过住户资料的每一次都有记录：同一人、同一页、同一户，十分钟内记一次。这里是最近二百条。",
        "Every look at people's data is on record, once in ten minutes for each viewer, page and flat. The last 200.",
    ),
    "looks_when": Words("时间", "When"),
    "looks_who": Words("谁", "Who"),
    "looks_what": Words("页面", "Page"),
    "looks_about": Words("哪一户", "About"),
    "fetch_guard": Words("请叫门岗来定", "Fetch the guard to rule on this"),
}

SECURITY_WHYS: Mapping[str, Words] = {
    "the shift ends before it begins": Words("结束早于开始", "The shift ends before it begins"),
    "a volunteer's code is good for 24 hours at most": Words("最长二十四小时", "24 hours at most"),
    "the shift is over already": Words("这一班已经过去", "That shift is over already"),
    "a shift is planned a week ahead at most": Words("最多提前一周", "A week ahead at most"),
}
