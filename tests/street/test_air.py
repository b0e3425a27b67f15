"""A day of a small street over the air: what comes of encrypted adverts is what comes of the events they stand for."""

from collections import Counter
from datetime import timedelta

import pytest

from gateway.kinds import Kind
from gateway.limits import Limits
from tests.street.air import Air
from tests.street.judge import judge
from tests.street.run import Run, run
from tests.street.steps import START
from tests.street.street import SimulatedStreet

SEED = 3
# nothing but bands is on the air here: what else would be missed by its heartbeats is not waited for
ONLY_BANDS = Limits(
    door_silent_seconds=0.0, camera_silent_seconds=0.0, meter_silent_seconds=0.0, thermometer_silent_seconds=0.0
)
OF_BANDS = frozenset({Kind.HELP_CALLED, Kind.FALL, Kind.FEVER, Kind.FEVER_HIGH, Kind.FEVER_RISING, Kind.BAND_TAKEN_OFF})


def street() -> SimulatedStreet:
    return SimulatedStreet(SEED, flats=120, observed=40, days=1, least=1)


def told(done: Run) -> Counter[tuple[Kind, str]]:
    alerts = (each for each in done.alerts if each.revision == 1 and each.kind in OF_BANDS)
    return Counter((alert.kind, alert.key) for alert in alerts)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_day_of_encrypted_adverts_comes_to_the_same_findings_as_its_events() -> None:
    simulated = street()
    air = Air(simulated.site, START, timedelta(seconds=30))
    over_the_air = run(simulated, SEED, air=air, limits=ONLY_BANDS)
    by_events = run(street(), SEED, limits=ONLY_BANDS)
    assert air.adverts > 100_000
    assert told(over_the_air) == told(by_events)
    verdict = judge(over_the_air)
    assert {name: line.missed for name, line in verdict.lines.items() if line.missed} == {}
