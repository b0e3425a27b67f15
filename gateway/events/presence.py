"""Where a worn band is, as far as receivers can tell. Journaled on change only, never per advert.

Floor 2, a pure room. What a band's adverts amount to is judged by gateway/condense/presence.py.
"""

from datetime import datetime
from enum import StrEnum

from gateway.events.marked import Marked


class Where(StrEnum):
    """Where a band is heard. Empty in `was`: it was not known before."""

    HOME = "home"  # by a receiver of its wearer's flat
    LEFT = "left"  # by others only, or by others so much louder that it is not in the flat
    AT_GATE = "at_gate"  # close to the receiver of a gate
    GONE = "gone"  # by nobody, although those that heard it before hear others


class PresenceChanged(Marked, frozen=True, tag=True, kw_only=True):
    """The band of somebody in quarantine is somewhere else than it was.

    `place` is where the receiver stands that hears it best (a gate's id where it is at one), empty where it is gone.
    `at_home`: when it was last heard by a receiver of its flat, None if not since the house opened.
    """

    at: datetime
    heard: datetime
    device: str
    flat: str
    where: Where
    was: Where | None = None
    place: str = ""
    receiver: str = ""
    rssi: int | None = None
    at_home: datetime | None = None
