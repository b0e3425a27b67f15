"""Rows of a table of cards or plates in; entries for the book, or what is wrong with a row, out.

The columns are found by their names, Chinese or English, in any order. A bad row never costs the good ones their line
number: each is named by its own.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from gateway.compound import Compound, Places
from gateway.enact.homes import PSEUDONYM
from gateway.passes.cards import CardFormat, number_printed
from gateway.passes.gate_pass import Kind
from gateway.passes.numbers import ID_DIGITS, Entry, Medium
from gateway.passes.plates import Plate, plate_of
from gateway.words.catalogue import HOLDERS

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("number", "card", "plate", "卡号", "车牌", "车牌号", "号码"),
    "kind": ("kind", "holder", "类别", "类型"),
    "flat": ("flat", "住户", "房号", "门牌", "户"),
    "subject": ("subject", "person", "人员编号", "编号"),
    "gates": ("gates", "门", "门号"),
    "from": ("from", "起", "生效", "开始"),
    "until": ("until", "止", "有效至", "截止"),
    "compound": ("compound", "小区"),
}
KINDS = {str(kind): kind for kind in Kind} | {HOLDERS[kind].zh: kind for kind in Kind}
EVERY_GATE = frozenset({"", "all", "全部"})
AT_HOME = frozenset({Kind.RESIDENT, Kind.OBSERVED})


class BadRow(Struct, frozen=True):
    line: int
    why: str


class Numbers:
    """What rows are checked against: the places, how this site's readers say a card, and what is in the book."""

    def __init__(self, places: Places, medium: Medium, forms: Sequence[CardFormat], standing: Iterable[Entry]) -> None:
        self._places = places
        self._medium = medium
        self._forms = forms
        self._standing = {one_form(each.number, each.medium): each for each in standing if not each.withdrawn}
        self._seen: dict[str, int] = {}

    def entries(self, rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Entry | BadRow]:
        """The first row names the columns. Raises ValueError where it does not."""
        columns: list[str] | None = None
        for line, cells in rows:
            if columns is None:
                columns = _columns(cells)
                continue
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            row = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
            try:
                yield self._entry(line, row)
            except ValueError as exc:
                yield BadRow(line, str(exc))
        if columns is None:
            raise ValueError("the table is empty; its first row names the columns, as number,kind,flat,subject")

    def _entry(self, line: int, row: Mapping[str, str]) -> Entry:
        number = row.get("number", "")
        if not number:
            raise ValueError("no number")
        self._check_number(number)
        key = one_form(number, self._medium)
        if (before := self._seen.setdefault(key, line)) != line:
            raise ValueError(f"the same number stands in line {before}")
        kind = KINDS.get(row.get("kind", "") or Kind.RESIDENT)
        if kind is None:
            raise ValueError(f"no such kind {row['kind']!r}; one of {', '.join(Kind)}")
        compound = self._compound(row.get("compound", ""))
        flat = self._flat(row.get("flat", ""), compound, kind)
        subject = row.get("subject", "").lower()
        if subject and not PSEUDONYM.fullmatch(subject):
            raise ValueError("a subject is 16 hex digits, the same as in the person's pass; never a name")
        zone = ZoneInfo(compound.timezone)
        begin, end = _day(row.get("from", ""), zone), _day(row.get("until", ""), zone, after=True)
        if begin is not None and end is not None and end <= begin:
            raise ValueError("it ends before it begins")
        known = self._standing.get(key)
        return Entry(
            id=known.id if known is not None else secrets.token_hex(ID_DIGITS // 2),
            medium=self._medium,
            number=number,
            holder=str(kind),
            compound=compound.id,
            subject=subject or (known.subject if known is not None else ""),
            flat=flat,
            gates=_gates(row.get("gates", ""), compound),
            not_before=begin,
            not_after=end,
        )

    def _check_number(self, number: str) -> None:
        if self._medium is Medium.PLATE:
            found = plate_of(number)
            if not isinstance(found, Plate):
                raise ValueError(f"{found.why}: {number!r}")
        elif all(number_printed(number, form) is None for form in self._forms):
            raise ValueError(f"{number!r} is not printed as the known cards are")

    def _compound(self, typed: str) -> Compound:
        compounds = self._places.compounds
        if not typed and len(compounds) == 1:
            return next(iter(compounds.values()))
        found = next((each for each in compounds.values() if typed in (each.id, each.name)), None)
        if found is None:
            raise ValueError(f"no such compound {typed!r}" if typed else "which compound? there are several")
        return found

    def _flat(self, typed: str, compound: Compound, kind: Kind) -> str:
        if not typed:
            if kind in AT_HOME:
                raise ValueError(f"a {kind} lives in a flat")
            return ""
        flat = self._places.flats.get(typed) or self._places.flats.get(f"{compound.id}/{typed}")
        if flat is None or flat.compound != compound.id:
            raise ValueError(f"no such flat {typed!r}")
        return flat.id


def one_form(number: str, medium: Medium) -> str:
    """Two that read the same are one."""
    plate = plate_of(number) if medium is Medium.PLATE else None
    return f"{medium}:{plate.text if isinstance(plate, Plate) else number.strip().lower()}"


def _columns(cells: Sequence[str]) -> list[str]:
    named = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
    found = [named.get(cell.strip().lower(), "") for cell in cells]
    unknown = [cell for cell, name in zip(cells, found, strict=True) if cell.strip() and not name]
    if unknown:
        raise ValueError(f"no such column {unknown[0]!r}; known are {', '.join(COLUMNS)}")
    if "number" not in found or len({name for name in found if name}) < sum(map(bool, found)):
        raise ValueError("the first row names the columns, each once; one of them is number")
    return found


def _gates(typed: str, compound: Compound) -> int:
    if typed.lower() in EVERY_GATE:
        return 0
    known = {each.number for each in compound.gates}
    mask = 0
    for word in typed.replace("，", ",").replace("、", ",").split(","):
        number = int(word) if word.strip().isdecimal() else 0
        if number not in known:
            raise ValueError(f"no such gate {word.strip()!r}; there are {', '.join(map(str, sorted(known)))}")
        mask |= 1 << (number - 1)
    return mask


def _day(typed: str, zone: ZoneInfo, *, after: bool = False) -> datetime | None:
    """The first instant of a day of the compound; `after`: of the day after it."""
    if not typed:
        return None
    try:
        year, month, number = map(int, typed.partition(" ")[0].replace("/", "-").replace(".", "-").split("-"))
        day = date(year, month, number) + timedelta(days=after)
    except (ValueError, OverflowError) as exc:
        raise ValueError(f"{typed!r} is no day; write 2026-03-01") from exc
    return datetime.combine(day, time(), zone).astimezone(UTC)
