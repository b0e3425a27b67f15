"""Alerts and tasks in, the orders of those on duty out: taken in minutes, closed when somebody was there. Pure.

Without them what happened once would ring for ever and hide the next of its kind.
"""

import heapq
import random
from datetime import datetime, timedelta

from gateway.findings import Alert, Closing
from gateway.kinds import MOMENTARY
from gateway.orders.every import AlertAcknowledged, AlertClosed, Order
from gateway.orders.rounds import TaskAnswered
from gateway.rounds import Outcome, Task, TaskState

MINUTE = timedelta(minutes=1)


class Duty:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._due: list[tuple[datetime, int, Order]] = []
        self._number = 0
        self._known: set[str] = set()

    def sees(self, body: object) -> None:
        match body:
            case Alert() if body.rings and body.id not in self._known:
                self._known.add(body.id)
                taken = body.changed_at + MINUTE * self._chance.uniform(0.5, 8)
                self._later(taken, AlertAcknowledged(id=f"take {body.id}", at=taken, by="officer", alert=body.id))
                if body.kind in MOMENTARY:
                    done = taken + MINUTE * self._chance.uniform(8, 25)
                    closing = AlertClosed(
                        id=f"close {body.id}", at=done, by="officer", alert=body.id, closing=Closing.REAL
                    )
                    self._later(done, closing)
            case Task(state=TaskState.OPEN):
                at = body.changed_at + MINUTE * self._chance.uniform(5, 40)
                answer = TaskAnswered(
                    id=f"answer {body.id} {body.revision}", at=at, by="volunteer", task=body.id, outcome=Outcome.WELL
                )
                self._later(at, answer)
            case _:
                pass

    def due(self) -> datetime | None:
        return self._due[0][0] if self._due else None

    def order(self) -> Order:
        return heapq.heappop(self._due)[2]

    def _later(self, at: datetime, order: Order) -> None:
        self._number += 1
        heapq.heappush(self._due, (at, self._number, order))
