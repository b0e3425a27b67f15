"""Somebody who was in hospital, say, is shown at a lane; whether they come in, and their stay that goes on, out.

The closed loop once more: door and band are watched from the instant they come in, and nobody need press a button.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gateway.compound import Places
from gateway.enact.stays import bring_back
from gateway.findings import Decision, StayBegun, StayChanged, StayStep
from gateway.people import Quarantine
from gateway.rules.rule import Armed, Conclusion
from gateway.state.state import State

ON_THE_WAY_OUT = timedelta(hours=2)  # the ambulance is called, the stay suspended, and then they go through the lane


def away_from(subject: str, compound: str, state: State, places: Places) -> Quarantine | None:
    """The suspended stay of somebody whose home is in this compound; one whose flat left the configuration may be."""
    for stay in state.suspended.values():
        home = places.flats.get(stay.flat)
        if stay.subject == subject and (home is None or home.compound == compound):
            return stay
    return None


def goes_out(subject: str, at: datetime, state: State) -> bool:
    """At a lane for both ways: who is on record as inside goes out. Who has been away for long comes back, though
    nobody scanned when the ambulance took them."""
    if subject not in state.inside:
        return False
    since = next((stay.away_since for stay in state.suspended.values() if stay.subject == subject), None)
    return since is None or at - since < ON_THE_WAY_OUT


def came_back(stay: Quarantine, decision: Decision, state: State) -> Iterator[Conclusion]:
    """From this instant they are observed again."""
    back = bring_back(stay.id, state)
    yield StayChanged(
        at=decision.at,
        step=StayStep.RESUMED,
        stay=back,
        flat=back.flat,
        subject=back.subject,
        by=decision.by,
        lane=decision.lane,
    )
    yield Armed(StayBegun(at=decision.at, stay=back, flat=back.flat, subject=back.subject, lane=decision.lane))
