"""A shown pass in, a decision out: one table of reasons for every lane, in one order, with one law.

The law: people are never locked in. Going out is admitted or referred to the guard, never refused; "cannot check" is
never "refused" either way. And an authentic pass of a quarantined person going out raises the critical alert whatever
reason the screen shows.

The order: what the signature says, then whether we can judge at all, then the stay, then validity, place, and use.
Validity comes before use: a withdrawn pass must never read as a harmless duplicate.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from msgspec import Struct

from gateway.compound import Direction, Lane, Places
from gateway.events import PassShown, Proof
from gateway.findings import Anomaly, Decision, Kind, Reason, Verdict
from gateway.orders import GuardRuled
from gateway.people import Quarantine
from gateway.rules.rule import Conclusion, OpenLane
from gateway.state import Passing, State

SPENT_KEPT = timedelta(days=2)  # a one-time pass is remembered this long after its end
RULED_KEPT = timedelta(days=32)  # a guard's ruling does not know the pass's end
INSIDE_KEPT = timedelta(days=60)  # who came in and never out by a lane; a visitor's pass must not be kept for ever

WAY_IN: dict[Reason, Verdict] = {
    Reason.ADMITTED: Verdict.ADMIT,
    Reason.REPEATED: Verdict.ADMIT,
    Reason.UNREADABLE: Verdict.REFER,
    Reason.FORGED: Verdict.REFUSE,
    Reason.WITHDRAWN: Verdict.REFUSE,
    Reason.NOT_YET_VALID: Verdict.REFUSE,
    Reason.EXPIRED: Verdict.REFUSE,
    Reason.WRONG_COMPOUND: Verdict.REFUSE,
    Reason.WRONG_GATE: Verdict.REFUSE,
    Reason.SPENT: Verdict.REFUSE,
    Reason.QUARANTINED: Verdict.REFER,
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


class Admission:
    name = "admission"
    reads = (PassShown, GuardRuled)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case PassShown():
                yield from self._shown(what, state, places)
            case GuardRuled():
                yield from self._ruled(what, state, places)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()

    def _shown(self, shown: PassShown, state: State, places: Places) -> Iterator[Conclusion]:
        lane = places.lanes[shown.lane]
        who = shown.subject or shown.cti
        direction = lane.direction
        if direction is Direction.BOTH:
            direction = Direction.OUT if who and who in state.inside else Direction.IN
        stay = _stay(shown, state, places)
        reason = _reason(shown, lane, direction, stay, state, places)
        verdict = verdict_for(reason, lane.direction)  # where a lane leads both ways, somebody may be on the way out
        person = state.people.get(shown.subject)
        yield Decision(
            at=shown.at,
            lane=lane.id,
            gate=lane.gate,
            compound=lane.compound,
            direction=direction,
            verdict=verdict,
            reason=reason,
            cti=shown.cti,
            subject=shown.subject,
            holder=shown.holder,
            flat=stay.flat if stay else person.flat if person else "",
            trust_version=shown.trust_version,
        )
        if stay is not None:
            kind = Kind.QUARANTINED_PERSON_LEFT if direction is Direction.OUT else Kind.QUARANTINED_PERSON_AT_GATE
            yield Anomaly(
                kind=kind, key=shown.subject, at=shown.at, place=lane.id, subject=shown.subject, device=shown.device
            )
        if verdict is Verdict.ADMIT:
            if reason is Reason.FIRE and who and direction is Direction.OUT:
                state.inside.pop(who, None)  # one less to look for
            if reason is Reason.ADMITTED:
                state.passings[lane.id] = Passing(cti=shown.cti, at=shown.at)
                spent_until = (shown.not_after or shown.at) + SPENT_KEPT if shown.once else None
                _pass_through(who, shown.cti, direction, shown.at, spent_until, state)
            if reason is not Reason.FIRE:  # the lane is held open; opening it for a moment would end in shutting it
                yield OpenLane(lane.id)

    def _ruled(self, ruled: GuardRuled, state: State, places: Places) -> Iterator[Conclusion]:
        lane = places.lanes[ruled.lane]
        answers = _answered(ruled, state)
        plain = Direction.IN if lane.direction is Direction.BOTH else lane.direction
        direction = plain if answers is None else answers.direction
        wanted = Verdict.ADMIT if ruled.admit or lane.compound in state.fires else Verdict.REFUSE
        if direction is Direction.OUT and wanted is Verdict.REFUSE:
            wanted = Verdict.REFER  # a guard may ask somebody to wait, and does not lock them in
        yield Decision(
            at=ruled.at,
            lane=lane.id,
            gate=lane.gate,
            compound=lane.compound,
            direction=direction,
            verdict=wanted,
            reason=Reason.RULED_BY_GUARD,
            cti=answers.cti if answers else "",
            subject=answers.subject if answers else "",
            holder=answers.holder if answers else "",
            flat=answers.flat if answers else "",
            by=ruled.by,
            answers=ruled.decision,
            trust_version=state.trust_version,
        )
        if wanted is Verdict.ADMIT:
            if answers is not None and (who := answers.subject or answers.cti):
                _pass_through(who, answers.cti, direction, ruled.at, ruled.at + RULED_KEPT, state)
            if lane.compound not in state.fires:
                yield OpenLane(lane.id)


def _answered(ruled: GuardRuled, state: State) -> Decision | None:
    """The decision that the guard looked at, if it is one of the last few at that lane."""
    for number, decision in zip(state.decision_numbers, state.decisions, strict=True):
        if number == ruled.decision and decision.lane == ruled.lane:
            return decision
    return None


def _stay(shown: PassShown, state: State, places: Places) -> Quarantine | None:
    """The quarantine that an authentic pass's person is in now, if any."""
    if not shown.subject:
        return None
    for stay in state.quarantines.values():
        if stay.subject == shown.subject:
            flat = places.flats.get(stay.flat)
            if flat is None:
                return stay  # its flat was taken out of the configuration, which releases nobody
            zone = ZoneInfo(places.compounds[flat.compound].timezone)
            if stay.covers(shown.at, zone) or not state.clock_trusted:
                return stay
    return None


