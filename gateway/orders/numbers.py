"""Orders about cards and plates. No number stands in them.

Floor 2, a pure room; part of the union of gateway/orders/every.py.
"""

from datetime import datetime

from msgspec import Struct


class NumbersEntered(Struct, frozen=True, tag=True, kw_only=True):
    """The book of cards and plates was added to: `count` entries, in the registry before this order is.

    To be on record, from when on they were good, is all of it: what an entry says is on record whenever it is shown.
    Withdrawing is an order for each, PassWithdrawn with the entry's id.
    """

    id: str
    at: datetime
    by: str
    medium: str
    count: int
