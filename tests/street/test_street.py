"""Two days in a small street: every sort of trouble at least once, none missed, false only what nobody can know.

`make street` has all of it.
"""

import pytest

from gateway.kinds import Kind
from tests.street.judge import Verdict, judge
from tests.street.run import Run, run
from tests.street.street import SimulatedStreet

UNKNOWABLE = {
    Kind.FALL,  # a hand on the table, and nobody has said that it was nothing
    Kind.HELP_CALLED,  # pressed by mistake
    Kind.QUARANTINE_DOOR_OPENED,  # a loose magnet in the wind
    Kind.QUARANTINE_DOOR_OPENED_AT_NIGHT,
    Kind.BAND_TAKEN_OFF,  # somebody else opens the door while they are under the shower
}


@pytest.fixture(scope="module")
def ran() -> Run:
    return run(SimulatedStreet(seed=3, flats=500, observed=180, days=2, least=1))


@pytest.fixture(scope="module")
def verdict(ran: Run) -> Verdict:
    return judge(ran)


def test_every_true_case_is_alerted_in_time(verdict: Verdict) -> None:
    missed = {name: line.missed for name, line in verdict.lines.items() if line.missed}
    assert missed == {}
    assert len(verdict.lines) >= 24


def test_false_is_only_what_nobody_can_know_and_a_chattering_door_is_one_alert(verdict: Verdict) -> None:
    assert set(verdict.false) <= UNKNOWABLE
    assert verdict.false_alerts <= 12  # at least one of each sort a day, in so small a street


def test_every_order_of_the_office_made_sense(ran: Run) -> None:
    assert ran.refused == {}
