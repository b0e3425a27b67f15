"""What may come in by the inbox: readings, orders with who waits for them, and what the house itself has to say.

Floor 7.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from devices.reading import Reading
from gateway.bodies import body_of
from gateway.findings import Decision
from gateway.orders.every import Order, OrderResult
from gateway.passes.numbers import NumberBook
from gateway.passes.trust import Trust


@dataclass(slots=True, eq=False)
class Asked:
    """An order, and who waits for its result."""

    order: Order
    answer: asyncio.Future[OrderResult]


@dataclass(slots=True, eq=False)
class Presented:
    """A reading, and who waits for what is decided of it."""

    reading: Reading
    answer: asyncio.Future[Decision | None]


@dataclass(slots=True, eq=False)
class Made:
    """Something the house itself has to say: an event of its own, a tombstone, or newer lists with it."""

    event: Struct
    trust: Trust | None = None
    numbers: NumberBook | None = None


Item = Reading | Asked | Presented | Made


def hour_of(item: Item) -> datetime:
    """When it got here."""
    match item:
        case Reading(heard=heard) | Presented(reading=Reading(heard=heard)):
            return heard
        case Asked(order=order):
            return order.at
        case Made(event=event):
            return body_of(event).at
