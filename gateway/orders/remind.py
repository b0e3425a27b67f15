"""What the centre asks when nobody sees to an alert: ring again.

Floor 2, a pure room; part of the union in gateway/orders/every.py.
"""

from datetime import datetime

from msgspec import Struct


class AlertReminded(Struct, frozen=True, tag=True, kw_only=True):
    """An open alert is to ring again, by whose wish and when; it stays whose it is."""

    id: str
    at: datetime
    by: str
    alert: str
    comment: str = ""
