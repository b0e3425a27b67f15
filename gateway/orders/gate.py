"""What people ask at a gate beside rulings: that a courier has left, one look through a lane's camera.

Floor 2, a pure room; part of the union in gateway/orders/every.py.
"""

from datetime import datetime

from msgspec import Struct


class CourierLeft(Struct, frozen=True, tag=True, kw_only=True):
    """A guard saw a courier go, or knows that they went: nobody waits for them any longer."""

    id: str
    at: datetime
    by: str
    who: str


class LookAsked(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody wants to see through the camera of a lane, for so many seconds and for a reason.

    Nothing of what they see is kept; that they looked is.
    """

    id: str
    at: datetime
    by: str
    lane: str
    camera: str
    reason: str
    seconds: int


class LookEnded(Struct, frozen=True, tag=True, kw_only=True):
    """Whoever looks has seen enough."""

    id: str
    at: datetime
    by: str
    look: str
