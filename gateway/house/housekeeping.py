"""The small tasks of the house: time, the watchdog, the status line's slow figures, and what a full disk shed.

Floor 7. Each is a coroutine the house runs for ever; none decides anything about people.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from devices.inbox import Inbox
from devices.watch import HouseClock
from gateway.entries import Stream
from gateway.events.every import ClockSet, DiskFilled
from gateway.findings import Tombstone
from gateway.house.items import Item, Made
from gateway.house.keeper import Keeper
from gateway.journal.deletion import Gap, Shed
from gateway.journal.journal import Journal
from gateway.outage import OutageForecast
from gateway.outbox import Outbox
from gateway.sd_notify import SystemdNotifier

log = logging.getLogger(__name__)

CLOCK_EVERY_SECONDS = 1.0
MEASURED_EVERY_SECONDS = 2.0
STALLED_AFTER_SECONDS = 10.0  # the watchdog is told that the house lives only while the gatekeeper turns
TOLD_FULL_EVERY = timedelta(minutes=10)  # a full disk sheds every few hundred records; it is one alert with a count
NO_SENSE_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)  # a clock that says less has never been set
NO_SENSE_AFTER = datetime(2076, 1, 1, tzinfo=UTC)  # nor one that says more
LONGEST_ABSENCE = timedelta(days=31)  # a house that was closed for longer waits for a word that is signed


@dataclass(slots=True)
class Measured:
    """What the status line needs and is too slow to ask for each time."""

    oldest: datetime | None = None
    hours_left: float | None = None


def makes_sense(now: datetime, sure: datetime) -> bool:
    """Has this clock been set, and set right? `sure`: the last hour that is beyond doubt, 1970 if there is none.

    A clock that leaps ahead (a spent battery, a GPS receiver's week counter) would end every stay, let every pass
    expire and have the journal forgotten. Nobody is let go by it: a newer trust list, signed, tells that so much time
    has really passed.
    """
    return NO_SENSE_BEFORE <= now < NO_SENSE_AFTER and (sure < NO_SENSE_BEFORE or now - sure <= LONGEST_ABSENCE)


async def keep_time(
    clock: HouseClock, inbox: Inbox[Item], believed: Callable[[datetime], bool], trusted: Callable[[], bool]
) -> None:
    """A step of the wall clock is an event; drift is nothing. An hour may become believable by what came since."""
    while True:
        await asyncio.sleep(CLOCK_EVERY_SECONDS)
        seconds = clock.step()
        if seconds:
            now = clock.follow()
            log.warning("house: the clock was set by %+.1f s", seconds)
            await inbox.put(Made(ClockSet(at=now, heard=now, seconds=seconds, clock_trusted=believed(now))))
        elif not trusted() and believed(now := clock.now()):
            await inbox.put(Made(ClockSet(at=now, heard=now, seconds=0.0, clock_trusted=True)))


async def measure(measured: Measured, outbox: Outbox, outage: OutageForecast, journal: Journal) -> None:
    """Keep the slow figures of the status line fresh."""
    while True:
        oldest = [await outbox.oldest_unconfirmed(stream) for stream in Stream]
        measured.oldest = min((at for at in oldest if at), default=None)
        used = await journal.read(lambda reader: reader.used_bytes())
        measured.hours_left = await asyncio.to_thread(outage.hours_left, used)
        await asyncio.sleep(MEASURED_EVERY_SECONDS)


async def tell_watchdog(keeper: Keeper, notifier: SystemdNotifier) -> None:
    """The watchdog hears of us only while the gatekeeper turns and the disk keeps up."""
    loop = asyncio.get_running_loop()
    turns, changed_at = -1, loop.time()
    while True:
        if keeper.progress != turns:
            turns, changed_at = keeper.progress, loop.time()
        if loop.time() - changed_at < STALLED_AFTER_SECONDS:
            notifier.alive()
        await asyncio.sleep(1.0)


class Undertaker:
    """Tells the centre which numbers it need not wait for, and people that the disk is full."""

    def __init__(self, keeper: Keeper, clock: HouseClock) -> None:
        self._keeper = keeper
        self._clock = clock
        self._told_at: datetime | None = None

    def shed(self, shed: Shed) -> None:
        """The disk was full and something went."""
        now = self._clock.now()
        if self._told_at is None or now - self._told_at >= TOLD_FULL_EVERY:
            self._told_at = now
            lost = sum(gap.last - gap.first + 1 for gap in shed.gaps)
            self._keeper.make(Made(DiskFilled(at=now, heard=now, bodies=shed.bodies, reports=lost)))
        self._bury(shed.gaps)

    async def bury_old(self, outbox: Outbox) -> None:
        """At the start: what went before a power cut, and was not told."""
        for stream in Stream:
            self._bury(tuple(await outbox.gaps(stream)))

    def _bury(self, gaps: tuple[Gap, ...]) -> None:
        now = self._clock.now()
        for gap in gaps:
            self._keeper.make(
                Made(Tombstone(at=now, stream=str(gap.stream), first=gap.first, last=gap.last, why="disk full"))
            )
