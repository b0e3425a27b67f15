"""What people ask of the house about services at a quarantine home: ask, approve, deny, take, deliver, confirm.

Floor 2, a pure room; part of the union in gateway/orders/every.py. The id of WindowAsked is the id of the request, and
of the service window it becomes. `by` is a staff id, the centre's word for itself, or "resident".
"""

from datetime import datetime

from msgspec import Struct


class WindowAsked(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody needs something at a quarantine door. With hours, whoever asks (no resident) grants it as well."""

    id: str
    at: datetime
    by: str
    flat: str
    purpose: str
    words: str = ""
    opens: datetime | None = None
    closes: datetime | None = None


class WindowApproved(Struct, frozen=True, tag=True, kw_only=True):
    """The door may open between two hours for this request."""

    id: str
    at: datetime
    by: str
    request: str
    opens: datetime
    closes: datetime


class WindowDenied(Struct, frozen=True, tag=True, kw_only=True):
    id: str
    at: datetime
    by: str
    request: str
    reason: str


class WindowTaken(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody goes."""

    id: str
    at: datetime
    by: str
    request: str


class WindowDelivered(Struct, frozen=True, tag=True, kw_only=True):
    """It is at the door."""

    id: str
    at: datetime
    by: str
    request: str


class WindowConfirmed(Struct, frozen=True, tag=True, kw_only=True):
    """The resident has it."""

    id: str
    at: datetime
    by: str
    request: str


class WindowWithdrawn(Struct, frozen=True, tag=True, kw_only=True):
    """Nobody needs it any more."""

    id: str
    at: datetime
    by: str
    request: str
    reason: str = ""


WindowOrder = (
    WindowAsked | WindowApproved | WindowDenied | WindowTaken | WindowDelivered | WindowConfirmed | WindowWithdrawn
)
