"""The code on the inside of a quarantine door is to be another one.

Floor 2, a pure room; part of the union of gateway/orders/every.py.
"""

from datetime import datetime

from msgspec import Struct


class WindowCodeRenewed(Struct, frozen=True, tag=True, kw_only=True):
    """What was printed for this flat opens nothing any more. The order's id goes into the new code, which stands in no
    journal: whoever reads this cannot make it without the gateway's key (gateway/window_codes.py)."""

    id: str
    at: datetime
    by: str
    flat: str
