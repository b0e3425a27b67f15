"""What the town did, what the journal holds and what the centre's book holds in; what was lost, doubled, missed out.

    town (people, doors, bands) -> devices -> journal -> broker -> centre's book

Lost is what stands in the journal for the centre and not in its book, what a node was told is kept and is not in the
journal, and what still lies in a node's ring and nowhere else. Doubled is one fact under two numbers, a number the
journal never gave, and a number that came with two contents.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import apsw
import msgspec
from msgspec import Struct, field

from gateway.bodies import read_body
from gateway.cli.demo_files import STAFF
from gateway.cli.demo_latency import Committed, Happened, Letter, by_kind, quantiles, waits_of
from gateway.compound import PAGE
from gateway.entries import Record
from gateway.events.every import BandHeard, DoorMoved, HouseOpened, PassShown, TemperatureTaken
from gateway.findings import Alert, Decision
from gateway.journal.reader import Reader
from gateway.orders.every import Order

STAFF_IDS = frozenset(id_ for id_, _, _ in STAFF)
Key = TypeVar("Key", tuple[str], tuple[str, str], tuple[str, str, str])
SLOWEST_NAMED = 5
MOST_NAMED = 20  # of what is lost or doubled


class Truth(Struct, frozen=True, kw_only=True):
    """What the simulated town knows of itself. Keys of events are the journal's: device/ring/sequence."""

    alerts: Counter[tuple[str, str]]  # (kind, place)
    decisions: Counter[tuple[str, str, str]]  # (lane, verdict, reason)
    cancelled: Counter[tuple[str, str, str]] = Counter()  # (kind, place, closing) of alerts that end by themselves
    services: Counter[tuple[str, str]] = Counter()  # (flat, purpose) asked for by a door's code, and taken in
    rounds: Counter[tuple[str]] = Counter()  # (id,) of those whose figures must be there
    acknowledged: Sequence[str]  # events that nodes were told are on disk
    held: Sequence[str]  # events that nodes still hold
    happened: Sequence[Happened]
    adverts: int
    barriers_opened: int
    cameras: frozenset[str]  # link names
    scanners: frozenset[str]


class Report(Struct, kw_only=True):
    """The file `--report` writes. Times are milliseconds."""

    ok: bool = False
    seed: int = 0
    seconds: float = 0.0
    rounds: int = 0
    passes: int = 0
    admitted: int = 0
    refused: int = 0
    referred: int = 0
    door_movements: int = 0
    temperatures: int = 0
    adverts: int = 0
    barriers_opened: int = 0
    inputs: dict[str, int] = field(default_factory=dict)  # what was journaled of each kind of input
    alerts_raised: int = 0
    alerts_escalated: int = 0  # nobody took them in time, and the next one was called
    alerts_at_centre: int = 0
    decisions_at_centre: int = 0
    by_hand: int = 0  # shown, typed or ordered on the pages
    lost: int = 0
    doubled: int = 0
    lost_named: list[str] = field(default_factory=list)
    doubled_named: list[str] = field(default_factory=list)
    alerts: dict[str, list[list[str]]] = field(default_factory=dict)  # expected, missed, unexpected: [kind, place]
    decisions: dict[str, list[list[str]]] = field(default_factory=dict)  # the same of [lane, verdict, reason]
    came_of: dict[str, dict[str, list[list[str]]]] = field(default_factory=dict)  # expected and missed of other things
    decided: dict[str, list[list[str]]] = field(default_factory=dict)  # lane -> [verdict, reason], in order
    alerted: list[list[str]] = field(default_factory=list)  # [kind, place], sorted
    latency_ms: dict[str, float] = field(default_factory=dict)  # p50, p99
    latency_ms_by_kind: dict[str, dict[str, float]] = field(default_factory=dict)
    slowest: list[list[str]] = field(default_factory=list)  # milliseconds, what, about what
    latency_is: str = (
        "from the hour the simulated world made it happen (a scanner's line written, the first camera frame sent that "
        "has all of the code, a door moved, a band's first advert on air) to when the centre's acknowledgement, which "
        "follows its commit, was heard on the broker"
    )
    gateway_starts: int = 0
    gateway_exit: int | None = None


