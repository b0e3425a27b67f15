"""One paho client on the event loop, from its CONNECT to its loss: packets in; messages, answers and a reason out.

paho is used without its thread: the loop watches the socket and calls `loop_read` and `loop_write`, so a publish and
its answer cross no thread, and nothing paho or a callback of ours raises can be swallowed by a dying thread (with
`loop_start` it is, and `is_connected()` stays True). Measured: tests/benchmarks/bench_mqtt.py.

A lost connection is thrown away with all that paho still held; publishes in flight are answered `LOST`. The outbox
sends them again: paho would, too, but without asking whether they are still wanted, and with no limit.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, cast

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv5
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from devices.mqtt.dial import hang_up, paho_properties
from devices.mqtt.troubles import UNSUPPORTED_VERSION, Denials, Trouble
from devices.mqtt.values import LOST, NO_EXTRAS, Extras, Message, Session

log = logging.getLogger(__name__)

UNANSWERED = (
    'closed before CONNECT was answered (a broker without MQTT 5 needs protocol = "3.1.1", a port for TLS tls = true)'
)
PACKETS_A_TURN = 50  # then others on the loop have theirs


class Connection:
    """`lost` ends with the reason. `stands` ends with the session once the broker took us and our subscriptions."""

    def __init__(
        self,
        client: Client,
        number: int,
        window: int,
        filters: Iterable[str],
        hear: Callable[[Message], None],
        denials: Denials,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._client, self._number, self._window, self._hear = client, number, window, hear
        self._filters, self._denials = list(filters), denials
        self.code: int | None = None  # the broker's, where it refused us or sent us away
        self.other_version = False  # it did not answer CONNECT
        self.stands: asyncio.Future[Session] = self._loop.create_future()
        self.lost: asyncio.Future[str] = self._loop.create_future()
        self.moved = asyncio.Event()  # an answer came, or the connection went
        self._in_flight: dict[int, tuple[str, asyncio.Future[int]]] = {}
        self._progress = self._loop.time()
        self._packets = 0
        self._flushing = self._writing = False
        self._refusal: str | None = None
        self._session: Session | None = None
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        client.on_socket_register_write = self._on_want_write
        client.on_socket_close = self._on_socket_close
        self._socket: Any = client.socket()  # a socket or paho's websocket wrapper; both have a fileno
        if self._socket is None:
            self._end("connection lost")
            return
        self._loop.add_reader(self._socket, self._readable)
        if client.want_write():
            self._on_want_write()

    @property
    def in_flight(self) -> int:
        return len(self._in_flight)

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool, extras: Extras) -> asyncio.Future[int]:
        """The answer is the broker's reason code, 0 for QoS 0, or LOST."""
        answer: asyncio.Future[int] = self._loop.create_future()
        properties = None
        if extras is not NO_EXTRAS and self._client.protocol == MQTTv5:
            properties = _cached_properties(extras)
        info = self._client.publish(topic, payload, qos, retain, properties)
        if info.rc != 0:
            answer.set_result(LOST)
        elif qos == 0:
            answer.set_result(0)
        else:
            if not self._in_flight:
                self._progress = self._loop.time()
            self._in_flight[info.mid] = topic, answer  # the packet goes out in a later turn: no answer can be early
        return answer

    def ack(self, message: Message) -> None:
        if message.qos and message.session == self._number and not self.lost.done():
            self._client.ack(message.mid, message.qos)

    def tick(self, patience_seconds: float) -> None:
        """Once a second: pings, and the end of a link on which nothing moves though we wait for an answer."""
        if self.lost.done():
            return
        if (self._in_flight or not self.stands.done()) and self._loop.time() - self._progress > patience_seconds:
            waited_for = "our publishes" if self._in_flight else "CONNECT"
            self.other_version = self._session is None  # amqtt says nothing at all to a CONNECT of MQTT 5
            self.drop(f"no answer to {waited_for} for {patience_seconds:g} s")
        else:
            self._carry(self._client.loop_misc)

    def say_goodbye(self, reason: str) -> None:
        """DISCONNECT, after all that waits to be written: the broker drops our last will and closes."""
        if not self.lost.done():
            self._refusal = reason
            self._client.disconnect()

    def drop(self, reason: str) -> None:
        """End it here and now, whatever the far end does."""
        if self.lost.done():
            return
        self._client.on_socket_close = self._client.on_disconnect = None
        self._unwatch()
        hang_up(self._client)
        self._end(reason)

    def _carry(self, step: Callable[[], object]) -> None:
        """Run paho; what it or a callback of ours raises ends the task that waits for `lost`, and so the house."""
        try:
            step()
        except BaseException as error:  # noqa: BLE001 - carried to the waiting task, which raises it there
            self._unwatch()
            hang_up(self._client)
            if not self.lost.done():
                self.lost.set_exception(error)
            self._end("failed")

    def _readable(self) -> None:
        self._carry(self._read)

    def _read(self) -> None:
        for _ in range(PACKETS_A_TURN):
            before = self._packets
            if self.lost.done():
                return
            self._client.loop_read()  # one packet, or as many as there are publishes unanswered
            if self._packets == before:
                break
        if isinstance(self._socket, ssl.SSLSocket) and not self.lost.done() and self._socket.pending():
            self._loop.call_soon(self._readable)

    def _on_want_write(self, *_: object) -> None:
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        if self.lost.done():
            return
        self._carry(self._client.loop_write)
        if self._client.want_write() and not self.lost.done():
            if not self._writing:
                self._writing = True
                self._loop.add_writer(self._socket, self._flush)
        elif self._writing:
            self._writing = False
            self._loop.remove_writer(self._socket)

    def _on_socket_close(self, *_: object) -> None:
        self._unwatch()

    def _unwatch(self) -> None:
        if self._socket is not None and self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
        self._writing = False

    def _end(self, reason: str) -> None:
        if not self.lost.done():
            self.lost.set_result(reason)
        if not self.stands.done():
            self.stands.cancel()
        waiting, self._in_flight = self._in_flight, {}
        for _, answer in waiting.values():
            if not answer.done():
                answer.set_result(LOST)
        self.moved.set()
        if self._session is not None:
            self._session.ended.set()

    def _on_connect(
        self, _c: Client, _u: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self._packets += 1
        self._progress = self._loop.time()
        if reason.is_failure:
            hint = ' (a broker without MQTT 5 needs protocol = "3.1.1")' if reason.value == UNSUPPORTED_VERSION else ""
            self._refusal, self.code = f"the broker refuses us: {reason}{hint}", reason.value
            return
        self._session = Session(
            number=self._number,
            window=min(self._window, getattr(properties, "ReceiveMaximum", 65535)),
            resumed=flags.session_present,
            largest_packet=getattr(properties, "MaximumPacketSize", None),
            retains=bool(getattr(properties, "RetainAvailable", 1)),
        )
        if self._filters:
            self._client.subscribe([(filter_, 1) for filter_ in self._filters])
        else:
            self.stands.set_result(self._session)

    def _on_subscribe(self, _c: Client, _u: object, _mid: int, reasons: list[ReasonCode], _p: object) -> None:
        self._packets += 1
        for filter_, reason in zip(self._filters, reasons, strict=False):
            if reason.is_failure:
                self._denials.denied(Trouble.READ, filter_, f"the broker will not let us read {filter_}: {reason}")
        if self._session is not None and not self.stands.done():
            self.stands.set_result(self._session)

    def _on_publish(self, _c: Client, _u: object, mid: int, reason: ReasonCode, _p: object) -> None:
        self._packets += 1
        self._progress = self._loop.time()
        topic, answer = self._in_flight.pop(mid, ("", None))
        if answer is not None and reason.is_failure:
            self._denials.denied(Trouble.WRITE, topic, f"the broker does not take what we say under {topic}: {reason}")
        elif answer is not None:
            self._denials.taken(topic)
        if answer is not None and not answer.done():
            answer.set_result(reason.value)
        self.moved.set()

    def _on_message(self, _c: Client, _u: object, raw: MQTTMessage) -> None:
        self._packets += 1
        try:
            topic = raw.topic
        except UnicodeDecodeError:
            log.warning("%s: a message under a topic that is not UTF-8 was dropped", self._client.host)
            self._client.ack(raw.mid, raw.qos)
            return
        extras = _extras(raw.properties)
        self._hear(Message(topic, bytes(raw.payload), raw.qos, raw.retain, extras, self._number, raw.mid))

    def _on_disconnect(
        self, _c: Client, _u: object, flags: DisconnectFlags, reason: ReasonCode, _p: Properties | None
    ) -> None:
        if self._refusal is not None:
            self._end(self._refusal)
        elif flags.is_disconnect_packet_from_server:
            self.code = reason.value
            self._end(f"the broker sends us away: {reason}")
        elif str(reason) == "Keep alive timeout":
            self._end("no answer to a ping")
        elif self._session is None and self._client.protocol == MQTTv5:
            self.other_version = True
            self._end(UNANSWERED)
        else:
            self._end("connection lost")


@lru_cache(maxsize=64)
def _cached_properties(extras: Extras) -> Properties:
    """Paho only reads them, so equal extras can share one; and it packs each anew, which is a third of a publish."""
    properties: Any = paho_properties(extras)
    packed = properties.pack()
    object.__setattr__(properties, "pack", lambda: packed)
    return cast(Properties, properties)


def _extras(properties: Properties | None) -> Extras:
    if properties is None or properties.isEmpty():  # type: ignore[no-untyped-call]  # unannotated in paho 2
        return NO_EXTRAS
    return Extras(
        response_topic=getattr(properties, "ResponseTopic", None),
        correlation=getattr(properties, "CorrelationData", None),
        content_type=getattr(properties, "ContentType", None),
        expiry_seconds=getattr(properties, "MessageExpiryInterval", None),
    )
