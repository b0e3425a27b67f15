"""The gatekeeper runs ahead of the disk; the world is told after the commit, in the order of the journal."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import pytest
from msgspec import Struct
from msgspec.structs import replace

from devices.driver import Action, Output
from devices.inbox import Inbox
from devices.reading import AliveSeen, BandSeen, CodeSeen, DoorSeen, Reading, Receipt
from gateway.compound import PAGE
from gateway.entries import Entry, Stream
from gateway.events.every import ConfigLoaded, HouseOpened
from gateway.findings import Reason, Verdict
from gateway.house.items import Item, Made
from gateway.house.keeper import ADVERTS_AT_ONCE, AT_ONCE, DUE_AT_ONCE, READERS_KEEP_UP, Keeper
from gateway.house.recall import recall
from gateway.journal.file import JournalFile
from gateway.journal.journal import Journal, JournalError, open_journal
from gateway.kinds import Kind
from gateway.orders.every import GuardRuled, QuarantineBegun
from gateway.shown.fold import Shown
from gateway.state.state import freeze
from gateway.view import Committed
from tests.gateway.keeping import ANNA, BAND, DOOR, FLAT, IN, START, make_site, seconds

T = TypeVar("T")
SOON = 30.0


class FakeWatch:
    """A link that writes down what it was asked to do."""

    def __init__(self, told: list[Any], *, broken: bool = False) -> None:
        self.told = told
        self.broken = broken

    def confirm(self, receipt: Receipt) -> None:
        if self.broken:
            raise RuntimeError("a bug in a driver")
        self.told.append(receipt.sequence)

    def act(self, action: Action) -> bool:
        assert isinstance(action, Output)
        self.told.append(action.device)
        return True


class Room:
    """A keeper with a real journal, its clock in our hand, and all that the world was told, in order."""

    def __init__(self, journal: Journal, *, broken: bool = False, inbox: int = 2000) -> None:
        self.journal = journal
        self.told: list[Any] = []
        self.now = START
        self.inbox: Inbox[Item] = Inbox(inbox)
        watches: Any = {"cable": FakeWatch(self.told, broken=broken)}
        self.keeper = Keeper(recall(journal), journal, self.inbox, lambda: self.now, watches, snapshot_every=10**9)
        self.keeper.listen(self._committed)
        self.sequence = 0

    def _committed(self, entry: Entry, body: Struct) -> None:
        self.told.append(entry.kind)

    def open(self) -> None:
        streams = {str(stream): self.journal.last_of[stream] for stream in Stream}
        opened = HouseOpened(
            at=self.now, heard=self.now, version="1", epoch=self.journal.epoch.name, clock_trusted=True, streams=streams
        )
        self.keeper.make(Made(opened))
        self.keeper.make(Made(ConfigLoaded(at=self.now, heard=self.now, fingerprint="f", site=make_site())))

    def door(self, is_open: bool) -> Reading:
        self.sequence += 1
        receipt = Receipt(DOOR, 7, self.sequence)
        return Reading(self.now, self.now, "cable", DOOR, DoorSeen(open=is_open), receipt)

    def quarantine(self, name: str = "q1") -> QuarantineBegun:
        day = self.now.date()
        return QuarantineBegun(
            id=name,
            at=self.now,
            by="d1",
            flat=FLAT,
            subject=ANNA,
            ground="order 7",
            first_day=day,
            last_day=day + timedelta(days=9),
        )

    def ruling(self, name: str = "r1") -> GuardRuled:
        return GuardRuled(id=name, at=self.now, by="g1", lane=IN, admit=True, reason="known to me")

    @contextmanager
    def held_disk(self) -> Iterator[None]:
        """The writer is busy with something else until the end of the block."""
        let_go = threading.Event()

        def wait(file: JournalFile) -> None:
            assert let_go.wait(SOON)

        chore = asyncio.ensure_future(self.journal._chore(wait))
        try:
            yield
        finally:
            let_go.set()
            chore.add_done_callback(lambda done: done.result())

    async def turned(self, turns: int = 2) -> None:
        """The gatekeeper has judged all that was handed in."""
        wanted = self.keeper.progress + turns
        await self.until(lambda: len(self.inbox) == 0 and self.keeper.progress >= wanted)

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(SOON):
            while not condition():  # noqa: ASYNC110 - what the test looks at has no event of its own
                await asyncio.sleep(0.005)

    async def settled(self) -> None:
        done = asyncio.Event()
        self.keeper.after_commit(done.set)
        await asyncio.wait_for(done.wait(), SOON)


@asynccontextmanager
async def room(folder: Path, **how: Any) -> AsyncIterator[Room]:
    async with open_journal(folder / "journal.db") as journal:
        here = Room(journal, **how)
        here.open()
        running = asyncio.create_task(here.keeper.run())
        try:
            yield here
        finally:
            running.cancel()
            await asyncio.wait([running])
            if not running.cancelled():
                running.result()


async def soon(awaitable: Awaitable[T]) -> T:
    return await asyncio.wait_for(awaitable, SOON)


@pytest.mark.asyncio
async def test_nothing_is_told_before_it_is_on_disk(tmp_path: Path) -> None:
    async with room(tmp_path) as here, here.keeper.committed() as entries:
        await here.settled()
        assert [(await soon(anext(entries))).entry.kind for _ in range(2)] == ["HouseOpened", "ConfigLoaded"]
        here.told.clear()
        with here.held_disk():
            await here.inbox.put(here.door(True))
            asked = asyncio.create_task(here.keeper.order(here.ruling()))
            following = asyncio.ensure_future(anext(entries))
            await here.turned()
            assert here.keeper.gatekeeper.state.open_doors == {FLAT: START}  # it has run ahead
            assert here.told == []
            assert here.keeper.shown.open_doors == {}
            assert not asked.done()
            assert not following.done()
        assert (await soon(asked)).done
        first = await soon(following)
        effects = (1, "node-0000000a")
        assert [told for told in here.told if told in effects] == list(effects)
        assert [told for told in here.told if told not in effects] == ["DoorMoved", "GuardRuled", "Decision"]
        assert here.keeper.shown.open_doors == {FLAT: START}
        assert (first.entry.number, type(first.body).__name__) == (3, "DoorMoved")
        assert here.journal.last == 5


@pytest.mark.asyncio
async def test_a_repeat_is_confirmed_again_and_not_before_the_first_is_on_disk(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await here.settled()
        reading = here.door(True)
        with here.held_disk():
            for _ in range(3):
                await here.inbox.put(reading)
                await here.turned()
            assert 1 not in here.told
        await here.settled()
        assert here.told.count(1) == 3
        assert here.told.count("DoorMoved") == 1


@pytest.mark.asyncio
async def test_the_same_order_twice_is_answered_after_the_commit_both_times(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await here.settled()
        with here.held_disk():
            both = [asyncio.create_task(here.keeper.order(here.ruling())) for _ in range(2)]
            await here.turned()
            assert not any(task.done() for task in both)
        assert await soon(both[1]) == replace(await soon(both[0]), again=True)
        assert here.told.count("node-0000000a") == 1


@pytest.mark.asyncio
async def test_a_code_read_by_a_page_is_answered_after_the_commit_and_its_text_kept_nowhere(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await here.settled()
        code = Reading(at=START, heard=START, link="pages", device=f"{PAGE}{IN}", seen=CodeSeen("MS1:NOBODYKNOWSTHIS"))
        nowhere = replace(code, device=f"{PAGE}nowhere")
        with here.held_disk():
            asked = asyncio.create_task(here.keeper.present(code))
            await here.turned()
            assert not asked.done()
            assert "Decision" not in here.told
        decision = await soon(asked)
        assert decision is not None
        assert (decision.lane, decision.verdict, decision.reason) == (IN, Verdict.REFER, Reason.CANNOT_CHECK)
        assert await soon(here.keeper.present(nowhere)) is None
        assert here.told[-2:] == ["PassShown", "Decision"]
    kept = [file.read_bytes() for file in tmp_path.iterdir()]  # noqa: ASYNC240 - three small files, nothing runs now
    assert not any(b"NOBODYKNOWSTHIS" in content for content in kept)


@pytest.mark.asyncio
async def test_who_asked_and_went_away_harms_nobody(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await here.settled()
        with here.held_disk():
            asked = asyncio.create_task(here.keeper.order(here.ruling()))
            await here.turned()
            asked.cancel()
            await asyncio.wait([asked])
        assert (await soon(here.keeper.order(here.ruling("r2")))).done


@pytest.mark.asyncio
async def test_effects_keep_the_order_of_the_journal_under_load(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        for number in range(3000):
            await here.inbox.put(here.door(number % 2 == 0))
        await here.until(lambda: here.told.count("DoorMoved") == 3000)
        assert [told for told in here.told if isinstance(told, int)] == list(range(1, 3001))
        records = await here.journal.since(0, 4000)
        assert [record.number for record in records] == list(range(1, len(records) + 1))


@pytest.mark.asyncio
async def test_a_slow_reader_is_told_and_the_others_read_on(tmp_path: Path) -> None:
    async with room(tmp_path) as here, here.keeper.committed() as slow, here.keeper.committed() as quick:
        heard: list[int] = []

        async def read(entries: AsyncIterator[Committed]) -> None:
            async for committed in entries:
                heard.append(committed.entry.number)

        reading = asyncio.create_task(read(quick))
        for number in range(READERS_KEEP_UP + 500):
            await here.inbox.put(here.door(number % 2 == 0))
        await here.until(lambda: len(heard) >= READERS_KEEP_UP + 502)
        got = [committed.entry.number async for committed in slow]  # it ends: that is how it is told
        assert got == list(range(1, len(got) + 1))
        assert len(got) < READERS_KEEP_UP + 500
        assert heard == list(range(1, len(heard) + 1))
        here.keeper.end_readers()
        await soon(reading)


@pytest.mark.asyncio
async def test_an_effect_that_fails_ends_the_house(tmp_path: Path) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)  # it is told by `watch` as well
    with pytest.raises(JournalError, match="a bug in a driver"):  # noqa: PT012 - in or on leaving the room
        async with room(tmp_path, broken=True) as here:
            await here.settled()
            await here.inbox.put(here.door(True))
            await soon(here.journal.watch())


@pytest.mark.asyncio
async def test_what_is_in_the_inbox_at_the_end_is_kept(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db") as journal:
        here = Room(journal)
        here.open()
        for number in range(700):
            await here.inbox.put(here.door(number % 2 == 0))
        here.keeper.drain()
        await here.keeper.snapshots.last()
        assert here.told.count("DoorMoved") == 700
        assert journal.last == 702
        state = freeze(here.keeper.gatekeeper.state)
    async with open_journal(tmp_path / "journal.db") as journal:
        assert freeze(recall(journal).state) == state


@pytest.mark.asyncio
async def test_a_full_inbox_makes_those_who_put_wait(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db") as journal:
        here = Room(journal, inbox=10)
        here.open()
        for _ in range(10):
            await here.inbox.put(here.door(True))
        late = asyncio.create_task(here.inbox.put(here.door(False)))
        await asyncio.sleep(0)
        assert not late.done()
        running = asyncio.create_task(here.keeper.run())
        await soon(late)
        await here.until(lambda: here.told.count("DoorMoved") == 11)
        running.cancel()
        await asyncio.wait([running])


@pytest.mark.asyncio
async def test_one_turn_judges_so_much_and_a_call_before_the_adverts(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db") as journal:
        here = Room(journal, inbox=5000)
        here.open()
        gatekeeper, heard = here.keeper.gatekeeper, here.keeper.gatekeeper.condenser.tally
        for number in range(ADVERTS_AT_ONCE * 5):
            advert = BandSeen(rssi=-60, celsius=36.5, counter=number, worn=True)
            await here.inbox.put(Reading(here.now, here.now, "radio", BAND, advert), can_wait=True)
        for number in range(AT_ONCE * 2):
            await here.inbox.put(here.door(number % 2 == 0))
        call = Reading(here.now, here.now, "radio", BAND, BandSeen(rssi=-60, counter=10**6, sos=True))
        await here.inbox.put(call)
        turns: list[tuple[int, bool]] = []  # at the turns of somebody else in the loop: what was judged by then

        async def look_on() -> None:
            while len(here.inbox):
                turns.append((heard.heard, gatekeeper.state.counters.get(BAND) == 10**6))
                await asyncio.sleep(0)

        running = asyncio.create_task(here.keeper.run())
        await soon(look_on())
        judged = sorted({count for count, _ in turns})
        assert all(more - less <= AT_ONCE + ADVERTS_AT_ONCE for less, more in pairwise([0, *judged]))
        assert min(count for count, called in turns if called) == AT_ONCE * 2 + 1 + ADVERTS_AT_ONCE * 3
        running.cancel()
        await asyncio.wait([running])


@pytest.mark.asyncio
async def test_what_falls_due_together_lets_others_in_between_and_the_inbox_after(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db") as journal:
        here = Room(journal)
        here.open()
        for number in range(DUE_AT_ONCE * 4):
            here.keeper.make(Made(replace(here.quarantine(f"q{number}"), subject=f"{number:016x}")))
        assert len(here.keeper.gatekeeper.state.quarantines) == DUE_AT_ONCE * 4
        here.now += timedelta(days=11)
        await here.inbox.put(here.door(True))
        left: list[int] = []

        async def look_on() -> None:
            while len(here.inbox):
                left.append(len(here.keeper.gatekeeper.state.quarantines))
                await asyncio.sleep(0)

        running = asyncio.create_task(here.keeper.run())
        await soon(look_on())
        assert len(set(left)) >= 4
        assert here.keeper.gatekeeper.state.quarantines == {}
        kinds = {alert.kind for alert in here.keeper.gatekeeper.state.alerts.values()}
        assert Kind.QUARANTINE_DOOR_OPENED not in kinds  # the door that opened after midnight is a free person's
        running.cancel()
        await asyncio.wait([running])


@pytest.mark.asyncio
@pytest.mark.parametrize(("shut_after", "told"), [(119.0, False), (121.0, True)])
async def test_what_was_there_before_something_fell_due_goes_before_it(
    tmp_path: Path, shut_after: float, told: bool
) -> None:
    """A busy house finds a door's word and the end of the door's time at once; the hours on them decide."""
    async with open_journal(tmp_path / "journal.db") as journal:
        here = Room(journal)
        here.open()
        here.keeper.make(Made(here.quarantine()))
        running = asyncio.create_task(here.keeper.run())
        await here.inbox.put(here.door(True))
        await here.settled()
        await here.turned()
        here.now += seconds(shut_after)
        shut = here.door(False)
        here.now += seconds(10)
        await here.inbox.put(shut)
        await here.turned()
        await here.settled()
        kinds = {alert.kind for alert in here.keeper.shown.alerts.values()}
        assert Kind.QUARANTINE_DOOR_OPENED in kinds
        assert (Kind.QUARANTINE_DOOR_LEFT_OPEN in kinds) is told
        running.cancel()
        await asyncio.wait([running])


@pytest.mark.asyncio
async def test_a_timer_wakes_the_keeper_by_itself(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        assert (await soon(here.keeper.order(here.quarantine()))).done
        await here.inbox.put(here.door(True))
        await here.settled()
        here.now += seconds(121)
        await here.until(lambda: any(a.kind is Kind.QUARANTINE_DOOR_LEFT_OPEN for a in here.keeper.shown.open_alerts()))


@pytest.mark.asyncio
async def test_what_is_shown_is_what_a_restart_would_show(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await soon(here.keeper.order(here.quarantine()))
        refused = await soon(here.keeper.order(replace(here.quarantine("q2"), flat="palm/nowhere")))
        assert not refused.done
        await here.inbox.put(here.door(True))
        await here.inbox.put(Reading(here.now, here.now, "cable", "camera", CodeSeen("MS1:X")))
        await here.inbox.put(Reading(here.now, here.now, "cable", DOOR, AliveSeen(battery_percent=3)))
        await here.turned()
        await here.settled()
        shown = here.keeper.shown
        again = Shown(recall(here.journal).state)
        for part in ("alerts", "quarantines", "windows", "open_doors", "silent", "off"):
            assert getattr(shown, part) == getattr(again, part)
        assert list(shown.quarantines) == ["q1"]


@pytest.mark.asyncio
async def test_a_snapshot_is_of_what_was_handed_to_the_disk(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.keeper.snapshots.every = 50
        for number in range(1000):
            await here.inbox.put(here.door(number % 2 == 0))
        await here.until(lambda: here.told.count("DoorMoved") == 1000)
        await here.until(lambda: here.journal.newest_snapshot(None) is not None)
        await here.settled()
        whole = freeze(here.keeper.gatekeeper.state)
        assert freeze(recall(here.journal).state) == whole
