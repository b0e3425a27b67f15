"""A place, a device or a stay in; the numbers of its records, newest first, out: tables that the journal keeps itself.

`about` is kept by triggers with each record that has a body, so that a flat's page costs the same whatever the journal
holds. What a file had before the table was there is taken in a little at a time, the newest first, while the house
runs: to index ten million records at once would hold the writer, and with it every lane, for half a minute.

Temperatures are nine of ten records of a street, each of another band: kept with each record they would write one page
more for every one of them, and a card wears by pages. They go into `taken` later, by spans of ten thousand numbers, so
that a page takes a hundred of them; the newest span is looked through.
"""

from collections.abc import Sequence

import apsw

CHUNK = 1000  # records looked at in one transaction: appends wait some milliseconds
SPAN = 10_000  # numbers of one span of `taken`

TABLES = """
create table about(place text not null, number integer not null, primary key(place, number)) without rowid;
create table taken(
    span integer not null, place text not null, number integer not null, primary key(span, place, number)
) without rowid;
create trigger about_in after insert on record
    when new.place <> '' and new.body is not null and new.kind not in ('PassShown', 'TemperatureTaken') begin
    insert or ignore into about values(new.place, new.number);
end;
create trigger about_out after delete on record
    when old.place <> '' and old.body is not null and old.kind not in ('PassShown', 'TemperatureTaken') begin
    delete from about where place = old.place and number = old.number;
end;
create trigger taken_out after delete on record when old.kind = 'TemperatureTaken' and old.body is not null begin
    delete from taken where span = old.number / SPAN and place = old.place and number = old.number;
end;
""".replace("SPAN", str(SPAN))
# PassShown: whoever shows a code is at a lane, of which nobody asks this; its Decision names the flat

# In `meta`: of what was there before the tables the numbers up to this one are not in `about` yet; the temperatures up
# to this number are in `taken`.
ABOUT_LEFT, TAKEN_UPTO = "about_left", "taken_upto"


def begin_placing(db: apsw.Connection) -> None:
    """Make the tables where they are missing. Takes no longer for a large file than for a small one."""
    if db.execute("select count(*) from sqlite_schema where name = 'about'").get:
        return
    db.execute(TABLES)
    for name in (ABOUT_LEFT, TAKEN_UPTO):
        db.execute("insert or replace into meta select ?, coalesce(max(number), 0) from record", (name,))


def place_some(db: apsw.Connection) -> bool:
    """Take the next records in; False where there is nothing to do for now. Within a transaction."""
    left, upto = _noted(db, ABOUT_LEFT), _noted(db, TAKEN_UPTO)
    if left:
        db.execute(
            "insert or ignore into about select place, number from record where number > ? and number <= ?"
            " and place <> '' and body is not null and kind not in ('PassShown', 'TemperatureTaken')",
            (left - CHUNK, left),
        )
        _note(db, ABOUT_LEFT, max(0, left - CHUNK))
        return True
    last: int = db.execute("select coalesce(max(number), 0) from record").get
    if upto // SPAN == last // SPAN:
        return False
    until = min(upto + CHUNK, last - last % SPAN)
    db.execute(
        f"insert or ignore into taken select number / {SPAN}, place, number from record"  # noqa: S608 (constant)
        " where number > ? and number <= ? and kind = 'TemperatureTaken' and body is not null",
        (upto, until),
    )
    _note(db, TAKEN_UPTO, until)
    return True


def numbers_at(db: apsw.Connection, places: Sequence[str], before: int, limit: int) -> set[int]:
    """The newest numbers before `before` of each of these places; each costs one walk along the table."""
    found: set[int] = set()
    for place in places:
        rows = db.execute(
            "select number from about where place = ? and number < ? order by number desc limit ?",
            (place, before, limit),
        )
        found.update(number for (number,) in rows)
    return found


def numbers_taken(db: apsw.Connection, places: Sequence[str], before: int, limit: int) -> set[int]:
    """The same of temperatures: those of the newest span are looked for, the others found."""
    found: set[int] = set()
    upto = _noted(db, TAKEN_UPTO)
    for place in places:
        rows = db.execute(
            "select number from record where number > ? and number < ? and kind = 'TemperatureTaken' and place = ?"
            " and body is not null order by number desc limit ?",
            (upto, before, place, limit),
        )
        numbers = [number for (number,) in rows]
        span = min(upto, before) // SPAN
        while len(numbers) < limit and span >= 0:
            rows = db.execute(
                "select number from taken where span = ? and place = ? and number < ? order by number desc limit ?",
                (span, place, before, limit - len(numbers)),
            )
            numbers += [number for (number,) in rows]
            span -= 1
        found.update(numbers)
    return found


def numbers_of(db: apsw.Connection, subjects: Sequence[str], before: int, limit: int) -> set[int]:
    """The newest numbers before `before` of each of these people, by the index of subjects."""
    found: set[int] = set()
    for subject in subjects:
        rows = db.execute(
            "select number from record where subject = ? and subject <> '' and number < ? and body is not null"
            " order by number desc limit ?",
            (subject, before, limit),
        )
        found.update(number for (number,) in rows)
    return found


def _noted(db: apsw.Connection, name: str) -> int:
    return int(db.execute("select value from meta where name = ?", (name,)).get)


def _note(db: apsw.Connection, name: str, number: int) -> None:
    db.execute("update meta set value = ? where name = ?", (number, name))
