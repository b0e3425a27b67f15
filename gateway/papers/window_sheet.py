"""Flats and the addresses of their pages in, a PDF of codes to cut out and paste inside the doors out."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import segno
from fpdf import FPDF

from gateway.papers.fonts import CJK_FONTS

COLUMNS, ROWS = 2, 3
WIDTH, HEIGHT, CODE = 95.0, 92.0, 62.0  # mm
QUIET = 4  # modules, ISO/IEC 18004 section 6.3.8
SIMPLIFIED = 2  # third font of the Noto collection


def window_sheet(doors: Sequence[tuple[str, str]], call: str, font: Path | None = None) -> tuple[bytes, bool]:
    """Six a page, with thin lines to cut along. False beside it where no Chinese font is there."""
    found = next(filter(Path.exists, CJK_FONTS if font is None else (font,)), None)
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    if found is not None:
        pdf.add_font("cjk", fname=str(found), collection_font_number=SIMPLIFIED if found in CJK_FONTS else 0)
    left, top = (pdf.w - COLUMNS * WIDTH) / 2, (pdf.h - ROWS * HEIGHT) / 2
    for index, (home, url) in enumerate(doors):
        row, column = divmod(index % (COLUMNS * ROWS), COLUMNS)
        if row == column == 0:
            pdf.add_page()
        _draw(pdf, left + column * WIDTH, top + row * HEIGHT, _lines(home, call, found is not None), url)
    return bytes(pdf.output()), found is not None


def _lines(home: str, call: str, chinese: bool) -> list[tuple[float, str]]:
    """Size in points and words, above the code and below it."""
    phone = f"电话 Call {call}" if chinese else f"Call {call}"
    lines = [
        (15.0, "需要东西？扫这里 Need something?" if chinese else "Need something? Scan this"),
        (9.0, home if chinese else home.encode("latin-1", "replace").decode("latin-1")),
    ]
    return [*lines, (13.0, phone)] if call else lines


def _draw(pdf: FPDF, x: float, y: float, lines: Sequence[tuple[float, str]], url: str) -> None:
    pdf.set_draw_color(190)
    pdf.set_line_width(0.1)
    pdf.rect(x, y, WIDTH, HEIGHT)
    family = "cjk" if "cjk" in pdf.fonts else "Helvetica"
    for (size, line), at in zip(lines, (8.0, 13.5, HEIGHT - 5.0), strict=False):
        pdf.set_font(family, size=size)
        while pdf.get_string_width(line) > WIDTH - 6 and size > 4:
            size -= 0.5
            pdf.set_font_size(size)
        pdf.text(x + (WIDTH - pdf.get_string_width(line)) / 2, y + at, line)
    _draw_code(pdf, segno.make_qr(url, error="m", boost_error=False), x + (WIDTH - CODE) / 2, y + 16.0)


def _draw_code(pdf: FPDF, code: segno.QRCode, x: float, y: float) -> None:
    """As rectangles, so that no printer driver smooths it."""
    module = CODE / code.symbol_size(border=QUIET)[0]
    pdf.set_fill_color(0)
    for row, modules in enumerate(code.matrix):
        column = 0
        for dark, run in groupby(modules):
            length = len(list(run))
            if dark:
                pdf.rect(x + (QUIET + column) * module, y + (QUIET + row) * module, length * module, module, style="F")
            column += length
