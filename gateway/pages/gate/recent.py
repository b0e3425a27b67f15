"""Committed decisions in, the last twenty of all lanes and of each lane out, each with its journal number.

A guard's ruling names the number of the decision it answers. Somebody who waits for one stays on the list, however many
come after them: a busy gate has twenty others within half a minute.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final, NamedTuple

from gateway.findings import Decision, Reason, Verdict

LISTED: Final = 20
KEPT: Final = 200  # of all lanes, and of each


class Numbered(NamedTuple):
    number: int
    decision: Decision


class Recent:
    def __init__(self) -> None:
        self._all: deque[Numbered] = deque(maxlen=KEPT)
        self._lanes: dict[str, deque[Numbered]] = {}

    def seed(self, decisions: Iterable[tuple[int, Decision]]) -> None:
        """What stood on disk before the first committed entry came; what is known already is passed over."""
        newest = self._all[-1].number if self._all else 0
        for number, decision in decisions:
            if number > newest:
                self.note(number, decision)

    def note(self, number: int, decision: Decision) -> None:
        self._keep(Numbered(number, decision))

    def last(self, lane: str) -> list[Numbered]:
        """Newest first, of one lane, or of all for an empty one."""
        return list(reversed(self._of(lane)))[:LISTED]

    def unruled(self, lane: str) -> list[Numbered]:
        """Newest first: referred to the guard, and nobody has ruled."""
        kept = self._of(lane)
        ruled = {each.decision.answers for each in kept if each.decision.reason is Reason.RULED_BY_GUARD}
        waiting = (each for each in kept if each.decision.verdict is Verdict.REFER and each.number not in ruled)
        return list(waiting)[::-1]

    def can_be_undone(self, ruled: Numbered) -> bool:
        """Is it a guard's ruling which nobody has taken back yet?"""
        return ruled.decision.reason is Reason.RULED_BY_GUARD and not self.was_answered(ruled)

    def was_answered(self, asked: Numbered) -> bool:
        """Has a later decision at its lane answered this one?"""
        return any(each.decision.answers == asked.number for each in self._of(asked.decision.lane))

    def _of(self, lane: str) -> deque[Numbered]:
        return self._lanes.get(lane, deque()) if lane else self._all

    def _keep(self, numbered: Numbered) -> None:
        self._all.append(numbered)
        self._lanes.setdefault(numbered.decision.lane, deque(maxlen=KEPT)).append(numbered)
