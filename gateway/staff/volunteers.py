"""A volunteer's shift in, an id and a short code for it out; and what is wrong with its hours."""

from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.pages.access import Member

LONGEST = timedelta(hours=24)
EARLIEST = timedelta(days=7)  # so far ahead a shift may be planned
CODE_DIGITS = 6
ID_DIGITS = 3


def new_code(below: Callable[[int], int]) -> str:
    """Six digits: with the waits of the log-in, some 60 tries an hour at most, and for one shift only."""
    return f"{below(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def new_id(find: Callable[[str], Member | None], below: Callable[[int], int]) -> str:
    """ "v" and three digits that nobody has now; more digits where those are used up."""
    digits = ID_DIGITS
    for tries in range(1000):
        identity = f"v{below(10**digits):0{digits}d}"
        if find(identity) is None:
            return identity
        digits = ID_DIGITS + tries // 50
    raise ValueError("too many volunteers; strike off those whose shifts are over")


def wrong_hours(starts: datetime, ends: datetime, now: datetime) -> str:
    """Why these hours make no shift, empty if they do."""
    if ends <= starts:
        return "the shift ends before it begins"
    if ends - starts > LONGEST:
        return "a volunteer's code is good for 24 hours at most"
    if ends <= now:
        return "the shift is over already"
    if starts - now > EARLIEST:
        return "a shift is planned a week ahead at most"
    return ""
