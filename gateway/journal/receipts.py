"""Deletions begun, in; what each of them took, out: kinds, numbers, and a digest of the leaves that stayed.

Each cleared record carries the id of its deletion, written in the transaction that cleared it: whatever is pulled when,
what went has its account. The account becomes a receipt, which is journaled (gateway/events/retention.py).
"""

import hashlib
from collections import Counter
from datetime import datetime

import apsw
from msgspec import Struct

from gateway.journal.schema import instant, micros

LOOKED_AT = 5000  # records in one step of adding up

TABLE = """
create table if not exists deletion(id integer primary key, name text not null unique, at integer not null,
    by text not null, reason text not null, asked text not null, first integer, last integer,
    told integer not null default 0)
"""


class Deletion(Struct, frozen=True):
    """One that was begun. `asked`: the order that asked for it; `first`, `last`: what it took, if anything."""

    id: int
    name: str
    at: datetime
    by: str
    reason: str
    asked: str
    first: int | None = None
    last: int | None = None


class Tally(Struct):
    """Added up so far; `hash` is over number and leaf of each, in order."""

    kinds: Counter[str]
    hash: "hashlib._Hash"
    after: int


def prepare(db: apsw.Connection) -> None:
    """Tables of a journal that an earlier version made; in a transaction."""
    db.execute(TABLE)
    if not db.execute("select count(*) from pragma_table_info('record') where name = 'deletion'").get:
        db.execute("alter table record add column deletion integer")


def begin(db: apsw.Connection, name: str, at: datetime, by: str, reason: str, asked: str) -> int:
    """Its id. One of this name that was begun before goes on."""
    db.execute(
        "insert or ignore into deletion(name, at, by, reason, asked) values(?,?,?,?,?)",
        (name, micros(at), by, reason, asked),
    )
    found: int = db.execute("select id from deletion where name = ?", (name,)).get
    return found


def widen(db: apsw.Connection, deletion: int, first: int, last: int) -> None:
    """These numbers went with it as well; in the transaction that took them."""
    db.execute(
        "update deletion set first = min(coalesce(first, ?2), ?2), last = max(coalesce(last, ?3), ?3) where id = ?1",
        (deletion, first, last),
    )


def tell(db: apsw.Connection, deletion: int) -> None:
    """Its receipt is in the journal."""
    db.execute("update deletion set told = 1 where id = ?", (deletion,))


def untold(db: apsw.Connection) -> list[Deletion]:
    """Those without a receipt yet, the oldest first."""
    rows = db.execute("select id, name, at, by, reason, asked, first, last from deletion where told = 0 order by id")
    return [Deletion(i, name, instant(at), by, reason, asked, a, b) for i, name, at, by, reason, asked, a, b in rows]


def start(first: int) -> Tally:
    return Tally(Counter(), hashlib.sha256(), first - 1)


def add_up(db: apsw.Connection, deletion: int, last: int, tally: Tally) -> bool:
    """One step further; False when all is added up."""
    upto = tally.after + LOOKED_AT
    rows = db.execute(
        "select number, kind, leaf from record where number > ? and number <= ? and deletion = ? order by number",
        (tally.after, upto, deletion),
    )
    for number, kind, leaf in rows:
        tally.kinds[kind] += 1
        tally.hash.update(number.to_bytes(8) + leaf)
    tally.after = upto
    return upto < last
