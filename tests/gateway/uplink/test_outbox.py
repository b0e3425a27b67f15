"""The bookmark moves on the centre's word alone, never over a hole, and a lost bookmark costs repeats at most."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.entries import Stream
from gateway.journal.deletion import Gap
from gateway.journal.epoch import Epoch
from gateway.journal.file import JournalFile
from gateway.journal.journal import JournalSettings, open_journal
from gateway.outbox import Ack, Outbox, contiguous
from tests.journal_entries import NOON, alert, append, report

ALERT, REPORT = Stream.ALERT, Stream.REPORT
SETTINGS = JournalSettings(reserve_kb=0)


class PaperJournal:
    """What the outbox needs of a journal, on paper: numbers given, bookmarks kept."""

    def __init__(self, bookmarks: dict[Stream, int], last_of: dict[Stream, int]) -> None:
        self.epoch = Epoch(number=1, name="e1", is_new=False)
        self.bookmarks = bookmarks
        self.last_of = last_of

    def keep_bookmark(self, stream: Stream, upto: int) -> None:
        self.bookmarks[stream] = upto


def outbox_of(alerts: int, confirmed: int = 0) -> tuple[Outbox, PaperJournal]:
    journal = PaperJournal({ALERT: confirmed, REPORT: 0}, {ALERT: alerts, REPORT: 5})
    return Outbox(journal), journal


@pytest.mark.parametrize(
    ("epoch", "upto", "ack", "bookmark"),
    [
        ("e1", 7, Ack.ADVANCED, 7),
        ("e1", 10, Ack.ADVANCED, 10),
        ("e1", 4, Ack.KNOWN, 4),
        ("e1", 3, Ack.KNOWN, 4),  # overtaken: ignored
        ("e1", -1, Ack.KNOWN, 4),
        ("e0", 7, Ack.FOREIGN, 4),
        ("e0", 99, Ack.FOREIGN, 4),
        ("e1", 11, Ack.AHEAD, 4),  # never given by this journal
    ],
)
def test_a_cumulative_acknowledgement(epoch: str, upto: int, ack: Ack, bookmark: int) -> None:
    outbox, journal = outbox_of(10, confirmed=4)
    assert outbox.advance(ALERT, epoch, upto) is ack
    assert (outbox.bookmark(ALERT), journal.bookmarks[ALERT], outbox.backlog(ALERT)) == (
        bookmark,
        bookmark,
        10 - bookmark,
    )
    assert (outbox.bookmark(REPORT), outbox.backlog(REPORT)) == (0, 5)


def test_confirmed_out_of_order_the_bookmark_waits_at_the_hole() -> None:
    outbox, _ = outbox_of(10)
    assert outbox.confirm(ALERT, "e1", [2, 3, 5]) is Ack.KNOWN
    assert outbox.bookmark(ALERT) == 0
    assert outbox.confirm(ALERT, "e1", [1]) is Ack.ADVANCED
    assert outbox.bookmark(ALERT) == 3
    assert outbox.confirm(ALERT, "e1", [1, 2, 4]) is Ack.ADVANCED
    assert outbox.bookmark(ALERT) == 5
    assert outbox.confirm(ALERT, "e0", [6]) is Ack.FOREIGN
    assert outbox.confirm(ALERT, "e1", [6, 11]) is Ack.AHEAD
    assert outbox.confirm(ALERT, "e1", []) is Ack.KNOWN
    assert outbox.bookmark(ALERT) == 5


def test_only_the_order_to_send_since_a_number_rewinds() -> None:
    outbox, journal = outbox_of(10, confirmed=8)
    assert not outbox.rewind(ALERT, 9)  # waits anyway
    assert not outbox.rewind(ALERT, 0)
    assert outbox.rewind(ALERT, 3)
    assert (outbox.bookmark(ALERT), journal.bookmarks[ALERT], outbox.backlog(ALERT)) == (2, 2, 8)


def test_the_run_after_the_bookmark() -> None:
    assert contiguous(0, set()) == 0
    assert contiguous(0, {2, 3}) == 0
    assert contiguous(1, {2, 3, 5}) == 3
    assert contiguous(7, {1, 2, 8}) == 8


class CentreAndGateway(RuleBasedStateMachine):
    """A gateway that is restarted at any moment and may lose its newest bookmark; a centre whose words come late."""

    def __init__(self) -> None:
        super().__init__()
        self.disk = {ALERT: 0, REPORT: 0}
        self.last = 0
        self.centre: set[int] = set()
        self.on_the_way: list[int] = []  # cumulative acknowledgements, in any order, more than once
        self.furthest = 0
        self.start()

    def start(self) -> None:
        self.journal = PaperJournal(dict(self.disk), {ALERT: self.last, REPORT: 0})
        self.outbox = Outbox(self.journal)
        self.cursor = self.outbox.bookmark(ALERT)

    @rule(count=st.integers(1, 5))
    def commit(self, count: int) -> None:
        self.last += count
        self.journal.last_of = {ALERT: self.last, REPORT: 0}

    @rule(arrives=st.lists(st.booleans(), max_size=8))
    def send(self, arrives: list[bool]) -> None:
        for arrived in arrives:
            if self.cursor < self.outbox.last(ALERT):
                self.cursor += 1
                if arrived:
                    self.centre.add(self.cursor)

    @rule()
    def resend(self) -> None:
        self.cursor = self.outbox.bookmark(ALERT)

    @rule()
    def centre_acknowledges(self) -> None:
        self.on_the_way.append(contiguous(0, self.centre))

    @rule(data=st.data(), twice=st.booleans())
    def acknowledgement_arrives(self, data: st.DataObject, twice: bool) -> None:
        if self.on_the_way:
            place = data.draw(st.integers(0, len(self.on_the_way) - 1))
            upto = self.on_the_way[place] if twice else self.on_the_way.pop(place)
            before = self.outbox.bookmark(ALERT)
            ack = self.outbox.advance(ALERT, "e1", upto)
            assert ack is (Ack.ADVANCED if upto > before else Ack.KNOWN)

    @rule(data=st.data())
    def centre_asks_again(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(1, self.last + 1))
        if self.outbox.rewind(ALERT, number):
            self.cursor = number - 1

    @rule()
    def bookmark_reaches_the_disk(self) -> None:
        self.disk = dict(self.journal.bookmarks)

    @rule()
    def killed(self) -> None:
        self.start()

    @invariant()
    def nothing_the_centre_lacks_is_confirmed(self) -> None:
        assert set(range(1, self.outbox.bookmark(ALERT) + 1)) <= self.centre

    @invariant()
    def backlog_is_what_was_not_confirmed(self) -> None:
        assert self.outbox.backlog(ALERT) == self.last - self.outbox.bookmark(ALERT) >= 0

    def teardown(self) -> None:
        """However it went: with a road that works, everything arrives."""
        self.resend()
        self.send([True] * self.last)
        self.outbox.advance(ALERT, "e1", contiguous(0, self.centre))
        assert self.centre == set(range(1, self.last + 1))
        assert self.outbox.backlog(ALERT) == 0


CentreAndGateway.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestCentreAndGateway = CentreAndGateway.TestCase


@pytest.mark.asyncio
async def test_what_is_pending_and_how_long_it_has_waited(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db", SETTINGS) as journal:
        outbox = Outbox(journal)
        assert await outbox.oldest_unconfirmed(ALERT) is None
        await append(journal, [alert(1, 1), report(2, 1), alert(3, 2), alert(4, 3)])
        assert outbox.epoch == journal.epoch.name
        assert outbox.advance(ALERT, outbox.epoch, 1) is Ack.ADVANCED
        assert [r.number for r in await outbox.pending(ALERT, outbox.bookmark(ALERT), 10)] == [3, 4]
        assert [r.number for r in await outbox.pending(ALERT, 2, 10)] == [4]
        assert [r.number for r in await outbox.pending(REPORT, 0, 10)] == [2]
        heard = await outbox.oldest_unconfirmed(ALERT)
        assert heard is not None
        assert (heard - NOON).total_seconds() == 3.5


@pytest.mark.asyncio
async def test_a_bookmark_rides_on_the_next_commit_or_comes_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path, SETTINGS) as journal:
        outbox = Outbox(journal)
        await append(journal, [alert(1, 1), alert(2, 2), alert(3, 3)])
        outbox.advance(ALERT, outbox.epoch, 1)
        await append(journal, [alert(4, 4)])
        assert await journal.read(lambda reader: kept_bookmark(reader)) == 1
        outbox.advance(ALERT, outbox.epoch, 3)
        while await journal.read(lambda reader: kept_bookmark(reader)) != 3:  # noqa: ASYNC110 (there is no event)
            await asyncio.sleep(0.02)
        outbox.advance(ALERT, outbox.epoch, 4)  # closing takes it along
    with JournalFile(path, SETTINGS) as file:
        assert file.bookmarks == {ALERT: 4, REPORT: 0}


def kept_bookmark(reader) -> int:
    return reader._db.execute("select upto from bookmark where stream = 'alert'").get


@pytest.mark.asyncio
async def test_reports_that_went_unsent_hold_nothing_up_and_are_told(tmp_path: Path) -> None:
    sheds = []
    small = JournalSettings(quota_mb=0.3, reserve_kb=0, checkpoint_pages=16)
    async with open_journal(tmp_path / "journal.db", small, sheds.append) as journal:
        outbox = Outbox(journal)
        number = 0
        while not sheds:
            number += 1
            await append(journal, [report(number, number, b"r" * 300)])
        gone = sheds[0].gaps[-1].last
        assert await outbox.gaps(REPORT) == [Gap(REPORT, 1, gone)]
        pending = await outbox.pending(REPORT, 0, number)
        sendable = [r.stream_number for r in pending if r.body is not None]
        assert sendable == list(range(gone + 1, number + 1))
        assert outbox.confirm(REPORT, outbox.epoch, sendable) is Ack.ADVANCED
        assert outbox.bookmark(REPORT) == number
        assert await outbox.gaps(REPORT) == []
