"""Rows of a list (名册) in, households out, and every row that cannot be taken in with what is wrong about it.

Floor 3, a pure room. A flat that the list names is afterwards as the list says; one it does not name stays as it is. A
column that is not in the list stays as the registry has it, and somebody of the same name and phone keeps their
pseudonym: nothing is typed twice.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gateway.compound import Flat, Places
from gateway.enact.registry import MOST_PEOPLE
from gateway.households import Household, Resident, Use
from gateway.interpret.flat_names import FlatNames, parts_of
from gateway.people import Care
from gateway.plain_text import clean
from gateway.roll.columns import NO, YES, Column, care_called, column_called, use_called
from gateway.roll.faults import Fault, Unreadable, Wrong

LONGEST_NAME = 60
LONGEST_FOLLOW_UP = 200
MOST_ROWS = 50_000
MOST_FAULTS = 200  # told; a list with more is wrong as a whole
SAID = 40  # of what stands in a cell, so much is said back
FORMULAS = "=+-@\t\r'＝＋－＠"  # how a cell begins that a spreadsheet would run (OWASP, CSV injection)
PHONE = re.compile(r"\+?[0-9][0-9 -]{1,18}[0-9]")
_SUBJECT = re.compile(r"[0-9a-f]{16}")
_SEPARATORS = re.compile("[;；、,，/]")
_COLON = re.compile("[:：]")


class Known(Struct, frozen=True):
    """What a list is checked against. `households`: as they are now; `lives`: pseudonym -> flat."""

    places: Places
    names: FlatNames
    origins: frozenset[str]
    households: Mapping[str, Household]
    lives: Mapping[str, str]


class Roll(Struct, frozen=True):
    """What a list says. With faults nothing of it is taken in."""

    households: Mapping[str, Household]
    faults: tuple[Fault, ...]
    rows: int
    more_faults: int = 0


Table = Iterable[tuple[int, Sequence[str]]]


def read_roll(table: Table, known: Known, new_subject: Callable[[], str]) -> Roll:
    """Number and cells of each row, the header first. Raises Unreadable where it is no list at all."""
    rows = iter(table)
    header = next(rows, None)
    if header is None:
        raise Unreadable(Wrong.NOTHING)
    reader = _Reader(_columns(header), known, new_subject)
    count = 0
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise Unreadable(Wrong.TOO_MANY_ROWS, str(MOST_ROWS), number)
        reader.row(number, cells)
    if not count:
        raise Unreadable(Wrong.NOTHING)
    return reader.roll(count)


def unguarded(cell: str) -> str:
    """A cell without the sign that `guarded` put before it."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in FORMULAS else cell


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + cell if cell and cell[0] in FORMULAS else cell


def follow_up_text(said: str) -> str:
    """As it can stand in a list: one line, without the sign that parts one mark from the next."""
    return clean(said.replace("|", "/"))


def _columns(header: tuple[int, Sequence[str]]) -> tuple[Column, ...]:
    number, cells = header
    last = max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)
    found: list[Column] = []
    for cell in cells[:last]:
        column = column_called(unguarded(cell))
        if column is None:
            raise Unreadable(
                Wrong.UNKNOWN_COLUMN if Column.FLAT in found else Wrong.NO_FLAT_COLUMN, clean(cell)[:SAID], number
            )
        if column in found:
            raise Unreadable(Wrong.COLUMN_TWICE, clean(cell)[:SAID], number)
        found.append(column)
    if Column.FLAT not in found:
        raise Unreadable(Wrong.NO_FLAT_COLUMN, "", number)
    return tuple(found)


class _Bad(Exception):
    def __init__(self, column: Column, wrong: Wrong, said: str = "") -> None:
        super().__init__(wrong)
        self.column, self.wrong, self.said = column, wrong, said


