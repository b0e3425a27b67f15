"""Tasks and figures of rounds, as the centre has them in its report stream.

Floor 2, a pure room; part of the contract with gateway/messages/every.py.
"""

from datetime import datetime

from gateway.messages.envelope import Envelope
from gateway.rounds import TaskKind, TaskState, Why


class TaskMessage(Envelope, frozen=True, kw_only=True, tag_field="type", tag="menshen.task"):
    """Stream "report", if `uplink.reports` has "tasks": somebody is to be called, or knocked at; or what came of it.

    The answer comes back as the order `task_result` with this `task`. Temperatures stay here.
    """

    task: str
    round: str
    kind: TaskKind
    state: TaskState
    revision: int
    due: datetime
    why: tuple[Why, ...] = ()
    outcome: str = ""
    by: str = ""


class RoundMessage(Envelope, frozen=True, kw_only=True, tag_field="type", tag="menshen.round"):
    """Stream "report", if `uplink.reports` has "rounds": the figures of a round; `final` when all its tasks are done.

    `saved`: flats that nobody need go to, for door and band answered for them without a break.
    """

    round: str
    compound: str
    persons: int
    measured: int
    calls: int
    flats: int
    knocks: int
    saved: int
    reached: int = 0
    final: bool = False
