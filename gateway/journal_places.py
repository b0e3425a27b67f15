"""A place, a device or a stay in; the numbers of its records, newest first, out: a table that the journal keeps itself.

Triggers keep it with each record that still has a body, so that a flat's page costs the same whatever the journal
holds. What a file had before the table was there is taken in a little at a time, the newest first, while the house
runs: to index ten million records at once would hold the writer, and with it every lane, for half a minute.
Temperatures stand apart (`measured`): they are many, and asked for by themselves.
"""

from collections.abc import Sequence

import apsw

CHUNK = 1000  # records looked at in one transaction: appends wait some milliseconds

PLACED = """
create table if not exists placed(
    place text not null, measured integer not null, number integer not null, primary key(place, measured, number)
) without rowid;
create trigger if not exists placed_in after insert on record
    when new.place <> '' and new.body is not null and new.kind <> 'PassShown' begin
    insert or ignore into placed values(new.place, new.kind = 'TemperatureTaken', new.number);
end;
create trigger if not exists placed_out after delete on record when old.place <> '' and old.body is not null begin
    delete from placed where place = old.place and measured = (old.kind = 'TemperatureTaken') and number = old.number;
end;
"""
# PassShown: whoever shows a code is at a lane, of which nobody asks this; its Decision names the flat

UPTO = "placed_upto"  # in `meta`: the records up to this number were there before the table, and are not in it yet


def begin_placing(db: apsw.Connection) -> None:
    """Make the table where it is missing. Takes no longer for a large file than for a small one."""
    if db.execute("select count(*) from sqlite_schema where name = 'placed'").get:
        return
    db.execute(PLACED)
    db.execute(f"insert or replace into meta select '{UPTO}', coalesce(max(number), 0) from record")  # noqa: S608 (constant)


def place_some(db: apsw.Connection) -> bool:
    """Take the next older records in; False where none are left. Within a transaction."""
    found = db.execute("select value from meta where name = ?", (UPTO,)).fetchone()
    upto = 0 if found is None else int(found[0])
    if not upto:
        return False
    db.execute(
        "insert or ignore into placed select place, kind = 'TemperatureTaken', number from record"
        " where number > ? and number <= ? and place <> '' and body is not null and kind <> 'PassShown'",
        (upto - CHUNK, upto),
    )
    db.execute("update meta set value = ? where name = ?", (max(0, upto - CHUNK), UPTO))
    return upto > CHUNK


def numbers_at(db: apsw.Connection, places: Sequence[str], measured: bool, before: int, limit: int) -> set[int]:
    """The newest numbers before `before` of each of these places; each costs one walk along the table."""
    found: set[int] = set()
    for place in places:
        rows = db.execute(
            "select number from placed where place = ? and measured = ? and number < ? order by number desc limit ?",
            (place, measured, before, limit),
        )
        found.update(number for (number,) in rows)
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
