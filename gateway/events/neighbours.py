"""What the compound's other gateways say happened there, as events.

Floor 2, a pure room; part of the union of gateway/events/every.py.
"""

from datetime import datetime

from msgspec import Struct


class PassSpentElsewhere(Struct, frozen=True, tag=True, kw_only=True):
    """Another gateway let somebody in by a one-time pass, at its lane `there`; `spent_at` is by its clock."""

    at: datetime
    heard: datetime
    device: str
    gateway: str
    cti: str
    spent_at: datetime
    until: datetime
    there: str = ""


class CodeUsedElsewhere(Struct, frozen=True, tag=True, kw_only=True):
    """A phone showed a code at another gateway. `stepped`: when the phone began to show it, by the phone's clock."""

    at: datetime
    heard: datetime
    device: str
    gateway: str
    cti: str
    stepped: datetime
