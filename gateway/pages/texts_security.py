"""Texts of logging in, of the staff page and of who looked at what, a leaf of gateway/pages/texts.py."""

from collections.abc import Mapping

from gateway.language import Words

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
    "fetch_guard": Words("请叫门岗来定", "Fetch the guard to rule on this"),
}
