"""MQTT in, what the centre's people see and since when it is committed out; their orders out, results in.

"Committed" is when the centre's acknowledgement is heard on the broker: the centre gives it after its commit, so what
is measured by it is never too short.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from devices.mqtt import Message, Mqtt
from gateway.centre.letter import UNREADABLE
from gateway.centre.orders import Orders
from gateway.cli.demo_latency import Committed
from gateway.messages.every import AckMessage, AlertMessage, DecisionMessage, OrderMessage, ServiceMessage, topic
from gateway.messages.rounds import RoundMessage
from gateway.services import ServiceState

PATIENCE_SECONDS: Final = 30.0
DESK: Final = "陈主任"

log = logging.getLogger(__name__)
Heard = AlertMessage | DecisionMessage | ServiceMessage | RoundMessage
_alert = msgspec.json.Decoder(AlertMessage)
_report = msgspec.json.Decoder(DecisionMessage | ServiceMessage | RoundMessage)
_ack = msgspec.json.Decoder(AckMessage)


class Refused(Exception):
    """The gateway would not follow an order of the desk."""


class Desk:
    """One gateway as the centre's people see it. `run` is a task."""

    def __init__(self, mqtt: Mqtt, gw: str, tell: Callable[[Heard], None]) -> None:
        self._mqtt = mqtt
        self._gw = gw
        self._tell = tell
        self._orders = Orders(mqtt)
        self._seen: set[tuple[str, int]] = set()
        self.committed = Committed()
        self.alerts: dict[str, AlertMessage] = {}  # the newest revision of each
        self.raised: Counter[tuple[str, str]] = Counter()  # (kind, place)
        self.ended: Counter[tuple[str, str, str]] = Counter()  # (kind, place, closing)
        self.decided: Counter[tuple[str, str, str]] = Counter()  # (lane, verdict, reason)
        self.served: Counter[tuple[str, str]] = Counter()  # (flat, purpose)
        self.rounds: set[str] = set()  # whose figures are there
        self.asked: asyncio.Queue[ServiceMessage] = asyncio.Queue()  # requests nobody has answered yet

    @staticmethod
    def filters(gw: str) -> tuple[str, ...]:
        leaves = ("alert", "report", "ack", "order/+/result")
        return tuple(topic(gw, leaf) for leaf in leaves)

    async def run(self) -> None:
        async for message in self._mqtt.messages():
            self._heard(message)

    async def order(self, id_: str, order: str, **fields: object) -> None:
        """Raises Refused, TimeoutError."""
        expires = datetime.now(UTC) + timedelta(seconds=PATIENCE_SECONDS)
        message = msgspec.convert({"order": order, "by": DESK, "expires_at": expires, **fields}, OrderMessage)
        result = await self._orders.send(self._gw, id_, message, PATIENCE_SECONDS)
        if not result.done:
            raise Refused(f"{order} {fields}: {result.why}")

    def open_alerts(self) -> list[AlertMessage]:
        return [alert for alert in self.alerts.values() if alert.open]

    def upto(self, stream: str) -> int:
        """The centre has said that it has 1 .. this."""
        return self.committed.upto(stream)

    def _heard(self, message: Message) -> None:
        leaf = message.topic.rsplit("/", 1)[1]
        try:
            match leaf:
                case "ack":
                    self._acknowledged(_ack.decode(message.payload))
                case "alert":
                    self._alert(_alert.decode(message.payload))
                case "report":
                    self._report(_report.decode(message.payload))
                case _:
                    self._orders.take(message)
        except UNREADABLE as exc:  # a report of another kind
            log.debug("%s: %s", message.topic, exc)

    def _acknowledged(self, ack: AckMessage) -> None:
        if ack.upto is not None:
            self.committed.note(ack.stream, ack.epoch, ack.upto, time.time())

    def _alert(self, alert: AlertMessage) -> None:
        if not self._is_new(alert):
            return
        if alert.revision == 1:
            self.raised[str(alert.kind), alert.place] += 1
        known = self.alerts.get(alert.alert)
        if known is None or known.revision < alert.revision:
            self.alerts[alert.alert] = alert
        if alert.closing:
            self.ended[str(alert.kind), alert.place, alert.closing] += 1
        self._tell(alert)

    def _report(self, report: DecisionMessage | ServiceMessage | RoundMessage) -> None:
        if not self._is_new(report):
            return
        match report:
            case DecisionMessage():
                self.decided[report.place, str(report.verdict), str(report.reason)] += 1
            case ServiceMessage(state=ServiceState.ASKED):
                self.asked.put_nowait(report)
            case ServiceMessage(state=ServiceState.CONFIRMED):
                self.served[report.place, str(report.purpose)] += 1
            case RoundMessage():
                self.rounds.add(report.round)
        self._tell(report)

    def _is_new(self, heard: Heard) -> bool:
        key = (heard.stream, heard.number)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True
