"""Outbox in, MQTT out; acknowledgements and orders in, bookmarks and orders out. The road to the operations centre.

Nothing is published before it is on disk, and nothing is forgotten before the centre says it has it. Alerts never wait
behind reports. At most `window` messages wait for the broker's answer and at most AHEAD for the centre's, so that
neither paho nor the broker ever holds the backlog; it lies in the journal.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from devices.mqtt.client import Mqtt
from devices.mqtt.values import LOST, Extras, NotConnected, TooLarge, WindowFull, accepted
from gateway.bodies import read_body
from gateway.compound import Places
from gateway.entries import Entry, Record, Stream
from gateway.messages.every import encode, topic
from gateway.messages.telling import numbered
from gateway.outbox import Ack, Outbox

log = logging.getLogger(__name__)

AHEAD = 900  # mosquitto keeps 1,000 for an absent subscriber and drops the rest in silence (notes of 2026-11)
FIRST_RESEND_SECONDS = 5.0
LONGEST_RESEND_SECONDS = 60.0
LATE_AFTER = timedelta(seconds=60)
JSON = Extras(content_type="application/cloudevents+json")


class Ready(Struct, frozen=True):
    """A committed finding that the centre is to have."""

    number: int
    heard: datetime
    body: Struct


class Uplink:
    """The sending side. `committed` is called by the house for each entry on disk, in order, on the same loop."""

    def __init__(
        self,
        mqtt: Mqtt,
        outbox: Outbox,
        *,
        gw: str,
        places: Callable[[], Places],
        now: Callable[[], datetime],
        confirmed_by_broker: bool,
    ) -> None:
        self._mqtt = mqtt
        self._outbox = outbox
        self._gw = gw
        self._places = places
        self._now = now
        self._confirmed_by_broker = confirmed_by_broker
        self._fresh: dict[Stream, deque[Ready]] = {stream: deque(maxlen=AHEAD) for stream in Stream}
        self._sent: dict[Stream, int] = {stream: outbox.bookmark(stream) for stream in Stream}
        self._gone: dict[Stream, set[int]] = {stream: set() for stream in Stream}  # passed over; see _room_ahead
        self._wake = asyncio.Event()
        self._session = 0
        self.first_resend_seconds = FIRST_RESEND_SECONDS
        self._resend_after = FIRST_RESEND_SECONDS
        self._moved_at = 0.0
        self.unanswered = False  # we had to send again and again: nobody confirms
        self.new_epoch_needed = asyncio.Event()

    def committed(self, entry: Entry, body: Struct) -> None:
        """An entry is on disk. Those of a stream may be sent now."""
        if entry.stream is not None and entry.stream_number is not None:
            self._fresh[entry.stream].append(Ready(entry.stream_number, entry.heard, body))
            self._wake.set()

    def acknowledged(self, stream: Stream, epoch: str, upto: int | None, ids: tuple[int, ...]) -> None:
        """The centre has committed these."""
        if upto is not None:
            self._moved(self._outbox.advance(stream, epoch, upto))
        if ids:
            self._moved(self._outbox.confirm(stream, epoch, ids))

    def send_since(self, stream: Stream, number: int) -> bool:
        """The order "send since n"."""
        if not self._outbox.rewind(stream, number):
            return False
        self._sent[stream] = self._outbox.bookmark(stream)
        self._wake.set()
        return True

    async def run(self) -> None:
        """Send for ever: alerts first, each stream in its order, from the oldest unconfirmed on each new connection."""
        loop = asyncio.get_running_loop()
        while True:
            session = await self._mqtt.connected()
            if session.number != self._session:
                self._session = session.number
                self._start_over(loop.time())
            self._wake.clear()
            try:
                sent = await self._send_some(Stream.ALERT) or await self._send_some(Stream.REPORT)
            except NotConnected:
                continue
            if not sent:
                await self._rest(loop)

    async def _rest(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait for something to send; if the centre has been still for long, begin again from its last word."""
        waiting = any(self._sent[stream] > self._outbox.bookmark(stream) for stream in Stream)
        patience = self._moved_at + self._resend_after - loop.time() if waiting else 10.0
        try:
            async with asyncio.timeout(max(0.05, min(patience, 10.0))):
                await self._wake.wait()
        except TimeoutError:
            if waiting and loop.time() >= self._moved_at + self._resend_after:
                far = "the broker" if self._confirmed_by_broker else "the centre"
                again = self._resend_after > self.first_resend_seconds  # one short absence is nothing to tell people of
                level = logging.WARNING if again and not self.unanswered else logging.INFO
                log.log(level, "uplink: no word from %s for %.0f s, sending again", far, self._resend_after)
                self.unanswered = self.unanswered or again
                jitter = random.uniform(1.6, 2.4)  # noqa: S311 - jitter, no secret
                self._resend_after = min(LONGEST_RESEND_SECONDS, self._resend_after * jitter)
                self._sent = {stream: self._outbox.bookmark(stream) for stream in Stream}
                self._moved_at = loop.time()

    async def _send_some(self, stream: Stream) -> int:
        """Send what may be sent of a stream now; how many."""
        self._sent[stream] = max(self._sent[stream], self._outbox.bookmark(stream))
        most = min(self._outbox.last(stream) - self._sent[stream], self._room_ahead(stream))
        if most <= 0:
            return 0
        room = await self._mqtt.room()
        if all(sent <= self._outbox.bookmark(each) for each, sent in self._sent.items()):
            self._moved_at = asyncio.get_running_loop().time()  # nothing waited: its patience begins now
        ready = await self._next(stream, min(most, room, 100))
        count = 0
        for item in ready:
            try:
                self._publish(stream, item)
            except WindowFull:
                break
            except TooLarge:
                pass  # kept, and tried again with each resend: the broker may be told to take it. Those behind it go on
            self._sent[stream] = item.number
            count += 1
        return count

    def _room_ahead(self, stream: Stream) -> int:
        """How many may still be sent. What went unsent does not count: beyond it stands the tombstone the centre needs
        before it can confirm anything."""
        bookmark = self._outbox.bookmark(stream)
        self._gone[stream] = {number for number in self._gone[stream] if number > bookmark}
        return bookmark + AHEAD + len(self._gone[stream]) - self._sent[stream]

    async def _next(self, stream: Stream, limit: int) -> list[Ready]:
        """The records after the last one sent: from memory while it keeps up, else from the journal."""
        after = self._sent[stream]
        fresh = self._fresh[stream]
        while fresh and fresh[0].number <= after:
            fresh.popleft()
        if fresh and fresh[0].number == after + 1:
            return [fresh[index] for index in range(min(limit, len(fresh)))]
        records = await self._outbox.pending(stream, after, limit)
        told = [_ready(record) for record in records]
        ready = [item for item in told if item is not None]
        self._gone[stream].update(record.stream_number or 0 for record in records if record.body is None)
        if records and not ready:  # all of these went unsent; their tombstone stands for them
            self._sent[stream] = records[-1].stream_number or after
            self._wake.set()
        return ready

    def _publish(self, stream: Stream, item: Ready) -> None:
        message = numbered(
            item.body,
            gw=self._gw,
            stream=stream,
            epoch=self._outbox.epoch,
            number=item.number,
            heard=item.heard,
            places=self._places(),
            late=self._now() - item.heard > LATE_AFTER,
        )
        answer = self._mqtt.publish(topic(self._gw, stream), encode(message), extras=JSON)
        if self._confirmed_by_broker:
            answer.add_done_callback(lambda done: self._answered(stream, item.number, done))

    def _answered(self, stream: Stream, number: int, done: asyncio.Future[int]) -> None:
        """`confirm = "broker"`: its word moves the bookmark. What that can lose is said on the status line."""
        if not done.cancelled() and done.result() != LOST and accepted(done.result()):
            self._moved(self._outbox.confirm(stream, self._outbox.epoch, [number]))

    def _moved(self, ack: Ack) -> None:
        match ack:
            case Ack.ADVANCED:
                self.unanswered = False
                self._moved_at = asyncio.get_running_loop().time()
                self._resend_after = self.first_resend_seconds
                self._wake.set()
            case Ack.AHEAD:
                if not self.new_epoch_needed.is_set():
                    log.error("uplink: the centre has numbers this journal never gave; it is an old copy")
                self.new_epoch_needed.set()
            case Ack.KNOWN | Ack.FOREIGN:
                pass

    def _start_over(self, now: float) -> None:
        self._sent = {stream: self._outbox.bookmark(stream) for stream in Stream}
        self._resend_after = self.first_resend_seconds
        self._moved_at = now


def _ready(record: Record) -> Ready | None:
    if record.body is None or record.stream_number is None:
        return None
    return Ready(record.stream_number, record.heard, read_body(record.body))
