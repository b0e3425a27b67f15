"""When each rule wants to be woken, and who is due by an hour. A heap beside the state's own timers.

Floor 3, a pure room. A timer that was moved or taken back leaves its place in the heap behind; that is passed over.
"""

import heapq
from datetime import datetime, timedelta

from gateway.state.state import Timer


class Timers:
    """`kept` is the state's: name ("rule|key") -> timer."""

    def __init__(self, kept: dict[str, Timer]) -> None:
        self._kept = kept
        self._heap: list[tuple[datetime, str]] = []
        self._sort()

    def due(self) -> datetime | None:
        """When the next one is due."""
        while self._heap:
            due, name = self._heap[0]
            timer = self._kept.get(name)
            if timer is not None and timer.due == due:
                return due
            heapq.heappop(self._heap)
        return None

    def put(self, name: str, timer: Timer) -> None:
        self._kept[name] = timer
        heapq.heappush(self._heap, (timer.due, name))

    def drop(self, name: str) -> None:
        self._kept.pop(name, None)

    def take(self, by: datetime) -> tuple[str, Timer] | None:
        """The first that is due by this instant; it is no longer kept."""
        due = self.due()
        if due is None or due > by:
            return None
        _, name = heapq.heappop(self._heap)
        return name, self._kept.pop(name)

    def shift(self, step: timedelta) -> None:
        """The clock was set: what was to be woken in two minutes still is. What waits for a date goes on waiting."""
        for name, timer in self._kept.items():
            if not timer.calendar:
                self._kept[name] = Timer(due=timer.due + step, dated=timer.dated + step)
        self._sort()

    def _sort(self) -> None:
        self._heap = [(timer.due, name) for name, timer in self._kept.items()]
        heapq.heapify(self._heap)
