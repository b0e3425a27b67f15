"""What came of a task of a round: from the centre's voice system, or by hand on the page.

Floor 2, a pure room.
"""

from datetime import datetime

from msgspec import Struct


class TaskAnswered(Struct, frozen=True, tag=True, kw_only=True):
    """`outcome`: well, unwell, no_answer, not_at_home. `celsius`: what they measured themselves, if they said so."""

    id: str
    at: datetime
    by: str
    task: str
    outcome: str
    celsius: float | None = None
    comment: str = ""
