"""A day at the gate in virtual time: 3,000 passages over four lanes, and every answer is what the day says it must be.

People show codes and cards, cars their plates, and the guard types what neither scanner nor camera can read.

The passes are signed and verified, the journal is a real one and is read back at the end; the centre is whoever empties
the outbox. What must come of each passage is written in tests/day.py and its neighbours, from docs/answers.md.
"""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from msgspec import Struct

from devices.driver import Output
from devices.reading import CodeSeen, Reading, TypedSeen
from gateway.bodies import read_body
from gateway.compound import PAGE
from gateway.entries import Act, Batch, Stream
from gateway.events.every import ClockSet, ConfigLoaded, HouseOpened
from gateway.findings import Alert, Closing, Decision
from gateway.gatekeeper import Gatekeeper
from gateway.house.recall import recall
from gateway.interpret.readings import CodeKeys
from gateway.journal.journal import Journal, open_journal
from gateway.journal.reader import Reader
from gateway.muster import muster
from gateway.orders.every import AlertClosed, GuardRuled, Order, RulingUndone, TrustTaken
from gateway.outbox import Ack, Outbox
from gateway.passes.trust import Trust
from gateway.shown.fold import Shown
from gateway.state.state import RULES_VERSION, freeze
from tests.day import Day
from tests.day_cases import full_day
from tests.day_site import day_site, reader, relay, scanner
from tests.day_steps import ANSWERS, Answer, Closed, Ordered, Passage, Ruled, Said, Step, TrustCame, Undone
from tests.gateway.keeping import NO_ROUNDS

PASSAGES = 3000
ROOT = Path(__file__).resolve().parents[2]
OFTEN = 100  # steps after which the disk and the centre are waited for
SNAPSHOT_EVERY = 900  # steps


