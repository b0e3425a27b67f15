"""Events that noise makes by hundreds in; the few that mean something out, the others counted and told once a minute.

Floor 3, a pure room, and no part of the fold: what is held back never reaches the journal but as a number. A scanner on
a bad cable "reads" 235 codes a second that nobody can read, and a node that restarts for ever says hello as often. A
pass that can be read is never held back, nor what somebody types on a page, who waits for the answer.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from devices.reading import GarbledSeen, Reading
from gateway.compound import PAGE
from gateway.condense.counted import Counts
from gateway.events.every import Event, NodeStarted, PassShown, Proof

UNREADABLE_EVERY = timedelta(seconds=1)  # nobody shows two unreadable codes at one lane within a second
HELLO_EVERY = timedelta(seconds=60)  # the same start, said again; another start is told


class Noise:
    """What was last let through of each device. Only devices with a place get here: no stranger grows this."""

    def __init__(self) -> None:
        self._unreadable: dict[str, datetime] = {}
        self._hello: dict[str, tuple[datetime, int]] = {}
        self._counts = Counts()

    def through(self, event: Event, reading: Reading) -> Iterator[Event]:
        """The event itself, or nothing and one more on the count."""
        match event:
            case PassShown(proof=Proof.UNREADABLE) if not event.device.startswith(PAGE):
                last = self._unreadable.get(event.device)
                if last is None or not timedelta() <= event.heard - last < UNREADABLE_EVERY:
                    self._unreadable[event.device] = event.heard
                    yield event
                else:
                    seen = GarbledSeen(length=0, digest="", why="unreadable codes, more than one a second")
                    counted = Reading(
                        at=reading.at, heard=reading.heard, link=reading.link, device=reading.device, seen=seen
                    )
                    yield from self._counts.happened(counted, 1)
            case NodeStarted():
                told, boot = self._hello.get(event.device, (event.heard - HELLO_EVERY, event.boot))
                if event.heard - told >= HELLO_EVERY or (boot != event.boot and event.heard - told >= UNREADABLE_EVERY):
                    self._hello[event.device] = (event.heard, event.boot)
                    yield event
            case _:
                yield event

    def due(self) -> datetime | None:
        """When something that was counted is to be told."""
        return self._counts.due()

    def tick(self, now: datetime) -> Iterator[Event]:
        """What has waited long enough."""
        return self._counts.tick(now)
