"""What pages and the uplink may see of the house, and the one way they may ask something of it.

Floor 4, a pure room: a Protocol and values. The house fulfils it (gateway/house/house.py); tests fulfil it in a few
lines. Everything shown is committed: a page never shows what a power cut could take back.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from msgspec import Struct

from devices.reading import AliveSeen, BandSeen, DoorSeen, Reading
from gateway.entries import Entry
from gateway.findings import Decision
from gateway.orders.every import Order, OrderResult
from gateway.shown.fold import Shown

T = TypeVar("T")


class Glance(Struct, frozen=True):
    """The last that was heard of a device; not journaled, gone with a restart."""

    heard: datetime
    celsius: float | None = None
    rssi: int | None = None
    battery_percent: int | None = None
    worn: bool | None = None
    open: bool | None = None


def glance_of(reading: Reading | None) -> Glance | None:
    """The last reading of a device as a glance."""
    if reading is None:
        return None
    match reading.seen:
        case BandSeen() as band:
            return Glance(
                heard=reading.heard,
                celsius=band.celsius,
                rssi=band.rssi,
                battery_percent=band.battery_percent,
                worn=band.worn,
            )
        case AliveSeen() as alive:
            return Glance(heard=reading.heard, battery_percent=alive.battery_percent, open=alive.open)
        case DoorSeen(open=is_open):
            return Glance(heard=reading.heard, open=is_open)
        case _:
            return Glance(heard=reading.heard)


UNCONFIRMED = "unconfirmed"  # all goes out to the broker, and nobody says that it has arrived


class Status(Struct, frozen=True):
    """The one line every page shows: can what is seen here be relied on?"""

    now: datetime
    clock_trusted: bool
    trust_version: int
    trust_issued_at: datetime | None
    trust_next_update: datetime | None
    uplink_connected: bool
    backlog: int
    oldest_unconfirmed: datetime | None
    confirm: str  # "centre": its own acknowledgement; "broker": only the broker's, which can lose; "none": no [uplink]
    last_number: int
    outage_hours_left: float | None
    reach_channels: int = 0  # ways to a phone with no page open; with none, nobody is told
    reach_failing: tuple[str, ...] = ()  # those whose last try told nobody
    uplink_trouble: str = ""  # what somebody has to see to: a word of `devices.mqtt.Trouble`, or UNCONFIRMED

    @property
    def has_centre(self) -> bool:
        """Is there anybody to be told? A house on its own waits for no confirmation."""
        return self.confirm != "none"


class Committed(Struct, frozen=True):
    """A journal entry that is on disk, and its body as the value it is (an event, an order, a finding)."""

    entry: Entry
    body: Struct


NEWEST = (1 << 63) - 1


class Asked(Struct, frozen=True):
    """What somebody wants to look back on: places (a flat, its devices, its stays) and people, before a number."""

    places: tuple[str, ...]
    subjects: tuple[str, ...] = ()
    before: int = NEWEST
    limit: int = 50
    measured: bool = False  # the temperatures, and nothing else


class Told(Struct, frozen=True):
    """One record that still has a body."""

    number: int
    body: Struct


class House(Protocol):
    """The running whole, as its pages see it."""

    @property
    def shown(self) -> Shown:
        """What is on disk, arranged for looking at. Read it, keep nothing of it, never change it."""
        ...

    def glance(self, device: str) -> Glance | None: ...

    def inside(self) -> Mapping[str, datetime]:
        """Who came in and did not go out, as the gatekeeper knows it now: in a fire nobody waits for a disk."""
        ...

    def status(self) -> Status: ...

    async def picture(self, look: str) -> bytes | None:
        """A small gray JPEG of the camera that this look is for, now; None where it is over, or never was."""
        ...

    async def order(self, order: Order) -> OrderResult:
        """Hand in an order; returns once its outcome is on disk."""
        ...

    async def recorded(self, kinds: tuple[str, ...], limit: int) -> list[Struct]:
        """The newest records of these kinds that still have a body, the newest first."""
        ...

    async def told(self, asked: Asked) -> list[Told]:
        """The newest records of these places and people, the newest first; at most as many as asked for."""
        ...

    async def read_back(
        self, kinds: tuple[str, ...], since: datetime, most: int, fold: Callable[[Iterator[Struct]], T]
    ) -> tuple[T, bool]:
        """The records of these kinds that the house heard of since then, oldest first, given to `fold` in a thread of
        its own; what that made of them, and whether it had all of them or the first `most`."""
        ...

    async def show_code(self, lane: str, text: str, *, typed: bool = False) -> Decision | None:
        """A code read by the page of a lane, taken in like any scanner's; or, `typed`, a plate or a short code. What
        was decided, once it is on disk; None where the house made nothing of it."""
        ...

    def committed(self) -> AbstractAsyncContextManager[AsyncIterator[Committed]]:
        """Every entry from now on, once it is on disk. A reader too slow for it is told by `StopAsyncIteration`."""
        ...
