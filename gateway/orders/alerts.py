"""What people ask about alerts besides taking and closing them: assign, shelve, work mode, a note.

Floor 2, a pure room.
"""

from datetime import datetime

from msgspec import Struct

from gateway.orders.cases import CaseNoted


class AlertAssigned(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody is to see to it: a responder, a member of the staff, or one the centre knows."""

    id: str
    at: datetime
    by: str
    alert: str
    to: str
    comment: str = ""


class AlertShelved(Struct, frozen=True, tag=True, kw_only=True):
    """Put aside until then, by name and for a reason: it comes back by itself if it is still there."""

    id: str
    at: datetime
    by: str
    alert: str
    until: datetime
    reason: str


class WorkBegun(Struct, frozen=True, tag=True, kw_only=True):
    """Installers work here until then: what their hands set off is put aside as it comes, on record and in silence.

    `places`: compounds, buildings, units, flats, gates or lanes; `devices`: by their ids. Never for a call for help, a
    fall, a fire or a person who left: those ring.
    """

    id: str
    at: datetime
    by: str
    until: datetime
    reason: str
    places: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


class WorkEnded(Struct, frozen=True, tag=True, kw_only=True):
    """The work is done: what was put aside and is still there rings from now on."""

    id: str
    at: datetime
    by: str
    work: str


AlertOrder = AlertAssigned | AlertShelved | WorkBegun | WorkEnded | CaseNoted
