"""Lists of households: what is wrong is named row by row, hostile files get one answer, export and import agree."""

import io
import string
import zipfile
from collections.abc import Callable, Mapping
from itertools import count

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.compound import Places
from gateway.households import ORIGINS, Household, Resident, Use, document_of, household_of
from gateway.interpret.flat_names import FlatNames
from gateway.people import Care
from gateway.plain_text import clean
from gateway.registry.roll_files import MOST_BYTES, csv_of, rows_of, table_of, xlsx_of
from gateway.roll.faults import WRONGS, Unreadable, Wrong
from gateway.roll.rows import FORMULAS, Known, Roll, follow_up_text, guarded, read_roll, unguarded
from gateway.words.language import Lang
from tests.small_site import HOME, NEXT_DOOR, small_site

PLACES = Places(small_site())
NAMES = FlatNames(PLACES)


def known(households: Mapping[str, Household] | None = None) -> Known:
    homes = households or {}
    lives = {person.subject: flat for flat, home in homes.items() for person in home.people}
    return Known(PLACES, NAMES, frozenset(each.id for each in ORIGINS), homes, lives)


def read(data: bytes, before: Mapping[str, Household] | None = None) -> Roll:
    numbers = count(1)
    return read_roll(rows_of(data), known(before), lambda: f"{next(numbers):016x}")


def wrong_in(data: bytes) -> Wrong:
    with pytest.raises(Unreadable) as caught:
        read(data)
    return caught.value.fault.wrong


