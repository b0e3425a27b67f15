"""Referrals at a lane in; that people wait there and nobody rules out. Over when a guard rules, or says "on patrol".

It stands after admission in the order of the rules, for it reads what admission has just decided. One who waits alone
may have been waved through without a button; with a second one behind, nobody is looking at the screen.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gateway.compound import Places
from gateway.events.every import ClockSet, ConfigLoaded, PassShown
from gateway.findings import Anomaly, Over, Verdict
from gateway.kinds import Kind
from gateway.orders.every import GuardOnPatrol, GuardRuled
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.state.state import Referred, State, Unruled

FEWEST = 2
MOST_KEPT = 20  # at one lane; more tell nothing new
SAME_PERSON = timedelta(seconds=15)  # codes that cannot be read, one after the other: somebody tries again
GIVES_UP = timedelta(minutes=10)


class Unattended:
    name = "unattended"
    reads = (PassShown, GuardRuled, GuardOnPatrol, ClockSet, ConfigLoaded)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case PassShown():
                yield from _shown(what, state)
            case GuardRuled():
                yield from _end(what.lane, what.at, state)
            case GuardOnPatrol():
                waiting = state.unruled.get(what.lane, Unruled()).referred
                yield from _end(what.lane, what.at, state)
                until = what.at + timedelta(minutes=what.minutes)
                state.unruled[what.lane] = Unruled(referred=waiting, patrol=until)
                yield from _look(what.lane, what.at, state)
            case ClockSet():
                _shift(timedelta(seconds=what.seconds), state)
            case ConfigLoaded():
                off = state.limits.unattended_seconds <= 0
                for lane in [lane for lane in state.unruled if off or lane not in places.lanes]:
                    yield from _end(lane, what.at, state)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from _look(key, dated, state)


def _shown(shown: PassShown, state: State) -> Iterator[Conclusion]:
    verdict = state.decisions[-1].verdict
    who = shown.cti
    unruled = state.unruled.get(shown.lane, Unruled())
    waiting = tuple(each for each in unruled.referred if shown.at - each.at < GIVES_UP)
    if verdict is Verdict.REFER and state.limits.unattended_seconds > 0:
        if not _is_known(who, shown.at, waiting) and len(waiting) < MOST_KEPT:
            waiting = (*waiting, Referred(who=who, at=shown.at))
        state.unruled[shown.lane] = replace(unruled, referred=waiting)
        yield from _look(shown.lane, shown.at, state)
    elif verdict is Verdict.ADMIT and any(each.who == who for each in waiting):  # a second try
        state.unruled[shown.lane] = replace(unruled, referred=tuple(each for each in waiting if each.who != who))


def _is_known(who: str, at: datetime, waiting: tuple[Referred, ...]) -> bool:
    if who:
        return any(each.who == who for each in waiting)
    return any(not each.who and at - each.at < SAME_PERSON for each in waiting)


def _look(lane: str, at: datetime, state: State) -> Iterator[Conclusion]:
    """Raise it, or look again when it falls due."""
    unruled = state.unruled.get(lane, Unruled())
    if unruled.told or len(unruled.referred) < FEWEST:
        return
    first = unruled.referred[0].at
    since = first if unruled.patrol is None else max(first, unruled.patrol)
    due = since + timedelta(seconds=state.limits.unattended_seconds)
    if due > at:
        yield Wake(key=lane, due=due, dated=due)
        return
    state.unruled[lane] = replace(unruled, told=True)
    yield Anomaly(kind=Kind.NOBODY_AT_LANE, key=lane, at=at, place=lane)


def _end(lane: str, at: datetime, state: State) -> Iterator[Conclusion]:
    """Somebody is there: those who wait are no longer counted."""
    unruled = state.unruled.pop(lane, None)
    if unruled is None:
        return
    yield Sleep(lane)
    if unruled.told:
        yield Over(kind=Kind.NOBODY_AT_LANE, key=lane, at=at)


def _shift(step: timedelta, state: State) -> None:
    """The clock was set: who has waited for a minute still has."""
    for lane, unruled in state.unruled.items():
        state.unruled[lane] = replace(
            unruled,
            referred=tuple(replace(each, at=each.at + step) for each in unruled.referred),
            patrol=unruled.patrol and unruled.patrol + step,
        )