@dataclass
class Gate4:
    """A gatekeeper, its journal and a centre, played through a day."""

    path: Path
    stack: AsyncExitStack
    journal: Journal
    gatekeeper: Gatekeeper
    outbox: Outbox
    shown: Shown
    now: datetime
    codes: CodeKeys
    trust: Trust | None = None
    connected: bool = True
    decided: list[Decision] = field(default_factory=list)
    opened: list[list[str]] = field(default_factory=list)  # lanes, for each decision
    released: list[int] = field(default_factory=list)  # numbers of entries said to be on disk
    at_centre: dict[Stream, list[Struct]] = field(default_factory=lambda: {stream: [] for stream in Stream})
    backlogs: list[int] = field(default_factory=list)  # while there was no uplink
    restarts: int = 0
    musters: list[tuple[set[str], set[str]]] = field(default_factory=list)

    async def step(self, step: Step) -> None:
        self.now = step.at
        while (due := self.gatekeeper.due()) is not None and due <= step.at:
            self.take(self.gatekeeper.tick(due))
        match step:
            case Passage(at=at, lane=lane, text=text, number=number):
                device = PAGE + lane if isinstance(number, TypedSeen) else reader(lane) if number else scanner(lane)
                reading = Reading(at, at, device, device, number or CodeSeen(text))
                self.decide(self.gatekeeper.receive(reading))
            case Ruled():
                number = self.gatekeeper.state.decision_numbers[-1]
                ruling = GuardRuled(
                    id=f"r{number}",
                    at=step.at,
                    by="guard-1",
                    lane=step.lane,
                    admit=step.admit,
                    reason="known",
                    decision=number,
                )
                self.decide(self.order(ruling))
            case Undone():
                number = self.gatekeeper.state.decision_numbers[-1]
                self.decide(self.order(RulingUndone(id=f"u{number}", at=step.at, by="guard-1", decision=number)))
            case Ordered(order=order):
                self.take(self.order(order))
            case TrustCame(trust=trust):
                self.believe(trust)
            case Closed(kind=kind, key=key):
                alert = self.gatekeeper.state.ringing[f"{kind}|{key}"]
                closed = AlertClosed(id=f"c{alert}", at=step.at, by="duty-1", alert=alert, closing=Closing.REAL)
                self.take(self.order(closed))
            case Said(what="restart"):
                await self.restart()
            case Said(what="clock put right"):
                self.take(
                    self.gatekeeper.consider(ClockSet(at=step.at, heard=step.at, seconds=0.0, clock_trusted=True))
                )
            case Said(what=what):
                await self.settle()
                self.connected = what == "uplink back"

    def order(self, order: Order) -> Batch:
        batch, result = self.gatekeeper.order(order)
        assert result.done, (order, result.why)
        return batch

    def believe(self, trust: Trust) -> None:
        self.trust = self.gatekeeper.trust = trust
        taken = TrustTaken(
            id=f"trust-{trust.version}",
            at=self.now,
            by="centre",
            version=trust.version,
            digest=trust.digest.hex(),
            issued_at=trust.listed.issued_at,
            next_update=trust.next_update,
        )
        self.take(self.order(taken))

    def decide(self, batch: Batch) -> None:
        self.take(batch)
        decisions = [body for body in batch.bodies if isinstance(body, Decision)]
        assert len(decisions) == 1, batch.bodies
        self.decided += decisions
        actions = [effect.action for effect in batch.effects if isinstance(effect, Act)]
        self.opened.append([action.device for action in actions if isinstance(action, Output) and action.on])

    def take(self, batch: Batch) -> None:
        self.journal.submit(batch, self.on_disk)

    def on_disk(self, batch: Batch) -> None:
        for entry, body in zip(batch.entries, batch.bodies, strict=True):
            self.released.append(entry.number)
            self.shown.apply(entry.number, body)

    async def settle(self) -> None:
        """Everything submitted is on disk; and at the centre, if there is a road to it."""
        on_disk = asyncio.Event()
        self.journal.submit(Batch(entries=()), lambda batch: on_disk.set())
        await on_disk.wait()
        if not self.connected:
            self.backlogs.append(sum(self.outbox.backlog(stream) for stream in Stream))
            return
        for stream in Stream:
            while self.outbox.backlog(stream):
                for record in await self.outbox.pending(stream, self.outbox.bookmark(stream), 200):
                    assert record.body is not None
                    assert record.stream_number is not None
                    self.at_centre[stream].append(read_body(record.body))
                    assert self.outbox.advance(stream, self.outbox.epoch, record.stream_number) is Ack.ADVANCED

    async def restart(self) -> None:
        """The gatekeeper is dropped where it stands; another one is made of what is on disk."""
        await self.settle()
        before = freeze(self.gatekeeper.state)
        bookmarks = {stream: self.outbox.bookmark(stream) for stream in Stream}
        await self.stack.aclose()
        self.journal = await self.stack.enter_async_context(open_journal(self.path))
        self.gatekeeper = recall(self.journal)
        assert freeze(self.gatekeeper.state) == before
        self.outbox = Outbox(self.journal)
        assert {stream: self.outbox.bookmark(stream) for stream in Stream} == bookmarks
        self.compare_musters()
        self.shown = Shown(self.gatekeeper.state)
        self.take(self.gatekeeper.consider(opened(self.journal, self.now, clock_trusted=False)))
        self.gatekeeper.trust, self.gatekeeper.codes = self.trust, self.codes
        self.restarts += 1

    def compare_musters(self) -> None:
        """The list as the page has it now, and as it would have it after a restart."""
        now, then = (
            muster(shown, self.gatekeeper.state.inside, "palm") for shown in (self.shown, Shown(self.gatekeeper.state))
        )
        self.musters.append(({who.subject for who in now}, {who.subject for who in then}))


def opened(journal: Journal, at: datetime, *, clock_trusted: bool) -> HouseOpened:
    streams = {str(stream): journal.last_of[stream] for stream in Stream}
    epoch = journal.epoch.name
    return HouseOpened(at=at, heard=at, version="1", epoch=epoch, clock_trusted=clock_trusted, streams=streams)


async def played(day: Day, path: Path) -> Gate4:
    """The day as the house saw it; its journal is closed."""
    async with AsyncExitStack() as stack:
        journal = await stack.enter_async_context(open_journal(path))
        gatekeeper = recall(journal)
        start = day.office.start
        codes = gatekeeper.codes = CodeKeys(numbers=day.office.book())
        gate = Gate4(path, stack, journal, gatekeeper, Outbox(journal), Shown(gatekeeper.state), start, codes)
        gate.take(gatekeeper.consider(opened(journal, start, clock_trusted=True)))
        loaded = ConfigLoaded(
            at=start, heard=start, fingerprint="f", site=day_site(), reports=("decisions",), round_rules=NO_ROUNDS
        )
        gate.take(gatekeeper.consider(loaded))
        await gate.settle()
        gate.shown = Shown(gatekeeper.state)
        for number, step in enumerate(day.steps, 1):
            await gate.step(step)
            if number % OFTEN == 0:
                await gate.settle()
            if number % SNAPSHOT_EVERY == 0:
                await gate.journal.snapshot(gate.gatekeeper.state.number, RULES_VERSION, freeze(gate.gatekeeper.state))
        await gate.settle()
    gate.compare_musters()
    return gate


