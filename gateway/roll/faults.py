"""What can be wrong with a list (名册), as kinds, and each in words: for a row, or for the file as a whole.

Floor 2, a pure room.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from gateway.words.language import Tongue, Words


class Wrong(StrEnum):
    # the file
    NOT_TEXT = "not_text"
    NOT_A_TABLE = "not_a_table"
    NOT_XLSX = "not_xlsx"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    NO_FLAT_COLUMN = "no_flat_column"
    UNKNOWN_COLUMN = "unknown_column"
    COLUMN_TWICE = "column_twice"
    NOTHING = "nothing"
    # a row
    NO_FLAT = "no_flat"
    UNKNOWN_FLAT = "unknown_flat"
    SEVERAL_FLATS = "several_flats"
    UNKNOWN_USE = "unknown_use"
    OTHER_USE = "other_use"
    EMPTY_WITH_PEOPLE = "empty_with_people"
    BAD_SUBJECT = "bad_subject"
    SUBJECT_TWICE = "subject_twice"
    SUBJECT_ELSEWHERE = "subject_elsewhere"
    PERSON_TWICE = "person_twice"
    BAD_PHONE = "bad_phone"
    UNKNOWN_CARE = "unknown_care"
    YES_OR_NO = "yes_or_no"
    UNKNOWN_STAIRWELL = "unknown_stairwell"
    UNKNOWN_ORIGIN = "unknown_origin"
    TOO_LONG = "too_long"
    MORE_CELLS = "more_cells"
    TOO_MANY_PEOPLE = "too_many_people"


WRONGS: Mapping[Wrong, Words] = {
    Wrong.NOT_TEXT: Words(
        "读不出文字：请存成 UTF-8 或 GB18030 的 CSV，或 XLSX",
        "This is no text: save it as CSV in UTF-8 or GB18030, or as XLSX",
    ),
    Wrong.NOT_A_TABLE: Words(
        "不是表格：CSV 的引号或内容不对", "This is no table: quotes or contents of the CSV are broken"
    ),
    Wrong.NOT_XLSX: Words("XLSX 文件损坏或有密码", "The XLSX file is damaged or has a password"),
    Wrong.TOO_LARGE: Words("文件太大，请分成几份", "The file is too large: split it"),
    Wrong.TOO_MANY_ROWS: Words("行数太多，请分成几份", "Too many rows: split the file"),
    Wrong.NO_FLAT_COLUMN: Words(
        "第一行要有列名，其中要有“房屋”", 'The first row names the columns; "Flat" must be one'
    ),
    Wrong.UNKNOWN_COLUMN: Words("不认识的列名", "Unknown column"),
    Wrong.COLUMN_TWICE: Words("同一列出现两次", "This column is there twice"),
    Wrong.NOTHING: Words("表里没有内容", "There is nothing in it"),
    Wrong.NO_FLAT: Words("没有写房屋", "No flat is named"),
    Wrong.UNKNOWN_FLAT: Words("没有这个房屋", "There is no such flat"),
    Wrong.SEVERAL_FLATS: Words(
        "可能是几个房屋，请写全楼号、单元、室", "Could be several flats: write building, unit and flat"
    ),
    Wrong.UNKNOWN_USE: Words("用途只能是：自住、出租、空置", "Use is one of: lived_in, let, empty"),
    Wrong.OTHER_USE: Words("同一房屋前面写的是另一种用途", "An earlier row of this flat says another use"),
    Wrong.EMPTY_WITH_PEOPLE: Words("空置的房屋里写了人", "The flat is said to be empty, and somebody lives there"),
    Wrong.BAD_SUBJECT: Words(
        "代号是 16 位十六进制数字，新的人请留空", "A pseudonym is 16 hex digits; leave it empty for somebody new"
    ),
    Wrong.SUBJECT_TWICE: Words("这个代号在表里出现两次", "This pseudonym is there twice"),
    Wrong.SUBJECT_ELSEWHERE: Words(
        "这个代号登记在另一户，请把那一户也写进表里",
        "This pseudonym is registered in another flat: have that flat in the list as well",
    ),
    Wrong.PERSON_TWICE: Words("这户里同名同电话的人出现两次", "Same name and phone twice in this flat"),
    Wrong.BAD_PHONE: Words(
        "电话只能是 3 到 20 位数字，可带 + 和 -", "A phone number has 3 to 20 digits, + and - allowed"
    ),
    Wrong.UNKNOWN_CARE: Words(
        "不认识的关爱标记；可用：独居、行动不便、有幼儿、孕妇、透析、不识字",
        "Unknown care mark; known: lives_alone, disabled, small_children, pregnant, dialysis, does_not_read",
    ),
    Wrong.YES_OR_NO: Words("请写“是”或“否”", 'Write "yes" or "no"'),
    Wrong.UNKNOWN_STAIRWELL: Words("没有这个单元", "There is no such stairwell"),
    Wrong.UNKNOWN_ORIGIN: Words("没有这个来源类别", "There is no such category of origin"),
    Wrong.TOO_LONG: Words("太长", "Too long"),
    Wrong.MORE_CELLS: Words("格数比列名多，多半少了引号", "More cells than columns: a quote is probably missing"),
    Wrong.TOO_MANY_PEOPLE: Words("一户最多 60 人", "At most 60 people in a flat"),
}


class Fault(Struct, frozen=True):
    """One thing that is wrong: row 1 is the header, 0 the file itself. `said` is what stands there, cut short."""

    row: int
    column: str
    wrong: Wrong
    said: str = ""

    def words(self, lang: Tongue) -> str:
        told = WRONGS[self.wrong].in_(lang)
        return f"{told}: {self.said}" if self.said else told


class Unreadable(Exception):
    """A file of which nothing can be taken in, and why."""

    def __init__(self, wrong: Wrong, said: str = "", row: int = 0) -> None:
        super().__init__(wrong)
        self.fault = Fault(row=row, column="", wrong=wrong, said=said)
