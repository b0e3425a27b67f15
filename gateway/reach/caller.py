"""Committed alerts in, messages on the channels out, until somebody has taken each: the tasks of reach.

One task for each channel, so that a slow modem holds up no other. What cannot be told is logged and shown, and never
ends the house.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from msgspec import Struct

from gateway.compound import Places
from gateway.entries import Entry
from gateway.findings import Alert
from gateway.reach.channels import Channel, NotCarried
from gateway.reach.escalation import Escalation, Rung
from gateway.reach.message import message_of

log = logging.getLogger(__name__)

START_SETTLES_SECONDS = 3.0  # after an outage much is over as soon as the devices are heard again


class Caller:
    """`seconds`: a steady clock. `channels`: in the order in which they are tried, each with its rung."""

    def __init__(
        self,
        gateway: str,
        channels: Sequence[tuple[Rung, Channel]],
        *,
        open_alerts: Callable[[], Sequence[Alert]],
        places: Callable[[], Places],
        seconds: Callable[[], float],
        settle_seconds: float = START_SETTLES_SECONDS,
    ) -> None:
        self._gateway = gateway
        self._channels = tuple(channels)
        self._open_alerts = open_alerts
        self._places = places
        self._seconds = seconds
        self._settle_seconds = settle_seconds
        self._escalation = Escalation([rung for rung, _ in channels])
        self._changed = [asyncio.Event() for _ in channels]
        self._failing: dict[str, str] = {}
        self._begun = False

    @property
    def channels(self) -> int:
        return len(self._channels)

    @property
    def failing(self) -> tuple[str, ...]:
        """The channels whose last try told nobody."""
        return tuple(rung.name for rung, _ in self._channels if rung.name in self._failing)

    def committed(self, entry: Entry, body: Struct) -> None:
        """An entry is on disk. Until the start has settled only what is then still open counts."""
        if self._begun and isinstance(body, Alert):
            self._escalation.see(body, self._seconds())
            self._wake()

    def tasks(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        """What the house is to run, by name."""
        if not self._channels:
            log.warning("reach: no channel is configured: with no page open nobody is told of an alert")
            return {}
        tasks = {f"reach {rung.name}": self._serve(index) for index, (rung, _) in enumerate(self._channels)}
        return {"reach": self._begin(), **tasks}

    async def _begin(self) -> None:
        await asyncio.sleep(self._settle_seconds)
        self._begun = True
        self._escalation.fill(self._open_alerts(), self._seconds())
        self._wake()

    async def _serve(self, index: int) -> None:
        changed = self._changed[index]
        while True:
            changed.clear()
            alerts = self._escalation.due(index, self._seconds())
            if alerts:
                await self._tell(index, alerts)
                continue
            at = self._escalation.next_at(index)
            try:
                async with asyncio.timeout(None if at is None else max(0.01, at - self._seconds())):
                    await changed.wait()
            except TimeoutError:
                continue

    async def _tell(self, index: int, alerts: list[Alert]) -> None:
        rung, channel = self._channels[index]
        try:
            await channel.carry(message_of(self._gateway, alerts, self._places()))
        except NotCarried as exc:
            log.warning("reach %s: %d alerts not told: %s", rung.name, len(alerts), exc.why)
            self._failing[rung.name] = exc.why
            self._escalation.failed(index, alerts, self._seconds())
        else:
            log.info("reach %s: %d alerts told", rung.name, len(alerts))
            self._failing.pop(rung.name, None)
            self._escalation.told(index, alerts, self._seconds())
        if self._escalation.has_room_again:
            self._escalation.fill(self._open_alerts(), self._seconds())
        self._wake()

    def _wake(self) -> None:
        for changed in self._changed:
            changed.set()
