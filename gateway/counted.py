"""Happenings that are told by number in, how many there were out: the first at once, then a count a minute.

Floor 3, a pure room. Forgeries and garbled bytes come in thousands when somebody means it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from devices.reading import ForgedSeen, GarbledSeen, Reading
from gateway.events import DeviceForged, Event, GarbledHeard

COUNTED_EVERY = timedelta(seconds=60)


@dataclass(slots=True)
class Count:
    """Happenings that are told by number: when they were last told, how many since, and the last of them."""

    told: datetime
    last: Reading
    waiting: int = 0


def counted(counts: dict[str, Count], reading: Reading, more: int) -> Iterator[Event]:
    """The first at once, then at most once a minute, with how many there were."""
    count = counts.get(reading.device)
    if count is None:
        count = counts[reading.device] = Count(told=reading.heard - COUNTED_EVERY, last=reading)
    count.waiting += more
    count.last = reading
    if reading.heard - count.told >= COUNTED_EVERY:
        yield told(count, reading.heard)


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
