"""The inbox in, the journal and its effects out: the one place where things happen in the house.

    inbox -> gatekeeper -> journal ..fsync.. -> confirm devices, open lanes -> pages, uplink, those who asked

The gatekeeper runs ahead of the disk; everything after the dots waits for the commit, in the order of the journal.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from devices.driver import Output
from devices.inbox import Inbox
from devices.reading import OutputSeen, Reading
from devices.watch import Watch
from gateway.entries import Act, Batch, Confirm, Effect, Entry
from gateway.findings import Decision, Tombstone
from gateway.gatekeeper import Gatekeeper
from gateway.house.items import Asked, Item, Made, Presented, hour_of
from gateway.house.snapshots import Snapshots
from gateway.journal.journal import Journal
from gateway.orders.every import Order, OrderResult
from gateway.shown.fold import Shown
from gateway.view import Committed

log = logging.getLogger(__name__)
Told = TypeVar("Told")

AT_ONCE = 32  # readings and orders the gatekeeper judges before it looks up again ...
ADVERTS_AT_ONCE = 200  # ... and adverts, most of which are repeats
DUE_AT_ONCE = 64  # of what fell due: thousands of stays end at one midnight
LONGEST_WAIT_SECONDS = 1.0  # it strikes the hour at least so often, which also tells the watchdog it lives
READERS_KEEP_UP = 2000  # committed entries a page may be behind before it is told to start over


Answer = Callable[[], None]  # tells somebody what they wait for; called once it is on disk


class Keeper:
    """Owns the gatekeeper. Everything that changes the house goes through its inbox."""

    def __init__(
        self,
        gatekeeper: Gatekeeper,
        journal: Journal,
        inbox: Inbox[Item],
        now: Callable[[], datetime],
        watches: Mapping[str, Watch],
        *,
        snapshot_every: int,
    ) -> None:
        self.gatekeeper = gatekeeper
        self.shown = Shown(gatekeeper.state)
        self.progress = 0  # rises with every turn of the loop
        self._journal = journal
        self._inbox = inbox
        self._now = now
        self._watches = watches
        self.snapshots = Snapshots(gatekeeper, journal, snapshot_every)
        self._listeners: list[Callable[[Entry, Struct], None]] = []
        self._readers: dict[int, asyncio.Queue[Committed | None]] = {}
        self._unreached: set[str] = set()  # outputs that could not even be told; those that can speak for themselves do
        self._closing = False

    def listen(self, listener: Callable[[Entry, Struct], None]) -> None:
        """Call this for every committed entry, in order, on the loop. It must not fail and not wait."""
        self._listeners.append(listener)

    def last_heard(self, device: str) -> datetime | None:
        """When a device was last heard since the house opened."""
        return self.gatekeeper.condenser.liveness.last(device)

    async def order(self, order: Order) -> OrderResult:
        """Hand in an order; returns once its outcome is on disk."""
        answer: asyncio.Future[OrderResult] = asyncio.get_running_loop().create_future()
        await self._inbox.put(Asked(order, answer))
        return await answer

    async def present(self, reading: Reading) -> Decision | None:
        """A reading somebody waits for; returns what was decided of it once that is on disk, None if nothing was."""
        answer: asyncio.Future[Decision | None] = asyncio.get_running_loop().create_future()
        await self._inbox.put(Presented(reading, answer))
        return await answer

    async def run(self) -> None:
        """For ever: what fell due, then some of what there is: judge it, hand it to the disk, let others run."""
        while True:
            await self._something()
            self.progress += 1
            self._turn(self._now(), self.gatekeeper.due())
            await self._journal.room()
            self.snapshots.if_due()
            if len(self._inbox) or self._is_due():
                await asyncio.sleep(0)  # nothing above need have waited

    def _turn(self, now: datetime, due: datetime | None) -> None:
        """What was there before something fell due goes before it: a door that was shut in time was."""
        if due is None or due > now:
            items = self._inbox.take(AT_ONCE, ADVERTS_AT_ONCE)
        else:
            items = self._inbox.take_while(lambda item: hour_of(item) < due, AT_ONCE)
            if not items:
                first = self._inbox.first()
                hour = now if first is None else min(now, hour_of(first))
                self._submit([self.gatekeeper.tick(hour, DUE_AT_ONCE)], [])
                return
        batches: list[Batch] = []
        answers: list[Answer] = []
        for item in items:
            self._judge(item, batches, answers)
        self._submit(batches, answers)

    def make(self, made: Made) -> None:
        """Something of the house's own, judged at once: at the opening, or when the disk is full."""
        self._submit([self._made(made)], [])

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call this once everything handed to the disk so far is there."""
        self._journal.submit(Batch(entries=()), lambda batch: call())

    async def settled(self) -> None:
        """Wait until everything handed to the disk so far is there."""
        settled = asyncio.Event()
        self.after_commit(settled.set)
        await settled.wait()

    def drain(self) -> None:
        """The house closes: what is still in the inbox is judged and handed to the disk."""
        self._closing = True
        batches: list[Batch] = []
        answers: list[Answer] = []
        for item in self._inbox.take_all():
            self._judge(item, batches, answers)
        self._submit(batches, answers)

    @asynccontextmanager
    async def committed(self) -> AsyncIterator[AsyncIterator[Committed]]:
        """Every entry from now on, once it is on disk; the iteration ends for a reader that is too slow."""
        queue: asyncio.Queue[Committed | None] = asyncio.Queue()
        key = id(queue)
        self._readers[key] = queue

        async def entries() -> AsyncIterator[Committed]:
            while (item := await queue.get()) is not None:
                yield item

        try:
            yield entries()
        finally:
            self._readers.pop(key, None)

    def end_readers(self) -> None:
        """The house closes: whoever reads along is told."""
        for queue in self._readers.values():
            queue.put_nowait(None)

    def _is_due(self) -> bool:
        due = self.gatekeeper.due()
        return due is not None and due <= self._now()

    async def _something(self) -> None:
        """Wait for the inbox, or for what falls due."""
        if len(self._inbox):
            return
        due = self.gatekeeper.due()
        wait = LONGEST_WAIT_SECONDS
        if due is not None:
            wait = min(wait, (due - self._now()).total_seconds())
        if wait > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._inbox.some()

    def _judge(self, item: Item, batches: list[Batch], answers: list[Answer]) -> None:
        match item:
            case Reading():
                batches.append(self.gatekeeper.receive(item))
            case Asked():
                batch, result = self.gatekeeper.order(item.order)
                batches.append(batch)
                answers.append(partial(_tell, item.answer, result))
            case Presented():
                batch = self.gatekeeper.receive(item.reading)
                batches.append(batch)
                decided = next((body for body in batch.bodies if isinstance(body, Decision)), None)
                answers.append(partial(_tell, item.answer, decided))
            case Made():
                batches.append(self._made(item))

    def _made(self, made: Made) -> Batch:
        if made.trust is not None:
            self.gatekeeper.trust = made.trust
        if made.numbers is not None:
            self.gatekeeper.codes = replace(self.gatekeeper.codes, numbers=made.numbers)
        if isinstance(made.event, Tombstone):
            return self.gatekeeper.tombstone(made.event)
        if isinstance(made.event, Order):
            return self.gatekeeper.order(made.event)[0]
        return self.gatekeeper.consider(made.event)

    def _submit(self, batches: list[Batch], answers: list[Answer]) -> None:
        entries: list[Entry] = []
        bodies: list[Struct] = []
        effects: list[Effect] = []
        for batch in batches:
            entries += batch.entries
            bodies += batch.bodies
            effects += batch.effects
        if entries or effects or answers:
            whole = Batch(entries=entries, effects=effects, bodies=bodies)
            self._journal.submit(whole, lambda batch: self._committed(batch, answers))

    def _committed(self, batch: Batch, answers: list[Answer]) -> None:
        """On disk. Now, and only now, the world is told."""
        for effect in batch.effects:
            self._take_effect(effect)
        for entry, body in zip(batch.entries, batch.bodies, strict=True):
            self.shown.apply(entry.number, body)
            for listener in self._listeners:
                listener(entry, body)
            if self._readers:
                self._tell_readers(Committed(entry=entry, body=body))
        for answer in answers:
            answer()

    def _tell_readers(self, committed: Committed) -> None:
        for key, queue in list(self._readers.items()):
            if queue.qsize() >= READERS_KEEP_UP:
                del self._readers[key]
                queue.put_nowait(None)
            else:
                queue.put_nowait(committed)

    def _take_effect(self, effect: Effect) -> None:
        match effect:
            case Confirm(link=link, receipt=receipt):
                watch = self._watches.get(link)
                if watch is not None:
                    watch.confirm(receipt)
            case Act(action=action):
                device = self.gatekeeper.places.devices.get(action.device)
                watch = self._watches.get(device.link) if device else None
                told = watch is not None and watch.act(action)
                if isinstance(action, Output):
                    self._switched(action, device.link if device else "", told)

    def _switched(self, action: Output, link: str, told: bool) -> None:
        """Was the device told? If not, that is an alert, and once it can be told again, the end of it."""
        if not told:
            log.error("%s: could not be switched; the guard opens by hand", action.device)
            self._unreached.add(action.device)
        elif action.device in self._unreached:
            self._unreached.remove(action.device)
        else:
            return
        if not self._closing:
            now = self._now()
            seen = OutputSeen(on=action.on, ok=told, why="" if told else "it could not be reached")
            reading = Reading(at=now, heard=now, link=link, device=action.device, seen=seen)
            self._submit([self.gatekeeper.receive(reading)], [])


def _tell(answer: asyncio.Future[Told], what: Told) -> None:
    if not answer.done():  # who asked may have gone
        answer.set_result(what)