COMMITTEES_OWN = (
    "房号,姓名,联系电话,特殊情况,楼组长,来源类别\n"
    "3号楼1单元502室,王阿婆,138 0000 0000,独居老人：每天打电话|透析,是,orange\n"
    "3-1-503,李,,独居、不识字,,\n"
    "3-1-503,,,,,\n"
)
AS_READ = {
    HOME: Household(
        HOME,
        people=(
            Resident(
                f"{1:016x}",
                "王阿婆",
                "138 0000 0000",
                (Care.LIVES_ALONE, Care.DIALYSIS),
                {Care.LIVES_ALONE: "每天打电话"},
                head_of="palm/3-1",
                origin="orange",
            ),
        ),
    ),
    NEXT_DOOR: Household(NEXT_DOOR, people=(Resident(f"{2:016x}", "李", care=(Care.LIVES_ALONE, Care.DOES_NOT_READ)),)),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_committees_own_list_is_read_in_every_encoding_it_comes_in(encoding: str) -> None:
    roll = read(COMMITTEES_OWN.encode(encoding))
    assert roll.faults == ()
    assert roll.households == AS_READ


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_seen_from_the_header(separator: str) -> None:
    assert read(COMMITTEES_OWN.replace(",", separator).encode()).households == AS_READ


WRONG_ROWS = [
    ("房屋,姓名\n,王\n", "flat", Wrong.NO_FLAT),
    ("房屋,姓名\n9-9-999,王\n", "flat", Wrong.UNKNOWN_FLAT),
    ("房屋,用途\n3-1-502,乱写\n", "use", Wrong.UNKNOWN_USE),
    ("房屋,用途,姓名\n3-1-502,空置,王\n", "use", Wrong.EMPTY_WITH_PEOPLE),
    ("房屋,代号\n3-1-502,abc\n", "subject", Wrong.BAD_SUBJECT),
    ("房屋,电话\n3-1-502,我不知道\n", "phone", Wrong.BAD_PHONE),
    ("房屋,关爱\n3-1-502,独居、怕狗\n", "care", Wrong.UNKNOWN_CARE),
    ("房屋,志愿者\n3-1-502,也许\n", "volunteer", Wrong.YES_OR_NO),
    ("房屋,楼组长\n3-1-502,9-9\n", "head_of", Wrong.UNKNOWN_STAIRWELL),
    ("房屋,来源\n3-1-502,火星\n", "origin", Wrong.UNKNOWN_ORIGIN),
    ("房屋,姓名\n3-1-502," + "王" * 61 + "\n", "name", Wrong.TOO_LONG),
    ("房屋,姓名\n3-1-502,王,多\n", "name", Wrong.MORE_CELLS),
]


@pytest.mark.parametrize(("text", "column", "wrong"), WRONG_ROWS)
def test_a_wrong_row_is_named_with_row_column_and_words(text: str, column: str, wrong: Wrong) -> None:
    [fault] = read(text.encode()).faults
    assert (fault.row, fault.column, fault.wrong) == (2, column, wrong)
    assert WRONGS[wrong].zh in fault.words(Lang.ZH)
    assert WRONGS[wrong].en in fault.words(Lang.EN)


def test_rows_that_contradict_each_other_are_named() -> None:
    one = "00000000000000aa"
    text = f"房屋,代号,姓名,用途\n3-1-502,{one},王,自住\n3-1-502,{one},王,自住\n3-1-502,,李,出租\n"
    assert [(fault.row, fault.wrong) for fault in read(text.encode()).faults] == [
        (3, Wrong.SUBJECT_TWICE),
        (4, Wrong.OTHER_USE),
    ]


def test_somebody_of_another_flat_that_is_not_in_the_list_is_a_fault_and_moves_where_it_is() -> None:
    before = {HOME: Household(HOME, people=(Resident("00000000000000aa", "王", "123"),))}
    moved = "房屋,代号\n3-1-503,00000000000000aa\n"
    assert [fault.wrong for fault in read(moved.encode(), before).faults] == [Wrong.SUBJECT_ELSEWHERE]
    both = read((moved + "3-1-502,\n").encode(), before)
    assert both.faults == ()
    assert both.households == {
        NEXT_DOOR: Household(NEXT_DOOR, people=(Resident("00000000000000aa", "王", "123"),)),
        HOME: Household(HOME),
    }


def test_a_column_that_is_not_there_stays_as_it_is_known_and_nobody_gets_a_second_pseudonym() -> None:
    mother = Resident("00000000000000aa", "王", "123", (Care.DIALYSIS,), {Care.DIALYSIS: "周二"}, True, "palm/3-1")
    before = {HOME: Household(HOME, Use.LET, (mother,))}
    assert read("房屋,姓名,电话\n3-1-502,王,123\n".encode(), before).households == before
    assert read("房屋,姓名\n3-1-502,王\n".encode(), before).households == before


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"", Wrong.NOTHING),
        ("房屋,姓名\n".encode(), Wrong.NOTHING),
        ("姓名\n王\n".encode(), Wrong.NO_FLAT_COLUMN),
        ("房屋,鞋码\n3-1-502,41\n".encode(), Wrong.UNKNOWN_COLUMN),
        ("房屋,房号\n3-1-502,1\n".encode(), Wrong.COLUMN_TWICE),
        (b"\xff\xfe\x00", Wrong.NOT_TEXT),
        (bytes(range(256)) * 4, Wrong.NOT_TEXT),
        (b"flat,name\n3-1-502,\x00\n", Wrong.NOT_TEXT),
        (b'flat,name\n3-1-502,"x\n', Wrong.NOT_A_TABLE),
        (b"flat,name\n3-1-502," + b"x" * 3000 + b"\n", Wrong.NOT_A_TABLE),
        (b"flat" + b"," * 5000 + b"\n", Wrong.NOT_A_TABLE),
        (b"x" * (MOST_BYTES + 1), Wrong.TOO_LARGE),
        (b"flat\n" + b"3-1-502\n" * 60_000, Wrong.TOO_MANY_ROWS),
        (b"PK\x03\x04 no zip at all", Wrong.NOT_XLSX),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), Wrong.NOT_XLSX),
    ],
)
def test_what_is_no_list_gets_one_answer(data: bytes, wrong: Wrong) -> None:
    assert wrong_in(data) is wrong


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def sheet_of(rows: bytes, before: bytes = b"") -> bytes:
    """A workbook whose sheet says exactly this."""
    out, book = io.BytesIO(), openpyxl.Workbook()
    book.save(out)
    with zipfile.ZipFile(out) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    parts["xl/worksheets/sheet1.xml"] = before + head + rows + b"</sheetData></worksheet>"
    return packed(**parts)


