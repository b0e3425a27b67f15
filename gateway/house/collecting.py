"""Python's garbage collector and its thread switch, told how to work in a house: nobody waits for them for long.

Floor 7. Left to itself the collector walks through everything the house keeps whenever that has grown by a quarter, and
holds the loop for as long: 75 to 180 ms with a street's wearers. Nearly all garbage here goes by counting references
and needs no collector at all; what is left are a few cycles of connections and exceptions.

So: short rounds over what is new, as ever. When enough survived those, one round over the survivors, which are then
frozen and not walked through again. Once a day, in the small hours, one round over everything, for cycles that were
frozen alive and died since.
"""

import asyncio
import gc
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.compound import Places

log = logging.getLogger(__name__)

YOUNG = 2_000  # new objects before a short round: 0.1 ms
SHORT_ROUNDS = 10  # of those before one over what they left
NEVER = 1 << 30  # the collector shall not begin a full round by itself
MIDDLE_ROUNDS = 1  # so that a round over the survivors has some 20,000 to walk through: 3 ms
LOOK_EVERY_SECONDS = 1.0
QUIET_HOUR = 4  # when nearly everybody sleeps
BETWEEN_FULL_SECONDS = 20 * 3600.0
SWITCH_SECONDS = (
    0.0005  # the journal's writer and the cameras' threads get the interpreter within this, not within 5 ms
)


@contextmanager
def in_turns() -> Iterator[None]:
    """For as long as the house stands; the process is as it was afterwards."""
    thresholds, switch = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(YOUNG, SHORT_ROUNDS, NEVER)
    sys.setswitchinterval(SWITCH_SECONDS)
    _settle()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(switch)


async def collect(now: Callable[[], datetime], places: Callable[[], Places]) -> None:
    """For ever."""
    loop = asyncio.get_running_loop()
    rounds = Rounds(loop.time())
    while True:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        rounds.look(loop.time(), quiet=_is_quiet(now(), places()))


class Rounds:
    """When which round was made. `seconds` only rise."""

    def __init__(self, seconds: float) -> None:
        self._whole_at = seconds
        self._settled = _middle_rounds()

    def look(self, seconds: float, *, quiet: bool) -> None:
        """Make the round that is due, if one is."""
        if quiet and seconds - self._whole_at >= BETWEEN_FULL_SECONDS:
            self._whole_at = seconds
            gc.unfreeze()
            log.info("house: %d objects were garbage nobody had found", _settle())
        elif (rounds := _middle_rounds()) - self._settled >= MIDDLE_ROUNDS:
            self._settled = rounds
            _settle()


def _is_quiet(now: datetime, places: Places) -> bool:
    """By the first compound's watches."""
    zone = next((each.timezone for each in places.compounds.values()), "UTC")
    return now.astimezone(ZoneInfo(zone)).hour == QUIET_HOUR


def _settle() -> int:
    """A round over all that is not frozen; what it leaves is. How much was garbage."""
    found = gc.collect()
    gc.freeze()
    return found


def _middle_rounds() -> int:
    return int(gc.get_stats()[1]["collections"])
