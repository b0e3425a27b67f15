"""A table of texts and numbers in, a CSV, XLSX or PDF file of it out. Takes up to seconds: call it in a thread.

What is written can be opened in a spreadsheet: no cell of it is taken for a formula.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from gateway.papers.fonts import CHINESE, CJK_FONTS, add_font
from gateway.roll.rows import guarded

WIDE, HIGH, EDGE, LINE = 297.0, 210.0, 10.0, 6.0  # mm, A4 lying
LARGEST, SMALLEST = 10.0, 5.0  # points
MOST_PDF_ROWS = 3000

Cell = str | int
TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


class Table(Struct, frozen=True):
    """`name` is the file's, in plain letters; `notes` stand below the title."""

    name: str
    title: str
    notes: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    at: datetime


def csv_file(table: Table) -> bytes:
    """With the mark of UTF-8 in front, without which Excel reads Chinese as rubbish."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.head)
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)
    writer.writerows((guarded(note),) for note in table.notes)
    return out.getvalue().encode("utf-8-sig")


def xlsx_file(table: Table) -> bytes:
    """Texts are texts and nothing is a formula; counts are numbers, so that they can be added up."""
    import openpyxl  # 0.2 s and 20 MB that a house without reports never needs
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(table.name[:31])
    sheet.freeze_panes = "A2"
    for row in (table.head, *table.rows, *((note,) for note in table.notes)):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
                cell.number_format = "@"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pdf_file(table: Table, fonts: Sequence[Path] = CJK_FONTS) -> bytes:
    """A4 lying, as many pages as it takes, the heads of the columns on each."""
    from fpdf import FPDF  # 0.25 s to load

    pdf = FPDF(format="A4", orientation="landscape")
    pdf.set_auto_page_break(False)
    pdf.set_title(table.name)
    pdf.set_creation_date(table.at)
    family = add_font(pdf, fonts)
    chinese = family == CHINESE

    def shown(cell: Cell) -> str:
        return str(cell) if chinese else str(cell).encode("latin-1", "replace").decode("latin-1")

    rows = table.rows[:MOST_PDF_ROWS]
    pdf.set_font(family, size=LARGEST)
    wants = [
        max(pdf.get_string_width(shown(row[place])) for row in (table.head, *rows)) + 3
        for place in range(len(table.head))
    ]
    scale = min(1.0, (WIDE - 2 * EDGE) / sum(wants))
    size = max(SMALLEST, LARGEST * scale)
    widths = [want * scale for want in wants]

    def line(row: Sequence[Cell], border: str) -> None:
        pdf.set_x(EDGE)
        for cell, width in zip(row, widths, strict=True):
            text = shown(cell)
            while pdf.get_string_width(text) > width - 0.5 and len(text) > 1:
                text = text[:-1]
            pdf.cell(width, LINE, text, border=border, align="R" if isinstance(cell, int) else "L")
        pdf.ln(LINE)

    begun = False
    for row in rows or ((),):
        if not begun or pdf.get_y() > HIGH - EDGE - 2 * LINE:
            pdf.add_page()
            pdf.set_xy(EDGE, EDGE)
            if not begun:
                for text, points in ((table.title, 15.0), *((note, 9.0) for note in table.notes)):
                    pdf.set_font(family, size=points)
                    pdf.set_x(EDGE)
                    pdf.multi_cell(WIDE - 2 * EDGE, points * 0.5, shown(text), new_x="LMARGIN", new_y="NEXT")
                pdf.ln(2)
            pdf.set_font(family, size=size)
            line(table.head, "B")
            begun = True
        if row:
            line(row, "B")
    if len(table.rows) > len(rows):
        pdf.set_x(EDGE)
        pdf.cell(WIDE - 2 * EDGE, LINE, f"... +{len(table.rows) - len(rows)}")
    return bytes(pdf.output())


MAKERS: Mapping[str, Callable[[Table], bytes]] = {"csv": csv_file, "xlsx": xlsx_file, "pdf": pdf_file}


def _plain(cell: Cell) -> Cell:
    return guarded(cell) if isinstance(cell, str) else cell
