"""The house: every task the gateway runs, started in one place and stopped together.

One asyncio.TaskGroup, named tasks, one bounded inbox. Nothing else starts tasks, and any bug in any of them ends the
house: systemd starts it anew, and nothing was lost. With devices/watch.py the only place that reads a clock.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from devices.inbox import Inbox
from devices.mqtt.client import Mqtt
from devices.reading import Reading
from devices.watch import HouseClock, Watch
from gateway.config import Plan
from gateway.entries import Stream
from gateway.events import ClockSet, ConfigLoaded, HouseOpened
from gateway.findings import Tombstone
from gateway.gatekeeper import Gatekeeper
from gateway.house_keys import HouseKeys
from gateway.journal import Journal, JournalSettings, open_journal
from gateway.journal_deletion import Shed
from gateway.keeper import Item, Keeper, Made
from gateway.orders import Order, OrderResult, TrustTaken
from gateway.outage import OutageForecast
from gateway.outbox import Outbox
from gateway.passes.trust import Trust
from gateway.passes.trust_list import TrustRefused
from gateway.recall import recall
from gateway.sd_notify import SystemdNotifier
from gateway.shown import Shown
from gateway.trust_store import TrustStore
from gateway.uplink import Uplink
from gateway.uplink_listen import Listener
from gateway.uplink_status import Herald, will
from gateway.view import Committed, Glance, Status, glance_of

log = logging.getLogger(__name__)

VERSION = "0.1.0"
CLOCK_EVERY_SECONDS = 1.0
STATUS_EVERY_SECONDS = 1.0
STALLED_AFTER_SECONDS = 10.0  # the watchdog is told that the house lives only while the gatekeeper turns
FAREWELL_SECONDS = 0.5
NO_SENSE_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)  # a clock that says less has never been set

Serve = Callable[["House"], AbstractAsyncContextManager[Callable[[], Coroutine[Any, Any, None]]]]


@dataclass(slots=True)
class Road:
    """The uplink's parts, where there is one."""

    mqtt: Mqtt
    uplink: Uplink
    herald: Herald
    listener: Listener


@dataclass(slots=True)
class _Measured:
    """What the status line needs and is too slow to ask for each time."""

    oldest: datetime | None = None
    hours_left: float | None = None


