"""The stays of now in, the list of who is where out: by building and flat, by pseudonym, or with names if asked for."""

from collections.abc import Iterator

from msgspec import Struct

from gateway.households import Resident
from gateway.pages.desk import Visit
from gateway.pages.duty.report_files import Table
from gateway.pages.texts.common import texts
from gateway.words.care import CARE_NAMES
from gateway.words.language import Lang


class _Line(Struct, frozen=True):
    flat: str
    subject: str
    first: str
    last: str
    band: str
    origin: str
    where: str


def people_table(visit: Visit, building: str, *, named: bool) -> Table:
    """`building`: one, or empty for all."""
    t, desk = texts(visit.lang), visit.desk
    places = desk.house.shown.places
    lines = [line for line in _lines(visit) if not building or places.flats[line.flat].building == building]
    rows = tuple(_row(visit, line, named) for line in sorted(lines, key=lambda each: (places.path(each.flat), each)))
    head = (
        *(t["col_building"], t["col_flat"], t["col_person"]),
        *((t["col_name"], t["col_phone"]) if named else ()),
        *(t["col_first"], t["col_last"], t["col_where"], t["col_band"], t["col_origin"], t["col_care"]),
    )
    return Table(name="people", title=t["reports_lists"], notes=(made_at(visit),), head=head, rows=rows, at=visit.now)


def made_at(visit: Visit) -> str:
    """A list is of its hour: it says which."""
    words = texts(visit.lang)["reports_made"]
    return f"{words} {visit.now.astimezone(visit.desk.zone()):%Y-%m-%d %H:%M}"


def _lines(visit: Visit) -> Iterator[_Line]:
    t, shown = texts(visit.lang), visit.desk.house.shown
    for stay in (*shown.quarantines.values(), *shown.suspended.values()):
        if stay.flat in shown.places.flats:
            yield _Line(
                flat=stay.flat,
                subject=stay.subject,
                first=stay.first_day.isoformat(),
                last=stay.last_day.isoformat(),
                band=stay.band,
                origin=stay.origin,
                where=t["where_away"] + stay.away if stay.away else t["where_home"],
            )
    for each in shown.arrivals.values():
        if each.flat in shown.places.flats:
            by = each.arrive_by.astimezone(visit.desk.zone())
            yield _Line(
                flat=each.flat,
                subject=each.subject,
                first=by.date().isoformat(),
                last="",
                band=each.band,
                origin=each.origin,
                where=t["where_expected"],
            )


def _row(visit: Visit, line: _Line, named: bool) -> tuple[str, ...]:
    desk = visit.desk
    shown = desk.house.shown
    flat = shown.places.flats[line.flat]
    origin = desk.settings.homes.origin(line.origin)
    person = shown.people.get(line.subject)
    lang = visit.lang if isinstance(visit.lang, Lang) else Lang.EN
    resident = _resident(visit, line.subject) if named else None
    return (
        desk.path(flat.building),
        desk.path(line.flat),
        line.subject,
        *((resident.name, resident.phone) if resident is not None else ("", "") if named else ()),
        line.first,
        line.last,
        line.where,
        line.band,
        line.origin if origin is None else origin.name,
        ", ".join(CARE_NAMES[mark].in_(lang) for mark in (person.care if person is not None else ())),
    )


def _resident(visit: Visit, subject: str) -> Resident | None:
    registrar = visit.desk.registrar
    home = None if registrar is None else registrar.home_of(subject)
    return None if home is None else next((each for each in home.people if each.subject == subject), None)
