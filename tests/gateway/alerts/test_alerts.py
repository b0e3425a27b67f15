"""The life of an alert as a table: what is, what happens, what is then."""

from collections.abc import Callable

import pytest

from gateway.alerts.life import acknowledge, close, concern, ease, happening, remember
from gateway.findings import Alert, AlertState, Anomaly, Closing, Over
from gateway.kinds import MOMENTARY, MUST_BE_SEEN, SEVERITY, Kind
from gateway.limits import Limits
from gateway.state.state import State
from tests.gateway.keeping import START, seconds

QUIET, SEEN, MOMENT = Kind.DOOR_SILENT, Kind.FEVER, Kind.FALL  # one kind of each sort
LATER = START + seconds(60)


class Life:
    """One happening of one kind."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.state = State(epoch="e1", number=10)

    def anomaly(self) -> Alert:
        anomaly = Anomaly(kind=self.kind, key="k", at=START, celsius=38.0)
        self.state.number += 1
        return self._kept(concern(self.state, anomaly, number=self.state.number, now=LATER))

    def over(self) -> Alert | None:
        eased = ease(self.state, Over(kind=self.kind, key="k", at=START), now=LATER)
        return eased and self._kept(eased)

    def acknowledge(self) -> Alert:
        return self._kept(acknowledge(self.newest, by="d1", comment="going", now=LATER, limits=Limits()))

    def close(self) -> Alert:
        return self._kept(close(self.newest, by="d1", closing=Closing.REAL, comment="", now=LATER))

    @property
    def newest(self) -> Alert:
        return list(self.state.alerts.values())[-1]

    def _kept(self, alert: Alert) -> Alert:
        remember(self.state, alert)
        return alert


A, V, K, C = Life.anomaly, Life.over, Life.acknowledge, Life.close
RAISED, ACKNOWLEDGED = AlertState.RAISED, AlertState.ACKNOWLEDGED
CLEARED, CLOSED = AlertState.CLEARED, AlertState.CLOSED


@pytest.mark.parametrize(
    ("kind", "steps", "state", "active", "count", "revision"),
    [
        (QUIET, [A], RAISED, True, 1, 1),
        (QUIET, [A, A, A], RAISED, True, 3, 3),
        (QUIET, [A, V], CLEARED, False, 1, 2),
        (QUIET, [A, K], ACKNOWLEDGED, True, 1, 2),
        (QUIET, [A, K, A], ACKNOWLEDGED, True, 2, 3),  # stays so until the condition clears
        (QUIET, [A, K, V], CLEARED, False, 1, 3),
        (QUIET, [A, C], CLOSED, True, 1, 2),
        (QUIET, [A, V, A], RAISED, True, 1, 1),  # re-armed
        (QUIET, [A, C, A], RAISED, True, 1, 1),
        (SEEN, [A, V], RAISED, False, 1, 2),
        (SEEN, [A, V, A], RAISED, True, 2, 3),
        (SEEN, [A, V, K], CLEARED, False, 1, 3),
        (SEEN, [A, K, V], CLEARED, False, 1, 3),
        (SEEN, [A, K, V, A], RAISED, True, 1, 1),
        (SEEN, [A, V, K, A], RAISED, True, 1, 1),
        (SEEN, [A, V, C], CLOSED, False, 1, 3),
        (MOMENT, [A], RAISED, False, 1, 1),
        (MOMENT, [A, A], RAISED, False, 2, 2),
        (MOMENT, [A, K], ACKNOWLEDGED, False, 1, 2),
        (MOMENT, [A, K, A], RAISED, False, 1, 1),  # it happened again: the one who took the first may not know
        (MOMENT, [A, K, C], CLOSED, False, 1, 3),
        (MOMENT, [A, C, A], RAISED, False, 1, 1),
    ],
)
def test_transitions(
    kind: Kind, steps: list[Callable[[Life], Alert | None]], state: AlertState, active: bool, count: int, revision: int
) -> None:
    life = Life(kind)
    found = None
    for step in steps:
        found = step(life)
    assert found is not None
    assert (found.state, found.active, found.count, found.revision) == (state, active, count, revision)
    assert found.open is (state in (RAISED, ACKNOWLEDGED))
    assert (found.id in life.state.alerts) is found.open
    rings = life.state.ringing.get(happening(kind, "k"))
    assert rings == (found.id if found.open else None)


@pytest.mark.parametrize("steps", [[], [A, V], [A, C], [A, K, V]])
def test_over_without_a_condition_is_nothing(steps: list[Callable[[Life], Alert | None]]) -> None:
    life = Life(QUIET)
    for step in steps:
        step(life)
    assert life.over() is None


def test_a_moment_has_no_condition_that_could_end() -> None:
    life = Life(MOMENT)
    life.anomaly()
    assert life.over() is None


def test_what_a_new_alert_says() -> None:
    alert = Life(SEEN).anomaly()
    assert (alert.id, alert.severity, alert.raised_at, alert.changed_at) == ("e1/11", SEVERITY[SEEN], START, LATER)


def test_closing_the_first_of_two_leaves_the_second_ringing() -> None:
    life = Life(MOMENT)
    first = life.anomaly()
    life.acknowledge()
    second = life.anomaly()
    remember(life.state, close(life.state.alerts[first.id], by="d1", closing=Closing.REAL, comment="", now=LATER))
    assert list(life.state.alerts) == [second.id]
    assert life.anomaly().id == second.id


def test_another_key_is_another_happening() -> None:
    state = State(epoch="e1")
    for number, key in enumerate(("a", "b"), start=1):
        remember(state, concern(state, Anomaly(kind=QUIET, key=key, at=START), number=number, now=LATER))
    assert len(state.alerts) == 2


def test_every_kind_has_a_severity_and_moments_must_be_seen() -> None:
    assert set(SEVERITY) == set(Kind)
    assert MOMENTARY <= MUST_BE_SEEN
