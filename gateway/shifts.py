"""Decisions, alerts and orders in; the shifts that run and what was counted in each, out.

Floor 2, a pure room. The fold of the house and that of the pages move by the same steps, so that a page never scans
the journal and the counts stand after kill -9. The code held on before a lane is one passing and counts once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from gateway.couriers import Courier, overdue
from gateway.findings import Alert, Decision, Reason, Verdict
from gateway.findings_shifts import OpenMatters, Shift, ShiftSheet, StillInside, Tally
from gateway.orders.shifts import ShiftBegun, ShiftHandedOver

SHEETS_KEPT = 30
MOST_NAMED = 30  # overdue couriers, and silent paths, that are named on a sheet
REFERRAL_WAITS = timedelta(minutes=10)  # as on the guard's page: after that the person is long gone


def begin(shifts: dict[str, Shift], order: ShiftBegun) -> None:
    shifts[order.gate] = Shift(id=order.id, gate=order.gate, by=order.by, begun_at=order.at)


def hand_over(shifts: dict[str, Shift], order: ShiftHandedOver) -> None:
    shift = shifts[order.gate]
    shifts[order.gate] = replace(shift, handed_at=order.at, note=order.note, pending=order.pending)


def count(shifts: dict[str, Shift], decision: Decision) -> None:
    """One answer at a lane of a gate where a shift runs."""
    shift = shifts.get(decision.gate)
    if shift is None or decision.reason is Reason.REPEATED:
        return
    tally = _added(shift.lanes.get(decision.lane, Tally()), decision)
    shifts[decision.gate] = replace(shift, lanes={**shift.lanes, decision.lane: tally})


def _added(tally: Tally, decision: Decision) -> Tally:
    if decision.drill:
        return replace(tally, in_drills=tally.in_drills + 1)
    if decision.reason is Reason.RULING_UNDONE:
        return replace(tally, undone=tally.undone + 1)
    match decision.verdict:
        case Verdict.ADMIT if decision.reason is Reason.RULED_BY_GUARD:
            return replace(tally, by_hand=tally.by_hand + 1)
        case Verdict.ADMIT:
            return replace(tally, admitted=tally.admitted + 1)
        case Verdict.REFUSE:
            return replace(tally, refused=tally.refused + 1)
        case Verdict.REFER:
            return replace(tally, referred=tally.referred + 1)


def count_alert(shifts: dict[str, Shift], alert: Alert) -> None:
    """A new alert of the house counts in every shift that runs; one of a drill in none."""
    if alert.revision == 1 and not alert.drill:
        for gate, shift in shifts.items():
            raised = {**shift.raised, str(alert.kind): shift.raised.get(alert.kind, 0) + 1}
            shifts[gate] = replace(shift, raised=raised)


def total(shift: Shift) -> Tally:
    """Of all its lanes."""
    counted = Counter[str]()
    for tally in shift.lanes.values():
        counted.update({name: getattr(tally, name) for name in Tally.__struct_fields__})
    return Tally(**counted)


def move_clock(shifts: dict[str, Shift], step: timedelta) -> None:
    """The clock was set: a shift of two hours still is."""
    for gate, shift in shifts.items():
        handed = shift.handed_at + step if shift.handed_at is not None else None
        shifts[gate] = replace(shift, begun_at=shift.begun_at + step, handed_at=handed)


def keep_sheet(sheets: dict[str, ShiftSheet], sheet: ShiftSheet) -> None:
    """The newest of a shift in the place of an earlier one; the oldest shifts are forgotten."""
    sheets.pop(sheet.shift.id, None)
    sheets[sheet.shift.id] = sheet
    while len(sheets) > SHEETS_KEPT:
        del sheets[next(iter(sheets))]


def open_matters(
    *,
    compound: str,
    now: datetime,
    alerts: Iterable[Alert],
    couriers: dict[str, Courier],
    overdue_seconds: float,
    referrals: int,
    silent: Iterable[str],
) -> OpenMatters:
    late = overdue(couriers, now, overdue_seconds, compound)
    return OpenMatters(
        alerts=dict(Counter(str(alert.kind) for alert in alerts if alert.open and not alert.drill)),
        couriers=sum(each.compound == compound for each in couriers.values()),
        overdue=tuple(StillInside(who=each.who, lane=each.lane, came=each.came) for each in late[:MOST_NAMED]),
        referrals=referrals,
        silent=tuple(sorted(silent))[:MOST_NAMED],
    )


def referrals_waiting(gate: str, now: datetime, numbered: Sequence[tuple[int, Decision]]) -> int:
    """Of the last few decisions, those at a gate that wait for a guard, and whom nobody has ruled about."""
    answered = {decision.answers for _, decision in numbered if decision.reason is Reason.RULED_BY_GUARD}
    return sum(
        decision.gate == gate
        and decision.verdict is Verdict.REFER
        and not decision.drill
        and number not in answered
        and now - decision.at < REFERRAL_WAITS
        for number, decision in numbered
    )
