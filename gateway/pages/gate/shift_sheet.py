"""The sheet of a shift in, one page of PDF out. Staff by their ids, people by pseudonyms: no names stand on it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from gateway.compound import Places
from gateway.findings_shifts import ShiftSheet, ShiftStage
from gateway.kinds import Kind
from gateway.pages.texts.common import texts
from gateway.papers.fonts import CHINESE, CJK_FONTS, add_font
from gateway.shifts import total
from gateway.words.kinds import KINDS
from gateway.words.language import Lang, Tongue

MOST_LANES, MOST_ALERTS, MOST_NAMED = 8, 10, 5  # so that it is one page, whatever has happened; the rest is counted
WIDE, LINE, LEFT, TOP = 180.0, 5.4, 15.0, 12.0  # mm
LETTERS = 50  # of a note in one line; Chinese ones are wide
TALLY = {
    "admitted": "tally_admitted",
    "refused": "tally_refused",
    "referred": "tally_referred",
    "by_hand": "tally_by_hand",
    "undone": "tally_undone",
    "in_drills": "tally_in_drills",
}
STAGES = {
    ShiftStage.HANDED_OVER: "shift_handed_over",
    ShiftStage.TAKEN: "shift_taken",
    ShiftStage.ENDED: "shift_ended",
}


class Row(Struct, frozen=True):
    """One line: a heading (`size` above 10), a line of text, or the cells of a table."""

    cells: tuple[str, ...]
    size: float = 10.0
    ruled: bool = False


GAP = Row(("",), 4)


def sheet_pdf(
    sheet: ShiftSheet,
    *,
    lang: Tongue,
    places: Places,
    zone: ZoneInfo,
    audience: Collection[Kind],
    fonts: Sequence[Path] = CJK_FONTS,
) -> bytes:
    """`audience`: the kinds of alerts whoever asks may see. Takes about a second: not on the loop."""
    from fpdf import FPDF  # 0.25 s to load

    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_title("Menshen shift")
    pdf.set_creation_date(sheet.at)
    family = add_font(pdf, fonts)
    lang = lang if family == CHINESE else Lang.EN
    shown: Callable[[str], str] = (lambda text: text) if family == CHINESE else _latin
    pdf.add_page()
    pdf.set_xy(LEFT, TOP)
    for row in _rows(sheet, lang, places, zone, audience):
        pdf.set_x(LEFT)
        pdf.set_font(family, size=row.size)
        height = LINE * row.size / 10
        wide = (
            [WIDE] if len(row.cells) == 1 else [WIDE * 0.4] + [WIDE * 0.6 / (len(row.cells) - 1)] * (len(row.cells) - 1)
        )
        for cell, width in zip(row.cells, wide, strict=True):
            text = shown(cell)
            while pdf.get_string_width(text) > width - 2 and len(text) > 1:
                text = text[:-2].rstrip("…") + "…" if family == CHINESE else text[:-1]
            pdf.cell(width, height, text, border="B" if row.ruled else 0)
        pdf.ln(height)
    return bytes(pdf.output())


def _latin(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1")


def _rows(sheet: ShiftSheet, lang: Tongue, places: Places, zone: ZoneInfo, audience: Collection[Kind]) -> Iterator[Row]:
    t, shift, matters = texts(lang), sheet.shift, sheet.matters

    def at(instant: datetime) -> str:
        return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")

    def line(name: str, said: object) -> Row:
        return Row((f"{t[name]}: {said}",))

    yield Row((t["shift_sheet"],), 18)
    yield Row((places.path(shift.gate),), 13)
    yield line("shift_of", f"{shift.by} · {at(shift.begun_at)} – {at(sheet.at)}")
    yield line(STAGES[sheet.stage], f"{sheet.by} · {at(sheet.at)}")
    yield GAP
    yield Row((t["shift_counts"],), 13)
    yield Row((t["lane"], *(t[name] for name in TALLY.values())), 8, ruled=True)
    for lane, tally in list(shift.lanes.items())[:MOST_LANES]:
        yield Row((places.path(lane) or lane, *(str(getattr(tally, name)) for name in TALLY)), ruled=True)
    every = total(shift)
    yield Row((t["all_lanes"], *(str(getattr(every, name)) for name in TALLY)), ruled=True)
    yield GAP
    yield Row((t["alerts"],), 13)
    yield from _alerts(sheet, lang, audience)
    yield GAP
    yield Row((t["shift_open"],), 13)
    yield line("couriers_inside", matters.couriers)
    yield line("couriers_late", len(matters.overdue))
    for each in matters.overdue[:MOST_NAMED]:
        yield Row((f"    {each.who[:6]} · {at(each.came)} · {places.path(each.lane)}",))
    yield line("referrals_waiting", matters.referrals)
    yield line("silent_paths", " · ".join((str(len(matters.silent)), *matters.silent[:MOST_NAMED])))
    yield line("shift_pending", shift.pending)
    yield GAP
    yield Row((t["shift_note"],), 13)
    for begin in range(0, max(1, len(shift.note)), LETTERS):
        yield Row((shift.note[begin : begin + LETTERS] or "–",))
    yield GAP
    yield line("shift_signed", "______________________        ______________________")


def _alerts(sheet: ShiftSheet, lang: Tongue, audience: Collection[Kind]) -> Iterator[Row]:
    t, raised, still = texts(lang), sheet.shift.raised, sheet.matters.alerts
    kinds = [kind for kind in Kind if kind in audience and (kind in raised or kind in still)]
    yield Row((t["alerts_kind"], t["alerts_raised"], t["alerts_still"]), 8, ruled=True)
    for kind in kinds[:MOST_ALERTS]:
        yield Row((KINDS[kind].in_(lang), str(raised.get(kind, 0)), str(still.get(kind, 0))), ruled=True)
    if len(kinds) > MOST_ALERTS:
        yield Row((f"… +{len(kinds) - MOST_ALERTS}",))
