"""What whoever is on duty writes down about a case: that they are on their way, or a note.

Floor 2, a pure room; part of the union in gateway/orders/every.py. `case` is the id of the first alert of a happening.
"""

from datetime import datetime

from msgspec import Struct

LONGEST_NOTE = 200


class CaseNoted(Struct, frozen=True, tag=True, kw_only=True):
    """A line in the timeline of a case. It names nobody: people are pseudonyms and flats wherever this is kept.

    `place` and `subject`: what the case is about, so that the line is found by that too.
    """

    id: str
    at: datetime
    by: str
    case: str
    text: str = ""
    going: bool = False  # they are on their way there
    place: str = ""
    subject: str = ""