class House:
    """See the module. Fulfils `gateway.view.House` for the pages and the uplink."""

    def __init__(self, plan: Plan, clock: HouseClock, journal: Journal, gatekeeper: Gatekeeper) -> None:
        self.plan = plan
        self.clock = clock
        self.journal = journal
        self.outbox = Outbox(journal)
        self.inbox: Inbox[Item] = Inbox(plan.config.gateway.inbox)
        data = plan.config.gateway.data
        self.trust = TrustStore(data / "trust" / "trust.cose", plan.config.passes.roots, plan.config.passes.trust)
        self.keys = HouseKeys(data / "secrets", gatekeeper.state)
        self.watches = {
            link.name: Watch(link.name, link.driver, link.settings, self.keys, self._deliver, clock)
            for link in plan.links
        }
        self.keeper = Keeper(
            gatekeeper,
            journal,
            self.inbox,
            clock.now,
            self.watches,
            snapshot_every=plan.config.journal.snapshot_every,
        )
        self.road: Road | None = None
        self._outage = OutageForecast(journal.path, plan.config.journal.max_megabytes * 1_000_000)
        self._measured = _Measured()
        self._announced: dict[Stream, int] = {}

    # what pages and the uplink see

    @property
    def shown(self) -> Shown:
        return self.keeper.shown

    def glance(self, device: str) -> Glance | None:
        return glance_of(self.keeper.gatekeeper.condenser.latest.get(device))

    def status(self) -> Status:
        state = self.keeper.gatekeeper.state
        current = self.trust.current
        return Status(
            now=self.clock.now(),
            clock_trusted=state.clock_trusted,
            trust_version=current.version if current else 0,
            trust_issued_at=current.listed.issued_at if current else None,
            trust_next_update=current.next_update if current else None,
            uplink_connected=self.road is not None and self.road.mqtt.session is not None,
            backlog=sum(self.outbox.backlog(stream) for stream in Stream),
            oldest_unconfirmed=self._measured.oldest,
            confirm=self.plan.config.uplink.confirm if self.plan.config.uplink else "none",
            last_number=self.shown.number,
            outage_hours_left=self._measured.hours_left,
        )

    async def order(self, order: Order) -> OrderResult:
        return await self.keeper.order(order)

    def committed(self) -> AbstractAsyncContextManager[AsyncIterator[Committed]]:
        return self.keeper.committed()

    # how it runs

    async def stand(self, stop: asyncio.Event, notifier: SystemdNotifier, serve: Serve | None) -> None:
        """Open, run until `stop` is set, close. A bug in any task ends it with that bug."""
        self._open()
        async with AsyncExitStack() as walls:
            self.road = await self._build_road(walls)
            closing: list[asyncio.Task[None]] = []
            serving = await walls.enter_async_context(serve(self)) if serve is not None else None
            async with asyncio.TaskGroup() as house:
                watching = [house.create_task(w.run(), name=f"watch {w.name}") for w in self.watches.values()]
                keeping = house.create_task(self.keeper.run(), name="gatekeeper")
                others: dict[str, Coroutine[Any, Any, None]] = {
                    "journal": self.journal.watch(),
                    "clock": self._keep_time(),
                    "status": self._measure(),
                    "watchdog": self._tell_watchdog(notifier),
                }
                if self.road is not None:
                    others["uplink"] = self.road.uplink.run()
                    others["centre's word"] = self.road.listener.run()
                    others["herald"] = self.road.herald.run()
                    others["epoch"] = self._renew_epoch(self.road.uplink)
                closing += [house.create_task(task, name=name) for name, task in others.items()]
                serving_task = house.create_task(serving(), name="pages") if serving is not None else None
                await self._settled()
                notifier.ready(f"{len(self.watches)} links, {len(self.plan.site.devices)} devices")
                log.info("house: open, %d links, journal at %d", len(self.watches), self.journal.last)
                await stop.wait()
                notifier.stopping()
                log.info("house: closing")
                await _cancelled(watching)
                await _cancelled([keeping])
                self.keeper.drain()
                await self.keeper.finish()
                self.keeper.end_readers()
                if self.road is not None:
                    await self._say_farewell(self.road)
                if serving_task is not None:
                    await _cancelled([serving_task])
                await _cancelled(closing)

    def _open(self) -> None:
        """The first entries: the house opened, and what it was told to look after if that is new."""
        now = self.clock.now()
        state = self.keeper.gatekeeper.state
        trusted = not self.clock.behind and now >= NO_SENSE_BEFORE
        opened = HouseOpened(
            at=now,
            heard=now,
            version=VERSION,
            epoch=self.journal.epoch.name,
            clock_trusted=trusted,
            streams={str(stream): self.journal.last_of[stream] for stream in Stream},
        )
        self.keeper.make(Made(opened))
        if state.fingerprint != self.plan.fingerprint:
            loaded = ConfigLoaded(
                at=now,
                heard=now,
                fingerprint=self.plan.fingerprint,
                site=self.plan.site,
                limits=self.plan.limits,
                reports=self.plan.reports,
            )
            self.keeper.make(Made(loaded))
        if self.trust.current is not None:
            self.keeper.make(Made(_taken(self.trust.current, now, "installation"), self.trust.current))

    async def _settled(self) -> None:
        """Wait until what the opening said is on disk."""
        settled = asyncio.Event()
        self.keeper.after_commit(settled.set)
        await settled.wait()

    async def _deliver(self, reading: Reading) -> None:
        await self.inbox.put(reading)

    async def _build_road(self, walls: AsyncExitStack) -> Road | None:
        section = self.plan.config.uplink
        if section is None:
            return None
        gw = self.plan.config.gateway.id
        mqtt = await walls.enter_async_context(Mqtt(section.broker, subscribe=Listener.filters(gw), will=will(gw)))
        uplink = Uplink(
            mqtt,
            self.outbox,
            gw=gw,
            places=lambda: self.shown.places,
            now=self.clock.now,
            confirmed_by_broker=section.confirm == "broker",
        )
        herald = Herald(
            mqtt,
            self.outbox,
            self,
            gw=gw,
            version=VERSION,
            data=self.plan.config.gateway.data,
            last_heard=self.keeper.last_heard,
        )
        listener = Listener(
            mqtt,
            uplink,
            gw=gw,
            ask=self.order,
            take_trust=self.take_trust,
            now=self.clock.now,
            clock_trusted=lambda: self.keeper.gatekeeper.state.clock_trusted,
        )
        self.keeper.listen(uplink.committed)
        self.keeper.listen(herald.committed)
        return Road(mqtt, uplink, herald, listener)

    async def take_trust(self, blob: bytes) -> str:
        """A trust list came: keep it, journal it, use it. Why not, if not."""
        before = self.trust.current
        found = await asyncio.to_thread(self.trust.take, blob)
        if isinstance(found, TrustRefused):
            return str(found.reason)
        if before is None or found.version != before.version:
            await self.inbox.put(Made(_taken(found, self.clock.now(), "centre"), found))
        return ""

    def shed(self, shed: Shed) -> None:
        """The disk was full and reports went: tell the centre which numbers it need not wait for."""
        now = self.clock.now()
        for gap in shed.gaps:
            tombstone = Tombstone(at=now, stream=str(gap.stream), first=gap.first, last=gap.last, why="disk full")
            self.keeper.make(Made(tombstone))

    # small tasks

    async def _keep_time(self) -> None:
        """A step of the wall clock is an event; drift is nothing."""
        while True:
            await asyncio.sleep(CLOCK_EVERY_SECONDS)
            seconds = self.clock.step()
            if seconds:
                now = self.clock.follow()
                trusted = now >= NO_SENSE_BEFORE
                log.warning("house: the clock was set by %+.1f s", seconds)
                await self.inbox.put(Made(ClockSet(at=now, heard=now, seconds=seconds, clock_trusted=trusted)))

    async def _measure(self) -> None:
        while True:
            oldest = [await self.outbox.oldest_unconfirmed(stream) for stream in Stream]
            self._measured.oldest = min((at for at in oldest if at), default=None)
            self._measured.hours_left = await asyncio.to_thread(self._outage.hours_left)
            await asyncio.sleep(STATUS_EVERY_SECONDS)

    async def _tell_watchdog(self, notifier: SystemdNotifier) -> None:
        """The watchdog hears of us only while the gatekeeper turns and the disk keeps up."""
        loop = asyncio.get_running_loop()
        turns, changed_at = -1, loop.time()
        while True:
            if self.keeper.progress != turns:
                turns, changed_at = self.keeper.progress, loop.time()
            if loop.time() - changed_at < STALLED_AFTER_SECONDS:
                notifier.alive()
            await asyncio.sleep(1.0)

    async def _renew_epoch(self, uplink: Uplink) -> None:
        """The centre knows more of this journal than it does itself: it is an old copy. End; begin anew as another."""
        await uplink.new_epoch_needed.wait()
        await self.journal.renew_epoch()
        raise OldCopy(str(self.journal.path))

    async def _say_farewell(self, road: Road) -> None:
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                await road.herald.farewell()
        except TimeoutError:
            log.info("uplink: no answer to the farewell; the last will speaks for us")