def answers(day: Day) -> list[Answer]:
    return [step.answer for step in day.steps if isinstance(step, Passage | Ruled | Undone)]


def said(decision: Decision) -> Answer:
    return Answer(decision.lane, decision.direction, decision.verdict, decision.reason, decision.cti)


def alarms(alerts: Iterable[Struct]) -> list[tuple[str, str, int, bool]]:
    """What is known of each alert at the end: its kind, whom or what it is about, how often, and whether it is open."""
    newest = {alert.id: alert for alert in alerts if isinstance(alert, Alert)}
    return sorted((str(alert.kind), alert.key, alert.count, alert.open) for alert in newest.values())


@pytest.mark.asyncio
@pytest.mark.parametrize("seed", [3, 4])
async def test_three_thousand_passages_are_answered_as_the_day_says(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    day = full_day(seed, PASSAGES)
    expected = answers(day)
    wanted_alarms = sorted((alarm.kind, alarm.key, alarm.count, alarm.open) for alarm in day.alarms)
    caplog.set_level(logging.WARNING)
    gate = await played(day, tmp_path / "journal.db")

    # every answer is the one the day asks for, and lanes open by them and by nothing else
    wrong = [(want, got) for want, got in zip(expected, map(said, gate.decided), strict=True) if want != got]
    assert wrong == []
    assert gate.opened == [[relay(want.lane)] if want.opens else [] for want in expected]

    # on disk, all of it, once, in order; and nothing of the codes
    with Reader(gate.path) as reader:
        assert reader.check() == []
        records = list(reader.replay(0))
    assert [record.number for record in records] == list(range(1, len(records) + 1)) == gate.released
    bodies = [read_body(record.body or b"") for record in records]
    assert [said(body) for body in bodies if isinstance(body, Decision)] == expected
    assert alarms(bodies) == wanted_alarms
    shown = ("MS1:", "沪B", '"018,')  # a code, a plate, a card
    assert not [record.number for record in records if any(each.encode() in (record.body or b"") for each in shown)]

    # and at the centre, through an hour without an uplink and a restart in the middle of it
    assert gate.restarts == 1
    assert gate.backlogs == sorted(gate.backlogs)
    assert len(set(gate.backlogs)) > 1
    assert [said(body) for body in gate.at_centre[Stream.REPORT] if isinstance(body, Decision)] == expected
    assert alarms(gate.at_centre[Stream.ALERT]) == wanted_alarms
    assert caplog.messages == []

    # nobody is lost from the books either
    assert set(gate.gatekeeper.state.inside) == day.books.inside

    assert sum(isinstance(step, Passage) for step in day.steps) == PASSAGES
    assert {want.reason for want in expected} == {*ANSWERS, "ruled_by_guard", "ruling_undone"}


@pytest.mark.asyncio
async def test_the_muster_list_is_the_same_after_a_restart(tmp_path: Path) -> None:
    gate = await played(full_day(3, PASSAGES), tmp_path / "journal.db")
    for now, then in gate.musters:
        assert now == then


def test_the_answers_are_those_of_the_guards_handbook() -> None:
    """Each is on one line of the table: what stands on the screen, what to do coming in, what to do going out."""
    words = {"Admit": "admit", "Refuse": "refuse", "Guard decides": "refer"}
    handbook = {}
    for line in (ROOT / "docs" / "answers.md").read_text().splitlines():
        match [cell.strip().split("<br>") for cell in line.split("|")[1:-1]]:
            case [[_, said_in_english], [coming_in, *_], [going_out, *_]] if coming_in.startswith("**"):
                ways = (words[way.rpartition("** ")[2]] for way in (coming_in, going_out))
                handbook[said_in_english.strip()] = tuple(ways)
    assert {said: handbook[said] for said, *_ in ANSWERS.values()} == {
        said: tuple(ways) for said, *ways in ANSWERS.values()
    }
