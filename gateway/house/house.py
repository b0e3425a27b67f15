"""The house: every task the gateway runs, started in one place and stopped together.

One asyncio.TaskGroup, named tasks, one bounded inbox. Nothing else starts tasks, and any bug in any of them ends the
house: systemd starts it anew, and nothing was lost. With devices/watch.py the only place that reads a clock.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from devices.inbox import Inbox
from devices.reading import CodeSeen, Reading, TypedSeen, can_wait
from devices.watch import HouseClock, Watch
from gateway.compound import PAGE
from gateway.config.plan import Plan
from gateway.entries import Stream
from gateway.events.every import HouseOpened
from gateway.findings import Decision
from gateway.gatekeeper import Gatekeeper
from gateway.house.collecting import collect, in_turns
from gateway.house.fire_hands import FireHands
from gateway.house.forgetting import forgetting_of
from gateway.house.housekeeping import Measured, Undertaker, keep_time, makes_sense, measure, tell_watchdog
from gateway.house.items import Item, Made
from gateway.house.keeper import Keeper
from gateway.house.keys import HouseKeys, fingerprint
from gateway.house.look_hands import LookHands
from gateway.house.number_intake import NumberIntake
from gateway.house.opening import what_it_was_told
from gateway.house.recall import recall
from gateway.house.road import Road, build_road
from gateway.house.tasks import cancelled
from gateway.house.trust_intake import TrustIntake, taken
from gateway.journal.deletion import Shed
from gateway.journal.history import place_old, told
from gateway.journal.journal import Journal, JournalSettings, open_journal
from gateway.journal.looks import newest
from gateway.journal.span import Fold, T, fold_span
from gateway.orders.every import DeviceKeyed, Order, OrderResult
from gateway.outage import OutageForecast
from gateway.outbox import Outbox
from gateway.passes.trust import TrustMark
from gateway.reach.build import channels_of
from gateway.reach.caller import Caller
from gateway.sd_notify import SystemdNotifier
from gateway.shown.fold import Shown
from gateway.trust.code_keys import code_keys
from gateway.trust.store import TrustStore
from gateway.view import Asked, Committed, Glance, Status, Told, glance_of

log = logging.getLogger(__name__)

VERSION = "0.1.0"

Serve = Callable[["House"], AbstractAsyncContextManager[Callable[[], Coroutine[Any, Any, None]]]]


class House:
    """See the module. Fulfils `gateway.view.House` for the pages and the uplink."""

    def __init__(self, plan: Plan, clock: HouseClock, journal: Journal, gatekeeper: Gatekeeper) -> None:
        self.plan = plan
        self.clock = clock
        self.journal = journal
        self.outbox = Outbox(journal)
        self.inbox: Inbox[Item] = Inbox(plan.config.gateway.inbox)
        data, passes, state = plan.config.gateway.data, plan.config.passes, gatekeeper.state
        mark = TrustMark(state.trust_version, bytes.fromhex(state.trust_digest)) if state.trust_digest else None
        self.trust = TrustStore(data / "trust" / "trust.cose", passes.roots, passes.trust, mark)
        self.intake = TrustIntake(self.trust, data / "trust" / "incoming", self.inbox.put, clock.now)
        self.numbers: NumberIntake | None = None  # there once the registry is
        self.keys = HouseKeys(data / "secrets", gatekeeper.state)
        gatekeeper.codes = code_keys(passes, self.keys.digest_key)
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
        self.forgetting = forgetting_of(plan, journal, self.keeper, clock.now, self._trusted)
        self.fire = FireHands(self.watches, lambda: gatekeeper.places, lambda: gatekeeper.state.fires)
        self.keeper.listen(self.fire.committed)
        self.looks = LookHands(plan.links, lambda: self.shown.places, clock.now)
        self.keeper.listen(self.looks.committed)
        self.picture = self.looks.picture
        self.reach = Caller(
            plan.config.gateway.id,
            channels_of(plan.config.reach, now=clock.now, seconds=time.monotonic),
            open_alerts=self.shown.open_alerts,
            places=lambda: self.shown.places,
            seconds=time.monotonic,
        )
        self.keeper.listen(self.reach.committed)
        self.road: Road | None = None
        self._outage = OutageForecast(journal.path.parent, plan.config.journal.max_megabytes * 1_000_000)
        self._keyed: list[DeviceKeyed] = []
        self._unreadable = ["trust"] if self.trust.unreadable else []
        self._measured = Measured()
        self.undertaker = Undertaker(self.keeper, clock)

    # what pages and the uplink see

    @property
    def shown(self) -> Shown:
        return self.keeper.shown

    def glance(self, device: str) -> Glance | None:
        return glance_of(self.keeper.gatekeeper.condenser.latest.get(device))

    def inside(self) -> Mapping[str, datetime]:
        return self.keeper.gatekeeper.state.inside

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
            reach_channels=self.reach.channels,
            reach_failing=self.reach.failing,
            uplink_trouble="" if self.road is None else self.road.trouble,
        )

    def note_keys(self, keys: Mapping[str, bytes]) -> None:
        """The bands' secrets as the registry has them, before the house opens; a new one is journaled as an order."""
        for device, key in keys.items():
            known = self.keeper.gatekeeper.state.band_keys.get(device)
            if known != (now_has := fingerprint(key)):
                at = self.clock.now()
                order_id = f"key-{secrets.token_hex(8)}"
                self._keyed.append(DeviceKeyed(id=order_id, at=at, by="registry", device=device, fingerprint=now_has))

    def note_unreadable(self, book: str) -> None:
        """A book of the registry cannot be read; told before the house opens, it is an alert."""
        self._unreadable.append(book)

    def look_up(self, numbers: NumberIntake) -> None:
        """Cards and plates are looked up in this book, and changes of it taken; before the house opens."""
        self.numbers = numbers
        self.forgetting.books.append(numbers.forget)
        gatekeeper = self.keeper.gatekeeper
        gatekeeper.codes = replace(gatekeeper.codes, numbers=numbers.numbers())

    async def order(self, order: Order) -> OrderResult:
        self.fire.obey(order)
        return await self.keeper.order(order)

    async def recorded(self, kinds: tuple[str, ...], limit: int) -> list[Struct]:
        return await asyncio.to_thread(newest, self.journal.path, kinds, limit)

    async def told(self, asked: Asked) -> list[Told]:
        return await told(self.journal, asked)

    async def read_back(self, kinds: tuple[str, ...], since: datetime, most: int, fold: Fold[T]) -> tuple[T, bool]:
        return await asyncio.to_thread(fold_span, self.journal.path, kinds, since, most, fold)

    async def show_code(self, lane: str, text: str, *, typed: bool = False) -> Decision | None:
        now = self.clock.now()
        seen = TypedSeen(text) if typed else CodeSeen(text)
        reading = Reading(at=now, heard=now, link="pages", device=PAGE + lane, seen=seen)
        return await self.keeper.present(reading)

    def committed(self) -> AbstractAsyncContextManager[AsyncIterator[Committed]]:
        return self.keeper.committed()

    # how it runs

    async def stand(self, stop: asyncio.Event, notifier: SystemdNotifier, serve: Serve | None) -> None:
        """Open, run until `stop` is set, close. A bug in any task ends it with that bug."""
        self.begin()
        async with AsyncExitStack() as walls:
            walls.enter_context(in_turns())
            self.road = await build_road(
                walls,
                self.plan,
                self,
                keeper=self.keeper,
                outbox=self.outbox,
                journal=self.journal,
                clock=self.clock,
                version=VERSION,
                take_trust=self.intake.take,
            )
            closing: list[asyncio.Task[None]] = []
            serving = await walls.enter_async_context(serve(self)) if serve is not None else None
            async with asyncio.TaskGroup() as house:
                watching = [house.create_task(w.run(), name=f"watch {w.name}") for w in self.watches.values()]
                keeping = house.create_task(self.keeper.run(), name="gatekeeper")
                others: dict[str, Coroutine[Any, Any, None]] = {
                    "journal": self.journal.watch(),
                    "clock": keep_time(self.clock, self.inbox, self._believed, self._trusted),
                    "status": measure(self._measured, self.outbox, self._outage, self.journal),
                    "fire": self.fire.run(),
                    "trust": self.intake.run(),
                    "collector": collect(self.clock.now, lambda: self.shown.places),
                    "watchdog": tell_watchdog(self.keeper, notifier),
                    "places": place_old(self.journal),
                    "forgetting": self.forgetting.run(),
                    **self.reach.tasks(),
                }
                if self.road is not None:
                    others |= self.road.tasks()
                if self.numbers is not None:
                    others["cards"] = self.numbers.run()
                closing += [house.create_task(task, name=name) for name, task in others.items()]
                serving_task = house.create_task(serving(), name="pages") if serving is not None else None
                await self.undertaker.bury_old(self.outbox)
                await self.keeper.settled()
                notifier.ready(f"{len(self.watches)} links, {len(self.plan.site.devices)} devices")
                log.info("house: open, %d links, journal at %d", len(self.watches), self.journal.last)
                await stop.wait()
                notifier.stopping()
                log.info("house: closing")
                await cancelled(watching)
                await cancelled([keeping])
                self.keeper.drain()
                await self.keeper.snapshots.last()
                self.keeper.end_readers()
                if self.road is not None:
                    await self.road.farewell()
                if serving_task is not None:
                    await cancelled([serving_task])
                await cancelled(closing)

    def begin(self) -> None:
        """The first entries: the house opened, and what it was told to look after if that is new."""
        now = self.clock.now()
        state = self.keeper.gatekeeper.state
        opened = HouseOpened(
            at=now,
            heard=now,
            version=VERSION,
            epoch=self.journal.epoch.name,
            clock_trusted=self._believed(now),
            lost=self.journal.epoch.lost,
            streams={str(stream): self.journal.last_of[stream] for stream in Stream},
        )
        self.keeper.make(Made(opened))
        for made in what_it_was_told(self.plan, state, now, self._unreadable):
            self.keeper.make(Made(made))
        for keyed in self._keyed:
            self.keeper.make(Made(keyed))
        if self.trust.current is not None:
            self.keeper.make(Made(taken(self.trust.current, now, "installation"), self.trust.current))

    def _believed(self, now: datetime) -> bool:
        state = self.keeper.gatekeeper.state
        return not self.clock.behind and makes_sense(now, max(state.sure, state.trust_issued_at or state.sure))

    def _trusted(self) -> bool:
        return self.keeper.gatekeeper.state.clock_trusted

    async def _deliver(self, reading: Reading) -> None:
        self.fire.notice(reading)
        await self.inbox.put(reading, can_wait=can_wait(reading.seen))


@asynccontextmanager
async def open_house(plan: Plan) -> AsyncIterator[House]:
    """A house whose journal is open and whose gatekeeper remembers. Raises JournalError."""
    data = plan.config.gateway.data
    data.mkdir(parents=True, exist_ok=True)
    shed_by: list[House] = []

    def on_shed(shed: Shed) -> None:
        for house in shed_by:
            house.undertaker.shed(shed)

    settings = JournalSettings(quota_mb=float(plan.config.journal.max_megabytes))
    async with open_journal(data / "journal.db", settings, on_shed) as journal:
        gatekeeper = recall(journal)
        clock = HouseClock(gatekeeper.state.heard, gatekeeper.state.sure)
        house = House(plan, clock, journal, gatekeeper)
        shed_by.append(house)
        yield house
