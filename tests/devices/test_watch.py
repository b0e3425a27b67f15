"""One link for ever: opened, lost, opened again; what is heard gets its hour, what is on disk is confirmed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel

from devices.driver import Action, Driver, Identify, LinkLost, NoKeys, Reply
from devices.inbox import Inbox
from devices.reading import DoorSeen, LinkSeen, Reading, Receipt, Sighting
from devices.watch import STEP_SECONDS, HouseClock, Watch

SOON = 30.0
RECEIPT = Receipt("node-1", 7, 1)


class Settings(BaseModel):
    pass


class Wire:
    """What goes over the one link of the test, and how often it was opened."""

    def __init__(self) -> None:
        self.chunks: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.sent: list[bytes] = []
        self.opened = 0
        self.broken = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._chunks()

    async def _chunks(self) -> AsyncIterator[bytes]:
        while (chunk := await self.chunks.get()) is not None:
            yield chunk
        raise LinkLost("wire", "unplugged")

    def send(self, data: bytes) -> None:
        if self.broken:
            raise LinkLost("wire", "gone")
        self.sent.append(data)


class Decoder:
    def feed(self, chunk: bytes) -> Iterable[Sighting | Reply]:
        yield Reply(b"what?")
        yield Sighting(DoorSeen(open=True), speaker="node-1", ago_seconds=float(chunk), receipt=RECEIPT)

    def confirm(self, receipt: Receipt) -> Iterable[bytes]:
        yield b"kept"

    def act(self, action: Action) -> Iterable[bytes]:
        return (b"blink",) if action.device == "node-1" else ()


class Watched:
    def __init__(self) -> None:
        self.wire = Wire()
        self.heard: list[Reading] = []
        self.clock = HouseClock()

        @asynccontextmanager
        async def open_link(settings: Settings) -> AsyncIterator[Wire]:
            self.wire.opened += 1
            yield self.wire

        driver = Driver(Settings, open_link, lambda settings, keys: Decoder())
        self.watch = Watch("wire", driver, Settings(), NoKeys(), self._deliver, self.clock)

    async def _deliver(self, reading: Reading) -> None:
        self.heard.append(reading)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(SOON):
            while not condition():  # noqa: ASYNC110 - what is looked at has no event of its own
                await asyncio.sleep(0.01)


@asynccontextmanager
async def watched() -> AsyncIterator[Watched]:
    here = Watched()
    running = asyncio.create_task(here.watch.run())
    try:
        await here.until(lambda: len(here.heard) == 1)
        yield here
    finally:
        running.cancel()
        await asyncio.wait([running])


@pytest.mark.asyncio
async def test_what_is_heard_gets_its_hour_and_its_speaker() -> None:
    async with watched() as here:
        assert (here.heard[0].seen, here.heard[0].device) == (LinkSeen(open=True), "wire")
        await here.wire.chunks.put(b"90")
        await here.until(lambda: len(here.heard) == 2)
        reading = here.heard[1]
        assert (reading.link, reading.device, reading.receipt) == ("wire", "node-1", RECEIPT)
        assert reading.heard - reading.at == timedelta(seconds=90)
        assert abs(here.clock.now() - reading.heard) < timedelta(seconds=SOON)
        assert here.wire.sent == [b"what?"]


@pytest.mark.asyncio
async def test_a_lost_link_is_told_and_opened_again() -> None:
    async with watched() as here:
        await here.wire.chunks.put(None)
        await here.until(lambda: len(here.heard) == 3)
        assert [reading.seen for reading in here.heard] == [
            LinkSeen(open=True),
            LinkSeen(open=False, why="unplugged"),
            LinkSeen(open=True),
        ]
        assert here.wire.opened == 2
        assert here.watch.open


@pytest.mark.asyncio
async def test_confirming_and_acting() -> None:
    async with watched() as here:
        here.watch.confirm(RECEIPT)
        assert here.watch.act(Identify("node-1"))
        assert not here.watch.act(Identify("node-2"))  # the driver has no words for it: it did not happen
        assert here.wire.sent == [b"kept", b"blink"]
        here.wire.broken = True
        here.watch.confirm(RECEIPT)  # the device asks again by itself
        assert not here.watch.act(Identify("node-1"))


@pytest.mark.asyncio
async def test_on_a_link_that_is_away_nothing_happens() -> None:
    here = Watched()
    here.watch.confirm(RECEIPT)
    assert not here.watch.act(Identify("node-1"))
    assert not here.watch.open


def test_the_house_never_begins_before_its_last_record() -> None:
    last = datetime.now(UTC) + timedelta(hours=8)
    clock = HouseClock(not_before=last)
    assert clock.behind
    assert clock.now() >= last
    assert clock.step() < -STEP_SECONDS


def test_following_a_wall_clock_that_is_behind_the_journal_does_not_make_it_right() -> None:
    clock = HouseClock(not_before=datetime.now(UTC) + timedelta(hours=8))
    clock.follow()
    assert clock.behind
    assert clock.step() == 0.0


def test_a_little_drift_at_a_quick_restart_is_no_wrong_clock() -> None:
    last = datetime.now(UTC) + timedelta(seconds=STEP_SECONDS / 2)
    clock = HouseClock(not_before=last)
    assert not clock.behind
    assert clock.now() >= last


def test_a_clock_ahead_of_its_last_record_is_simply_the_hour() -> None:
    clock = HouseClock(not_before=datetime.now(UTC) - timedelta(hours=8))
    assert not clock.behind
    assert clock.step() == 0.0


@pytest.mark.asyncio
async def test_a_bounded_inbox_keeps_the_order_and_lets_nobody_past() -> None:
    inbox: Inbox[int] = Inbox(3)
    putting = [asyncio.create_task(inbox.put(number)) for number in range(20)]
    taken: list[int] = []
    while len(taken) < 20:
        await asyncio.wait_for(inbox.some(), SOON)
        taken += inbox.take(2)
        assert len(inbox) <= 3
    assert taken == list(range(20))
    await asyncio.gather(*putting)
    assert inbox.take_all() == []
