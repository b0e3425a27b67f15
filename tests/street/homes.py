"""An observed household and a day in; the ordinary of it out: food, showers, temperatures, bad air. Pure."""

import random
from datetime import datetime, timedelta
from math import cos, pi

from devices.reading import BandSeen
from gateway.events.every import DoorMoved
from gateway.events.presence import PresenceChanged, Where
from gateway.kinds import Kind
from gateway.orders.every import WindowOpened
from tests.street.people import Household, Person
from tests.street.site import radio, sensor
from tests.street.steps import Said, Tape, clock

OPENED = (Kind.QUARANTINE_DOOR_OPENED, Kind.QUARANTINE_DOOR_OPENED_AT_NIGHT)
DOOR = (*OPENED, Kind.QUARANTINE_DOOR_LEFT_OPEN)
MEALS = (8.0, 12.0, 18.0)
HEARTBEAT = timedelta(seconds=60)
MINUTE = timedelta(minutes=1)
LATE = timedelta(minutes=5)  # what a window gives besides its hours


def ordinary_day(
    home: Household, day: int, begins: float, chance: random.Random, tape: Tape, *, troubled: bool, ill: bool
) -> None:
    """From the hour `begins` on: meals in their windows, now and then a swab; the bodies of its people.

    `troubled`: its day is another one (tests/street/trouble.py); `ill`: the first of them was in trouble yesterday.
    """
    services = [] if troubled else list(MEALS)
    if services and chance.random() < 0.2:
        services.append(10.0)
    for hour in services:
        if hour > begins + 0.5:
            _service(home, clock(day, hour + chance.uniform(-0.3, 0.3)), chance, tape)
    for person in home.people[1:] if troubled or ill else home.people:
        off = _shower(home, person, day, chance, tape) if begins == 0 and chance.random() < 0.8 else None
        _temperatures(person, day, begins, off, chance, tape)
        _bad_air(home, person, day, chance, tape)


def door(home: Household, at: datetime, tape: Tape, *, is_open: bool, told: datetime | None = None) -> None:
    moved = DoorMoved(at=at, heard=told or at, device=sensor(home.flat), flat=home.flat, open=is_open)
    tape.happens(told or at, moved)


def opening(home: Household, at: datetime, seconds: float, chance: random.Random, tape: Tape) -> None:
    """Opened and shut. Contacts bounce; a "shut" may get lost until the next heartbeat says so; a ring tells late, and
    all in one breath."""
    shut = at + timedelta(seconds=seconds)
    told = shut + MINUTE * chance.uniform(2, 40) if chance.random() < 0.002 else None
    door(home, at, tape, is_open=True, told=told)
    if chance.random() < 0.05:
        for flip in range(chance.randrange(1, 5)):
            bounced = at + timedelta(milliseconds=120 * (flip + 1))
            door(home, bounced, tape, is_open=flip % 2 == 1, told=told)
        door(home, at + timedelta(milliseconds=800), tape, is_open=True, told=told)
    lost = HEARTBEAT * chance.random() if told is None and chance.random() < 0.005 else timedelta()
    door(home, shut + lost, tape, is_open=False, told=told)


def _service(home: Household, opens: datetime, chance: random.Random, tape: Tape) -> None:
    closes = opens + MINUTE * 45
    order = WindowOpened(
        id=f"window {home.flat} {opens:%d%H%M%S%f}",
        at=opens - timedelta(hours=1),
        by="office",
        flat=home.flat,
        opens=opens,
        closes=closes,
        purpose="food",
    )
    tape.happens(order.at, order)
    came = opens + MINUTE * chance.uniform(0, 40)
    luck = chance.random()
    if luck < 0.03:
        came = opens - MINUTE * chance.uniform(0.2, 4.5)  # a little early: meant
    elif luck < 0.06:
        came = closes + MINUTE * chance.uniform(0.2, 4.0)
    elif luck < 0.0605:  # far too late, and nobody asked for more time
        came = closes + MINUTE * chance.uniform(10, 40)
        tape.case("food far too late", OPENED, [home.flat], came, lasts=MINUTE * 5, explains=DOOR)
        door(home, came, tape, is_open=True)
        door(home, came + MINUTE / 2, tape, is_open=False)
        return
    if 0.06 < luck < 0.0608:
        over = closes + LATE
        left_open = over + MINUTE * chance.uniform(5, 60)
        tape.case("door left open", [Kind.QUARANTINE_DOOR_LEFT_OPEN], [home.flat], over, lasts=MINUTE * 60)
        door(home, came, tape, is_open=True)
        door(home, left_open, tape, is_open=False)
        return
    opening(home, came, chance.uniform(8, 50), chance, tape)


