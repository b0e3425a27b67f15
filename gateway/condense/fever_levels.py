"""A band's temperature in, how hot that is for its wearer out: what the condenser lets through and fever judges by.

Floor 3, a pure room. The figures are those of [limits]; the profile in force may set another threshold.
"""

from bisect import bisect_right
from enum import IntEnum

from gateway.state.state import State

NOT_A_PERSON_CELSIUS = 43.0  # no living wrist: hot water, a radiator, the sun
STEPS_WITHIN_ONE = 300.0  # seconds: a rise must hold for half an hour, and some adverts are lost


class Level(IntEnum):
    """USUAL, or nothing to say; RISEN above the person's own; HOT by the common threshold; HIGH: at once."""

    USUAL = 0
    RISEN = 1
    HOT = 2
    HIGH = 3


USUAL_STEP = 10
VERY_HIGH = USUAL_STEP + Level.HIGH


def fever_from(state: State) -> float:
    return state.asked.fever_celsius or state.limits.fever_celsius


def risen_from(band: str, state: State) -> float | None:
    """From where on it is a rise for this wearer; None while what is usual for them is not known."""
    baseline = state.baselines.get(band)
    if baseline is None or baseline.celsius is None:
        return None
    return max(baseline.celsius + state.limits.fever_rise_celsius, state.limits.fever_rise_least_celsius)


def level(celsius: float, band: str, state: State) -> Level:
    if celsius >= state.limits.fever_high_celsius:
        return Level.HIGH
    if celsius >= fever_from(state):
        return Level.HOT
    risen = risen_from(band, state)
    return Level.USUAL if risen is None or celsius < risen else Level.RISEN


def band_of_level(celsius: float, band: str, state: State) -> int:
    """Finer than `level` while something runs: also whether it is over is a step that a rule waits for."""
    now = int(level(celsius, band, state))
    if now or (band not in state.hot and band not in state.risen):
        return now + USUAL_STEP
    baseline = state.baselines.get(band)
    over = [state.limits.fever_over_below]
    if baseline is not None and baseline.celsius is not None:
        over.append(baseline.celsius + state.limits.fever_rise_celsius / 2)
    return bisect_right(sorted(over), celsius)


def every_seconds(celsius: float, band: str, state: State) -> float:
    """How often a reading of this level is worth a line of the journal."""
    limits = state.limits
    now = level(celsius, band, state)
    if now is Level.HIGH and band not in state.high_told:
        return min(limits.hot_every_seconds, limits.temperature_every_seconds)
    if now >= Level.HOT:
        run = state.hot.get(band)
        if run is None or not run.told:
            return min(limits.hot_every_seconds, limits.temperature_every_seconds)
    if now is Level.RISEN:
        return min(STEPS_WITHIN_ONE, limits.temperature_every_seconds)
    return limits.temperature_every_seconds
