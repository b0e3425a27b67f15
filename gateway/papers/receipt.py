"""A receipt of a deletion in, one page of PDF out, to be shown to whoever asks. It names nobody."""

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

from gateway.events.retention import ContentsDeleted, DeletedFor
from gateway.papers.fonts import CHINESE, CJK_FONTS, add_font
from gateway.words.language import Lang, Words

LEFT, WIDE, LINE = 20.0, 170.0, 7.0  # mm
TITLE = Words("个人信息删除回执", "Receipt of a deletion of personal information")
REASONS = {
    DeletedFor.TIME_OVER: Words("保存期限届满（个人信息保护法第四十七条）", "its time was over (PIPL, art. 47)"),
    DeletedFor.ERASED: Words("应本人请求（个人信息保护法第四十七条）", "asked for by the person (PIPL, art. 47)"),
}
FIELDS = {
    "id": Words("回执编号", "receipt"),
    "gateway": Words("网关", "gateway"),
    "at": Words("时间", "at"),
    "by": Words("经手", "by"),
    "reason": Words("原因", "reason"),
    "count": Words("删除条数", "contents deleted"),
    "range": Words("记录号", "record numbers"),
    "left": Words("等待中心确认", "waiting for the centre"),
    "order": Words("指令", "order"),
}
DIGEST = Words(
    "摘要（各条记录号与留存散列的 SHA-256，可凭日志核对）",
    "digest (SHA-256 over number and remaining hash of each; can be checked against the journal)",
)
KINDS = Words("各类条数", "by kind")


def lines_of(receipt: ContentsDeleted, gateway: str, zone: tzinfo, lang: Lang) -> list[str]:
    """What it says, line by line."""
    said = {
        "id": receipt.id,
        "gateway": gateway,
        "at": f"{receipt.at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}",
        "by": receipt.by,
        "reason": REASONS[receipt.reason].in_(lang),
        "count": str(receipt.count),
        "range": f"{receipt.first} - {receipt.last}",
        "left": str(receipt.left),
        "order": receipt.order,
    }
    lines = [f"{FIELDS[name].in_(lang)}: {value}" for name, value in said.items() if value]
    lines.append(f"{KINDS.in_(lang)}: " + ", ".join(f"{kind} {count}" for kind, count in receipt.kinds.items()))
    return [*lines, DIGEST.in_(lang), receipt.digest]


def receipt_pdf(
    receipt: ContentsDeleted, gateway: str, zone: tzinfo, lang: Lang, fonts: Sequence[Path] = CJK_FONTS
) -> bytes:
    """One page of A4; English where the machine has no Chinese font."""
    from fpdf import FPDF  # 0.25 s to load

    pdf = FPDF(format="A4")
    pdf.set_title("Menshen receipt")
    pdf.set_creation_date(receipt.at)
    family = add_font(pdf, fonts)
    lang = lang if family == CHINESE else Lang.EN
    pdf.add_page()
    pdf.set_xy(LEFT, 25)
    pdf.set_font(family, size=17)
    pdf.cell(WIDE, 12, TITLE.in_(lang))
    pdf.set_xy(LEFT, 45)
    pdf.set_font(family, size=10.5)
    for line in lines_of(receipt, gateway, zone, lang):
        pdf.set_x(LEFT)
        pdf.multi_cell(WIDE, LINE, line, align="L", new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())
