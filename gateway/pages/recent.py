"""Committed decisions in, the last twenty of all lanes and of each lane out, each with its journal number.

`Shown.decisions` has no numbers and no lanes; a guard's ruling names the number of the decision it answers.
"""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from gateway.findings import Decision, Reason, Verdict

KEPT = 20


class Numbered(NamedTuple):
    """`number` is None for a decision from before this process began."""

    number: int | None
    decision: Decision


class Recent:
    def __init__(self) -> None:
        self._all: deque[Numbered] = deque(maxlen=KEPT)
        self._lanes: dict[str, deque[Numbered]] = {}

    def seed(self, decisions: Iterable[Decision]) -> None:
        """What stood on disk before the first committed entry came; what is known already is passed over."""
        known = {numbered.decision for numbered in self._all}
        for decision in decisions:
            if decision not in known:
                self._keep(Numbered(None, decision))

    def note(self, number: int, decision: Decision) -> None:
        self._keep(Numbered(number, decision))

    def last(self, lane: str) -> list[Numbered]:
        """Newest first, of one lane, or of all for an empty one."""
        return list(reversed(self._lanes.get(lane, ()) if lane else self._all))

    def waits_for_ruling(self, asked: Numbered) -> bool:
        """Was this referred to the guard, and nobody has ruled?"""
        if asked.decision.verdict is not Verdict.REFER:
            return False
        for numbered in reversed(self._lanes.get(asked.decision.lane, ())):
            if numbered == asked:
                return True
            later = numbered.decision
            if later.reason is Reason.RULED_BY_GUARD and (asked.number is None or later.answers == asked.number):
                return False
        return False  # so long ago that it is no longer among the lane's last twenty

    def can_be_undone(self, ruled: Numbered) -> bool:
        """Is it a guard's ruling of which the number is known, and which nobody has taken back yet?"""
        if ruled.number is None or ruled.decision.reason is not Reason.RULED_BY_GUARD:
            return False
        return not self.was_answered(ruled)

    def was_answered(self, asked: Numbered) -> bool:
        """Has a later decision at its lane answered this one?"""
        return any(each.decision.answers == asked.number for each in self._lanes.get(asked.decision.lane, ()))

    def _keep(self, numbered: Numbered) -> None:
        self._all.append(numbered)
        self._lanes.setdefault(numbered.decision.lane, deque(maxlen=KEPT)).append(numbered)
