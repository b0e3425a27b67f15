"""A shown pass in, the reason for what happens at the lane out: one table for every lane, in one order, with one law.

The law: people are never locked in. Going out is admitted or referred to the guard, never refused; "cannot check" is
never "refused" either way.

The order: what the signature says, then whether we can judge at all, then the stay, then validity, place, and use.
Validity comes before use: a withdrawn pass must never read as a harmless duplicate. Who is hot is no duplicate either.
What the profile asks for comes last, of those who may pass otherwise (gateway/rules/asked.py).
"""

from datetime import timedelta

from gateway.compound import Direction, Lane, Places
from gateway.events import PassShown, Proof
from gateway.findings import Reason, Verdict
from gateway.people import Quarantine
from gateway.rules.asked import asked_for
from gateway.rules.lane_heat import is_hot
from gateway.state import Passing, State

WAY_IN: dict[Reason, Verdict] = {
    Reason.ADMITTED: Verdict.ADMIT,
    Reason.EXPECTED: Verdict.ADMIT,
    Reason.REPEATED: Verdict.ADMIT,
    Reason.UNREADABLE: Verdict.REFER,
    Reason.FORGED: Verdict.REFUSE,
    Reason.WITHDRAWN: Verdict.REFUSE,
    Reason.NOT_YET_VALID: Verdict.REFUSE,
    Reason.EXPIRED: Verdict.REFUSE,
    Reason.WRONG_COMPOUND: Verdict.REFUSE,
    Reason.WRONG_GATE: Verdict.REFUSE,
    Reason.SPENT: Verdict.REFUSE,
    Reason.HOT: Verdict.REFER,
    Reason.ALREADY_INSIDE: Verdict.REFER,
    Reason.NOT_INSIDE: Verdict.REFER,
    Reason.QUOTA: Verdict.REFER,
    Reason.FULL: Verdict.REFER,
    Reason.CURFEW: Verdict.REFUSE,
    Reason.QUARANTINED: Verdict.REFER,
    Reason.FOREIGN: Verdict.REFER,
    Reason.CANNOT_CHECK: Verdict.REFER,
    Reason.CLOCK_NOT_TRUSTED: Verdict.REFER,
    Reason.FIRE: Verdict.ADMIT,
}


def verdict_for(reason: Reason, direction: Direction) -> Verdict:
    """What a reason means in a direction. Leaving, or perhaps leaving: admitted, or referred; never refused."""
    verdict = WAY_IN[reason]
    if direction is not Direction.IN and verdict is Verdict.REFUSE:
        return Verdict.REFER
    return verdict


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
    match shown.proof:
        case Proof.UNREADABLE:
            return Reason.UNREADABLE
        case Proof.FORGED:
            return Reason.FORGED
        case Proof.UNCHECKED:
            return Reason.CANNOT_CHECK
        case Proof.WITHDRAWN:
            return Reason.WITHDRAWN
        case Proof.GENUINE:
            pass
    if shown.cti in state.withdrawn or shown.subject in state.withdrawn_people:
        return Reason.WITHDRAWN
    if stay is not None:
        return Reason.QUARANTINED
    if not state.clock_trusted and (shown.not_before or shown.not_after or state.asked.asks_the_clock):
        return Reason.CLOCK_NOT_TRUSTED
    return _of_validity(shown, lane, places) or _of_use(shown, lane, direction, state, places)


def _of_validity(shown: PassShown, lane: Lane, places: Places) -> Reason | None:
    if shown.not_before is not None and shown.at < shown.not_before:
        return Reason.NOT_YET_VALID
    if shown.not_after is not None and shown.at >= shown.not_after:
        return Reason.EXPIRED
    if shown.foreign:  # it names no place; what it is good for is configured
        return None if shown.holder else Reason.FOREIGN
    if shown.compound != lane.compound:
        return Reason.WRONG_COMPOUND
    if shown.gates and not shown.gates >> (places.gates[lane.gate].number - 1) & 1:
        return Reason.WRONG_GATE
    return None


def _of_use(shown: PassShown, lane: Lane, direction: Direction, state: State, places: Places) -> Reason:
    repeated = again(shown, lane, state) is not None
    if shown.once and direction is Direction.IN and shown.cti in state.spent and not repeated:
        return Reason.SPENT
    if is_hot(shown, lane, state):
        return Reason.HOT
    if repeated:
        return Reason.REPEATED
    return asked_for(shown, lane, direction, state, places) or Reason.ADMITTED
