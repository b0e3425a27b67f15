"""Batteries: what each said of its charge over weeks in, the days it has left out, as a range or not at all.

Floor 2, a pure room. The slope is Theil and Sen's, the middle of the slopes between all pairs (Sen 1968, J. Am. Stat.
Assoc. 63): one wild reading of a cold night does not move it. The range is that of the middle half of the slopes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import combinations

from msgspec import Struct

CHARGES_KEPT = 24
TOLD_EVERY = timedelta(hours=6)  # and only when it is another than before
CHANGED_BY = 0.1  # a tenth of the scale more than before: another battery
SCALE_PERCENT, SCALE_MILLIVOLTS = 100, 3000
LEAST_CHARGES = 4
LEAST_SPAN = timedelta(days=2)
MOST_DAYS = 730


class Charge(Struct, frozen=True):
    """Percent, or millivolts where a device says no more."""

    at: datetime
    level: int


class Battery(Struct, frozen=True, gc=False):
    charges: tuple[Charge, ...]
    millivolts: bool = False


class DaysLeft(Struct, frozen=True):
    """From the steeper to the flatter of the likely slopes, counted from now; `most` None: more than two years."""

    least: int
    most: int | None


def charged(known: Battery | None, at: datetime, level: int, millivolts: bool) -> Battery:
    """One more word of a battery. One that is a good deal fuller is another one."""
    charge = Charge(at=at, level=level)
    if known is None or known.millivolts is not millivolts:
        return Battery(charges=(charge,), millivolts=millivolts)
    scale = SCALE_MILLIVOLTS if millivolts else SCALE_PERCENT
    if level > known.charges[-1].level + CHANGED_BY * scale:
        return Battery(charges=(charge,), millivolts=millivolts)
    return Battery(charges=(*known.charges, charge)[-CHARGES_KEPT:], millivolts=millivolts)


def is_worth_telling(known: Battery | None, at: datetime, level: int, millivolts: bool) -> bool:
    if known is None or known.millivolts is not millivolts:
        return True
    last = known.charges[-1]
    return level != last.level and at - last.at >= TOLD_EVERY


def shifted(battery: Battery, step: timedelta) -> Battery:
    """The same on a clock that was set."""
    return Battery(
        charges=tuple(Charge(at=each.at + step, level=each.level) for each in battery.charges),
        millivolts=battery.millivolts,
    )


def days_left(battery: Battery | None, empty: int, now: datetime) -> DaysLeft | None:
    """Until the level is `empty`; None while nobody can say: too few words, too short a time, or it does not fall."""
    if battery is None or len(battery.charges) < LEAST_CHARGES:
        return None
    charges = battery.charges
    if charges[-1].at - charges[0].at < LEAST_SPAN:
        return None
    slopes = sorted(_slopes(charges))
    steep, middle, flat = slopes[len(slopes) // 4], slopes[len(slopes) // 2], slopes[(3 * len(slopes)) // 4]
    if middle >= 0:
        return None
    gone = (now - charges[-1].at) / timedelta(days=1)
    left = charges[-1].level - empty
    most = left / -flat - gone if flat < 0 else MOST_DAYS + 1
    return DaysLeft(least=max(0, int(left / -steep - gone)), most=None if most > MOST_DAYS else max(0, int(most + 1)))


def _slopes(charges: Iterable[Charge]) -> Iterable[float]:
    """Per day."""
    for one, other in combinations(charges, 2):
        days = (other.at - one.at) / timedelta(days=1)
        if days > 0:
            yield (other.level - one.level) / days
