"""Stays that begin and end, people who are expected and come or do not, and one fire. Pure."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from devices.reading import BandSeen
from gateway.compound import Building
from gateway.events.every import DoorMoved, FireSignalled
from gateway.events.presence import Where
from gateway.kinds import Kind
from gateway.orders.every import ArrivalExpected, FireEnded, QuarantineBegun, QuarantineEnded
from tests.street.homes import MINUTE, presence
from tests.street.leaving import OUT, pass_shown
from tests.street.people import DAYS, Household
from tests.street.site import fire_contact, sensor
from tests.street.steps import AT_ONCE, TODAY, Said, Tape, clock


def going_on(homes: Sequence[Household], tape: Tape) -> None:
    """Stays that began before the first day."""
    for home in homes:
        if home.last < 0 or home.arrives:
            continue
        for number, person in enumerate(home.people):
            order = QuarantineBegun(
                id=f"{home.stay} {number}",
                at=clock(0, 0.01),
                by="office",
                flat=home.flat,
                subject=person.subject,
                ground="order 7",
                first_day=TODAY + timedelta(days=home.first),
                last_day=TODAY + timedelta(days=home.last),
                band=person.band,
            )
            tape.happens(order.at, order)
            presence(home, person, clock(0, 0.02), Where.HOME, Where.HOME, tape)


def arrivals(homes: Sequence[Household], day: int, chance: random.Random, tape: Tape) -> dict[str, float]:
    """Who comes today, and from which hour on they are at home. One in twenty is not there in time."""
    at_home: dict[str, float] = {}
    for home in homes:
        if not home.arrives or home.first != day:
            continue
        hour = chance.uniform(9, 16)
        by = clock(day, hour + 1)
        late = chance.random() < 0.05
        never = late and chance.random() < 0.3
        for number, person in enumerate(home.people):
            order = ArrivalExpected(
                id=f"{home.stay} {number}",
                at=clock(day, 6),
                by="office",
                flat=home.flat,
                subject=person.subject,
                ground="order 7",
                days=DAYS,
                arrive_by=by,
                band=person.band,
            )
            tape.happens(order.at, order)
            if late:
                tape.case("has not arrived", [Kind.NOT_ARRIVED], [person.subject], by, within=AT_ONCE)
            if never:
                taken_back = QuarantineEnded(
                    id=f"back {order.id}", at=by + MINUTE * 90, by="office", quarantine=order.id, reason="not coming"
                )
                tape.happens(taken_back.at, taken_back)
                home.last = -1
                continue
            came = clock(day, hour + (2.2 if late else 0)) + timedelta(seconds=40 * number)
            tape.happens(came, pass_shown(home.flat.partition("/")[0], person, came, "in"))
            tape.happens(came + MINUTE * 9, Said(person.band, BandSeen(rssi=-60, celsius=35.0)))
            presence(home, person, came + MINUTE * 10, Where.HOME, Where.LEFT, tape)
        if never:
            continue
        door = clock(day, hour + (2.2 if late else 0)) + MINUTE * 9
        _let_in(home, door, tape)
        at_home[home.flat] = hour + (2.6 if late else 0.4)
    return at_home


def _let_in(home: Household, at: datetime, tape: Tape) -> None:
    """They are brought to their own door and open it: no alert is expected of that."""
    for is_open, seconds in ((True, 0), (False, 20)):
        moved = at + timedelta(seconds=seconds)
        tape.happens(moved, DoorMoved(at=moved, heard=moved, device=sensor(home.flat), flat=home.flat, open=is_open))


def fire(building: Building, homes: Sequence[Household], day: int, chance: random.Random, tape: Tape) -> None:
    """The whole building goes out within a minute; the contact of the alarm a little later; an hour in the yard,
    at half past three in the morning."""
    at = clock(day, 3.4)
    there = [home for home in homes if home.flat.startswith(f"{building.id}-") and home.observed(day)]
    flats = [home.flat for home in there]
    people = [key for home in there for person in home.people for key in (person.band, person.subject)]
    compound = building.compound
    ends = at + MINUTE * 60
    for home in there:
        opens = at + timedelta(seconds=chance.uniform(0, 50))
        for is_open, moved in ((True, opens), (False, ends + MINUTE * chance.uniform(1, 15))):
            tape.happens(
                moved, DoorMoved(at=moved, heard=moved, device=sensor(home.flat), flat=home.flat, open=is_open)
            )
        for person in home.people:
            out = opens + timedelta(seconds=chance.uniform(60, 150))
            presence(home, person, out, Where.LEFT, Where.HOME, tape)
            presence(home, person, ends - MINUTE * chance.uniform(1, 8), Where.HOME, Where.LEFT, tape)
    contact = at + timedelta(seconds=90)
    for signalled, on in ((contact, True), (contact + MINUTE * 20, False)):
        tape.happens(
            signalled,
            FireSignalled(at=signalled, heard=signalled, device=fire_contact(compound), compound=compound, on=on),
        )
    tape.happens(ends, FireEnded(id=f"fire over {day}", at=ends, by="office", compound=compound))
    everything = (Kind.FIRE, Kind.FIRE_SUSPECTED, *OUT)
    keys = [*flats, *people, building.id, compound]
    if len(there) >= 4:
        tape.case(
            "fire, by its doors",
            [Kind.FIRE_SUSPECTED, Kind.FIRE],
            keys,
            at,
            within=MINUTE,
            explains=everything,
            lasts=MINUTE * 90,
        )
    tape.case("fire, by its contact", [Kind.FIRE], [compound], contact, explains=everything, lasts=MINUTE * 90)
