"""A pass that was shown here before, as far as its short code needs it: everything it says, nothing of its text.

Floor 2, a pure room. Kept in the state by the short code, the newest last.
"""

from msgspec import Struct


class KnownPass(Struct, frozen=True, array_like=True):
    """`gates` as in the pass; `begins` and `ends` in seconds since 1970, for a snapshot holds thousands of these.

    Fields are only added, at the end, with defaults.
    """

    cti: str
    kid: str
    subject: str
    holder: str
    compound: str
    gates: int
    begins: int = 0
    ends: int = 0
    once: bool = False