def text_cell(where: str, text: str) -> bytes:
    return f'<c r="{where}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
    + b"".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">'.encode() for n in range(1, 12))
    + b"]>"
)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (packed(**{"xl/worksheets/sheet1.xml": bytes(60_000_000)}), Wrong.TOO_LARGE),
        (packed(**{"other.txt": b"x"}), Wrong.NOT_XLSX),
        (packed(**{f"n{number}": b"" for number in range(600)}), Wrong.TOO_LARGE),
        (sheet_of(b"<row><c>"), Wrong.NOT_XLSX),
        (sheet_of(b"<row/>" * 450_000), Wrong.TOO_LARGE),  # openpyxl keeps a node for each: 7 million took 700 MB
        (sheet_of(b"<row>" + b"<c/>" * 150_000 + b"</row>"), Wrong.TOO_LARGE),
        (sheet_of(b"<a>" * 1000 + b"</a>" * 1000), Wrong.TOO_LARGE),  # 15 kB of these took 1.3 GB
        (packed(**{"xl/sharedStrings.bin": b"<sst>" + b"<si><t/></si>" * 250_000 + b"</sst>"}), Wrong.TOO_LARGE),
        (sheet_of(b"", b"<!DOCTYPE worksheet>"), Wrong.NOT_XLSX),
        (sheet_of(b'<row r="1">' + text_cell("A1", "&a11;") + b"</row>", LAUGHS), Wrong.NOT_XLSX),
        (sheet_of(b'<row r="1">' + text_cell("A1", "flat") + b'</row><row r="99999999">'
         + text_cell("A99999999", "3-1-502") + b"</row>"), Wrong.TOO_MANY_ROWS),
        (sheet_of(b""), Wrong.NOTHING),
    ],
)  # fmt: skip
def test_a_hostile_workbook_gets_one_answer(data: bytes, wrong: Wrong) -> None:
    assert wrong_in(data) is wrong


def test_a_telephone_number_that_a_sheet_took_for_a_number_is_read_as_it_was_typed() -> None:
    out, book = io.BytesIO(), openpyxl.Workbook()
    for row in (
        ["房屋", "姓名", "电话"],
        ["3-1-502", "王", 13800000000.0],
        [None, None, None],
        ["3-1-503", "李", None],
    ):
        book.active.append(row)
    book.save(out)
    roll = read(out.getvalue())
    assert roll.faults == ()
    assert [person.phone for home in roll.households.values() for person in home.people] == ["13800000000", ""]


# ---- export and import agree

readable = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20).map(clean)
risky = st.one_of(readable, st.sampled_from([*"=+-@'", "=1+1", "'=1", "''", "@SUM(A1)", "-2", "王|李", 'a"b,c;d']))
cares = st.lists(st.sampled_from(Care), unique=True).map(lambda marks: tuple(m for m in Care if m in marks))


@st.composite
def residents(draw: st.DrawFn) -> Resident:
    care = draw(cares)
    texts = {mark: follow_up_text(draw(risky)) for mark in care}
    return Resident(
        subject=draw(st.text("0123456789abcdef", min_size=16, max_size=16)),
        name=clean(draw(risky)),
        phone=clean(draw(st.from_regex(r"\+?[0-9][0-9 -]{1,8}[0-9]", fullmatch=True))),
        care=care,
        follow_up={mark: text for mark, text in texts.items() if text},
        volunteer=draw(st.booleans()),
        head_of=draw(st.sampled_from(["", "palm/3-1"])),
        origin=draw(st.sampled_from(["", "orange", "blue"])),
    )


@st.composite
def registries(draw: st.DrawFn) -> dict[str, Household]:
    people = draw(st.lists(residents(), max_size=6, unique_by=lambda person: person.subject))
    cut = draw(st.integers(0, len(people)))
    homes = {}
    for flat, living in ((HOME, people[:cut]), (NEXT_DOOR, people[cut:])):
        uses = st.sampled_from([Use.LIVED_IN, Use.LET]) if living else st.sampled_from(Use)
        homes[flat] = Household(flat, draw(uses), tuple(living))
    return homes


@settings(max_examples=60, deadline=None)
@given(registries(), st.sampled_from(Lang), st.sampled_from([csv_of, xlsx_of]))
def test_what_was_taken_out_and_is_taken_in_again_changes_nothing(
    homes: dict[str, Household], lang: Lang, write: Callable[..., bytes]
) -> None:
    data = write(table_of(homes.values(), lang), lang)
    roll = read(data, homes)
    assert roll.faults == ()
    assert roll.households == homes
    assert read(data).households == homes  # into an empty registry as well
    assert {flat: household_of(document_of(home)) for flat, home in homes.items()} == homes


@given(st.text(string.printable + FORMULAS + "王"))
def test_no_cell_that_is_written_begins_as_a_formula_and_each_is_read_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text) or guarded(text)[0] not in set(FORMULAS) - {"'"}


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    home = Household(HOME, people=(Resident("00000000000000aa", "=1+1", "+8613800000000"),))
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of(table_of([home], Lang.EN), Lang.EN)))
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s"}
    assert "\r\npalm/3-1-502,lived in,00000000000000aa,'=1+1,'+8613800000000," in csv_of(
        table_of([home], Lang.EN), Lang.EN
    ).decode("utf-8-sig")
