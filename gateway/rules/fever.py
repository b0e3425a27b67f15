"""Worn temperatures in, fever out: hot readings held over a period. One hot reading is none.

A wrist is not a core: the threshold is what the streets ordered (37.3 degrees Celsius), the confirmation is a person's.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from gateway.compound import Places
from gateway.events import TemperatureTaken
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.rules.rule import Conclusion
from gateway.rules.wearer import wearer_of
from gateway.state import Hot, State


class Fever:
    name = "fever"
    reads = (TemperatureTaken,)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        if not isinstance(what, TemperatureTaken):
            return
        limits = state.limits
        if what.celsius < limits.fever_celsius:
            state.hot.pop(what.device, None)
            if what.celsius < limits.fever_over_below:
                yield Over(kind=Kind.FEVER, key=what.device, at=what.at)
            return
        before = state.hot.get(what.device)
        times = ((*before.times, what.at) if before else (what.at,))[-limits.fever_readings :]
        highest = max(what.celsius, before.celsius) if before else what.celsius
        told = before is not None and before.told
        held = len(times) == limits.fever_readings
        new = held and not told and times[-1] - times[0] <= timedelta(seconds=limits.fever_period_seconds)
        state.hot[what.device] = Hot(times=times, celsius=highest, told=told or new)
        if new:
            ringing = state.alerts.get(state.ringing.get(f"{Kind.FEVER}|{what.device}", ""))
            if ringing is None or not ringing.active:
                place, subject = wearer_of(what.device, state, places)
                yield Anomaly(
                    kind=Kind.FEVER,
                    key=what.device,
                    at=what.at,
                    place=place,
                    subject=subject,
                    device=what.device,
                    celsius=highest,
                )

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()
