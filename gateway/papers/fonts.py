"""A PDF in, the name of a font in it out that has Chinese letters if this machine has one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # fpdf takes 0.25 s to load: only who makes a PDF waits for it
    from fpdf import FPDF

CJK_FONTS = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),  # Debian fonts-noto-cjk
    Path("/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc"),
)
CHINESE, LATIN = "cjk", "Helvetica"
_SIMPLIFIED = 2  # third font of the Noto collection


def add_font(pdf: "FPDF", fonts: Sequence[Path] = CJK_FONTS) -> str:
    """`CHINESE`, from the first of `fonts` that is there; `LATIN` where none is."""
    found = next(filter(Path.exists, fonts), None)
    if found is None:
        return LATIN
    pdf.add_font(CHINESE, fname=str(found), collection_font_number=_SIMPLIFIED if found in CJK_FONTS else 0)
    return CHINESE
