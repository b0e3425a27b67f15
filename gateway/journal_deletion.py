"""What may go, in; records without their bodies, out. Deletion keeps the leaf, so that the evidence log stays whole.

A record's body may go once it is *told and folded*: the centre has confirmed it (or it is not for the centre), and it
is in the newest snapshot (so no start will read it again). Unsent alerts never go.

Rows are deleted and put back without their body, because SQLite does not merge pages whose rows were merely shortened
by an update: the room would never come back.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import apsw
from msgspec import Struct

from gateway.entries import Stream
from gateway.journal_schema import micros

CHUNK = 200  # records cleared in one transaction: appends wait no longer than this takes
WINDOW = 500  # records looked at, or cleared, in one step of retention

_TOLD_AND_FOLDED = """
    from record r left join bookmark b on b.stream = r.stream
    where r.number > :after and r.number <= (select coalesce(max(number), 0) from snapshot)
        and (r.stream is null or r.epoch <> (select max(number) from epoch) or r.stream_number <= coalesce(b.upto, 0))
"""


class Gap(Struct, frozen=True):
    """Numbers of a stream in the present epoch whose bodies went unsent; a tombstone tells the centre."""

    stream: Stream
    first: int
    last: int


class Shed(Struct, frozen=True):
    """What went to make room: bodies cleared, rows of leaves removed, and reports the centre will never see."""

    bodies: int = 0
    rows: int = 0
    gaps: tuple[Gap, ...] = ()

    def __add__(self, other: "Shed") -> "Shed":
        return Shed(self.bodies + other.bodies, self.rows + other.rows, self.gaps + other.gaps)


def clear_before(db: apsw.Connection, before: datetime, after: int) -> int | None:
    """Clear what happened before an instant among the next records; the number to go on after, None at the end.

    Looks at a bounded number of records, most of which were cleared long ago: appends wait in between.
    """
    first, newest = db.execute(
        "select coalesce(min(number), 0), (select coalesce(max(number), 0) from snapshot) from record where number > ?",
        (after,),
    ).get
    end = first + WINDOW
    found = db.execute(
        f"select r.number {_TOLD_AND_FOLDED} and r.number < :end and r.body is not null and r.at < :before",
        {"after": after, "end": end, "before": micros(before)},
    )
    strip(db, [number for (number,) in found])
    return end - 1 if first > 0 and end <= newest else None


def clear_subject(db: apsw.Connection, subject: str, after: int) -> int | None:
    """Clear one chunk of one person's records; the number to go on after, None when all is done."""
    found = db.execute(
        f"select r.number {_TOLD_AND_FOLDED} and r.body is not null and r.subject = :subject order by r.number"
        f" limit {CHUNK}",
        {"after": after, "subject": subject},
    )
    numbers = [number for (number,) in found]
    strip(db, numbers)
    return numbers[-1] if numbers else None


def drop_older_snapshots(db: apsw.Connection) -> None:
    """All but the newest: the older ones still know who was forgotten."""
    db.execute("delete from snapshot where number < (select max(number) from snapshot)")


def left_of_subject(db: apsw.Connection, subject: str) -> int:
    """How many records of one person still have a body: not yet confirmed, or not yet in a snapshot."""
    left: int = db.execute("select count(*) from record where subject = ? and body is not null", (subject,)).get
    return left


class Shedder:
    """Makes room, the least important first. Remembers how far it came, so that it does not look at all that is bare
    already each time; where it finds nothing more it looks again from the beginning, as more may have been confirmed.
    """

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self._bodies_after = 0
        self._reports_after = 0

    def chunk(self) -> Shed:
        """Shed a little; an empty Shed where nothing more may go."""
        shed = self._bodies() or self._leaves()
        if shed is None and self._bodies_after:
            self._bodies_after = 0
            shed = self._bodies()
        if shed is None:
            shed = self._reports()
        if shed is None and self._reports_after:
            self._reports_after = 0
            shed = self._reports()
        return shed or Shed()

    def _bodies(self) -> Shed | None:
        found = self._db.execute(
            f"select r.number {_TOLD_AND_FOLDED} and r.body is not null order by r.number limit {CHUNK}",
            {"after": self._bodies_after},
        )
        numbers = [number for (number,) in found]
        if not numbers:
            return None
        strip(self._db, numbers)
        self._bodies_after = numbers[-1]
        return Shed(bodies=len(numbers))

    def _leaves(self) -> Shed | None:
        """Rows that hold only a leaf. The newest of the journal and of each stream stay: numbering goes on there."""
        found = self._db.execute(
            f"select r.number {_TOLD_AND_FOLDED} and r.body is null"  # noqa: S608 (constants)
            " and r.number < (select max(number) from record) and (r.stream is null"
            " or r.epoch <> (select max(number) from epoch) or r.stream_number < coalesce(b.upto, 0))"
            f" order by r.number limit {CHUNK * 2}",
            {"after": 0},
        )
        numbers = [number for (number,) in found]
        self._db.executemany("delete from record where number = ?", [(number,) for number in numbers])
        return Shed(rows=len(numbers)) if numbers else None

    def _reports(self) -> Shed | None:
        """Bodies of reports the centre has not confirmed, the oldest first; of inputs only what is folded."""
        found = self._db.execute(
            """
            select r.number, r.stream_number from record r left join bookmark b on b.stream = r.stream
            where r.stream = ? and r.epoch = (select max(number) from epoch)
                and r.stream_number > max(coalesce(b.upto, 0), ?) and r.body is not null
                and (r.class = 'finding' or r.number <= (select coalesce(max(number), 0) from snapshot))
            order by r.stream_number limit ?
            """,
            (Stream.REPORT, self._reports_after, CHUNK),
        )
        pairs: list[tuple[int, int]] = [(number, stream_number) for number, stream_number in found]
        if not pairs:
            return None
        strip(self._db, [number for number, _ in pairs])
        self._reports_after = pairs[-1][1]
        return Shed(bodies=len(pairs), gaps=tuple(gaps_of(Stream.REPORT, [number for _, number in pairs])))


def gaps_of(stream: Stream, numbers: Iterable[int]) -> list[Gap]:
    """Ascending stream numbers as runs without a break."""
    gaps: list[Gap] = []
    for number in numbers:
        if gaps and gaps[-1].last + 1 == number:
            gaps[-1] = Gap(stream=stream, first=gaps[-1].first, last=number)
        else:
            gaps.append(Gap(stream=stream, first=number, last=number))
    return gaps


def strip(db: apsw.Connection, numbers: Sequence[int]) -> None:
    """Take body and salt out of these records."""
    keys = [(number,) for number in numbers]
    kept = "number, at, heard, kind, class, place, subject, source, epoch, stream, stream_number, schema, leaf"
    rows = db.executemany(f"select {kept} from record where number = ?", keys).fetchall()  # noqa: S608 (constants)
    db.executemany("delete from record where number = ?", keys)
    db.executemany(f"insert into record({kept}) values(?,?,?,?,?,?,?,?,?,?,?,?,?)", rows)
