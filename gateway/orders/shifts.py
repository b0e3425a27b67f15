"""What guards ask of their shift: begin it, hand it over, end it.

Floor 2, a pure room; part of the union in gateway/orders/every.py. `by` is a staff id; the note must carry no names.
`pending` is what the screen said the centre had not confirmed: the outbox is no part of the fold.
"""

from datetime import datetime

from msgspec import Struct


class ShiftBegun(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody begins at a gate, or takes over the shift `takes` that was handed over there. By their own log-in."""

    id: str
    at: datetime
    by: str
    gate: str
    takes: str = ""


class ShiftHandedOver(Struct, frozen=True, tag=True, kw_only=True):
    """Whoever stands at a gate hands over; the shift lasts until somebody has taken it."""

    id: str
    at: datetime
    by: str
    gate: str
    shift: str
    note: str = ""
    pending: int = 0


class ShiftEnded(Struct, frozen=True, tag=True, kw_only=True):
    """A shift ends with nobody to take it: the gate is shut, or somebody went home and said nothing."""

    id: str
    at: datetime
    by: str
    gate: str
    shift: str
    note: str = ""
    pending: int = 0
