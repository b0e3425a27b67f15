"""The totals of water meters in, how much was drawn out: at most one row in a quarter of an hour for each.

Floor 3, a pure room, and no part of the fold. Only of meters somebody agreed to; what is drawn elsewhere ends here.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from devices.reading import MeterSeen, Reading
from gateway.compound import Places
from gateway.events.meters import WaterDrawn
from gateway.state.state import State

TOLD_EVERY = timedelta(minutes=15)


class Meters:
    """The first total of a meter says nothing: it may be years old. A smaller one is a new meter, or an overflow."""

    def __init__(self, state: State, places: Places) -> None:
        self._state = state
        self._places = places
        self._totals: dict[str, int] = {}
        self._waiting: dict[str, int] = {}
        self._told: dict[str, datetime] = {}

    def inherit(self, before: "Meters", moved: timedelta) -> None:
        self._totals = dict(before._totals)
        self._waiting = dict(before._waiting)
        self._told = {meter: at + moved for meter, at in before._told.items()}

    def feed(self, reading: Reading, seen: MeterSeen) -> Iterator[WaterDrawn]:
        meter = reading.device
        before = self._totals.get(meter)
        self._totals[meter] = seen.total
        flat = self._places.flat_of(meter)
        if before is None or flat is None or not self._state.care_by("meter", meter):
            self._waiting.pop(meter, None)
            return
        self._waiting[meter] = self._waiting.get(meter, 0) + max(0, seen.total - before)
        told = self._told.get(meter)
        if not self._waiting[meter] or (told is not None and reading.at - told < TOLD_EVERY):
            return
        self._told[meter] = reading.at
        yield WaterDrawn(
            at=reading.at, heard=reading.heard, device=meter, flat=flat.id, pulses=self._waiting.pop(meter)
        )
