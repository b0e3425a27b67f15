"""Who is called for which alert, in which order, and what sounds on the spot.

Floor 2, a pure room. The three-person teams of 2020-23 (secretary, police, doctor), grids and stairwell heads: small
things are solved below, and who does not answer in time is followed by the next (study of 2023, Zhengzhou and Hefei).
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from gateway.compound import Places
from gateway.kinds import Kind, Severity


class ResponderRole(StrEnum):
    """What somebody is to the compound."""

    BUILDING_HEAD = "building_head"
    DUTY_OFFICER = "duty_officer"
    DOCTOR = "doctor"
    POLICE = "police"
    SECRETARY = "secretary"
    INSTALLER = "installer"


class Responder(Struct, frozen=True):
    """Somebody who is called. `places`: compounds, buildings, units, flats or gates they answer for; none: all."""

    id: str
    role: ResponderRole
    places: tuple[str, ...] = ()


class Siren(Struct, frozen=True):
    """A horn or a lamp on a device's output: it sounds for so long at each alert of these grades."""

    output: str
    severities: tuple[Severity, ...] = (Severity.CRITICAL,)
    seconds: float = 30.0


class Calling(Struct, frozen=True):
    """All of it, as configured."""

    responders: tuple[Responder, ...] = ()
    sirens: tuple[Siren, ...] = ()


_R = ResponderRole
HELP = (_R.BUILDING_HEAD, _R.DOCTOR, _R.DUTY_OFFICER, _R.SECRETARY, _R.POLICE)
HEALTH = (_R.DOCTOR, _R.DUTY_OFFICER, _R.SECRETARY)
LEFT = (_R.DUTY_OFFICER, _R.POLICE, _R.SECRETARY)
DOOR = (_R.BUILDING_HEAD, _R.DUTY_OFFICER, _R.SECRETARY)
FORGERY = (_R.DUTY_OFFICER, _R.POLICE, _R.SECRETARY)
DEVICES = (_R.INSTALLER, _R.DUTY_OFFICER)

LADDERS: Mapping[Kind, tuple[ResponderRole, ...]] = {
    Kind.FIRE: (_R.DUTY_OFFICER, _R.BUILDING_HEAD, _R.SECRETARY, _R.POLICE),
    Kind.HELP_CALLED: HELP,
    Kind.FALL: HELP,
    Kind.FEVER: HEALTH,
    Kind.FEVER_HIGH: HEALTH,
    Kind.FEVER_RISING: HEALTH,
    Kind.INACTIVE: HELP,
    Kind.QUARANTINED_PERSON_LEFT: LEFT,
    Kind.QUARANTINED_PERSON_AT_GATE: LEFT,
    Kind.NOT_ARRIVED: LEFT,
    Kind.QUARANTINE_DOOR_OPENED: DOOR,
    Kind.QUARANTINE_DOOR_LEFT_OPEN: DOOR,
    Kind.BAND_TAKEN_OFF: DOOR,
    Kind.NOT_LOOKED_AFTER: DOOR,
    Kind.SAID_UNWELL: HEALTH,
    Kind.NOT_AT_HOME: LEFT,
    Kind.FORGERIES_AT_GATE: FORGERY,
    Kind.PASS_USED_TWICE: FORGERY,
    Kind.NOBODY_AT_LANE: (_R.DUTY_OFFICER, _R.SECRETARY),
    Kind.PINS_GUESSED: (_R.DUTY_OFFICER, _R.SECRETARY),
}
"""Whom a kind calls, first to last; any other kind is about a device."""


def ladder(kind: Kind, place: str, responders: Sequence[Responder], places: Places) -> list[str]:
    """The ids of those who answer for this, in the order in which they are called.

    Of one role whoever answers for the smallest place comes first: the stairwell's head before the building's.
    """
    chain = list(around(place, places))
    called: list[str] = []
    for role in LADDERS.get(kind, DEVICES):
        near = [
            (nearness, index, each.id)
            for index, each in enumerate(responders)
            if each.role is role and (nearness := _nearness(each, chain)) is not None
        ]
        called += [who for _, _, who in sorted(near) if who not in called]
    return called


def _nearness(responder: Responder, chain: Sequence[str]) -> int | None:
    if not responder.places:
        return len(chain)
    return next((index for index, place in enumerate(chain) if place in responder.places), None)


def around(place: str, places: Places) -> Iterator[str]:
    """A place and all that it lies in, from the smallest: flat, unit, building, compound; or lane, gate, compound."""
    yield place
    if (flat := places.flats.get(place)) is not None:
        yield from (flat.unit, flat.building, flat.compound)
    elif (lane := places.lanes.get(place)) is not None:
        yield from (lane.gate, lane.compound)
    elif (gate := places.gates.get(place)) is not None:
        yield gate.compound
    elif (building := places.buildings.get(place)) is not None:
        yield building.compound
    elif (way_out := places.exits.get(place)) is not None:
        yield way_out.compound