class Books(Struct, frozen=True):
    """The journal's records with their bodies, and the letters of the centre's book."""

    records: list[tuple[Record, Struct]]
    letters: list[Letter]
    faults: int


def read_books(journal: Path, book: Path) -> Books:
    """Read-only. Both may still be in use."""
    with Reader(journal) as reader:
        found = [(record, read_body(record.body)) for record in reader.replay(0) if record.body is not None]
    database = apsw.Connection(f"file:{book}?mode=ro", flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    try:
        rows = database.execute("select stream, epoch, number, body from message order by stream, epoch, number")
        letters = [
            Letter(stream, epoch, number, msgspec.json.decode(bytes(body))) for stream, epoch, number, body in rows
        ]
        faults = int(database.execute("select coalesce(sum(count), 0) from fault").get)
    finally:
        database.close()
    return Books(found, letters, faults)


def compare(books: Books, truth: Truth, committed: Committed) -> Report:
    """`ok` says that nothing was lost, doubled, missed or unexpected and that every kind of input was seen.

    Whoever played with the pages made things happen that the town knows nothing of, and while a killed gateway starts
    again people hold their codes out once more: then what is unexpected is named and counts for nothing.
    """
    bodies = [body for _, body in books.records]
    shown = [body for body in bodies if isinstance(body, PassShown)]
    decisions = [body for body in bodies if isinstance(body, Decision)]
    verdicts = Counter(str(decision.verdict) for decision in decisions)
    raised = [body for body in bodies if isinstance(body, Alert) and body.revision == 1]
    at_centre = Counter((str(x.body["kind"]), str(x.body["place"])) for x in books.letters if _first_revision(x))
    decided = Counter((d.lane, str(d.verdict), str(d.reason)) for d in decisions)
    lost = list(_lost(books, truth))
    doubled = list(_doubled(books))
    waits = waits_of(truth.happened, books.letters, committed)
    report = Report(
        passes=len(shown),
        admitted=verdicts["admit"],
        refused=verdicts["refuse"],
        referred=verdicts["refer"],
        door_movements=sum(isinstance(body, DoorMoved) for body in bodies),
        temperatures=sum(isinstance(body, TemperatureTaken) for body in bodies),
        adverts=truth.adverts,
        barriers_opened=truth.barriers_opened,
        inputs={
            "camera": sum(each.device in truth.cameras for each in shown),
            "scanner": sum(each.device in truth.scanners for each in shown),
            "door": sum(isinstance(body, DoorMoved) for body in bodies),
            "band": sum(isinstance(body, TemperatureTaken | BandHeard) for body in bodies),
        },
        alerts_raised=len(raised),
        alerts_escalated=len({body.id for body in bodies if isinstance(body, Alert) and body.escalated}),
        alerts_at_centre=at_centre.total(),
        decisions_at_centre=sum(x.body["type"] == "menshen.decision" for x in books.letters),
        lost=len(lost),
        doubled=len(doubled) + books.faults,
        lost_named=lost[:MOST_NAMED],
        doubled_named=doubled[:MOST_NAMED],
        alerts=_against(truth.alerts, at_centre),
        decisions=_against(truth.decisions, decided),
        came_of=_came_of(books.letters, truth),
        decided={
            lane: [[str(d.verdict), str(d.reason)] for d in decisions if d.lane == lane]
            for lane in sorted({d.lane for d in decisions})
        },
        alerted=sorted([str(alert.kind), alert.place] for alert in raised),
        latency_ms=quantiles([wait.milliseconds for wait in waits]),
        latency_ms_by_kind=by_kind(waits),
        slowest=[[str(wait.milliseconds), wait.what, *wait.about] for wait in waits[:SLOWEST_NAMED]],
    )
    report.by_hand = sum(_is_by_hand(body) for body in bodies)
    missed = any(each["missed"] for each in (report.alerts, report.decisions, *report.came_of.values()))
    excused = report.by_hand or sum(isinstance(body, HouseOpened) for body in bodies) > 1
    unexpected = not excused and (report.alerts["unexpected"] or report.decisions["unexpected"])
    report.ok = not (report.lost or report.doubled or missed or unexpected) and all(report.inputs.values())
    return report


def _came_of(letters: Iterable[Letter], truth: Truth) -> dict[str, dict[str, list[list[str]]]]:
    """By what the summary calls it."""
    bodies = [letter.body for letter in letters]
    ended = {(str(x["alert"]), str(x["kind"]), str(x["place"]), str(x["closing"])) for x in bodies if x.get("closing")}
    brought = {
        (str(x["request"]), str(x["place"]), str(x["purpose"]))
        for x in bodies
        if x["type"] == "menshen.service" and x["state"] == "confirmed"
    }
    rounds = {str(x["round"]) for x in bodies if x["type"] == "menshen.round"}
    return {
        "falls cancelled": _missed(truth.cancelled, Counter((kind, place, how) for _, kind, place, how in ended)),
        "services brought": _missed(truth.services, Counter((place, what) for _, place, what in brought)),
        "rounds held": _missed(truth.rounds, Counter((round_,) for round_ in rounds)),
    }


def _is_by_hand(body: Struct) -> bool:
    """Was this shown, typed or ordered on a page by one of the staff?"""
    if isinstance(body, PassShown):
        return body.device.startswith(PAGE)
    return isinstance(body, Order) and body.by in STAFF_IDS


def _lost(books: Books, truth: Truth) -> Iterable[str]:
    there = {(letter.stream, letter.number) for letter in books.letters}
    for record, _ in books.records:
        if record.stream is not None and (str(record.stream), record.stream_number) not in there:
            yield f"{record.stream} {record.stream_number}: journaled ({record.kind}), not at the centre"
    sources = {record.source for record, _ in books.records if record.source is not None}
    yield from (f"{key}: acknowledged to its node, not journaled" for key in truth.acknowledged if key not in sources)
    yield from (f"{key}: still in its node's ring" for key in truth.held if key not in sources)


def _doubled(books: Books) -> Iterable[str]:
    given = {(str(record.stream), record.stream_number) for record, _ in books.records if record.stream is not None}
    facts: Counter[tuple[str, ...]] = Counter()
    for letter in books.letters:
        facts[_fact(letter)] += 1
        if (letter.stream, letter.number) not in given:
            yield f"{letter.stream} {letter.number}: at the centre, never journaled"
    yield from (f"{' '.join(fact)}: {count} times at the centre" for fact, count in facts.items() if count > 1)
    moved: dict[str, bool] = {}
    for record, body in books.records:
        if isinstance(body, DoorMoved):
            if moved.get(body.device) is body.open:
                yield f"record {record.number}: {body.device} was {'open' if body.open else 'shut'} already"
            moved[body.device] = body.open


def _fact(letter: Letter) -> tuple[str, ...]:
    body = letter.body
    if letter.stream == "alert":
        return ("alert", str(body["alert"]), "revision", str(body["revision"]))
    told = ("type", "place", "time", "cti", "subject", "request", "state", "round", "final")
    return tuple(str(body.get(name, "")) for name in told)


def _first_revision(letter: Letter) -> bool:
    return letter.stream == "alert" and letter.body["revision"] == 1


def _missed(expected: Counter[Key], found: Counter[Key]) -> dict[str, list[list[str]]]:
    """Of what people and the hour may add to, only what is missing counts."""
    return {name: each for name, each in _against(expected, found).items() if name != "unexpected"}


def _against(expected: Counter[Key], found: Counter[Key]) -> dict[str, list[list[str]]]:
    columns = {"expected": expected, "missed": expected - found, "unexpected": found - expected}
    return {name: sorted(list(key) for key in counted.elements()) for name, counted in columns.items()}
