"""A journal, a registry and the times of [retention] in; what is kept, how many, since when and why, out."""

from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from gateway.journal.reader import Reader
from gateway.registry.storage import read_newest
from gateway.retention import AFTER_RELEASE, KEEPING, WHY, Keeping, Retention


class Kept(Struct, frozen=True):
    """One reason to keep contents. `goes`: when the oldest is due; a stay that goes on holds longer."""

    keeping: Keeping
    count: int
    kinds: dict[str, int]
    days: int
    why_zh: str
    why_en: str
    after_release: bool = False
    oldest: datetime | None = None
    goes: datetime | None = None


def kept_in(path: Path, retention: Retention) -> list[Kept]:
    """By reason. Reads the whole journal. Raises JournalError."""
    with Reader(path) as reader:
        found = reader.kept()
    report = []
    for keeping in Keeping:
        these = [each for each in found if KEEPING.get(each[0]) is keeping]
        oldest = min((first for _, _, first, _ in these), default=None)
        days = retention.days(keeping)
        report.append(
            Kept(
                keeping=keeping,
                count=sum(count for _, count, _, _ in these),
                kinds={kind: count for kind, count, _, _ in these},
                days=days,
                why_zh=WHY[keeping].zh,
                why_en=WHY[keeping].en,
                after_release=keeping in AFTER_RELEASE,
                oldest=oldest,
                goes=oldest + timedelta(days=days) if oldest else None,
            )
        )
    return report


def registered_in(folder: Path) -> tuple[int, int]:
    """Households and people of the registry's file, without opening what is sealed. Raises BookUnreadable."""
    tables, _ = read_newest(folder / "households.json")
    homes = (tables or {}).get("documents", {}).values()
    return len(homes), sum(len(home["people"]) for home in homes)
