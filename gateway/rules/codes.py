"""A phone's code or a foreign credential in, what it is worth at a lane out: two kinds of code that are no cards.

A phone's code is used by being shown, whatever became of it, and remembered for as long as its freshness does not
refuse it anyway. A foreign credential is supporting evidence: by itself it admits nobody unless it was configured to
stand in for a pass (`holder`), and it refuses nobody either.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from devices.reading import UsedCode
from gateway.compound import Direction
from gateway.events.every import PassShown, Proof
from gateway.events.neighbours import CodeUsedElsewhere
from gateway.findings import Reason
from gateway.passes.rotating import MAX_AHEAD, Freshness, forgettable, freshness
from gateway.rules.rule import TellNeighbours
from gateway.state.state import State

MOST_KEPT = 50_000  # passes whose last code is remembered
_STALE = {Freshness.OLD: Reason.CODE_OLD, Freshness.AHEAD: Reason.CODE_AHEAD}


def is_used(shown: PassShown, state: State, *, held_out: bool) -> bool:
    """Is this a phone's code that was shown before? It is told without a clock.

    `held_out`: its pass was admitted at this lane a moment ago. Then the very same code is the phone held out too long,
    or somebody right behind with a copy; that is a repeat, which opens nothing.
    """
    if _worth(shown, state) is not Freshness.USED:
        return False
    return not (held_out and state.used_codes.get(shown.cti) == shown.stepped)


def stale(shown: PassShown, state: State) -> Reason | None:
    """What is wrong with the hour of a phone's code."""
    worth = _worth(shown, state)
    return None if worth is None else _STALE.get(worth)


def use(shown: PassShown, state: State) -> Iterator[TellNeighbours]:
    """Remember that this code was shown, whatever was decided, unless it is worth nothing anyway; tell the others."""
    if shown.stepped is None or _worth(shown, state) not in (Freshness.FRESH, Freshness.CLOCK_NOT_TRUSTED):
        return
    _note(shown.cti, shown.stepped, shown.at, state)
    yield TellNeighbours(codes=(UsedCode(shown.cti, shown.stepped),))


def used_elsewhere(told: CodeUsedElsewhere, state: State) -> None:
    """The same, of a code that another gateway was shown. A later one of that pass that is known here stands."""
    known = state.used_codes.get(told.cti)
    if told.stepped - told.heard <= MAX_AHEAD and (known is None or known < told.stepped):
        _note(told.cti, told.stepped, told.heard, state)


def _note(cti: str, stepped: datetime, at: datetime, state: State) -> None:
    state.used_codes.pop(cti, None)  # the newest last
    state.used_codes[cti] = stepped
    if state.clock_trusted:  # two old ones for each new one, as with spent passes
        for old in [each for each in islice(state.used_codes, 2) if forgettable(state.used_codes[each], at)]:
            del state.used_codes[old]
    while len(state.used_codes) > MOST_KEPT:  # a neighbour that lies must not fill the memory
        del state.used_codes[next(iter(state.used_codes))]


def evidence(shown: PassShown, direction: Direction, state: State) -> Reason | None:
    """What a foreign credential is worth; None where it stands in for a pass, which is then judged as one is."""
    match shown.proof:
        case Proof.UNREADABLE:
            return Reason.UNREADABLE
        case Proof.UNCHECKED:
            return Reason.CANNOT_CHECK
        case Proof.FORGED:
            return Reason.FOREIGN_FALSE
        case Proof.WITHDRAWN:
            return Reason.FOREIGN_REVOKED
        case Proof.GENUINE:
            pass
    if not state.clock_trusted:
        return Reason.CLOCK_NOT_TRUSTED
    if shown.not_before is not None and shown.at < shown.not_before:
        return Reason.FOREIGN_OUTSIDE
    if shown.not_after is not None and shown.at >= shown.not_after:
        return Reason.FOREIGN_OUTSIDE
    return None if shown.holder and direction is Direction.IN else Reason.FOREIGN


def _worth(shown: PassShown, state: State) -> Freshness | None:
    """None for a card, whose code has no hour."""
    if shown.stepped is None:
        return None
    return freshness(shown.stepped, shown.at, state.clock_trusted, state.used_codes.get(shown.cti))
