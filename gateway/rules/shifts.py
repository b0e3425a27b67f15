"""Orders about a shift in, its sheet out: what was counted, and what is open for whoever comes next.

What is counted meanwhile is counted by the fold itself (gateway/shifts.py), from every decision and alert.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from gateway.compound import Places
from gateway.events.every import ClockSet, ConfigLoaded
from gateway.findings_shifts import OpenMatters, Shift, ShiftSheet, ShiftStage
from gateway.orders.shifts import ShiftBegun, ShiftEnded, ShiftHandedOver
from gateway.rules.rule import Conclusion
from gateway.shifts import begin, hand_over, keep_sheet, move_clock, open_matters, referrals_waiting
from gateway.state.state import State

LONGEST_NOTE = 200


class Shifts:
    name = "shifts"
    reads = (ShiftBegun, ShiftHandedOver, ShiftEnded, ClockSet, ConfigLoaded)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case ShiftBegun():
                before = state.shifts.get(what.gate)
                if before is not None:
                    yield _sheet(before, what.at, ShiftStage.TAKEN, what.by, state, places)
                begin(state.shifts, what)
            case ShiftHandedOver():
                hand_over(state.shifts, what)
                yield _sheet(state.shifts[what.gate], what.at, ShiftStage.HANDED_OVER, what.by, state, places)
            case ShiftEnded():
                hand_over(state.shifts, _as_said(what))
                yield _sheet(state.shifts.pop(what.gate), what.at, ShiftStage.ENDED, what.by, state, places)
            case ClockSet():
                move_clock(state.shifts, timedelta(seconds=what.seconds))
            case ConfigLoaded():
                for gate in [gate for gate in state.shifts if gate not in places.gates]:
                    del state.shifts[gate]
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()


def why_not(order: ShiftBegun | ShiftHandedOver | ShiftEnded, state: State, places: Places) -> str:
    """Why an order about a shift cannot be done, empty if it can."""
    running = state.shifts.get(order.gate)
    match order:
        case _ if order.gate not in places.gates:
            return "unknown gate"
        case ShiftBegun(takes="") if running is not None:
            return "a shift is running there"
        case ShiftBegun(takes=""):
            return ""
        case ShiftBegun() if running is None or running.id != order.takes or running.handed_at is None:
            return "nobody hands that shift over"
        case ShiftBegun() if running is not None and running.by == order.by:
            return "somebody else takes it over"
        case ShiftHandedOver() | ShiftEnded() if running is None or running.id != order.shift:
            return "no such shift"
        case ShiftHandedOver() if running is not None and running.by != order.by:
            return "who has the shift hands it over"
        case ShiftHandedOver() | ShiftEnded() if len(order.note) > LONGEST_NOTE or order.pending < 0:
            return f"a note has at most {LONGEST_NOTE} letters"
        case _:
            return ""


def _as_said(ended: ShiftEnded) -> ShiftHandedOver:
    """Its last words are kept with it as at a hand-over."""
    return ShiftHandedOver(
        id=ended.id,
        at=ended.at,
        by=ended.by,
        gate=ended.gate,
        shift=ended.shift,
        note=ended.note,
        pending=ended.pending,
    )


def _sheet(shift: Shift, at: datetime, stage: ShiftStage, by: str, state: State, places: Places) -> ShiftSheet:
    sheet = ShiftSheet(at=at, stage=stage, by=by, shift=shift, matters=_matters(shift.gate, at, state, places))
    keep_sheet(state.sheets, sheet)
    return sheet


def _matters(gate: str, at: datetime, state: State, places: Places) -> OpenMatters:
    return open_matters(
        compound=places.gates[gate].compound,
        now=at,
        alerts=state.alerts.values(),
        couriers=state.couriers,
        overdue_seconds=state.limits.courier_overdue_seconds,
        referrals=referrals_waiting(gate, at, list(zip(state.decision_numbers, state.decisions, strict=True))),
        silent=state.silent,
    )
