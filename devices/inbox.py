"""The one inbox: readings and orders in, at most so many; everything there is out, in order, in one go.

Bounded: a full inbox makes `put` wait, so serial links stop reading and the far end keeps what it has. One wake-up of
the taker serves whatever has come since, which is what keeps a thousand events a second cheap.
"""

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """Many put, one takes. All on one event loop."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[T] = deque()
        self._some = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    def __len__(self) -> int:
        return len(self._items)

    async def put(self, item: T) -> None:
        """Hand in one item; waits while the inbox is full."""
        while len(self._items) >= self._limit:
            self._room.clear()
            await self._room.wait()
        self._items.append(item)
        self._some.set()

    async def take(self, most: int) -> list[T]:
        """Everything there is, oldest first, at most `most`; waits for the first."""
        while not self._items:
            self._some.clear()
            await self._some.wait()
        taken = [self._items.popleft() for _ in range(min(most, len(self._items)))]
        self._room.set()
        return taken

    def take_all(self) -> list[T]:
        """Everything there is, at once; for closing."""
        taken = list(self._items)
        self._items.clear()
        self._room.set()
        return taken
