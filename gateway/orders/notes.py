"""What somebody on duty writes down about a flat: a line in its timeline.

Floor 2, a pure room; part of the union of gateway/orders/every.py.
"""

import re
from datetime import datetime

from msgspec import Struct

from gateway.compound import Places

LONGEST_NOTE = 200
_TELEPHONE = re.compile(r"(?:\d[ -]?){7,}")


class FlatNoted(Struct, frozen=True, tag=True, kw_only=True):
    """It names nobody: `subject` is a pseudonym, or empty where the note is about the flat."""

    id: str
    at: datetime
    by: str
    flat: str
    text: str
    subject: str = ""


def refused_note(order: FlatNoted, places: Places) -> str:
    """Why it cannot be kept, empty if it can. A name no program knows for one; a telephone number it does."""
    found = (
        (order.flat not in places.flats, "unknown flat"),
        (not order.text.strip(), "a note needs words"),
        (len(order.text) > LONGEST_NOTE, f"longer than {LONGEST_NOTE} letters"),
        (bool(_TELEPHONE.search(order.text)), "no telephone numbers in a note"),
    )
    return next((why for wrong, why in found if wrong), "")
