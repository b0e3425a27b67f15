"""The life of an alert: anomalies and orders in, the next revision of an alert out.

Floor 3, a pure room. The gateway alone owns an alert's state; pages and the centre send orders.

    (a fall: raised quietly, so that its wearer can cancel it; closed by them, or told to phones when the time is over)
    (raised in a place where installers work: shelved; held while a parent rings: raised, with a `parent`)

    raised --acknowledged--> acknowledged --condition gone--> cleared
       |                          |
       |                          +--closed by a person--> closed
       +--condition gone, nobody need look--> cleared
       +--condition gone, somebody must look--> raised, no longer active --acknowledged--> cleared

Nobody takes it, or puts it right, by its hour: the next one is called (gateway/rules/life.py). Shelved, it comes back
by itself. A repeating condition is one alert with a count. Cleared or closed, it is re-armed: the next time is a new
alert.
"""

from datetime import datetime

from msgspec.structs import replace

from devices.driver import Output
from gateway.alerts.family import case_of, parent_of
from gateway.alerts.times import called, due_when_rung, due_when_taken
from gateway.compound import Places
from gateway.drills import in_drill
from gateway.enact.alerts import work_over
from gateway.entries import Act, Effect
from gateway.findings import Alert, AlertState, Anomaly, Cancelled, Closing, Over, Settled
from gateway.kinds import MOMENTARY, MUST_BE_SEEN, SEVERITY
from gateway.limits import Limits
from gateway.state.state import State


def happening(kind: str, key: str) -> str:
    """What tells one happening from another."""
    return f"{kind}|{key}"


def concern(state: State, anomaly: Anomaly, *, number: int, now: datetime) -> Alert:
    """An anomaly becomes a new alert with the journal number `number`, or one more on the count of its alert."""
    ringing = state.alerts.get(state.ringing.get(happening(anomaly.kind, anomaly.key), ""))
    if ringing is not None and not (anomaly.kind in MOMENTARY and ringing.state is AlertState.ACKNOWLEDGED):
        return replace(
            ringing,
            revision=ringing.revision + 1,
            changed_at=now,
            count=ringing.count + anomaly.count,
            active=anomaly.kind not in MOMENTARY,
            over_at=None,
            celsius=anomaly.celsius if anomaly.celsius is not None else ringing.celsius,
        )
    return Alert(
        id=f"{state.epoch}/{number}",
        kind=anomaly.kind,
        key=anomaly.key,
        severity=SEVERITY[anomaly.kind],
        state=AlertState.RAISED,
        revision=1,
        raised_at=anomaly.at,
        changed_at=now,
        place=anomaly.place,
        subject=anomaly.subject,
        device=anomaly.device,
        active=anomaly.kind not in MOMENTARY,
        count=anomaly.count,
        celsius=anomaly.celsius,
        quiet=anomaly.cancel_until is not None,
        cancel_until=anomaly.cancel_until,
    )


def cancel(state: State, cancelled: Cancelled, *, now: datetime) -> Alert | None:
    """The wearer says that it was nothing, and nobody has been called yet: closed, and on record."""
    ringing = state.alerts.get(state.ringing.get(happening(cancelled.kind, cancelled.key), ""))
    if ringing is None or not ringing.quiet or ringing.state is not AlertState.RAISED:
        return None
    return close(replace(ringing, quiet=False), by="", closing=Closing.WEARER, comment="", now=now)


def settle(state: State, settled: Settled, *, now: datetime) -> Alert | None:
    """The time to cancel is over: phones are told as well."""
    ringing = state.alerts.get(state.ringing.get(happening(settled.kind, settled.key), ""))
    if ringing is None or not ringing.quiet or ringing.cancel_until is None:
        return None
    hushed = ringing.drill and not any(drill.phones for drill in state.drills.values())
    return replace(ringing, revision=ringing.revision + 1, changed_at=now, quiet=hushed, cancel_until=None)


def ease(state: State, over: Over, *, now: datetime) -> Alert | None:
    """The condition is gone: clear what nobody need look at, or what somebody has looked at."""
    ringing = state.alerts.get(state.ringing.get(happening(over.kind, over.key), ""))
    if ringing is None or not ringing.active:
        return None
    seen = ringing.state is AlertState.ACKNOWLEDGED or over.kind not in MUST_BE_SEEN
    return replace(
        ringing,
        revision=ringing.revision + 1,
        changed_at=now,
        active=False,
        over_at=over.at,
        state=AlertState.CLEARED if seen else ringing.state,
    )


def born(alert: Alert, state: State, places: Places, *, now: datetime) -> Alert:
    """The first revision of an alert, with its case, its parent, its hour and whoever is called first."""
    alert = in_drill(alert, state, places, now)
    alert = replace(alert, case=case_of(alert, state, places))
    alert = replace(
        alert,
        parent=parent_of(alert, state, places),
        assigned_to=called(alert, 0, state, places),
        due_at=due_when_rung(alert, now, state.limits),
    )
    work = work_over(alert, now, state, places)
    if work is None:
        return alert
    return replace(
        alert,
        state=AlertState.SHELVED,
        shelved_until=work.until,
        shelved_by=work.by,
        work=work.id,
        comment=work.reason,
    )


def acknowledge(alert: Alert, *, by: str, comment: str, now: datetime, limits: Limits) -> Alert:
    """Somebody takes it by name. What is over and was only waiting to be seen is cleared by that."""
    over = not alert.active and alert.kind not in MOMENTARY
    return replace(
        alert,
        revision=alert.revision + 1,
        changed_at=now,
        state=AlertState.CLEARED if over else AlertState.ACKNOWLEDGED,
        acknowledged_by=by,
        acknowledged_at=now,
        assigned_to=alert.assigned_to or by,
        due_at=due_when_taken(alert, now, limits),
        escalated=0,
        asked=False,
        shelved_until=None,
        comment=comment or alert.comment,
    )


def close(alert: Alert, *, by: str, closing: Closing, comment: str, now: datetime) -> Alert:
    """Somebody says how it ended."""
    return replace(
        alert,
        revision=alert.revision + 1,
        changed_at=now,
        state=AlertState.CLOSED,
        closing=closing,
        closed_by=by,
        acknowledged_by=alert.acknowledged_by or by,
        comment=comment or alert.comment,
    )


def sounded(before: Alert | None, alert: Alert, state: State) -> list[Effect]:
    """The sirens of its severity: on when it begins to ring, or nobody took it; off when none of theirs rings more."""
    effects: list[Effect] = []
    rang = before is not None and before.calls
    for siren in state.calling.sirens:
        if alert.severity not in siren.severities or alert.drill:
            continue
        if alert.calls and (not rang or (before is not None and alert.escalated > before.escalated)):
            effects.append(Act(Output(device=siren.output, on=True, seconds=siren.seconds)))
        elif rang and not any(each.calls and each.severity in siren.severities for each in state.alerts.values()):
            effects.append(Act(Output(device=siren.output, on=False, seconds=0.0)))
    return effects


def remember(state: State, alert: Alert) -> None:
    """Fold a revision into the state; what nobody need look at any more is forgotten."""
    key = happening(alert.kind, alert.key)
    if alert.open:
        state.alerts[alert.id] = alert
        if alert.revision == 1 or state.ringing.get(key) not in state.alerts:
            state.ringing[key] = alert.id  # of two open ones (a call that was taken, and the next) the newer counts
        return
    state.alerts.pop(alert.id, None)
    if state.ringing.get(key) == alert.id:
        del state.ringing[key]