class _Reader:
    def __init__(self, columns: tuple[Column, ...], known: Known, new_subject: Callable[[], str]) -> None:
        self._columns = columns
        self._known = known
        self._new_subject = new_subject
        self._uses: dict[str, Use] = {}
        self._people: dict[str, list[Resident]] = {}
        self._at: dict[str, int] = {}  # pseudonym -> row
        self._faults: list[Fault] = []
        self._more = 0
        self._units = {
            parts_of(building.name) + parts_of(unit.name): unit.id
            for building in known.places.buildings.values()
            for unit in building.units
        }
        self._unit_ids = frozenset(self._units.values())

    def row(self, number: int, cells: Sequence[str]) -> None:
        try:
            if any(cell.strip() for cell in cells[len(self._columns) :]):
                raise _Bad(self._columns[-1], Wrong.MORE_CELLS)
            said = {column: clean(unguarded(cell.strip())) for column, cell in zip(self._columns, cells, strict=False)}
            self._take(number, said)
        except _Bad as bad:
            self._fault(number, bad.column, bad.wrong, bad.said)

    def roll(self, rows: int) -> Roll:
        for subject, number in self._at.items():
            home = self._known.lives.get(subject)
            if home is not None and home not in self._people:
                self._fault(number, Column.SUBJECT, Wrong.SUBJECT_ELSEWHERE, subject)
        households = {
            flat: Household(flat=flat, use=self._uses[flat], people=tuple(people))
            for flat, people in self._people.items()
        }
        return Roll(households, tuple(self._faults), rows, self._more)

    def _fault(self, number: int, column: Column, wrong: Wrong, said: str = "") -> None:
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(Fault(number, column, wrong, said[:SAID]))
        else:
            self._more += 1

    def _take(self, number: int, said: Mapping[Column, str]) -> None:
        flat = self._flat(said.get(Column.FLAT, ""))
        before = self._known.households.get(flat.id)
        first = flat.id not in self._people
        people = self._people.setdefault(flat.id, [])
        if Column.USE in said:
            use = use_called(said[Column.USE])
            if use is None:
                self._uses.setdefault(flat.id, Use.LIVED_IN)
                raise _Bad(Column.USE, Wrong.UNKNOWN_USE, said[Column.USE])
        else:
            use = before.use if before is not None else Use.LIVED_IN
        if not first and said.get(Column.USE, "") and use is not self._uses[flat.id]:
            raise _Bad(Column.USE, Wrong.OTHER_USE, said[Column.USE])
        self._uses.setdefault(flat.id, use)
        somebody = any(said.get(column) for column in Column if column not in (Column.FLAT, Column.USE))
        if not somebody:
            return
        if self._uses[flat.id] is Use.EMPTY:
            raise _Bad(Column.USE, Wrong.EMPTY_WITH_PEOPLE)
        if len(people) >= MOST_PEOPLE:
            raise _Bad(Column.FLAT, Wrong.TOO_MANY_PEOPLE)
        resident = self._resident(flat, before, said)
        if resident.subject in self._at:
            raise _Bad(Column.SUBJECT, Wrong.SUBJECT_TWICE, resident.subject)
        self._at[resident.subject] = number
        people.append(resident)

    def _flat(self, said: str) -> Flat:
        if not said:
            raise _Bad(Column.FLAT, Wrong.NO_FLAT)
        found = self._known.names.called(said)
        if len(found) != 1:
            raise _Bad(Column.FLAT, Wrong.SEVERAL_FLATS if found else Wrong.UNKNOWN_FLAT, said)
        return found[0]

    def _resident(self, flat: Flat, before: Household | None, said: Mapping[Column, str]) -> Resident:
        who = self._who(before, said)
        if Column.NAME in said:
            if len(said[Column.NAME]) > LONGEST_NAME:
                raise _Bad(Column.NAME, Wrong.TOO_LONG, said[Column.NAME])
            who = replace(who, name=said[Column.NAME])
        if Column.PHONE in said:
            if said[Column.PHONE] and not PHONE.fullmatch(said[Column.PHONE]):
                raise _Bad(Column.PHONE, Wrong.BAD_PHONE, said[Column.PHONE])
            who = replace(who, phone=said[Column.PHONE])
        if Column.CARE in said:
            care, follow_up = cares_of(said[Column.CARE])
            who = replace(who, care=care, follow_up=follow_up)
        if Column.VOLUNTEER in said:
            who = replace(who, volunteer=self._yes(said[Column.VOLUNTEER]))
        if Column.HEAD_OF in said:
            who = replace(who, head_of=self._stairwell(said[Column.HEAD_OF], flat))
        if Column.ORIGIN in said:
            if said[Column.ORIGIN] and said[Column.ORIGIN] not in self._known.origins:
                raise _Bad(Column.ORIGIN, Wrong.UNKNOWN_ORIGIN, said[Column.ORIGIN])
            who = replace(who, origin=said[Column.ORIGIN])
        return who

    def _who(self, before: Household | None, said: Mapping[Column, str]) -> Resident:
        """Somebody the registry knows, by pseudonym or by name and phone; else somebody new."""
        subject = said.get(Column.SUBJECT, "").lower()
        people = before.people if before is not None else ()
        if subject:
            if not _SUBJECT.fullmatch(subject):
                raise _Bad(Column.SUBJECT, Wrong.BAD_SUBJECT, subject)
            lives = self._known.households.get(self._known.lives.get(subject, ""))
            known = (person for person in (*people, *(lives.people if lives else ())) if person.subject == subject)
            return next(known, Resident(subject=subject))
        name, phone = said.get(Column.NAME, ""), said.get(Column.PHONE)
        for person in people:
            if person.name == name and phone in (None, person.phone):
                if person.subject in self._at:
                    raise _Bad(Column.NAME, Wrong.PERSON_TWICE)
                return person
        return Resident(subject=self._new_subject())

    def _yes(self, said: str) -> bool:
        if said.casefold() not in YES | NO:
            raise _Bad(Column.VOLUNTEER, Wrong.YES_OR_NO, said)
        return said.casefold() in YES

    def _stairwell(self, said: str, flat: Flat) -> str:
        if said.casefold() in NO:
            return ""
        if said.casefold() in YES:
            return flat.unit
        unit = said if said in self._unit_ids else self._units.get(parts_of(said))
        if unit is None:
            raise _Bad(Column.HEAD_OF, Wrong.UNKNOWN_STAIRWELL, said)
        return unit


def cares_of(said: str) -> tuple[tuple[Care, ...], dict[Care, str]]:
    """ "独居: 每天电话 | 透析" as marks and what to follow up with; marks alone may be parted by any comma."""
    parts = said.split("|") if "|" in said or _COLON.search(said) else _SEPARATORS.split(said)
    marks: dict[Care, str] = {}
    for part in filter(None, map(str.strip, parts)):
        mark, *text = _COLON.split(part, maxsplit=1)
        care = care_called(mark)
        if care is None:
            raise _Bad(Column.CARE, Wrong.UNKNOWN_CARE, mark.strip())
        marks[care] = follow_up_text(text[0]) if text else ""
        if len(marks[care]) > LONGEST_FOLLOW_UP:
            raise _Bad(Column.CARE, Wrong.TOO_LONG, mark.strip())
    ordered = tuple(care for care in Care if care in marks)
    return ordered, {care: marks[care] for care in ordered if marks[care]}
