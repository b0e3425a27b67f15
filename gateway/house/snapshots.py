"""The gatekeeper's state in, its snapshots in the journal out: every so many records, at the end, and when asked.

A start reads the newest and the records after it. Floor 7.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from gateway.gatekeeper import Gatekeeper
from gateway.journal.journal import Journal
from gateway.registry.registry import NotKept
from gateway.state.freezing import slices_of
from gateway.state.state import RULES_VERSION

log = logging.getLogger(__name__)


class Snapshots:
    """`before`: what must be on disk first, the books that orders have changed; raises NotKept."""

    def __init__(self, gatekeeper: Gatekeeper, journal: Journal, every: int) -> None:
        self.before: Callable[[], Awaitable[None]] | None = None
        self.every = every
        self.taken = 0  # since the house opened
        self._gatekeeper = gatekeeper
        self._journal = journal
        self._at = gatekeeper.state.number
        self._running: asyncio.Task[None] | None = None

    def if_due(self) -> None:
        """Begin one, if enough was written since the last and none is under way."""
        behind = self._gatekeeper.state.number - self._at
        if behind >= self.every and (self._running is None or self._running.done()):
            if self._running is not None:
                self._running.result()
            self._running = asyncio.create_task(self._take(), name="snapshot")

    async def now(self) -> None:
        """What the state forgot is to be forgotten on the disk as well."""
        while self._running is not None and not self._running.done():
            await self._running
        if self._gatekeeper.state.number > self._at:
            self._running = asyncio.create_task(self._take(), name="snapshot")
            await self._running

    async def last(self) -> None:
        """One more at the end, so that the next start is short."""
        if self._running is not None:
            await self._running
        if self._gatekeeper.state.number > self._at:
            await self._take()

    async def _take(self) -> None:
        state = self._gatekeeper.state
        if self.before is not None:
            try:
                await self.before()
            except NotKept as exc:  # the orders since the last snapshot are needed once more; there is a later one
                log.error("keeper: no snapshot: %s", exc)
                self._at = state.number
                return
        number = self._at = state.number
        slices: list[bytes] = []
        for some in slices_of(state):
            slices.append(some)
            await asyncio.sleep(0)  # a street's takes 10 to 25 ms, in which a door may open
        await self._journal.snapshot(number, RULES_VERSION, b"".join(slices))
        self.taken += 1
