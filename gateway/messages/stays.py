"""What becomes of people under observation, and what is written down about them, as the centre has it in its reports.

Floor 2, a pure room; part of the contract with gateway/messages/every.py.
"""

from datetime import date, datetime

from gateway.findings import StayStep
from gateway.messages.envelope import Envelope


class StayChangedMessage(Envelope, frozen=True, kw_only=True, tag_field="type", tag="menshen.stay_changed"):
    """Stream "report", if `uplink.reports` has "stays": a quarantine goes on otherwise; the fields say how it is now.

    `away`: why nobody watches door and band just now, empty while they are at home. `by`: a staff id or the centre's
    word for itself; empty where they came in by `lane` and nobody had to do anything.
    """

    quarantine: str
    step: StayStep
    first_day: date
    last_day: date
    band: str = ""
    away: str = ""
    back_by: datetime | None = None
    by: str = ""
    reason: str = ""
    lane: str = ""


class NoteMessage(Envelope, frozen=True, kw_only=True, tag_field="type", tag="menshen.note"):
    """Stream "report", if `uplink.reports` has "notes": what somebody on duty wrote down about a flat or a case.

    `going`: they are on their way there. No name stands in it: people are pseudonyms, a telephone number is refused.
    """

    by: str
    text: str = ""
    going: bool = False
    case: str = ""  # the first alert of the happening it is about; empty for a note about a flat
