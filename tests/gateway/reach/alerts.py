"""Alerts to be told of."""

from datetime import timedelta

from gateway.findings import Alert, AlertState
from gateway.kinds import SEVERITY, Kind
from gateway.reach.channels import Message
from gateway.reach.message import message_of
from gateway.shown.fold import Shown
from gateway.state.state import State
from tests.small_site import HOME, NOON, SUBJECT, small_site


def alert(
    number: int = 1,
    kind: Kind = Kind.QUARANTINE_DOOR_OPENED,
    state: AlertState = AlertState.RAISED,
    *,
    revision: int = 1,
    drill: bool = False,
) -> Alert:
    at = NOON + timedelta(seconds=number)
    return Alert(
        id=f"e/{number}",
        kind=kind,
        key=HOME,
        severity=SEVERITY[kind],
        state=state,
        revision=revision,
        raised_at=at,
        changed_at=at,
        place=HOME,
        subject=SUBJECT,
        celsius=38.4,
        drill=drill,
    )


PLACES = Shown(State(site=small_site(), epoch="e", number=1)).places


def message(*alerts: Alert) -> Message:
    return message_of("palm-1", alerts or (alert(),), PLACES)
