"""A forged or withdrawn pass at a gate in; that somebody is at work there, out: so many within a period, counted."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gateway.compound import Lane
from gateway.findings import Anomaly, Reason
from gateway.kinds import Kind
from gateway.state.state import Forgeries, State

COUNTED = frozenset({Reason.FORGED, Reason.WITHDRAWN})


def noted(lane: Lane, at: datetime, state: State) -> Iterator[Anomaly]:
    """One more. A code held to the scanner for a while is one; once told, each further one is on the alert's count."""
    limits = state.limits
    run = state.forgeries.get(lane.gate, Forgeries(times=()))
    if run.times and timedelta(0) <= at - run.times[-1] < timedelta(seconds=limits.repeat_seconds):
        return
    period = timedelta(seconds=limits.forgeries_period_seconds)
    times = (*(before for before in run.times if at - before <= period), at)
    told = run.told and len(times) > 1
    enough = len(times) >= limits.forgeries_at_gate
    state.forgeries[lane.gate] = Forgeries(times=times[-max(limits.forgeries_at_gate, 2) :], told=told or enough)
    if told or enough:
        count = 1 if told else len(times)
        yield Anomaly(kind=Kind.FORGERIES_AT_GATE, key=lane.gate, at=at, place=lane.gate, count=count)
