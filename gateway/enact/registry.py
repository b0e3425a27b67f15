"""An order about households in, the people whom the rules know moved on. What makes no sense is refused.

Floor 3, a pure room. Serves the state and what pages show alike: both are a `Homes`.
"""

import re
from collections.abc import Collection, Mapping, MutableMapping
from typing import Protocol

from msgspec.structs import replace

from gateway.compound import Places
from gateway.orders.every import ArrivalExpected
from gateway.orders.homes import HouseholdsChanged
from gateway.people import Person, Quarantine
from gateway.state.indexed import Indexed

MOST_FLATS = 200  # of one order: judging it must not keep a lane waiting
MOST_PEOPLE = 60  # of one flat
_PSEUDONYM = re.compile(r"[0-9a-f]{16}")
_REF = re.compile(r"[0-9A-Za-z._-]{1,80}")


class Homes(Protocol):
    """The part of a state that is about people and their stays."""

    people: dict[str, Person]
    arrivals: dict[str, ArrivalExpected]
    suspended: dict[str, Quarantine]

    @property
    def quarantines(self) -> MutableMapping[str, Quarantine]: ...


def refused_registration(order: HouseholdsChanged, places: Places) -> str:
    """Why it cannot be done, empty if it can."""
    subjects = [person.subject for home in order.flats for person in home.people]
    if not _REF.fullmatch(order.ref):
        return "no reference to the registry"
    if not 0 < len(order.flats) <= MOST_FLATS or any(len(home.people) > MOST_PEOPLE for home in order.flats):
        return f"1 to {MOST_FLATS} flats with at most {MOST_PEOPLE} people each"
    if any(home.flat not in places.flats for home in order.flats if home.kept):
        return "unknown flat"  # one that left the configuration can still be taken out of the registry
    if any(home.people for home in order.flats if not home.kept):
        return "a flat that is taken out has nobody"
    if not all(map(_PSEUDONYM.fullmatch, subjects)):
        return "a subject is 16 hex digits"
    if len(set(subjects)) < len(subjects) or len({home.flat for home in order.flats}) < len(order.flats):
        return "a flat or a person is there twice"
    return ""


def register(order: HouseholdsChanged, homes: Homes) -> None:
    """Who left is forgotten, unless a stay goes on; who is there is known with what rules need."""
    changed = {home.flat for home in order.flats}
    for subject in order.left:
        person = homes.people.get(subject)
        if person is not None and person.flat in changed:  # and did not move on before
            homes.people[subject] = replace(person, care=(), head_of="", registered=False)
    forget(order.left, homes)
    for home in order.flats:
        for each in home.people:
            homes.people[each.subject] = Person(
                subject=each.subject, flat=home.flat, care=each.care, head_of=each.head_of, registered=True
            )


def forget(subjects: Collection[str], homes: Homes) -> None:
    """Those of them who are not in the registry and have no stay: nothing is known of them any more."""
    if not subjects:
        return
    assert isinstance(homes.quarantines, Indexed)  # at a midnight thousands of stays end, one after the other
    away = {stay.subject for stay in homes.suspended.values()} | {each.subject for each in homes.arrivals.values()}
    for subject in subjects:
        person = homes.people.get(subject)
        if person is None or person.registered or subject in away:
            continue
        if next(homes.quarantines.those("subject", subject), None) is None:
            del homes.people[subject]


def heads_of(unit: str, people: Mapping[str, Person]) -> list[str]:
    """The pseudonyms of those who look after a stairwell."""
    return [person.subject for person in people.values() if person.head_of == unit]
