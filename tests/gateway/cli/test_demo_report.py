"""The account of a demonstration: what is lost, doubled or missed is found, and nothing else is."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec import Struct
from msgspec.structs import replace

from gateway.cli.demo_latency import Committed, Happened, Letter, quantiles, waits_of
from gateway.cli.demo_report import Books, Truth, compare
from gateway.compound import PAGE, Direction
from gateway.entries import EntryClass, Record, Stream
from gateway.events.every import DoorMoved, HouseOpened, PassShown, Proof, TemperatureTaken
from gateway.findings import Alert, AlertState, Decision, Reason, Verdict
from gateway.kinds import Kind, Severity
from gateway.orders.every import GuardRuled

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LANE, FLAT = "palm/north/in", "palm/b1-1-101"
DECISION = Decision(
    at=NOON,
    lane=LANE,
    gate="palm/north",
    compound="palm",
    direction=Direction.IN,
    verdict=Verdict.ADMIT,
    reason=Reason.ADMITTED,
    cti="00",
)
ALERT = Alert(
    id="e/5",
    kind=Kind.QUARANTINE_DOOR_OPENED,
    key=FLAT,
    severity=Severity.HIGH,
    state=AlertState.RAISED,
    revision=1,
    raised_at=NOON,
    changed_at=NOON,
    place=FLAT,
)


def shown(device: str) -> PassShown:
    return PassShown(at=NOON, heard=NOON, device=device, lane=LANE, proof=Proof.GENUINE)


def door(is_open: bool) -> DoorMoved:
    return DoorMoved(at=NOON, heard=NOON, device="node-1", flat=FLAT, open=is_open)


def record(number: int, body: Struct, stream: Stream | None = None, source: str | None = None) -> tuple[Record, Struct]:
    found = Record(
        number=number,
        at=NOON,
        heard=NOON,
        kind=type(body).__name__,
        entry_class=EntryClass.INPUT,
        place="",
        subject="",
        source=source,
        stream=stream,
        stream_number=1 if stream else None,
        schema=1,
        leaf=b"",
        body=b"",
    )
    return found, body


RECORDS = [
    record(1, shown("camera-a")),
    record(2, DECISION, Stream.REPORT),
    record(3, shown("scanner-a")),
    record(4, door(True), source="node-1/7/1"),
    record(5, ALERT, Stream.ALERT),
    record(6, TemperatureTaken(at=NOON, heard=NOON, device="band-1", celsius=36.6)),
]


def letter(stream: str, number: int, **body: Any) -> Letter:
    return Letter(stream, "e", number, body)


LETTERS = [
    letter("alert", 1, type="menshen.alert", alert="e/5", kind="quarantine_door_opened", place=FLAT, revision=1),
    letter("report", 1, type="menshen.decision", place=LANE, verdict="admit", reason="admitted", time="12", subject=""),
]
BOOKS = Books(RECORDS, LETTERS, 0)
TRUTH = Truth(
    alerts=Counter({("quarantine_door_opened", FLAT): 1}),
    decisions=Counter({(LANE, "admit", "admitted"): 1}),
    acknowledged=["node-1/7/1"],
    held=[],
    happened=[Happened("door", ("quarantine_door_opened", FLAT), 100.0)],
    adverts=3,
    barriers_opened=1,
    cameras=frozenset({"camera-a"}),
    scanners=frozenset({"scanner-a"}),
)
COMMITTED = Committed()
COMMITTED.note("alert", "e", 1, 100.25)
COMMITTED.note("report", "e", 1, 101.0)


def test_when_all_is_well_it_says_so_and_counts() -> None:
    found = compare(BOOKS, TRUTH, COMMITTED)
    assert found.ok
    assert (found.passes, found.admitted, found.refused, found.referred) == (2, 1, 0, 0)
    assert (found.door_movements, found.temperatures, found.alerts_raised, found.alerts_at_centre) == (1, 1, 1, 1)
    assert (found.lost, found.doubled) == (0, 0)
    assert found.latency_ms == {"p50": 250.0, "p99": 250.0, "count": 1}


@pytest.mark.parametrize(
    ("books", "truth", "named"),
    [
        (replace(BOOKS, letters=LETTERS[:1]), TRUTH, "report 1: journaled (Decision), not at the centre"),
        (BOOKS, replace(TRUTH, acknowledged=["node-1/7/1", "node-1/7/2"]), "node-1/7/2: acknowledged to its node"),
        (BOOKS, replace(TRUTH, held=["node-1/7/3"]), "node-1/7/3: still in its node's ring"),
    ],
)
def test_what_is_lost_is_named(books: Books, truth: Truth, named: str) -> None:
    found = compare(books, truth, COMMITTED)
    assert (found.ok, found.lost) == (False, 1)
    assert found.lost_named[0].startswith(named)


def test_what_a_node_still_holds_but_the_journal_has_is_not_lost() -> None:
    assert compare(BOOKS, replace(TRUTH, held=["node-1/7/1"]), COMMITTED).ok


BESIDES = [
    letter("alert", 1, type="menshen.alert", alert="e/7", kind="fall", place=FLAT, revision=2, closing="wearer"),
    letter("report", 2, type="menshen.service", request="5", place=FLAT, purpose="medicine", state="confirmed"),
    letter("report", 3, type="menshen.round", round="palm/2026-04-01T2001"),
]
CAME_OF = replace(
    TRUTH,
    alerts=Counter(),
    decisions=Counter(),
    cancelled=Counter({("fall", FLAT, "wearer"): 1}),
    services=Counter({(FLAT, "medicine"): 1}),
    rounds=Counter({("palm/2026-04-01T2001",): 1}),
)


@pytest.mark.parametrize(("gone", "what"), [(0, "falls cancelled"), (1, "services brought"), (2, "rounds held")])
def test_a_fall_not_cancelled_a_service_not_brought_and_a_round_not_held_are_missed(gone: int, what: str) -> None:
    there = compare(Books([], BESIDES, 0), CAME_OF, COMMITTED)
    assert [found["missed"] for found in there.came_of.values()] == [[], [], []]
    away = compare(Books([], BESIDES[:gone] + BESIDES[gone + 1 :], 0), CAME_OF, COMMITTED)
    assert {name for name, found in away.came_of.items() if found["missed"]} == {what}
    assert not away.ok


@pytest.mark.parametrize(
    ("books", "named"),
    [
        (
            replace(BOOKS, letters=[*LETTERS, Letter("alert", "e", 2, LETTERS[0].body)]),
            ["alert 2: at the centre, never journaled", "alert e/5 revision 1: 2 times at the centre"],
        ),
        (replace(BOOKS, records=[*RECORDS, record(7, door(True))]), ["record 7: node-1 was open already"]),
        (replace(BOOKS, faults=1), []),
    ],
)
def test_what_is_doubled_is_named(books: Books, named: list[str]) -> None:
    found = compare(books, TRUTH, COMMITTED)
    assert not found.ok
    assert found.doubled == max(1, len(named))
    assert found.doubled_named == named


def test_what_ought_to_have_come_and_did_not_is_missed_and_what_came_besides_is_unexpected() -> None:
    truth = replace(TRUTH, alerts=Counter({("fever", FLAT): 1}), decisions=Counter({(LANE, "refuse", "spent"): 1}))
    found = compare(BOOKS, truth, COMMITTED)
    assert not found.ok
    assert (found.alerts["missed"], found.alerts["unexpected"]) == (
        [["fever", FLAT]],
        [["quarantine_door_opened", FLAT]],
    )
    assert (found.decisions["missed"], found.decisions["unexpected"]) == (
        [[LANE, "refuse", "spent"]],
        [[LANE, "admit", "admitted"]],
    )


def test_what_came_besides_is_unexpected_unless_somebody_played_with_the_pages_or_killed_the_gateway() -> None:
    more = replace(TRUTH, alerts=Counter(), decisions=Counter())
    found = compare(BOOKS, more, COMMITTED)
    assert (found.ok, found.by_hand, found.alerts["unexpected"]) == (False, 0, [["quarantine_door_opened", FLAT]])
    for by_hand in (shown(PAGE + LANE), GuardRuled(id="r", at=NOON, by="guard", lane=LANE, admit=True, reason="known")):
        played = compare(replace(BOOKS, records=[*RECORDS, record(9, by_hand)]), more, COMMITTED)
        assert (played.ok, played.by_hand) == (True, 1)
    opened = HouseOpened(at=NOON, heard=NOON, version="1", epoch="e", clock_trusted=True)
    once, twice = ([*RECORDS, *(record(9 + n, opened) for n in range(starts))] for starts in (1, 2))
    assert not compare(replace(BOOKS, records=once), more, COMMITTED).ok
    assert compare(replace(BOOKS, records=twice), more, COMMITTED).ok  # killed in the middle


@pytest.mark.parametrize("left_out", [0, 2, 3, 5])
def test_every_kind_of_input_must_have_been_seen(left_out: int) -> None:
    records = [each for index, each in enumerate(RECORDS) if index != left_out]
    truth = replace(TRUTH, acknowledged=[])
    assert not compare(replace(BOOKS, records=records), truth, COMMITTED).ok


def test_the_first_of_several_alike_belongs_to_the_first() -> None:
    about = (LANE, "admit", "admitted")
    letters = [Letter("report", "e", number, LETTERS[1].body) for number in (2, 1)]
    happened = [Happened("scanner", about, at) for at in (11.0, 10.0, 12.0)]
    committed = Committed()
    committed.note("report", "e", 1, 10.5)
    committed.note("report", "e", 2, 11.25)
    waits = waits_of(happened, letters, committed)
    assert [wait.milliseconds for wait in waits] == [500.0, 250.0]


def test_an_acknowledgement_covers_all_before_it_and_a_wild_one_costs_nothing() -> None:
    committed = Committed()
    for upto, at in ((3, 1.0), (2, 2.0), (5, 3.0), (2**53, 4.0)):
        committed.note("alert", "e", upto, at)
    assert [committed.since("alert", "e", number) for number in (1, 3, 4, 6)] == [1.0, 1.0, 3.0, 4.0]
    assert committed.since("report", "e", 1) is None
    assert (committed.upto("alert"), committed.upto("report")) == (2**53, 0)


def test_quantiles_are_by_nearest_rank() -> None:
    assert quantiles([]) == {}
    assert quantiles([float(value) for value in range(1, 101)]) == {"p50": 50.0, "p99": 99.0, "count": 100}


def test_the_report_is_json_with_what_was_promised() -> None:
    told = msgspec.json.decode(msgspec.json.encode(compare(BOOKS, TRUTH, COMMITTED)))
    assert {"passes", "admitted", "refused", "referred", "door_movements", "temperatures", "alerts_raised"} <= set(told)
    assert {"alerts_at_centre", "lost", "doubled", "latency_ms"} <= set(told)
    assert timedelta(milliseconds=told["latency_ms"]["p99"]) == timedelta(seconds=0.25)
