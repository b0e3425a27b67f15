"""Watch one link for as long as the house stands: open, decode, stamp the hour, confirm, reopen.

One of the two places that read a clock (the other is gateway/house/house.py). A lost link is no error: it is logged,
told to the house in the link's own name, and tried again with growing, jittered pauses.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from devices.driver import Action, Decoder, Driver, Keys, Link, LinkLost, Reply
from devices.reading import LinkSeen, Reading, Receipt, Sighting

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
SETTLED_AFTER_SECONDS = 30.0  # a link that held this long starts again with the short pause
STEP_SECONDS = 2.0  # wall clock against monotonic: more than this is a step, less is drift to be followed


class HouseClock:
    """House time = an anchor on the wall clock + the monotonic clock. It never jumps by itself.

    `now()` is aware UTC. `step()` says whether the wall clock has been moved since, and by how many seconds; the house
    journals that and then calls `follow()`. A Raspberry Pi has no clock of its own: it starts in the past and is set
    later.
    """

    def __init__(self, not_before: datetime | None = None, sure: datetime | None = None) -> None:
        """`not_before`: the last hour on record; the house's time does not begin before it. `sure`: the last of them
        that was told by a clock that was trusted, if that is another.

        `behind`: the wall clock says less than that, so it is wrong now, or it was then.
        """
        wall = datetime.now(UTC)
        self._sure = not_before if sure is None else sure
        self.behind = self._is_behind(wall)
        start = wall if not_before is None else max(wall, not_before)
        self._anchor = start - timedelta(seconds=time.monotonic())

    def now(self) -> datetime:
        return self._anchor + timedelta(seconds=time.monotonic())

    def step(self) -> float:
        """Seconds by which the wall clock differs from the house's time; 0.0 while that is only drift."""
        off = (datetime.now(UTC) - self.now()).total_seconds()
        if abs(off) <= STEP_SECONDS:
            return 0.0
        return off

    def follow(self) -> datetime:
        """Take the wall clock's word from now on; returns the new hour."""
        wall = datetime.now(UTC)
        self._anchor = wall - timedelta(seconds=time.monotonic())
        self.behind = self._is_behind(wall)
        return wall

    def _is_behind(self, wall: datetime) -> bool:
        """By more than the drift that is no step: a house that is started anew within a second has a right clock."""
        return self._sure is not None and wall < self._sure - timedelta(seconds=STEP_SECONDS)


class Watch:
    """One link and its decoder. `run` is a task of the house; `confirm` and `act` are called on the same loop."""

    def __init__(
        self,
        name: str,
        driver: Driver[Any, Any],
        settings: BaseModel,
        keys: Keys,
        deliver: Callable[[Reading], Awaitable[None]],
        clock: HouseClock,
    ) -> None:
        self.name = name
        self._driver = driver
        self._settings = settings
        self._keys = keys
        self._deliver = deliver
        self._clock = clock
        self._link: Link[Any] | None = None
        self._decoder: Decoder[Any] | None = None

    @property
    def open(self) -> bool:
        return self._link is not None

    async def run(self) -> None:
        """For ever. Only a bug, or being cancelled, ends it."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            began = time.monotonic()
            try:
                await self._watch()
                reason = "ended"
            except LinkLost as exc:
                reason = exc.reason
            finally:
                self._link = self._decoder = None
            if time.monotonic() - began > SETTLED_AFTER_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            log.warning("%s: link lost (%s), trying again in %.1f s", self.name, reason, pause)
            await self._say(LinkSeen(open=False, why=reason))
            await asyncio.sleep(pause * random.uniform(0.75, 1.25))  # noqa: S311 - jitter, no secret
            pause = min(LONGEST_PAUSE_SECONDS, pause * 2)

    def confirm(self, receipt: Receipt) -> None:
        """What this receipt stands for is on disk: tell the device. On a lost link the device asks again by itself."""
        if self._decoder is not None:
            self._send(self._decoder.confirm(receipt))

    def act(self, action: Action) -> bool:
        """Have a device do something. False if the link is away: what was to happen did not."""
        if self._decoder is None:
            return False
        return self._send(self._decoder.act(action))

    async def _watch(self) -> None:
        async with self._driver.open_link(self._settings) as link:
            self._decoder = decoder = self._driver.decoder(self._settings, self._keys)
            self._link = link
            log.info("%s: link open", self.name)
            await self._say(LinkSeen(open=True))
            async for chunk in link:
                heard = self._clock.now()
                for said in decoder.feed(chunk):
                    if isinstance(said, Reply):
                        link.send(said.data)
                    else:
                        await self._deliver(self._reading(said, heard))

    def _reading(self, said: Sighting, heard: datetime) -> Reading:
        return Reading(
            at=heard - timedelta(seconds=said.ago_seconds) if said.ago_seconds else heard,
            heard=heard,
            link=self.name,
            device=said.speaker or self.name,
            seen=said.seen,
            receipt=said.receipt,
        )

    async def _say(self, seen: LinkSeen) -> None:
        now = self._clock.now()
        await self._deliver(Reading(at=now, heard=now, link=self.name, device=self.name, seen=seen))

    def _send(self, frames: Iterable[bytes]) -> bool:
        link = self._link
        if link is None:
            return False
        sent = False
        try:
            for frame in frames:
                link.send(frame)
                sent = True
        except LinkLost as exc:  # the reading side notices as well, and reopens
            log.warning("%s: could not send (%s)", self.name, exc.reason)
            return False
        return sent
