"""Passes in, a PDF sheet of cards or the picture of one code out.

A card is of bank-card size (ISO/IEC 7810 ID-1); its code is version 8-M or smaller, 46 mm wide with its quiet zone,
black on white, drawn as rectangles so that no printer driver smooths it. What stands beside it comes from the pass:
kind, last day, gates, short code, number. The signature is not checked here.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import segno
from fpdf import FPDF
from msgspec import Struct

from gateway.papers.fonts import CHINESE, add_font
from gateway.passes.claims import Claims, read_claims
from gateway.passes.cose import unseal
from gateway.passes.gate_pass import ALL_GATES, MAX_GATES, Kind
from gateway.passes.short_code import short_code, written
from gateway.passes.text import from_text

CARD_WIDTH, CARD_HEIGHT, CODE = 85.6, 53.98, 46.0  # mm
COLUMNS, ROWS = 2, 5
QUIET = 4  # modules, ISO/IEC 18004 section 6.3.8
KIND_WORDS = {
    Kind.RESIDENT: ("居民", "Resident"),
    Kind.VISITOR: ("访客", "Visitor"),
    Kind.STAFF: ("工作人员", "Staff"),
    Kind.COURIER: ("快递配送", "Courier"),
    Kind.VOLUNTEER: ("志愿者", "Volunteer"),
    Kind.OBSERVED: ("", ""),  # a card that says who is in quarantine tells it to everyone who sees it
}


class Card(Struct, frozen=True):
    """What a card shows."""

    text: str
    claims: Claims


def card_of(text: str) -> Card | None:
    """The card of a pass, None where the text is no pass."""
    blob = from_text(text)
    sealed = None if blob is None else unseal(blob)
    claims = None if sealed is None else read_claims(sealed.payload)
    return None if claims is None else Card(text.strip(), claims)


def write_code_png(card: Card, path: Path) -> None:
    """The code alone, for a sticker or a phone."""
    _code(card).save(str(path), kind="png", scale=10, border=QUIET)


def write_sheet(cards: list[Card], path: Path, label: str, timezone: str, fonts: Sequence[Path]) -> bool:
    """Ten cards a page, with thin lines to cut along. False where none of `fonts` (Chinese ones) is there."""
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as exc:
        raise ValueError(f"no such timezone: {timezone}") from exc
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    family = add_font(pdf, fonts)
    left, top = (pdf.w - COLUMNS * CARD_WIDTH) / 2, (pdf.h - ROWS * CARD_HEIGHT) / 2
    for index, card in enumerate(cards):
        row, column = divmod(index % (COLUMNS * ROWS), COLUMNS)
        if row == column == 0:
            pdf.add_page()
        _draw(pdf, card, left + column * CARD_WIDTH, top + row * CARD_HEIGHT, family, label, zone)
    pdf.output(str(path))
    return family == CHINESE


def _code(card: Card) -> segno.QRCode:
    return segno.make_qr(card.text, error="m", boost_error=False)


def _draw(pdf: FPDF, card: Card, x: float, y: float, family: str, label: str, zone: ZoneInfo) -> None:
    pdf.set_draw_color(190)
    pdf.set_line_width(0.1)
    pdf.rect(x, y, CARD_WIDTH, CARD_HEIGHT)
    _draw_code(pdf, _code(card), x + 1, y + (CARD_HEIGHT - CODE) / 2)
    at = y + 8.0
    for size, line in _lines(card.claims, label, zone, family == CHINESE):
        pdf.set_font(family, size=size)
        while pdf.get_string_width(line) > CARD_WIDTH - CODE - 3 and size > 4:
            size -= 0.5
            pdf.set_font_size(size)
        at += size * 0.5
        pdf.text(x + CODE + 1.5, at, line)


def _draw_code(pdf: FPDF, code: segno.QRCode, x: float, y: float) -> None:
    module = CODE / code.symbol_size(border=QUIET)[0]
    pdf.set_fill_color(0)
    for row, modules in enumerate(code.matrix):
        column = 0
        for dark, run in groupby(modules):
            length = len(list(run))
            if dark:
                left, top = x + (QUIET + column) * module, y + (QUIET + row) * module
                pdf.rect(left, top, length * module, module, style="F")
            column += length


def _lines(claims: Claims, label: str, zone: ZoneInfo, chinese: bool) -> Iterator[tuple[float, str]]:
    """Size in points and words, from the top of the card."""
    last_day = (claims.not_after - timedelta(seconds=1)).astimezone(zone).date().isoformat()
    in_chinese, in_english = KIND_WORDS[claims.kind]
    if chinese:
        yield 20, "出入证"
    yield 11, "Entry pass"
    if in_english:
        yield 11, f"{in_chinese} {in_english}" if chinese else in_english
    if label:
        yield 11, label if chinese else label.encode("latin-1", "replace").decode("latin-1")
    yield 9, f"有效至 Until {last_day}" if chinese else f"Until {last_day}"
    if claims.gates != ALL_GATES:
        numbers = ", ".join(str(gate) for gate in range(1, MAX_GATES + 1) if claims.gates >> (gate - 1) & 1)
        yield 9, f"门 Gates {numbers}" if chinese else f"Gates {numbers}"
    if claims.once:
        yield 9, "限一次 Once" if chinese else "Once"
    typed = written(short_code(claims.cti.hex()))  # for a guard to type where the code cannot be scanned
    yield 11, f"短码 {typed}" if chinese else typed
    yield 6, f"No. {claims.cti.hex()}"
