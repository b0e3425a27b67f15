"""An alert in; the case it belongs to, and the alert that stands for it while it is held, out.

Floor 3, a pure room. What belongs to one happening (door, band, gate, refusal) is one case with one timeline: the open
alerts about one flat, and those that follow one another there. When a radio, a cable or a building's fire speaks for
many, one alert rings and its children are held; they ring again if they are still open when it is over.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice

from msgspec.structs import replace

from gateway.alerts.times import due_when_rung, due_when_taken
from gateway.calling import around
from gateway.compound import Places
from gateway.findings import Alert, AlertState
from gateway.kinds import MOMENTARY, Kind
from gateway.state.state import Case, State

CASE_KEPT = timedelta(days=1)
CASE_GAP = timedelta(minutes=30)  # the next alert of a flat so soon after the last belongs to the same happening

BY_LINK = frozenset(
    {Kind.DOOR_SILENT, Kind.BAND_SILENT, Kind.CAMERA_SILENT, Kind.SCANNER_SILENT, Kind.THERMOMETER_SILENT}
)
DOORS = frozenset({Kind.QUARANTINE_DOOR_OPENED, Kind.QUARANTINE_DOOR_OPENED_AT_NIGHT, Kind.QUARANTINE_DOOR_LEFT_OPEN})
IN_A_FIRE = DOORS | frozenset(
    {
        Kind.FIRE_SUSPECTED,
        Kind.QUARANTINED_PERSON_LEFT,
        Kind.QUARANTINED_PERSON_AT_GATE,
        Kind.BAND_SILENT,
        Kind.BAND_TAKEN_OFF,
        Kind.BAND_LEFT_FLAT,  # they are in the yard, where they should be
        Kind.BAND_AT_GATE,
        Kind.BAND_GONE,
        Kind.DOOR_SENSOR_DOUBTED,
        Kind.FIRE_EXIT_OPENED,  # that is what it is for; a blocked one rings
        Kind.FIRE_EXIT_LEFT_OPEN,
        Kind.SEALED_GATE_OPENED,
        Kind.SEALED_GATE_LEFT_OPEN,
    }
)


def _its_link(child: Alert, places: Places) -> Iterator[str]:
    """A band that is in no configuration speaks on the one radio there is."""
    device = places.devices.get(child.device)
    if device is not None:
        yield device.link
        return
    if len(places.radios) == 1:
        yield places.radios[0].id


def _its_place(child: Alert, places: Places) -> Iterator[str]:
    return around(child.place, places)


PARENTS: Mapping[Kind, tuple[frozenset[Kind], Callable[[Alert, Places], Iterator[str]]]] = {
    Kind.RADIO_DEAF: (BY_LINK, _its_link),
    Kind.CABLE_LOST: (BY_LINK, _its_link),
    Kind.BUILDING_SILENT: (frozenset({Kind.DOOR_SILENT, Kind.BAND_SILENT}), _its_place),
    Kind.FIRE: (IN_A_FIRE, _its_place),
    Kind.FIRE_SUSPECTED: (DOORS, _its_place),
}
"""Kind of the parent -> the kinds it holds, and by which keys such a child finds it."""
LEAVING = frozenset({Kind.BAND_LEFT_FLAT, Kind.BAND_AT_GATE})
"""Told of a band, and a minute later that its door never opened: one happening, which rings once. Unlike those above it
holds for as long as somebody must look at it: with it they look at the sensor as well."""


def case_of(alert: Alert, state: State, places: Places) -> str:
    """The case of a new alert: that of its flat while one is going on, else its own. Remembers it."""
    flat = home_of(alert, state, places)
    if not flat or alert.drill:  # a drill joins no real case
        return alert.id
    known = state.cases.get(flat)
    if known is None or (alert.raised_at - known.at > CASE_GAP and not state.is_open(known.id)):
        known = Case(id=alert.id, at=alert.raised_at)
    state.cases.pop(flat, None)  # the newest last
    state.cases[flat] = replace(known, at=max(known.at, alert.raised_at))
    for old in [each for each in islice(state.cases, 2) if alert.raised_at - state.cases[each].at > CASE_KEPT]:
        del state.cases[old]
    return known.id


def home_of(alert: Alert, state: State, places: Places) -> str:
    """The flat an alert is about: where it is, or where its person lives."""
    if alert.place in places.flats:
        return alert.place
    person = state.people.get(alert.subject)
    return person.flat if person is not None else ""


def parent_of(alert: Alert, state: State, places: Places) -> str:
    """The id of the alert that stands for this one now, empty if none does."""
    for kind, (kinds, keys) in PARENTS.items():
        if alert.kind in kinds:
            for key in keys(alert, places):
                parent = state.alerts.get(state.ringing.get(f"{kind}|{key}", ""))
                if parent is not None and parent.id != alert.id and parent.drill is alert.drill and _stands(parent):
                    return parent.id
    if alert.kind is Kind.DOOR_SENSOR_DOUBTED:
        for other in state.of_case(alert.case):
            if other.kind in LEAVING and other.subject == alert.subject and _stands(other):
                return other.id
    return ""


def adopted(parent: Alert, state: State, places: Places) -> Iterator[Alert]:
    """A parent was raised: those open already that it stands for from now on."""
    if parent.kind not in PARENTS or not _stands(parent):
        return
    for child in list(state.alerts.values()):
        if not child.parent and child.open and _holds(parent, child, places):
            yield replace(child, revision=child.revision + 1, changed_at=parent.changed_at, parent=parent.id)


def released(parent: Alert, state: State, places: Places) -> Iterator[Alert]:
    """A parent is over: its children ring for themselves, if there is still something to look at."""
    if parent.kind not in PARENTS.keys() | LEAVING or _stands(parent):
        return
    for child in list(state.alerts.values()):
        if child.parent != parent.id:
            continue
        gone = not child.active and child.kind not in MOMENTARY
        yield replace(
            child,
            revision=child.revision + 1,
            changed_at=parent.changed_at,
            parent="",
            state=AlertState.CLEARED if gone else child.state,
            due_at=_anew(child, parent.changed_at, state),
        )


def _anew(child: Alert, now: datetime, state: State) -> datetime:
    """It rings for itself from now on: nobody was late with it while its parent rang."""
    if child.state is AlertState.ACKNOWLEDGED:
        return due_when_taken(child, now, state.limits)
    return due_when_rung(child, now, state.limits)


def _stands(parent: Alert) -> bool:
    return parent.open and (parent.kind in LEAVING or (parent.kind in PARENTS and parent.active))


def _holds(parent: Alert, child: Alert, places: Places) -> bool:
    kinds, keys = PARENTS[parent.kind]
    same = child.drill is parent.drill  # a drill holds nothing real, nor is it hidden
    return same and child.kind in kinds and child.id != parent.id and parent.key in keys(child, places)
