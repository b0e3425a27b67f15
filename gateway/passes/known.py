"""A pass that was shown here before, as far as its short code needs it: everything it says, nothing of its text.

Floor 2, a pure room. Kept in the state by the short code, the newest last.
"""

from datetime import datetime

from msgspec import Struct


class KnownPass(Struct, frozen=True, array_like=True):
    """`gates` as in the pass. Fields are only added, at the end, with defaults."""

    cti: str
    kid: str
    subject: str
    holder: str
    compound: str
    gates: int
    not_before: datetime | None = None
    not_after: datetime | None = None
    once: bool = False
