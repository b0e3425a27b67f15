"""What the centre says in: acknowledgements, orders, trust lists. Bookmarks, orders of the house and results out."""

import contextlib
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from devices.mqtt.client import Mqtt
from devices.mqtt.values import NO_EXTRAS, Extras, Message, TooLarge
from gateway.entries import Stream
from gateway.messages.every import AckMessage, OrderMessage, OrderResultMessage, encode, topic
from gateway.orders.every import Order, OrderResult, PassWithdrawn, PersonWithdrawn, ProfileChosen, WindowOpened
from gateway.uplink.care import care_order
from gateway.uplink.orders import Refused, alert_order
from gateway.uplink.services import KNOWN, service_order
from gateway.uplink.stays import stay_order
from gateway.uplink.uplink import Uplink

log = logging.getLogger(__name__)

ORDER_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
LARGEST_ORDER_BYTES = 16_384
WRITTEN_BY_PEOPLE = ("by", "to", "comment", "ground", "origin", "reason", "purpose", "agreed_by")

# what msgspec raises on hostile bytes: bad UTF-8 is not always a DecodeError, a million brackets are neither
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_ack = msgspec.json.Decoder(AckMessage)
_order = msgspec.json.Decoder(OrderMessage)


class Listener:
    """One reader of the centre's word. A message is acknowledged to the broker once what it asked is on disk."""

    def __init__(
        self,
        mqtt: Mqtt,
        uplink: Uplink,
        *,
        gw: str,
        ask: Callable[[Order], Awaitable[OrderResult]],
        take_trust: Callable[[bytes], Awaitable[str]],
        now: Callable[[], datetime],
        clock_trusted: Callable[[], bool],
    ) -> None:
        self._mqtt = mqtt
        self._uplink = uplink
        self._gw = gw
        self._ask = ask
        self._take_trust = take_trust
        self._now = now
        self._clock_trusted = clock_trusted
        self._orders = topic(gw, "order/")

    @staticmethod
    def filters(gw: str) -> tuple[str, ...]:
        """What to subscribe to."""
        return topic(gw, "ack"), topic(gw, "order/+"), topic(gw, "trust")

    async def run(self) -> None:
        while True:
            for message in await self._mqtt.take():
                await self._heard(message)
                self._mqtt.ack(message)

    async def _heard(self, message: Message) -> None:
        if message.topic == topic(self._gw, "ack"):
            self._acknowledged(message.payload)
        elif message.topic == topic(self._gw, "trust"):
            why = await self._take_trust(message.payload)
            if why:
                log.warning("uplink: trust list not taken: %s", why)
        elif message.topic.startswith(self._orders):
            await self._ordered(message.topic.removeprefix(self._orders), message)

    def _acknowledged(self, payload: bytes) -> None:
        try:
            ack = _ack.decode(payload)
            stream = Stream(ack.stream)
        except (*UNREADABLE, ValueError) as exc:
            log.warning("uplink: an acknowledgement of %d bytes makes no sense: %s", len(payload), exc)
            return
        self._uplink.acknowledged(stream, ack.epoch, ack.upto, ack.ids)

    async def _ordered(self, order_id: str, message: Message) -> None:
        if not ORDER_ID.fullmatch(order_id) or message.retain:
            log.warning("uplink: an order without a proper id, or a retained one, is not followed")
            return
        try:
            result = await self._follow(order_id, message.payload)
        except Refused as exc:
            result = OrderResult(order=order_id, done=False, why=exc.why)
        said = encode(OrderResultMessage(gw=self._gw, order=order_id, done=result.done, why=result.why))
        extras = Extras(correlation=message.extras.correlation) if message.extras.correlation else NO_EXTRAS
        with contextlib.suppress(TooLarge):  # said in the log; the order was done all the same
            await self._mqtt.send(topic(self._gw, f"order/{order_id}/result"), said, extras=extras)

    async def _follow(self, order_id: str, payload: bytes) -> OrderResult:
        if len(payload) > LARGEST_ORDER_BYTES:
            raise Refused("too long")
        try:
            asked = readable(_order.decode(payload))
        except UNREADABLE as exc:
            raise Refused(f"unreadable: {exc}") from exc
        if asked.expires_at is not None and asked.expires_at.tzinfo is None:
            raise Refused("expires_at needs a time zone")
        if asked.expires_at is not None and self._clock_trusted() and asked.expires_at < self._now():
            raise Refused("expired")
        if asked.order == "send_since":
            if asked.stream not in set(Stream) or asked.number is None:
                raise Refused("send_since needs stream and number")
            done = self._uplink.send_since(Stream(asked.stream), asked.number)
            return OrderResult(order=order_id, done=done, why="" if done else "nothing confirmed from there on")
        return await self._ask(house_order(order_id, asked, self._now()))


def readable(asked: OrderMessage) -> OrderMessage:
    """What people wrote, without what steers a terminal or turns a line of text round (CVE-2021-42574)."""
    said = {name: getattr(asked, name) for name in WRITTEN_BY_PEOPLE}
    return replace(
        asked,
        **{
            name: "".join(letter if letter.isprintable() else " " for letter in text)
            for name, text in said.items()
            if not text.isprintable()
        },
    )


def house_order(order_id: str, asked: OrderMessage, now: datetime) -> Order:
    """The order of the house that the centre means. Raises Refused."""
    by = f"centre:{asked.by}" if asked.by else "centre"
    for about in (alert_order, stay_order, care_order):
        found = about(order_id, asked, by, now)
        if found is not None:
            return found
    match asked.order:
        case "open_window" if asked.opens is not None and asked.closes is not None:
            if asked.opens.tzinfo is None or asked.closes.tzinfo is None:
                raise Refused("a service window needs hours with a time zone")
            return WindowOpened(
                id=order_id,
                at=now,
                by=by,
                flat=asked.flat,
                opens=asked.opens,
                closes=asked.closes,
                purpose=asked.purpose,
            )
        case "open_window":
            raise Refused("a service window needs opens and closes")
        case "withdraw_pass":
            return PassWithdrawn(id=order_id, at=now, by=by, cti=asked.cti, reason=asked.reason)
        case "withdraw_person":
            return PersonWithdrawn(id=order_id, at=now, by=by, subject=asked.subject, reason=asked.reason)
        case "choose_profile":
            return ProfileChosen(id=order_id, at=now, by=by, profile=asked.profile)
        case service if service in KNOWN:
            made = service_order(order_id, asked, now, by)
            if isinstance(made, str):
                raise Refused(made)
            return made
        case _:
            raise Refused(f"unknown order {asked.order!r}")