class OldCopy(Exception):
    """The journal is an old copy of one that went on; started again, it begins a new epoch."""


@asynccontextmanager
async def open_house(plan: Plan) -> AsyncIterator[House]:
    """A house whose journal is open and whose gatekeeper remembers. Raises JournalError."""
    data = plan.config.gateway.data
    data.mkdir(parents=True, exist_ok=True)
    shed_by: list[House] = []

    def on_shed(shed: Shed) -> None:
        for house in shed_by:
            house.shed(shed)

    settings = JournalSettings(quota_mb=float(plan.config.journal.max_megabytes))
    async with open_journal(data / "journal.db", settings, on_shed) as journal:
        gatekeeper = recall(journal)
        clock = HouseClock(not_before=gatekeeper.state.heard)
        house = House(plan, clock, journal, gatekeeper)
        shed_by.append(house)
        yield house


def _taken(trust: Trust, now: datetime, by: str) -> TrustTaken:
    return TrustTaken(
        id=f"trust-{trust.version}-{trust.digest.hex()[:16]}",
        at=now,
        by=by,
        version=trust.version,
        digest=trust.digest.hex(),
        issued_at=trust.listed.issued_at,
        next_update=trust.next_update,
    )


async def _cancelled(tasks: list[asyncio.Task[None]]) -> None:
    """End these tasks; a bug one of them ends with is the TaskGroup's to tell."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
