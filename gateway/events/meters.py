"""What happened at meters: water was drawn. Past tense, as all events (gateway/events/every.py).

Floor 2, a pure room; part of the union in gateway/events/every.py.
"""

from datetime import datetime

from gateway.events.marked import Marked


class WaterDrawn(Marked, frozen=True, tag=True, kw_only=True):
    """A flat's water meter has counted so many pulses since this was last told."""

    at: datetime
    heard: datetime
    device: str
    flat: str
    pulses: int


class ChargeTold(Marked, frozen=True, tag=True, kw_only=True):
    """A battery said its charge, and it is another than before: percent, or `millivolts`."""

    at: datetime
    heard: datetime
    device: str
    level: int
    millivolts: bool = False


MeterEvent = WaterDrawn | ChargeTold
