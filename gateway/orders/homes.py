"""Orders about households: what the registry is to hold.

Floor 2, a pure room; part of the union of gateway/orders/every.py. Names, phone numbers and whatever else the rules do
not need lie in the registry's drop box under `ref`, on disk before the order is; the journal holds what rules go by.
"""

from datetime import datetime

from msgspec import Struct

from gateway.orders.codes import WindowCodeRenewed
from gateway.orders.notes import FlatNoted
from gateway.orders.stays import StayOrder
from gateway.people import Care


class Registered(Struct, frozen=True):
    """One person of a household, as far as rules need to know them."""

    subject: str
    care: tuple[Care, ...] = ()
    head_of: str = ""


class RegisteredFlat(Struct, frozen=True):
    """Everybody of a flat. `kept`: False takes the flat out of the registry."""

    flat: str
    people: tuple[Registered, ...] = ()
    kept: bool = True


class HouseholdsChanged(Struct, frozen=True, tag=True, kw_only=True):
    """From now on these households are as they are said to be. An import is a row of such orders.

    `left`: who was registered in them and is no more, so that nobody has to look through everybody.
    """

    id: str
    at: datetime
    by: str
    ref: str
    flats: tuple[RegisteredFlat, ...]
    left: tuple[str, ...] = ()


HomeOrder = HouseholdsChanged | StayOrder | FlatNoted | WindowCodeRenewed
"""What the union of gateway/orders/every.py takes in."""
