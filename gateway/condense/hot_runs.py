"""A lane thermometer's many readings in, the few that are of somebody hot out.

Floor 3, a pure room, and no part of the fold. It measures ten times a second whatever stands before it; of the healthy
nothing goes further than this.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from devices.reading import Reading, TemperatureSeen
from gateway.compound import Places
from gateway.events.every import LaneTemperatureTaken
from gateway.state.state import State

COOL_BELOW = 0.3  # degrees under the limit end a run: a reading that wavers about the limit is one person
NOT_A_PERSON_CELSIUS = 45.0  # a cup of tea, a lamp, a forehead the sun shone on: nobody's temperature


class HotRuns:
    """Ask the state each time: the figures and the profile in force may change."""

    def __init__(self, state: State, places: Places) -> None:
        self._state = state
        self._places = places
        self._told: dict[str, datetime] = {}  # device -> when its present run was last let through

    def feed(self, reading: Reading, seen: TemperatureSeen) -> Iterator[LaneTemperatureTaken]:
        limits = self._state.limits
        lane = self._places.lane_of(reading.device)
        hot_from = limits.lane_hot_celsius
        if not self._state.asked.thermometer or not hot_from - COOL_BELOW <= seen.celsius < NOT_A_PERSON_CELSIUS:
            self._told.pop(reading.device, None)
            return
        told = self._told.get(reading.device)
        due = told is None or reading.at - told >= timedelta(seconds=limits.hot_every_seconds)
        if lane is not None and seen.celsius >= hot_from and due:
            self._told[reading.device] = reading.at
            yield LaneTemperatureTaken(
                at=reading.at,
                heard=reading.heard,
                device=reading.device,
                lane=lane.id,
                celsius=seen.celsius,
                again=told is not None,
            )
