"""Happenings that are told by number in, how many there were out: the first at once, then a count a minute.

Floor 3, a pure room. Forgeries and garbled bytes come in thousands when somebody means it.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from devices.reading import ForgedSeen, GarbledSeen, Reading
from gateway.events.every import DeviceForged, Event, GarbledHeard

COUNTED_EVERY = timedelta(seconds=60)


@dataclass(slots=True)
class Count:
    """Happenings that are told by number: when they were last told, how many since, and the last of them."""

    told: datetime
    last: Reading
    waiting: int = 0


class Counts:
    """The counts of one kind of happening, one for each device. What nothing waits for costs nothing."""

    def __init__(self) -> None:
        self._of: dict[str, Count] = {}
        self._due: list[tuple[datetime, str]] = []  # a heap: when what waits is to be told; one place for each device

    def happened(self, reading: Reading, more: int) -> Iterator[Event]:
        """The first at once, then at most once a minute, with how many there were."""
        count = self._of.get(reading.device)
        if count is None:
            count = self._of[reading.device] = Count(told=reading.heard - COUNTED_EVERY, last=reading)
        elif not count.waiting and reading.heard - count.told < COUNTED_EVERY:
            heapq.heappush(self._due, (count.told + COUNTED_EVERY, reading.device))
        count.waiting += more
        count.last = reading
        if reading.heard - count.told >= COUNTED_EVERY:
            yield told(count, reading.heard)

    def due(self) -> datetime | None:
        """When something that waits is to be told."""
        return self._due[0][0] if self._due else None

    def tick(self, now: datetime) -> Iterator[Event]:
        """What has waited long enough."""
        while self._due and self._due[0][0] <= now:
            count = self._of[heapq.heappop(self._due)[1]]
            if count.waiting and now - count.told >= COUNTED_EVERY:
                yield told(count, now)

    def inherit(self, before: "Counts", moved: timedelta) -> None:
        """What was counted goes on being counted, on a clock that was moved by so much."""
        for device, count in before._of.items():
            self._of[device] = Count(told=count.told + moved, last=count.last, waiting=count.waiting)
        self._due = [(at + moved, device) for at, device in before._due]


def told(count: Count, now: datetime) -> Event:
    """All that waited, under the last of it."""
    number, count.waiting, count.told = count.waiting, 0, now
    last = count.last
    match last.seen:
        case ForgedSeen(why=why):
            return DeviceForged(at=last.at, heard=now, device=last.device, why=why, count=number)
        case GarbledSeen(length=length, digest=digest, why=why):
            return GarbledHeard(
                at=last.at, heard=now, device=last.device, count=number, length=length, digest=digest, why=why
            )
        case _:
            raise TypeError(f"not told by number: {type(last.seen).__name__}")
