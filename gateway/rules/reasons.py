"""A shown pass in, the reason for what happens at the lane out; in one order, whatever the lane.

What a reason means in a direction stands in gateway/verdicts.py.

The order: what the signature says, then whether we can judge at all, then the stay, then validity, place, and use.
Validity comes before use: a withdrawn pass must never read as a harmless duplicate. Who is hot is no duplicate either.
What the profile asks for comes last, of those who may pass otherwise (gateway/rules/asked.py).
"""

from datetime import timedelta

from gateway.compound import Direction, Lane, Places
from gateway.events.every import PassShown, Proof
from gateway.findings import Reason, Verdict
from gateway.passes.numbers import Medium
from gateway.passes.verify import Why
from gateway.people import Quarantine
from gateway.rules import codes
from gateway.rules.asked import asked_for
from gateway.rules.lane_heat import is_hot
from gateway.state.state import Passing, State
from gateway.verdicts import WAY_IN


def again(shown: PassShown, lane: Lane, state: State) -> Passing | None:
    """The passing that this code was admitted for a moment ago, at this lane."""
    last = state.passings.get(lane.id)
    if last is not None and last.cti == shown.cti:
        since = shown.at - last.at
        if timedelta(0) <= since < timedelta(seconds=state.limits.repeat_seconds):
            return last
    return None


def reason_for(
    shown: PassShown, lane: Lane, direction: Direction, stay: Quarantine | None, state: State, places: Places
) -> Reason:
    """`direction`: the way the person goes; `stay`: the quarantine they are in."""
    if lane.compound in state.fires:
        return Reason.FIRE
    if shown.foreign:
        return codes.evidence(shown, direction, state) or _of_use(shown, lane, direction, state, places)
    match shown.proof:
        case Proof.UNREADABLE:
            return Reason.NOT_A_PASS if shown.why == Why.NOT_OURS else Reason.UNREADABLE
        case Proof.FORGED:
            return Reason.FORGED
        case Proof.UNCHECKED:
            return Reason.CANNOT_CHECK
        case Proof.WITHDRAWN:
            return Reason.WITHDRAWN
        case Proof.UNKNOWN:
            return Reason.NOT_IN_BOOK
        case Proof.UNSURE:
            return Reason.PLATE_UNSURE
        case Proof.GENUINE:
            pass
    if shown.cti in state.withdrawn or shown.subject in state.withdrawn_people:
        return Reason.WITHDRAWN
    if stay is not None:
        return Reason.QUARANTINED
    if codes.is_used(shown, state, held_out=again(shown, lane, state) is not None):
        return Reason.CODE_USED  # ahead of all dates: it needs no clock
    if not state.clock_trusted and (shown.not_before or shown.not_after or state.asked.asks_the_clock):
        return Reason.CLOCK_NOT_TRUSTED
    return _of_validity(shown, lane, state, places) or _of_use(shown, lane, direction, state, places)


def _of_validity(shown: PassShown, lane: Lane, state: State, places: Places) -> Reason | None:
    if shown.not_before is not None and shown.at < shown.not_before:
        return Reason.NOT_YET_VALID
    if shown.not_after is not None and shown.at >= shown.not_after:
        return Reason.EXPIRED
    if shown.compound != lane.compound:
        return Reason.WRONG_COMPOUND
    if shown.gates and not shown.gates >> (places.gates[lane.gate].number - 1) & 1:
        return Reason.WRONG_GATE
    return codes.stale(shown, state)


def _of_use(shown: PassShown, lane: Lane, direction: Direction, state: State, places: Places) -> Reason:
    repeated = again(shown, lane, state) is not None
    if shown.once and direction is Direction.IN and shown.cti in state.spent and not repeated:
        return Reason.SPENT
    if is_hot(shown, lane, state):
        return Reason.HOT
    if repeated:
        return Reason.REPEATED
    reason = asked_for(shown, lane, direction, state, places) or Reason.ADMITTED
    return Reason.TYPED if shown.medium == Medium.TYPED and WAY_IN[reason] is Verdict.ADMIT else reason