def _reason(
    shown: PassShown, lane: Lane, direction: Direction, stay: Quarantine | None, state: State, places: Places
) -> Reason:
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
    if shown.cti in state.withdrawn:
        return Reason.WITHDRAWN
    if stay is not None:
        return Reason.QUARANTINED
    if not state.clock_trusted and (shown.not_before or shown.not_after):
        return Reason.CLOCK_NOT_TRUSTED
    if shown.not_before is not None and shown.at < shown.not_before:
        return Reason.NOT_YET_VALID
    if shown.not_after is not None and shown.at >= shown.not_after:
        return Reason.EXPIRED
    if shown.compound != lane.compound:
        return Reason.WRONG_COMPOUND
    if shown.gates and not shown.gates >> (places.gates[lane.gate].number - 1) & 1:
        return Reason.WRONG_GATE
    last = state.passings.get(lane.id)
    if last is not None and last.cti == shown.cti:
        since = shown.at - last.at
        if timedelta(0) <= since < timedelta(seconds=state.limits.repeat_seconds):
            return Reason.REPEATED
    if shown.once and direction is Direction.IN and shown.cti in state.spent:
        return Reason.SPENT
    return Reason.ADMITTED


def _pass_through(
    who: str, cti: str, direction: Direction, at: datetime, spent_until: datetime | None, state: State
) -> None:
    state.inside.pop(who, None)
    if direction is not Direction.IN:
        return
    state.inside[who] = at
    if spent_until is not None and cti:
        state.spent[cti] = spent_until
    # two old ones for each new one: neither book grows for ever, and none is read through while people queue
    for old in [key for key in islice(state.inside, 2) if state.inside[key] < at - INSIDE_KEPT]:
        del state.inside[old]
    for old in [key for key in islice(state.spent, 2) if state.spent[key] < at]:
        del state.spent[old]
