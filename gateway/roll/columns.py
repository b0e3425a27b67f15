"""The columns of the registry's list (名册) and the words that may stand in them, in both languages.

Floor 2, a pure room: read by gateway/roll/rows.py, written by gateway/registry/roll_files.py.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from gateway.households import USES, Use
from gateway.people import Care
from gateway.words.care import CARE_NAMES
from gateway.words.language import Words


class Column(StrEnum):
    FLAT = "flat"
    USE = "use"
    SUBJECT = "subject"
    NAME = "name"
    PHONE = "phone"
    CARE = "care"
    VOLUNTEER = "volunteer"
    HEAD_OF = "head_of"
    ORIGIN = "origin"


COLUMNS: Mapping[Column, Words] = {
    Column.FLAT: Words("房屋", "Flat"),
    Column.USE: Words("用途", "Use"),
    Column.SUBJECT: Words("代号", "Pseudonym"),
    Column.NAME: Words("姓名", "Name"),
    Column.PHONE: Words("电话", "Phone"),
    Column.CARE: Words("关爱与跟进", "Care and follow-up"),
    Column.VOLUNTEER: Words("志愿者", "Volunteer"),
    Column.HEAD_OF: Words("楼组长", "Head of stairwell"),
    Column.ORIGIN: Words("来源类别", "Origin"),
}
ALSO_CALLED: Mapping[Column, tuple[str, ...]] = {  # as committees' own lists have them
    Column.FLAT: ("房号", "住址", "门牌", "address"),
    Column.USE: ("房屋用途", "居住情况"),
    Column.SUBJECT: ("编号", "subject"),
    Column.NAME: ("住户姓名",),
    Column.PHONE: ("手机", "手机号", "联系电话", "电话号码", "mobile", "telephone"),
    Column.CARE: ("关爱", "特殊情况", "care"),
    Column.VOLUNTEER: ("是否志愿者",),
    Column.HEAD_OF: ("楼长", "单元长", "head"),
    Column.ORIGIN: ("来源", "类别"),
}
YES = frozenset({"yes", "y", "true", "1", "是", "✓", "√"})
NO = frozenset({"", "no", "n", "false", "0", "否"})
YES_WORDS = Words("是", "yes")


def _plain(said: str) -> str:
    return "".join(said.split()).replace("_", "").replace("-", "").casefold()


def _table(entries: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {_plain(said): meant for said, meant in entries}


_COLUMNS = _table(
    (said, column) for column, words in COLUMNS.items() for said in (column, words.zh, words.en, *ALSO_CALLED[column])
)
_USES = _table([(said, use) for use, words in USES.items() for said in (use, words.zh, words.en)] + [("", "lived_in")])
_CARES = _table(
    [(said, care) for care, words in CARE_NAMES.items() for said in (care, words.zh, words.en)]
    + [
        ("独居老人", "lives_alone"),
        ("残疾", "disabled"),
        ("小孩", "small_children"),
        ("怀孕", "pregnant"),
        ("血透", "dialysis"),
    ]
)


def column_called(said: str) -> Column | None:
    found = _COLUMNS.get(_plain(said))
    return None if found is None else Column(found)


def use_called(said: str) -> Use | None:
    found = _USES.get(_plain(said))
    return None if found is None else Use(found)


def care_called(said: str) -> Care | None:
    found = _CARES.get(_plain(said))
    return None if found is None else Care(found)
