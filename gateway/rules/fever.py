"""Worn temperatures in, fever out: very high, held over a common threshold, or risen over the person's own usual one.

A wrist is not a core (gateway/temperatures.py has the figures and their sources): what is told here is a reason to
measure with a thermometer, and the confirmation is a person's.

| told         | when                                                                                          |
|--------------|-----------------------------------------------------------------------------------------------|
| FEVER_HIGH   | 39.0 or more twice in a row: one such reading is a glitch, a hand on the radiator             |
| FEVER        | 37.3 or more (what the streets ordered), so many readings in a row, held for five minutes       |
| FEVER_RISING | 0.8 over their own usual and at least 36.2, held for so long, come within the last twelve hours |

The graver of them takes the lesser's place: one person, one fever.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from gateway.compound import Places
from gateway.condense.fever_levels import NOT_A_PERSON_CELSIUS, fever_from, risen_from
from gateway.events.every import TemperatureTaken
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.rules.rule import Conclusion
from gateway.rules.wearer import observed_as, wearer_of
from gateway.state.state import Hot, State
from gateway.temperatures import Baseline, taken


class Fever:
    name = "fever"
    reads = (TemperatureTaken,)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        if not isinstance(what, TemperatureTaken) or what.celsius >= NOT_A_PERSON_CELSIUS:
            return
        wearer = observed_as(what.device, state)
        if not wearer:
            return
        before = state.baselines.get(what.device)
        state.baselines[what.device] = taken(before, wearer, what.at, what.celsius, state.limits)
        if what.celsius < state.limits.fever_over_below:
            state.high_told.pop(what.device, None)
            for kind in (Kind.FEVER_HIGH, Kind.FEVER):
                yield Over(kind=kind, key=what.device, at=what.at)
        yield from self._high(what, state, places)
        yield from self._held(what, state, places)
        yield from self._risen(what, before, state, places)

    def _high(self, what: TemperatureTaken, state: State, places: Places) -> Iterator[Conclusion]:
        band, limits = what.device, state.limits
        if what.celsius < limits.fever_high_celsius:
            state.high.pop(band, None)
            return
        first = state.high.setdefault(band, what.at)
        within = timedelta(0) < what.at - first <= timedelta(seconds=limits.fever_period_seconds)
        if not within:
            state.high[band] = what.at
        elif band not in state.high_told:
            state.high_told[band] = what.at
            if not _rings(Kind.FEVER_HIGH, band, state):
                yield _about(Kind.FEVER_HIGH, what, what.celsius, state, places)

    def _held(self, what: TemperatureTaken, state: State, places: Places) -> Iterator[Conclusion]:
        limits = state.limits
        if what.celsius < fever_from(state):
            state.hot.pop(what.device, None)
            return
        before = state.hot.get(what.device)
        times = ((*before.times, what.at) if before else (what.at,))[-limits.fever_readings :]
        highest = max(what.celsius, before.celsius) if before else what.celsius
        told = (before is not None and before.told) or what.device in state.high_told
        held = len(times) == limits.fever_readings
        since = (before.since or before.times[0]) if before else what.at
        near = times[-1] - times[0] <= timedelta(seconds=limits.fever_period_seconds)
        new = held and not told and near and what.at - since >= timedelta(seconds=limits.fever_held_seconds)
        state.hot[what.device] = Hot(times=times, celsius=highest, told=told or new, since=since)
        if new and not _rings(Kind.FEVER, what.device, state):
            yield _about(Kind.FEVER, what, highest, state, places)

    def _risen(
        self, what: TemperatureTaken, before: Baseline | None, state: State, places: Places
    ) -> Iterator[Conclusion]:
        band, limits = what.device, state.limits
        usual = state.baselines[band].celsius
        risen = risen_from(band, state)
        if usual is None or risen is None or before is None or before.celsius is None:
            return
        if what.celsius < risen:
            if what.celsius < usual + limits.fever_rise_celsius / 2:
                state.risen.pop(band, None)
                yield Over(kind=Kind.FEVER_RISING, key=band, at=what.at)
            return
        graver = (run := state.hot.get(band)) is not None and run.told
        if graver:
            yield Over(kind=Kind.FEVER_RISING, key=band, at=what.at)
        rise = state.risen.get(band)
        if rise is None:
            # slower than that is the season, the heating or the sensor; where nothing was heard meanwhile nobody knows
            within = timedelta(hours=limits.fever_rise_hours)
            slow = before.cool is not None and what.at - before.cool > within and before.newest > before.cool
            state.risen[band] = Hot(times=(what.at,), celsius=what.celsius, told=slow)
            return
        new = not rise.told and what.at - rise.times[0] >= timedelta(seconds=limits.fever_rise_held_seconds)
        highest = max(rise.celsius, what.celsius)
        state.risen[band] = Hot(times=rise.times, celsius=highest, told=rise.told or new)
        if new and not graver and not _rings(Kind.FEVER_RISING, band, state):
            yield _about(Kind.FEVER_RISING, what, highest, state, places)

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()


def forget_temperatures(band: str, state: State) -> None:
    """Nobody wears it any more, or what it measures now is a bedside table."""
    for run in (state.hot, state.risen, state.high, state.high_told):
        run.pop(band, None)


def _rings(kind: Kind, band: str, state: State) -> bool:
    ringing = state.alerts.get(state.ringing.get(f"{kind}|{band}", ""))
    return ringing is not None and ringing.active


def _about(kind: Kind, what: TemperatureTaken, celsius: float, state: State, places: Places) -> Anomaly:
    place, subject = wearer_of(what.device, state, places)
    return Anomaly(
        kind=kind, key=what.device, at=what.at, place=place, subject=subject, device=what.device, celsius=celsius
    )
