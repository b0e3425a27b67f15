"""A shown pass or a guard's ruling in, a decision out; and who goes through the lane by it.

The reasons stand in gateway/rules/reasons.py, what they mean in gateway/verdicts.py. An authentic pass of a quarantined
person going out raises the critical alert whatever reason the screen shows.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from gateway.compound import Direction, Places
from gateway.events.every import PassShown, Proof
from gateway.findings import Anomaly, Decision, Reason, Verdict
from gateway.kinds import Kind
from gateway.orders.every import GuardRuled
from gateway.people import Quarantine
from gateway.rules import codes, forgeries, typed
from gateway.rules.arrivals import arrived, expected
from gateway.rules.passage import pass_through
from gateway.rules.reasons import again, reason_for
from gateway.rules.returns import away_from, came_back, goes_out
from gateway.rules.rule import Conclusion, OpenLane, TellNeighbours
from gateway.state.state import Passing, State
from gateway.verdicts import verdict_for

SPENT_KEPT = timedelta(days=2)  # a one-time pass is remembered this long after its end
RULED_KEPT = timedelta(days=32)  # a guard's ruling does not know the pass's end
OPENS_NOTHING = frozenset(
    {
        Reason.FIRE,  # the lane is held open; opening it for a moment would end in shutting it
        Reason.REPEATED,  # it was opened for this passing; a copy held out right behind gets no barrier of its own
    }
)
PASSES = frozenset({Reason.ADMITTED, Reason.EXPECTED, Reason.BACK_HOME})


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
        stay = _stay(shown, state, places)
        last = again(shown, lane, state)
        if stay is not None and last is not None and last.stay == stay.id:
            stay = None  # the code that began it, still before the scanner
        if last is not None:
            direction = last.direction  # one passing goes one way
        elif direction is Direction.BOTH:
            direction = Direction.OUT if who and goes_out(who, shown.at, state) else Direction.IN
        reason = reason_for(shown, lane, direction, stay, state, places)
        # where a lane leads both ways, somebody may be on the way out
        verdict = verdict_for(reason, lane.direction, evidence=bool(shown.foreign))
        if shown.proof is Proof.GENUINE:
            yield from codes.use(shown, state)
            typed.remember(shown, state)
        decision = Decision(
            at=shown.at,
            lane=lane.id,
            gate=lane.gate,
            compound=lane.compound,
            direction=direction,
            verdict=verdict,
            reason=reason,
            cti="" if shown.foreign else shown.cti,  # no pass: it puts nobody inside, nor does a ruling on it
            subject=shown.subject,
            holder=shown.holder,
            flat=_home(shown.subject, stay, state) or shown.flat,
            trust_version=shown.trust_version,
            once=shown.once,
        )
        yield decision
        if stay is not None:
            kind = Kind.QUARANTINED_PERSON_LEFT if direction is Direction.OUT else Kind.QUARANTINED_PERSON_AT_GATE
            yield Anomaly(
                kind=kind, key=shown.subject, at=shown.at, place=lane.id, subject=shown.subject, device=shown.device
            )
        if reason in forgeries.COUNTED:
            yield from forgeries.noted(lane, shown.at, state)
        if reason is Reason.HOT:
            state.heat[lane.id] = replace(state.heat[lane.id], cti=shown.cti)
        if verdict is Verdict.ADMIT:
            if reason is Reason.FIRE and who and direction is Direction.OUT:
                state.inside.pop(who, None)  # one less to look for
            if reason in PASSES:
                spent_until = (shown.not_after or shown.at) + SPENT_KEPT if shown.once else None
                pass_through(decision, spent_until, state)
                yield from _spent(decision, state)
                state.passings[lane.id] = Passing(cti=shown.cti, at=shown.at, direction=direction)
                yield from _perhaps_home(decision, state, places)
            if reason not in OPENS_NOTHING:
                yield OpenLane(lane.id)

    def _ruled(self, ruled: GuardRuled, state: State, places: Places) -> Iterator[Conclusion]:
        lane = places.lanes[ruled.lane]
        answers = _answered(ruled, state)
        plain = Direction.IN if lane.direction is Direction.BOTH else lane.direction
        direction = plain if answers is None else answers.direction
        wanted = Verdict.ADMIT if ruled.admit or lane.compound in state.fires else Verdict.REFUSE
        if direction is Direction.OUT and wanted is Verdict.REFUSE:
            wanted = Verdict.REFER  # a guard may ask somebody to wait, and does not lock them in
        decision = Decision(
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
            once=answers.once if answers else False,
        )
        yield decision
        state.heat.pop(lane.id, None)  # they have been looked at
        if wanted is Verdict.ADMIT:
            pass_through(decision, ruled.at + RULED_KEPT if decision.once else None, state)
            yield from _spent(decision, state)
            if lane.compound not in state.fires:
                yield from _perhaps_home(decision, state, places)
                yield OpenLane(lane.id)


def _spent(decision: Decision, state: State) -> Iterator[Conclusion]:
    """Came in by a one-time pass, here and just now: the other gates are told."""
    spent = state.spent_here.get(decision.cti)
    if decision.direction is Direction.IN and spent is not None and spent.at == decision.at:
        yield TellNeighbours((spent,))


def _perhaps_home(decision: Decision, state: State, places: Places) -> Iterator[Conclusion]:
    """Somebody came in. Were they expected, their stay begins now; were they away, it goes on."""
    if decision.direction is not Direction.IN:
        return
    away = away_from(decision.subject, decision.compound, state, places)
    order = expected(decision.subject, decision.compound, state, places)
    if away is not None:
        state.passings[decision.lane] = Passing(cti=decision.cti, at=decision.at, stay=away.id)
        yield from came_back(away, decision, state)
    elif order is not None:
        zone = ZoneInfo(places.compounds[decision.compound].timezone)
        state.passings[decision.lane] = Passing(cti=decision.cti, at=decision.at, stay=order.id)
        yield arrived(order, decision.at, decision.lane, zone, state)


def _home(subject: str, stay: Quarantine | None, state: State) -> str:
    if stay is not None:
        return stay.flat
    person = state.people.get(subject)
    return person.flat if person is not None else ""


def is_ruled_already(ruled: GuardRuled, state: State) -> bool:
    """Two screens and one person: the first ruling stands, until it is undone. Asked to wait is no ruling: anybody may
    let them go later."""
    return ruled.decision is not None and any(
        (each.answers, each.lane) == (ruled.decision, ruled.lane) and each.verdict is not Verdict.REFER
        for each in state.decisions
    )


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
    for stay in state.stays_by("subject", shown.subject):
        flat = places.flats.get(stay.flat)
        if flat is None:
            return stay  # its flat was taken out of the configuration, which releases nobody
        zone = ZoneInfo(places.compounds[flat.compound].timezone)
        if stay.covers(shown.at, zone) or not state.clock_trusted:
            return stay
    return None
