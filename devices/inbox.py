"""The one inbox: readings and orders in, at most so many; what must not wait out first, each line in its order.

Two lines. Adverts of bands, thousands a second, can wait (`devices.reading.can_wait`); a call for help, a door, a code
and what people do never queue behind them. Both are taken from at every turn, so neither starves the other.

Bounded: a full line makes `put` wait, so serial links stop reading and the far end keeps what it has, and adverts give
way to newer ones of the same band. One wake-up of the taker serves many, which keeps a thousand events a second cheap.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """Many put, one takes. All on one event loop. `limit` is of each line."""

    def __init__(self, limit: int) -> None:
        self._first = _Line[T](limit)
        self._patient = _Line[T](limit)
        self._some = asyncio.Event()

    def __len__(self) -> int:
        return len(self._first.items) + len(self._patient.items)

    async def put(self, item: T, *, can_wait: bool = False) -> None:
        """Hand in one item; waits while its line is full."""
        line = self._patient if can_wait else self._first
        while len(line.items) >= line.limit:
            line.room.clear()
            await line.room.wait()
        line.items.append(item)
        self._some.set()

    async def some(self) -> None:
        """Wait until there is something to take."""
        while not len(self):
            self._some.clear()
            await self._some.wait()

    def take(self, most: int, patient: int = 0) -> list[T]:
        """What there is, each line's oldest first: at most `most` of what must not wait, then `patient` of what can."""
        return [*self._first.take(most), *self._patient.take(patient)]

    def first(self) -> T | None:
        """Of what must not wait, the oldest; it stays."""
        return self._first.items[0] if self._first.items else None

    def take_while(self, wanted: Callable[[T], bool], most: int) -> list[T]:
        """Of what must not wait, the oldest as long as they are wanted."""
        taken: list[T] = []
        while len(taken) < most and self._first.items and wanted(self._first.items[0]):
            taken += self._first.take(1)
        return taken

    def take_all(self) -> list[T]:
        """Everything there is, at once; for closing."""
        return self.take(len(self), len(self))


class _Line(Generic[T]):
    __slots__ = ("items", "limit", "room")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.items: deque[T] = deque()
        self.room = asyncio.Event()

    def take(self, most: int) -> list[T]:
        taken = [self.items.popleft() for _ in range(min(most, len(self.items)))]
        self.room.set()
        return taken
