"""Wrong PINs at the log-in in, that somebody is guessing out: counted over days, for a member and for all together.

What slows a guesser down (gateway/pages/staff/lockout.py) forgets after an hour, and must, for it slows the member
down as well. Whoever is patient, and has many addresses, had a PIN of four digits in a week and nobody was told; here
it shows on the first day.
It is over once nobody has typed a wrong one for a day, and stays to be seen.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from gateway.compound import Places
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.orders.staff import PinsRefused
from gateway.rules.rule import Conclusion, Wake
from gateway.state.state import State, WrongPins

ALL = "all"  # of every member, and of names nobody has; no member's key, for those begin with MEMBER
MEMBER = "member:"
TIMES_FOR_ALL = 3  # a compound has more fingers than one
DAY, WEEK = timedelta(days=1), timedelta(days=7)
MOST = 1000  # members remembered: books change, and nobody tells the rule


class GuessedPins:
    name = "pins"
    reads = (PinsRefused,)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        if isinstance(what, PinsRefused):
            if what.member:
                yield from self._noted(MEMBER + what.member, what, 1, state)
            yield from self._noted(ALL, what, TIMES_FOR_ALL, state)

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        if state.wrong_pins.pop(key, WrongPins()).told:
            yield Over(kind=Kind.PINS_GUESSED, key=key, at=dated)

    def _noted(self, key: str, what: PinsRefused, times: int, state: State) -> Iterator[Conclusion]:
        run = state.wrong_pins.pop(key, WrongPins())
        hours = _with(run.hours, what.at, what.count)
        day = sum(count for hour, count in hours if what.at - hour < DAY)
        week = sum(count for _, count in hours)
        limits = state.limits
        enough = day >= times * limits.wrong_pins_a_day or week >= times * limits.wrong_pins_a_week
        state.wrong_pins[key] = WrongPins(hours=hours, told=run.told or enough)
        while len(state.wrong_pins) > MOST:
            del state.wrong_pins[next(iter(state.wrong_pins))]
        if run.told or enough:
            member = key.removeprefix(MEMBER) if key != ALL else ""
            count = what.count if run.told else week
            yield Anomaly(kind=Kind.PINS_GUESSED, key=key, at=what.at, device=member, count=count)
        due = what.at + (DAY if run.told or enough else WEEK)  # told, it is over; untold, forgotten
        yield Wake(key=key, due=due, dated=due)


def _with(hours: tuple[tuple[datetime, int], ...], at: datetime, count: int) -> tuple[tuple[datetime, int], ...]:
    """Those of the last week and these."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    before = dict(each for each in hours if at - each[0] < WEEK)
    before[hour] = before.get(hour, 0) + count
    return tuple(before.items())
