"""MQTT in, the book and its acknowledgements out: commit first, then say so, to the gateway and to the broker.

Whatever was delivered while a commit ran is the next batch, so one fsync carries as much as there is. Each batch is
answered with one cumulative `ack` per gateway and stream, also where all of it was known: an ack may have been lost.
The first is said at once; what comes within a tenth of a second after it shares the next.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from datetime import datetime

from devices.mqtt import Message, Mqtt
from gateway.centre.book import Book, Delivery, Kept, Line
from gateway.centre.letter import Letter
from gateway.messages.every import ROOT, AckMessage, encode, topic

log = logging.getLogger(__name__)

LEAVES = ("alert", "report", "state", "open", "health")
SUBSCRIPTIONS = (*(f"{ROOT}/+/{leaf}" for leaf in LEAVES), f"{ROOT}/+/order/+/result")
BATCH = 500
REST_SECONDS = 0.1  # between two acknowledgements of few messages: each wakes the gateway, which costs it 0.4 ms
MANY = 100  # acknowledged at once: a gateway is at most 900 ahead of our word
FAULTS_TOLD = 10  # log lines for one batch; all of them are in the book


class Receiver:
    """`pool` has one thread: the book's. `on_fresh` hears each new letter, after its commit."""

    def __init__(
        self,
        mqtt: Mqtt,
        book: Book,
        pool: Executor,
        now: Callable[[], datetime],
        *,
        on_fresh: Callable[[Letter], None] = lambda letter: None,
        on_result: Callable[[Message], None] = lambda message: None,
        rest_seconds: float = REST_SECONDS,
    ) -> None:
        self._mqtt, self._book, self._pool, self._now = mqtt, book, pool, now
        self._on_fresh, self._on_result, self._rest_seconds = on_fresh, on_result, rest_seconds
        self._owed: dict[Line, int] = {}
        self._owing = asyncio.Event()
        self._many = asyncio.Event()
        self._since = 0  # messages committed since the last acknowledgement
        self._holes: dict[Line, int] = {}
        self.received = self.known = self.faults = 0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._receive(), name="centre receive")
            tasks.create_task(self._acknowledge(), name="centre acknowledge")

    async def _receive(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            batch = await self._mqtt.take(BATCH)
            deliveries = [delivery for message in batch if (delivery := self._delivery(message)) is not None]
            if deliveries:
                self._committed(await loop.run_in_executor(self._pool, self._book.keep, deliveries, self._now()))
            for message in batch:
                self._mqtt.ack(message)

    def _delivery(self, message: Message) -> Delivery | None:
        match message.topic.removeprefix(f"{ROOT}/").split("/"):
            case [gw, leaf] if leaf in LEAVES:
                # an empty retained message is how MQTT says that there is none any more
                return Delivery(gw, leaf, message.payload) if message.payload or not message.retain else None
            case [_, "order", _, "result"]:
                self._on_result(message)
        return None

    def _committed(self, kept: Kept) -> None:
        self.received += len(kept.fresh)
        self.known += kept.known
        self.faults += len(kept.faults)
        for fault in [fault for fault in kept.faults if not fault.again][:FAULTS_TOLD]:
            where = "" if fault.line is None else f" ({fault.line.stream} {fault.line.epoch}/{fault.number})"
            log.error("%s: %s%s", fault.gw, fault.why, where)
        for line, upto in kept.upto.items():
            self._owed[line] = max(upto, self._owed.get(line, 0))
            self._watch_for_holes(line, upto, kept)
        self._owing.set()
        self._since += len(kept.fresh) + kept.known
        if self._since >= MANY:
            self._many.set()
        for letter in kept.fresh:
            self._on_fresh(letter)

    def _watch_for_holes(self, line: Line, upto: int, kept: Kept) -> None:
        """Say it once when a hole opens and once when it has closed. Its end is in `Book.holes`."""
        ahead = max((letter.number for letter in kept.fresh if line == _line(letter)), default=0)
        if ahead > upto and self._holes.get(line) != upto:
            self._holes[line] = upto
            log.warning("%s: %s %s: %d is missing, %d is here", line.gw, line.stream, line.epoch, upto + 1, ahead)
        elif upto > self._holes.get(line, upto):
            del self._holes[line]
            log.info("%s: %s %s: the hole is closed", line.gw, line.stream, line.epoch)

    async def _acknowledge(self) -> None:
        while True:
            await self._owing.wait()
            self._owing.clear()
            self._many.clear()
            self._since = 0
            while self._owed:
                await self._mqtt.room()
                line, upto = self._owed.popitem()
                if upto:
                    # A lost one needs nothing: the gateway sends again, and is answered again. A denied one is logged.
                    said = AckMessage(stream=line.stream, epoch=line.epoch, upto=upto)
                    self._mqtt.publish(topic(line.gw, "ack"), encode(said))
            with suppress(TimeoutError):
                async with asyncio.timeout(self._rest_seconds):
                    await self._many.wait()


def _line(letter: Letter) -> Line:
    return Line(letter.gw, letter.stream, letter.epoch)
