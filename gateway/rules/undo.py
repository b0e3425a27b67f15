"""A ruling taken back within half a minute in; the person before the guard again, and the books as they were, out.

It stands before admission in the order of the rules: it writes down what the books say of a person before a ruling
moves them on. A barrier that has opened shuts by itself; what stays on record is the ruling, and that it was undone.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import Struct

from gateway.compound import Direction, Places
from gateway.events.every import ClockSet
from gateway.findings import Decision, Reason, Verdict
from gateway.orders.every import GuardRuled, RulingUndone
from gateway.rules.rule import Conclusion
from gateway.state.state import Ruling, State

UNDO_WITHIN = timedelta(seconds=30)

V = TypeVar("V")


class Undo:
    name = "undo"
    reads = (GuardRuled, RulingUndone, ClockSet)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case GuardRuled():
                recent = [ruling for ruling in state.rulings if what.at - ruling.at <= UNDO_WITHIN]
                state.rulings = [*recent, _before(what, state)]
            case RulingUndone():
                yield from _undone(what, state)
            case ClockSet():
                state.rulings = []  # half a minute ago was by another clock
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()


def why_not(order: RulingUndone, state: State) -> str:
    """Why a ruling cannot be undone; empty if it can."""
    decision = _decision(order.decision, state)
    ruling = None if decision is None else _ruling(decision, state)
    if decision is None or ruling is None:
        return "no such ruling to undo"
    if order.at - ruling.at > UNDO_WITHIN:
        return "too late to undo"
    if decision.compound in state.fires:
        return "there is a fire"
    last = state.passings.get(ruling.lane)
    if last is not None and last.stay and last.at == ruling.at:
        return "a quarantine began with it"
    expected = ruling.at if decision.direction is Direction.IN else None
    if ruling.who and decision.verdict is Verdict.ADMIT and state.inside.get(ruling.who) != expected:
        return "they have gone through again since"
    return ""


def _before(ruled: GuardRuled, state: State) -> Ruling:
    answers = _decision(ruled.decision, state)
    if answers is None or answers.lane != ruled.lane:
        return Ruling(lane=ruled.lane, at=ruled.at)
    who = answers.subject or answers.cti
    return Ruling(
        lane=ruled.lane,
        at=ruled.at,
        who=who,
        inside=state.inside.get(who),
        outside=state.outside.get(who),
        guest=state.guests.get(who),
        spent=state.spent.get(answers.cti),
        outings=state.outings.get(answers.flat),
    )


def _undone(order: RulingUndone, state: State) -> Iterator[Conclusion]:
    decision = _decision(order.decision, state)
    ruling = None if decision is None else _ruling(decision, state)
    assert decision is not None  # else the order was refused
    assert ruling is not None
    state.rulings.remove(ruling)
    if decision.verdict is Verdict.ADMIT and ruling.who:
        _put_back(state.inside, ruling.who, ruling.inside)
        _put_back(state.outside, ruling.who, ruling.outside)
        _put_back(state.guests, ruling.who, ruling.guest)
        _put_back(state.spent, decision.cti, ruling.spent)
        _put_back(state.outings, decision.flat, ruling.outings)
    yield Decision(
        at=order.at,
        lane=decision.lane,
        gate=decision.gate,
        compound=decision.compound,
        direction=decision.direction,
        verdict=Verdict.REFER,
        reason=Reason.RULING_UNDONE,
        cti=decision.cti,
        subject=decision.subject,
        holder=decision.holder,
        flat=decision.flat,
        by=order.by,
        answers=order.decision,
        trust_version=state.trust_version,
        once=decision.once,
    )


def _put_back(book: dict[str, V], key: str, before: V | None) -> None:
    if before is None:
        book.pop(key, None)
    else:
        book[key] = before


def _decision(number: int | None, state: State) -> Decision | None:
    known = zip(state.decision_numbers, state.decisions, strict=True)
    return next((decision for each, decision in known if each == number), None)


def _ruling(decision: Decision, state: State) -> Ruling | None:
    """What was written down of the ruling that led to this decision."""
    if decision.reason is not Reason.RULED_BY_GUARD:
        return None
    return next((each for each in state.rulings if (each.lane, each.at) == (decision.lane, decision.at)), None)
