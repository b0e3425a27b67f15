"""Broker settings in; a link that is always there or on its way back out.

One task dials, watches and dials again, with full jitter (each wait is a random part of a doubling limit, so that a
street of gateways does not come back in one second). Nothing is ever published while there is no connection, and never
more than the session's window: what waits, waits in the caller's outbox on disk.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self

from devices.mqtt.connection import Connection
from devices.mqtt.dial import dial, hang_up, in_daemon_thread
from devices.mqtt.settings import Broker
from devices.mqtt.troubles import RETAIN_NOT_SUPPORTED, Denials, Trouble, of_end, of_error
from devices.mqtt.values import (
    NO_EXTRAS,
    Extras,
    Message,
    NotConnected,
    Session,
    TooLarge,
    Will,
    WindowFull,
    packet_bytes,
)

log = logging.getLogger(__name__)

RANDOM = random.SystemRandom()
STEADY_SECONDS = 10.0  # a connection that stood so long starts the waiting times anew
GOODBYE_SECONDS = 1.0


class Mqtt:
    """`async with Mqtt(broker, subscribe=["a/+/b"]) as mqtt:`; leaving it says DISCONNECT, so no last will is sent.

    A message is acknowledged to the broker when `messages()` is asked for the next one, or by `ack` after `take`. Up to
    `inbox` messages wait for that. A broker that keeps to `receive_maximum` never fills it. What one that does not (or
    speaks 3.1.1) sends beyond is left unacknowledged, and fetched by a new connection once the inbox is empty. QoS 0
    beyond the inbox is dropped and counted.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        subscribe: Iterable[str] = (),
        will: Will | None = None,
        inbox: int = 2000,
        jitter: Callable[[], float] = RANDOM.random,
    ) -> None:
        self.broker = broker
        self.sessions = 0
        self.dropped = 0  # QoS 0 messages that found the inbox full
        self.reason = "not connected yet"  # why there is no connection, for a status page; "" while there is one
        self._filters, self._will, self._jitter = tuple(subscribe), will, jitter
        self._denials = Denials(broker.name)
        self._away = Trouble.AWAY
        self._moments = 0  # connections in a row that stood and were gone at once
        self._retains = True  # until the broker says that it keeps no retained messages
        self._inbox_size = inbox
        self._inbox: deque[Message] = deque()
        self._overflown: Connection | None = None
        self._heard = asyncio.Event()
        self._up = asyncio.Event()
        self._connection: Connection | None = None
        self._session: Session | None = None
        self._task: asyncio.Task[None] | None = None
        self._host: asyncio.Task[object] | None = None
        self._closing = False

    async def __aenter__(self) -> Self:
        self._host = asyncio.current_task()
        self._task = asyncio.create_task(self._run(), name=f"mqtt {self.broker.name}")
        self._task.add_done_callback(self._finished)
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing = True
        task = self._task
        assert task is not None
        if not task.done():
            if self._connection is not None:
                self._connection.say_goodbye("closed")
                await asyncio.wait([self._connection.lost], timeout=GOODBYE_SECONDS)
            task.cancel()
            await asyncio.wait([task])
        elif self._host is not None:
            self._host.uncancel()  # as asyncio.timeout does: that cancellation was ours, and its cause is told here
        if not task.cancelled():
            task.result()

    @property
    def session(self) -> Session | None:
        """The connection that stands, if one does."""
        return None if self._session is None or self._session.ended.is_set() else self._session

    @property
    def trouble(self) -> Trouble | None:
        """What somebody has to see to; None while all is well."""
        return self._denials.worst if self.session is not None else self._away

    @property
    def in_flight(self) -> int:
        return 0 if self._connection is None else self._connection.in_flight

    @property
    def window(self) -> int:
        """How many publishes may be in flight now; 0 without a connection."""
        return 0 if (session := self.session) is None else session.window

    async def connected(self) -> Session:
        """Waits until the broker has taken us and our subscriptions."""
        while (session := self.session) is None:
            self._up.clear()
            await self._up.wait()
        return session

    async def room(self) -> int:
        """Waits until something may be published; says how much."""
        while True:
            session, connection = await self.connected(), self._connection
            assert connection is not None  # there is a session only while there is a connection
            if (free := session.window - connection.in_flight) > 0:
                return free
            connection.moved.clear()
            await connection.moved.wait()

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, extras: Extras = NO_EXTRAS
    ) -> asyncio.Future[int]:
        """The answer: a reason code (see `accepted`), or LOST. Never queues.

        Raises NotConnected, WindowFull, TooLarge. Where the broker keeps no retained messages it goes out unretained.
        """
        session, connection = self.session, self._connection
        if session is None or connection is None:
            raise NotConnected(self.reason)
        if qos and connection.in_flight >= session.window:
            raise WindowFull(session.window)
        if extras.response_topic is not None and self.broker.prefix:
            extras = replace(extras, response_topic=self.broker.prefix + extras.response_topic)
        topic = self.broker.prefix + topic
        if (size := packet_bytes(topic, payload, extras)) > (largest := self.largest_packet):
            words = f"a message under {topic} has {size} bytes, and the broker takes {largest} (its largest packet)"
            self._denials.denied(Trouble.TOO_LARGE, topic, words)
            raise TooLarge(size, largest)
        return connection.publish(topic, payload, qos, retain and self._retains, extras)

    @property
    def largest_packet(self) -> int:
        """Bytes that a publish may have: what the broker says, or else what the settings do."""
        stated = None if (session := self.session) is None else session.largest_packet
        return min(stated or self.broker.largest_packet, self.broker.largest_packet)

    def fits(self, topic: str, payload: bytes, extras: Extras = NO_EXTRAS) -> bool:
        """Would the broker take it, as far as its size goes?"""
        return packet_bytes(self.broker.prefix + topic, payload, extras) <= self.largest_packet

    async def send(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, extras: Extras = NO_EXTRAS
    ) -> int:
        """`publish` for those in no hurry: waits for a connection, for room, and for the answer."""
        await self.room()
        return await self.publish(topic, payload, qos=qos, retain=retain, extras=extras)

    async def take(self, limit: int = 1000) -> list[Message]:
        """At least one message, at most `limit`, in order of arrival. Each is to be given to `ack` once it is kept."""
        while not self._inbox:
            if self._overflown is not None:
                self._overflown.say_goodbye(
                    "to fetch what the inbox had no room for"
                )  # behind the last acknowledgement
                self._overflown = None
            self._heard.clear()
            await self._heard.wait()
        return [self._inbox.popleft() for _ in range(min(limit, len(self._inbox)))]

    def ack(self, message: Message) -> None:
        """PUBACK, if the message's connection still stands; otherwise the broker brings it again."""
        if self._connection is not None:
            self._connection.ack(message)

    async def messages(self) -> AsyncIterator[Message]:
        """Each message; it is acknowledged when the next one is asked for, so one that ended us comes again."""
        while True:
            for message in await self.take(limit=1):
                yield message
                self.ack(message)

    def _hear(self, message: Message) -> None:
        if message.qos == 0 and len(self._inbox) >= self._inbox_size:
            self.dropped += 1
            return
        if message.qos and (self._overflown is not None or len(self._inbox) >= self._inbox_size):
            self._overflown = self._connection  # from here on all of them, or the order would suffer
            return
        prefix = self.broker.prefix
        if prefix:
            reply_to = message.extras.response_topic
            extras = (
                replace(message.extras, response_topic=reply_to.removeprefix(prefix)) if reply_to else message.extras
            )
            message = replace(message, topic=message.topic.removeprefix(prefix), extras=extras)
        self._inbox.append(message)
        self._heard.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        failures, told = 0, ""
        while True:
            started = loop.time()
            reason = await self._one_connection()
            if self._closing:
                return
            failures = 0 if loop.time() - started > STEADY_SECONDS else failures + 1
            limit = self.broker.retry_floor_seconds * 2.0 ** min(failures, 20)
            pause = self._jitter() * min(limit, self.broker.retry_ceiling_seconds)
            log.log(
                logging.DEBUG if reason == told else logging.WARNING,
                "%s: %s, trying again in %.1f s",
                self.broker.name,
                reason,
                pause,
            )
            told = reason
            await asyncio.sleep(pause)

    async def _one_connection(self) -> str:
        """Dial and stay until it is over; says why it is."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        will = self._will if self._will is None or self._retains else replace(self._will, retain=False)
        call = partial(dial, self.broker, will)
        try:
            client = await in_daemon_thread(call, hang_up, name=f"dial {self.broker.name}")
        except (OSError, UnicodeError) as error:
            self.reason, self._away = str(error) or type(error).__name__, of_error(error)
            return self.reason
        filters = [self.broker.prefix + filter_ for filter_ in self._filters]
        self.sessions += 1
        self._denials.begin()
        connection = Connection(client, self.sessions, self.broker.window, filters, self._hear, self._denials)
        self._connection = connection
        connection.stands.add_done_callback(self._stands)
        try:
            while not connection.lost.done():
                connection.tick(self.broker.answer_seconds)
                await asyncio.wait([connection.lost], timeout=1.0)
            self.reason = connection.lost.result()
        finally:
            connection.drop("closed")
            self._overflown = None
            stood, self._connection, self._session = self._session, None, None
        self._moments = self._moments + 1 if stood and loop.time() - started < STEADY_SECONDS else 0
        self._away = of_end(connection.code, connection.other_version, self._moments)
        if connection.code == RETAIN_NOT_SUPPORTED:
            self._retain_nothing()
        return self.reason

    def _retain_nothing(self) -> None:
        if self._retains:
            self._retains = False
            log.warning("%s: keeps no retained messages: whoever connects later sees no state", self.broker.name)

    def _stands(self, stands: asyncio.Future[Session]) -> None:
        if not stands.cancelled():
            self._session, self.reason = stands.result(), ""
            if not self._session.retains:
                self._retain_nothing()
            self._up.set()
            log.info("%s: connected", self.broker.name)

    def _finished(self, task: asyncio.Task[None]) -> None:
        if not self._closing and not task.cancelled() and self._host is not None:
            self._host.cancel()  # the task never ends by itself: it has failed, and whoever uses us ends with it
