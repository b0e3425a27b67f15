"""When a band came off, and what else is known, in; how long that may be a shower, out.

A band off the wrist says the same of a bathroom and of a table in the hall: it lies still and cools to the room, in the
bathroom or wherever it was left. What tells them apart is the hour, what this wearer usually does, and the door.

| what is known | how long it may be a shower |
|---|---|
| nothing against it | `taken_off_at_home_seconds` (45 min) |
| they have washed within the last eight hours | `taken_off_unlikely_seconds` (30 min) |
| of six times at the least, none was within two hours of this hour of the day | the same |
| the door has opened since, in a service window, for somebody else observed there, who wears theirs and is heard | |
| at home; not within the first three minutes: who leaves lays the band down and goes | 25 min |
| it is between midnight and five | `taken_off_at_night_seconds` (20 min) |

What is known of several lines: the shortest. Kept are the last eight times, with the stay.
"""

from datetime import datetime, timedelta

from gateway.compound import Places
from gateway.events.presence import Where
from gateway.people import Quarantine
from gateway.rules.door_watched import window_end, zone_of
from gateway.state.state import State

SHORTEST = timedelta(minutes=3)  # off for less is a sleeve, a strap put right
KEPT = 8
KNOWN = 6  # so many before anything is usual
NEAR = timedelta(hours=2)
ONCE_IN = timedelta(hours=8)
NIGHT_ENDS_HOUR = 5
DAY = timedelta(days=1)


def washed(band: str, off: datetime, on: datetime, state: State) -> None:
    """It was put on again."""
    if SHORTEST <= on - off <= timedelta(seconds=state.limits.taken_off_at_home_seconds):
        state.washes[band] = (*state.washes.get(band, ()), off)[-KEPT:]


def may_last(band: str, flat: str, off: datetime, state: State, places: Places) -> timedelta:
    """See the table of the module."""
    limits = state.limits
    least = [limits.taken_off_at_home_seconds]
    before = state.washes.get(band, ())
    if before and off - before[-1] < ONCE_IN:
        least.append(limits.taken_off_unlikely_seconds)
    if len(before) >= KNOWN and not any(_same_hour(each, off) for each in before):
        least.append(limits.taken_off_unlikely_seconds)
    if band in state.others_door:
        least.append(limits.taken_off_others_door_seconds)
    zone = zone_of(flat, places)
    if zone is not None and state.clock_trusted and off.astimezone(zone).hour < NIGHT_ENDS_HOUR:
        least.append(limits.taken_off_at_night_seconds)
    return timedelta(seconds=min(least))


def for_somebody_else(stay: Quarantine, off: datetime, opened: datetime, state: State) -> bool:
    """Was the door opened by another one of the flat, in a service window?"""
    if opened - off < SHORTEST or window_end(stay.flat, opened, state) is None:
        return False
    return any(_is_there(other.band, state) for other in state.quarantines_of(stay.flat) if other.id != stay.id)


def _is_there(band: str, state: State) -> bool:
    found = state.presence.get(band)
    heard = band not in state.silent and (found is None or found.where is Where.HOME)
    return bool(band) and band not in state.off and heard


def _same_hour(one: datetime, other: datetime) -> bool:
    """Within two hours of the same hour of the day."""
    apart = (one - other) % DAY
    return min(apart, DAY - apart) <= NEAR
