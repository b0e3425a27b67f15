"""What may go, in; records without their bodies, out. Deletion keeps the leaf, so that the evidence log stays whole.

A record's body may go once it is *told and folded*: the centre has confirmed it (or it is not for the centre), and it
is in the newest snapshot (so no start will read it again). Unsent alerts never go.

Rows are deleted and put back without their body, because SQLite does not merge pages whose rows were merely shortened
by an update: the room would never come back.
"""

from collections.abc import Iterable, Sequence

import apsw
from msgspec import Struct

from gateway.entries import Stream
from gateway.journal.schema import instant, micros
from gateway.retention import AFTER_RELEASE, KEEPING, Due, Hold

CHUNK = 200  # records cleared in one transaction: appends wait no longer than this takes
WINDOW = 2000  # records looked at in one step

_TOLD_AND_FOLDED = """
    from record r left join bookmark b on b.stream = r.stream
    where r.number > :after and r.number <= (select coalesce(max(number), 0) from snapshot)
        and (r.stream is null or r.epoch <> (select max(number) from epoch) or r.stream_number <= coalesce(b.upto, 0)
             or :unheard)
"""
_DEVICE = (  # only of what is somebody's beyond its hour: looking into a body costs
    "case when r.kind in ("
    + ", ".join(f"'{kind}'" for kind, keeping in KEEPING.items() if keeping in AFTER_RELEASE)
    + ") and json_valid(cast(r.body as text)) then json_extract(cast(r.body as text), '$.device') end"
)


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


def due_numbers(db: apsw.Connection, due: Due, after: int) -> tuple[list[int], int | None]:
    """Whose time is over among the next records; and the number to go on after, None at the end. Only reads.

    Looks at a bounded number of records, most of which were cleared long ago.
    """
    first, newest = db.execute(
        "select coalesce(min(number), 0), (select coalesce(max(number), 0) from snapshot) from record where number > ?",
        (after,),
    ).get
    end = first + WINDOW
    found = db.execute(
        f"select r.number, r.at, r.kind, r.place, {_DEVICE}"
        f" {_TOLD_AND_FOLDED} and r.number < :end and r.body is not null and r.at < :latest",
        {"after": after, "end": end, "latest": micros(due.latest), "unheard": due.unheard},
    )
    numbers = [
        number for number, at, kind, place, device in found if due.covers(kind, instant(at), str(device or ""), place)
    ]
    return numbers, end - 1 if first > 0 and end <= newest else None


def personal_numbers(
    db: apsw.Connection, subject: str, holds: Sequence[Hold], after: int, *, unheard: bool = False
) -> tuple[list[int], int | None]:
    """Which of the next records name one person, or were measured of them; and the number to go on after. Only reads.

    Also records that name others beside them (a list taken in): they are folded, and nobody needs them any more.
    """
    first, newest = db.execute(
        "select coalesce(min(number), 0), (select coalesce(max(number), 0) from snapshot) from record where number > ?",
        (after,),
    ).get
    end = first + WINDOW
    found = db.execute(
        f"select r.number, r.at, r.kind, r.place, {_DEVICE}, r.subject = :subject or instr(r.body, :needle)"
        f" {_TOLD_AND_FOLDED} and r.number < :end and r.body is not null",
        {"after": after, "end": end, "subject": subject, "needle": subject.encode(), "unheard": unheard},
    )
    numbers = []
    for number, at, kind, place, device, named in found:
        of_theirs = KEEPING.get(kind) in AFTER_RELEASE and any(
            hold.holds(instant(at), str(device or ""), place) for hold in holds
        )
        if named or of_theirs:
            numbers.append(number)
    return numbers, end - 1 if first > 0 and end <= newest else None


def clear_subject(db: apsw.Connection, subject: str, after: int) -> int | None:
    """Clear one chunk of one person's records; the number to go on after, None when all is done."""
    numbers, after_this = personal_numbers(db, subject, (), after)
    strip(db, numbers)
    return after_this


def drop_older_snapshots(db: apsw.Connection) -> None:
    """All but the newest: the older ones still know who was forgotten."""
    db.execute("delete from snapshot where number < (select max(number) from snapshot)")


def left_of_subject(db: apsw.Connection, subject: str, *, unheard: bool = False) -> int:
    """How many records about one person still have a body: not yet in a snapshot, or not yet confirmed."""
    about = "r.body is not null and (r.subject = :subject or instr(r.body, :needle))"
    asked = {"subject": subject, "needle": subject.encode()}
    left: int = db.execute(
        f"select count(*) from record r where {about} and r.number > (select coalesce(max(number), 0) from snapshot)",  # noqa: S608 (constants)
        asked,
    ).get
    for stream in () if unheard else Stream:
        left += db.execute(
            f"select count(*) from record r where {about} and r.stream = :stream"  # noqa: S608 (constants)
            " and r.number <= (select coalesce(max(number), 0) from snapshot)"
            " and r.epoch = (select max(number) from epoch)"
            " and r.stream_number > (select coalesce(max(upto), 0) from bookmark where stream = :stream)",
            {**asked, "stream": stream},
        ).get
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
            {"after": self._bodies_after, "unheard": False},
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
            {"after": 0, "unheard": False},
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


def strip(db: apsw.Connection, numbers: Sequence[int], deletion: int | None = None) -> None:
    """Take body and salt out of these records, and whom and where they were about. `deletion`: whose receipt it is."""
    kept = "number, at, heard, kind, class, source, epoch, stream, stream_number, schema, leaf"
    keys = [(number,) for number in numbers]
    rows = db.executemany(f"select {kept} from record where number = ?", keys).fetchall()  # noqa: S608 (constants)
    db.executemany("delete from record where number = ?", keys)
    db.executemany(
        f"insert into record({kept}, place, subject, deletion) values(?,?,?,?,?,?,?,?,?,?,?,'','',?)",
        [(*row, deletion) for row in rows],
    )
