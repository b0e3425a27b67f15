"""A file in, the rows of its table out, in bounded time and memory; households in, a CSV or XLSX file out.

What is hostile (a bomb in a zip, a million rows, bytes of no encoding) gets one answer: Unreadable, and why. What is
written can be opened in a spreadsheet: no cell of it is taken for a formula.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence

from gateway.households import USES, Household, Resident
from gateway.registry.xlsx_sanity import refused
from gateway.roll.columns import COLUMNS, YES_WORDS, Column
from gateway.roll.faults import Unreadable, Wrong
from gateway.roll.rows import MOST_ROWS, Table, guarded
from gateway.words.care import CARE_NAMES
from gateway.words.language import Lang

MOST_BYTES = 8_000_000  # of a file; 22,000 people take 2 MB
MOST_UNPACKED = 48_000_000  # of all parts of an XLSX together; 50,000 rows take 20 MB
MOST_COLUMNS = 40
MOST_GAP = 1_048_576  # rows of a sheet, blank ones included
MOST_CELL = 2_000
BROKEN = (  # openpyxl has no error of its own for a broken file: whatever its parsers stumble into comes out
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,  # a password; a part that leads to itself
    SyntaxError,  # xml.etree's ParseError is one
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
_XLSX = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def rows_of(data: bytes) -> Table:
    """Number and cells of every row, CSV or XLSX by its first bytes. Raises Unreadable, also while it is read."""
    if len(data) > MOST_BYTES:
        raise Unreadable(Wrong.TOO_LARGE)
    if data.startswith(_XLSX):
        return _of_xlsx(data)
    if data.startswith(_OLD_EXCEL):  # .xls, or an XLSX with a password
        raise Unreadable(Wrong.NOT_XLSX)
    return _of_csv(_text(data))


def _text(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark (Excel's "Unicode text"), or GB18030 (Excel in Chinese)."""
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable(Wrong.NOT_TEXT)


def _of_csv(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    first, _, _ = text.partition("\n")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS or any(len(cell) > MOST_CELL for cell in cells):
                raise Unreadable(Wrong.NOT_A_TABLE, row=reader.line_num)
            yield reader.line_num, cells
    except csv.Error as exc:
        raise Unreadable(Wrong.NOT_A_TABLE, row=reader.line_num) from exc


def _of_xlsx(data: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    import openpyxl  # 0.2 s and 20 MB that a house without such files never needs

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            # zipfile unpacks no more of a part than its declared size, so a bomb cannot lie about it
            if len(parts) > 500 or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Unreadable(Wrong.TOO_LARGE)
            if (wrong := refused(packed)) is not None:
                raise Unreadable(wrong)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        if not book.worksheets:
            raise Unreadable(Wrong.NOTHING)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is not to be believed
        yield from _cells(sheet.iter_rows(max_col=MOST_COLUMNS, max_row=MOST_GAP, values_only=True))
    except Unreadable:
        raise
    except MemoryError as exc:
        raise Unreadable(Wrong.TOO_LARGE) from exc
    except BROKEN as exc:
        raise Unreadable(Wrong.NOT_XLSX) from exc


def _cells(rows: Iterable[Sequence[object]]) -> Iterator[tuple[int, Sequence[str]]]:
    filled = 0
    for number, values in enumerate(rows, 1):
        if number >= MOST_GAP:
            raise Unreadable(Wrong.TOO_MANY_ROWS)
        if values.count(None) == len(values):
            continue
        cells = [_cell(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        filled += 1
        if filled > MOST_ROWS + 1 or any(len(cell) > MOST_CELL for cell in cells):
            raise Unreadable(Wrong.TOO_MANY_ROWS if filled > MOST_ROWS else Wrong.NOT_A_TABLE, row=number)
        yield number, cells


def _cell(value: object) -> str:
    """As it is seen in the sheet; a telephone number that was typed as a number has no decimals."""
    match value:
        case None:
            return ""
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


# ---- writing


def header(lang: Lang) -> list[str]:
    return [words.in_(lang) for words in COLUMNS.values()]


def table_of(households: Iterable[Household], lang: Lang) -> Iterator[list[str]]:
    """A row for each person, or one for a flat with nobody; by flat."""
    for home in sorted(households, key=lambda home: home.flat):
        for person in home.people or (None,):
            yield [guarded(cell) for cell in _row(home, person, lang)]


def _row(home: Household, person: Resident | None, lang: Lang) -> list[str]:
    said = {Column.FLAT: home.flat, Column.USE: USES[home.use].in_(lang)}
    if person is not None:
        care = (
            f"{CARE_NAMES[mark].in_(lang)}: {person.follow_up[mark]}"
            if mark in person.follow_up
            else CARE_NAMES[mark].in_(lang)
            for mark in person.care
        )
        said |= {
            Column.SUBJECT: person.subject,
            Column.NAME: person.name,
            Column.PHONE: person.phone,
            Column.CARE: " | ".join(care),
            Column.VOLUNTEER: YES_WORDS.in_(lang) if person.volunteer else "",
            Column.HEAD_OF: person.head_of,
            Column.ORIGIN: person.origin,
        }
    return [said.get(column, "") for column in COLUMNS]


def csv_of(rows: Iterable[Sequence[str]], lang: Lang) -> bytes:
    """With the mark of UTF-8 in front, without which Excel reads Chinese as rubbish."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header(lang))
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def xlsx_of(rows: Iterable[Sequence[str]], lang: Lang) -> bytes:
    """Every cell is text: a telephone number keeps its zeros, and nothing is a formula."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名册" if lang is Lang.ZH else "registry")
    sheet.freeze_panes = "A2"
    for values in (header(lang), *rows):
        cells = []
        for value in values:
            cell = WriteOnlyCell(sheet, value=value)
            cell.data_type = "s"
            cell.number_format = "@"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
