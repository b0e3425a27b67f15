"""A stay in, the paper for its door or the note of its end out, as one page of PDF in Chinese and English.

No name stands on the door's paper: everybody who passes reads it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.papers.fonts import CHINESE, CJK_FONTS, add_font
from gateway.people import Quarantine, Released
from gateway.words.language import Words

WIDE, LEFT, TOP = 180.0, 15.0, 22.0  # mm

NOTICE = Words("居家隔离", "Home quarantine")
NOTICE_LAW = Words(
    "请勿打扰，送物请放门口。就医、火警随时可以出来。",
    "Please leave things at the door. For a doctor or a fire they may come out at any time.",
)
FLAT = Words("房屋", "Flat")
GROUND = Words("依据", "Legal ground")
DAYS = Words("期限", "Days")
ENDS = Words("到期自动解除", "It ends by itself after the last day")
CALL = Words("有事请打", "Call")
NOTE = Words("解除隔离告知单", "Note of release")
PERSON = Words("代号", "Pseudonym")
NAME = Words("姓名", "Name")
OVER = Words("解除时间", "Released")
OVER_LAW = Words("自此出入与其他居民相同。", "From then on they come and go as every resident does.")
EARLY = Words("提前解除", "released early")
SIGNED = Words("经办人签名", "Signed")

Line = tuple[Words, str, float]  # what it is, what is said, points


def door_notice(
    flat: str, stays: Iterable[Quarantine], call: str, at: datetime, fonts: Sequence[Path] = CJK_FONTS
) -> bytes:
    """For all who stay in a flat; each ground once, with the days of all who are there by it. Takes up to a second: not
    on the loop."""
    lines: list[Line] = [(FLAT, flat, 20)]
    days: dict[str, set[tuple[date, date]]] = {}
    for stay in stays:
        days.setdefault(stay.ground, set()).add((stay.first_day, stay.last_day))
    for ground, spans in days.items():
        lines.append((GROUND, ground, 13))
        lines.append((DAYS, "\n".join(f"{first} – {last}" for first, last in sorted(spans)), 16))
    lines.append((ENDS, "", 12))
    if call:
        lines.append((CALL, call, 20))
    lines.append((NOTICE_LAW, "", 12))
    return _page(NOTICE, lines, at, fonts)


def release_note(
    flat: str, released: Released, name: str, zone: ZoneInfo, call: str, fonts: Sequence[Path] = CJK_FONTS
) -> bytes:
    """For the person. `name` as the registry has it, empty for a line to write on."""
    stay = released.stay
    over = released.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    lines: list[Line] = [
        (NAME, name or "____________________", 15),
        (PERSON, stay.subject, 12),
        (FLAT, flat, 15),
        (GROUND, stay.ground, 13),
        (DAYS, f"{stay.first_day} – {stay.last_day}", 15),
        (OVER, over, 18),
    ]
    if released.early:
        lines.append((EARLY, "", 12))
    lines.append((OVER_LAW, "", 12))
    if call:
        lines.append((CALL, call, 13))
    lines.append((SIGNED, "____________________", 13))
    return _page(NOTE, lines, released.at, fonts)


def _page(title: Words, lines: Iterable[Line], at: datetime, fonts: Sequence[Path]) -> bytes:
    from fpdf import FPDF  # 0.25 s to load

    pdf = FPDF(format="A4")
    pdf.set_title(title.en)
    pdf.set_creation_date(at)
    family = add_font(pdf, fonts)
    chinese = family == CHINESE
    pdf.set_margins(LEFT, TOP, LEFT)
    pdf.add_page()
    for words, size in ((title.zh, 40.0), (title.en, 22.0)):
        if chinese or words == title.en:
            pdf.set_font(family, size=size)
            pdf.multi_cell(WIDE, size * 0.5, words, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(8)
    for what, said, size in lines:
        label = f"{what.zh}{' ' if said else chr(10)}{what.en}" if chinese else what.en
        pdf.set_font(family, size=size if not said else 10)
        pdf.multi_cell(WIDE, (size if not said else 10) * 0.5, label, align="L", new_x="LMARGIN", new_y="NEXT")
        if said:
            pdf.set_font(family, size=size)
            text = said if chinese else said.encode("latin-1", "replace").decode("latin-1")
            pdf.multi_cell(WIDE, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(3)
    return bytes(pdf.output())
