"""Alerts the rules and orders changed in; their revisions written down, with those of their family, out.

Floor 4, a pure room: part of the gatekeeper's fold. What each revision means for its hour and for a siren is done here.
"""

from collections.abc import Callable

from gateway.alerts.family import adopted, released
from gateway.alerts.life import born, close, concern, remember, sounded
from gateway.alerts.times import next_step
from gateway.case_log import note_alert
from gateway.compound import Places
from gateway.drills import displaced
from gateway.entries import EntryClass
from gateway.findings import Alert, Anomaly, Closing
from gateway.rules.life import AlertLife
from gateway.rules.timers import Timers
from gateway.scribe import Scribe
from gateway.shifts import count_alert
from gateway.state.state import State, Timer


class Ledger:
    def __init__(self, state: State, places: Callable[[], Places], scribe: Scribe, timers: Timers) -> None:
        self._state = state
        self._places = places
        self._scribe = scribe
        self._timers = timers

    def concern(self, anomaly: Anomaly) -> None:
        """Something ought not to be: a new alert, or one more on the count of its own. A drill's makes room for it."""
        state = self._state
        if (drilled := displaced(anomaly, state, self._places())) is not None:
            self.write(close(drilled, by="", closing=Closing.DRILL, comment="", now=state.heard))
        self.write(concern(state, anomaly, number=state.number + 1, now=state.heard))

    def write(self, alert: Alert) -> None:
        """Write a revision down, and those of its family that it moves."""
        state, places = self._state, self._places()
        before = state.alerts.get(alert.id)
        if alert.revision == 1:
            alert = born(alert, state, places, now=state.heard)
        remember(state, alert)
        note_alert(state.case_log, before, alert)
        count_alert(state.shifts, alert)
        self._scribe.write(alert, EntryClass.FINDING, state.heard)
        self._scribe.effects += sounded(before, alert, state)
        timer, due = f"{AlertLife.name}|{alert.id}", next_step(alert)
        if due is None:
            self._timers.drop(timer)
        else:
            self._timers.put(timer, Timer(due=due, dated=due))
        moved = adopted if alert.revision == 1 else released
        for relative in moved(alert, state, places):
            self.write(relative)
