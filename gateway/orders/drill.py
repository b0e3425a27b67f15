"""A drill on the live system: when it begins, over what, and when it ends.

Floor 2, a pure room; part of the union in gateway/orders/every.py.
"""

from datetime import datetime

from msgspec import Struct

from gateway.kinds import Kind


class DrillBegun(Struct, frozen=True, tag=True, kw_only=True):
    """What these places and devices set off until then is a drill, and marked as one everywhere.

    `places`: compounds, buildings, units, flats, gates or lanes; `devices`: by their ids; `kinds`: only these alerts,
    or all of them. What is about life (a fire, a call for help: gateway/drills.py) stays real unless its device is
    named, or its kind is one of `kinds` or `rehearsed`. Phones and text messages are told only with `phones`.
    """

    id: str
    at: datetime
    by: str
    reason: str
    until: datetime
    places: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    phones: bool = False
    rehearsed: tuple[Kind, ...] = ()


class DrillEnded(Struct, frozen=True, tag=True, kw_only=True):
    """The drill is over before its hour."""

    id: str
    at: datetime
    by: str
    drill: str


DrillOrder = DrillBegun | DrillEnded
