"""That times are over, and that contents were deleted: what the house says of its own forgetting.

Floor 2, a pure room.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from gateway.retention import Retention


class DeletedFor(StrEnum):
    """Why contents went."""

    TIME_OVER = "time_over"
    ERASED = "erased"  # somebody asked that what is kept of them goes


class TimesOver(Struct, frozen=True, tag=True, kw_only=True):
    """Once a day: what the house remembers of people beyond these times is forgotten."""

    at: datetime
    heard: datetime
    retention: Retention


class ContentsDeleted(Struct, frozen=True, tag=True, kw_only=True):
    """A receipt: contents and salts of records went, their leaves stay. It names nobody.

    `kinds` counts them by kind of record, from number `first` to `last`. `digest` is the SHA-256 over the number (8
    bytes, big-endian) and the leaf of each, in order: who has the journal's leaves can check it. `left`: how many
    records could not go yet. `order`: the order that asked for it, if one did.
    """

    id: str
    at: datetime
    heard: datetime
    by: str
    reason: DeletedFor
    kinds: dict[str, int]
    first: int
    last: int
    digest: str
    left: int = 0
    order: str = ""

    @property
    def count(self) -> int:
        return sum(self.kinds.values())