def _shower(
    home: Household, person: Person, day: int, chance: random.Random, tape: Tape
) -> tuple[datetime, datetime] | None:
    """Off, a quarter of an hour or more, and on again; now and then its adverts get lost in the bathroom."""
    usual_hours = (20.5, 21.5) if len(home.people) == 1 else (7.0, 20.5, 21.5)  # nobody else would open for breakfast
    at = clock(day, chance.choice(usual_hours) + chance.uniform(-0.7, 0.7))
    back = at + MINUTE * min(38.0, chance.lognormvariate(2.5, 0.45))
    tape.happens(at, Said(person.band, BandSeen(rssi=-60, worn=False)))
    tape.happens(back, Said(person.band, BandSeen(rssi=-60, worn=True)))
    return at, back


def _temperatures(
    person: Person,
    day: int,
    begins: float,
    off: tuple[datetime, datetime] | None,
    chance: random.Random,
    tape: Tape,
) -> None:
    """One in a quarter of an hour; a warm night in ten; a hand on a cup of tea, an advert that is wrong."""
    blanket = chance.uniform(0, 5) if chance.random() < 0.1 else None
    warmer = chance.uniform(0.3, 0.7)
    lasts = chance.uniform(0.5, 1.5)
    hour = begins + chance.uniform(0, 0.25)
    while hour < 24.0:
        celsius = usual(person, hour) + chance.gauss(0, 0.08)
        if blanket is not None and blanket <= hour < blanket + lasts:
            celsius += warmer
        _says(person, clock(day, hour), celsius, off, tape)
        hour += 0.2505 + chance.uniform(0, 0.01)
    if begins == 0 and chance.random() < 0.3:  # an advert that is wrong
        _says(person, clock(day, chance.uniform(0.5, 23.5)), chance.uniform(37.5, 44.0), off, tape)
    if begins == 0 and chance.random() < 0.02:  # a hand around a cup
        at = clock(day, chance.uniform(8, 22))
        for second in range(0, chance.randrange(20, 120), 5):
            _says(person, at + timedelta(seconds=second), chance.uniform(37.4, 38.6), off, tape)


def usual(person: Person, hour: float) -> float:
    """Warmest at four in the morning."""
    return person.base + person.amplitude * cos((hour - 4.0) / 12.0 * pi)


def _says(person: Person, at: datetime, celsius: float, off: tuple[datetime, datetime] | None, tape: Tape) -> None:
    if off is not None and off[0] <= at < off[1]:
        celsius = 27.0
    tape.happens(at, Said(person.band, BandSeen(rssi=-60, celsius=round(celsius, 2))))


def presence(
    home: Household, person: Person, at: datetime, where: Where, was: Where, tape: Tape, place: str = ""
) -> None:
    heard_by = (
        "" if where is Where.GONE else radio(building_of(home)) if where is not Where.AT_GATE else f"radio {place}"
    )
    tape.happens(
        at,
        PresenceChanged(
            at=at,
            heard=at,
            device=person.band,
            flat=home.flat,
            where=where,
            was=was,
            place=place,
            receiver=heard_by,
            at_home=None if was is not Where.HOME else at - MINUTE,
        ),
    )


def building_of(home: Household) -> str:
    return home.flat.rpartition("-")[0].rpartition("-")[0]


def _bad_air(home: Household, person: Person, day: int, chance: random.Random, tape: Tape) -> None:
    """A neighbour's receiver hears them better for a while. Long ones are rare: presence was measured in bad air."""
    luck = chance.random()
    if luck < 0.05:
        at = clock(day, chance.uniform(1, 22))
        lasts = chance.uniform(10, 150) if luck > 0.0005 else chance.uniform(200, 900)
        presence(home, person, at, Where.LEFT, Where.HOME, tape)
        presence(home, person, at + timedelta(seconds=lasts), Where.HOME, Where.LEFT, tape)
