"""A home, a person and an hour in; who leaves or is visited, with or without door, band and pass, out. Pure."""

import random
from datetime import datetime, timedelta

from devices.reading import BandSeen
from gateway.events.every import PassShown, Proof
from gateway.events.presence import Where
from gateway.kinds import Kind
from gateway.orders.every import WindowOpened
from tests.street.homes import DOOR, MINUTE, OPENED, building_of, door, opening, presence
from tests.street.people import Household, Person
from tests.street.site import radio
from tests.street.steps import Said, Tape

K = Kind
OUT = (
    K.BAND_LEFT_FLAT,
    K.BAND_AT_GATE,
    K.BAND_GONE,
    K.BAND_TAKEN_OFF,
    K.BAND_SILENT,
    K.QUARANTINED_PERSON_LEFT,
    K.QUARANTINED_PERSON_AT_GATE,
    K.DOOR_SENSOR_DOUBTED,
    *DOOR,
)
LEFT_WITHIN = timedelta(seconds=185)  # left_flat_seconds, and the tick that says so
OFF_WITHIN = timedelta(seconds=65)
SHOWER = timedelta(minutes=46)  # off so long behind a door that stayed shut


def radio_of(home: Household) -> str:
    return radio(building_of(home))


def _home_again(home: Household, person: Person, at: datetime, was: Where, tape: Tape) -> None:
    presence(home, person, at, Where.HOME, was, tape)


def walks_out(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """Through the door, with the band, past the gate, and back after an hour."""
    tape.case("walks out", OPENED, [home.flat], at, explains=OUT, lasts=MINUTE * 100)
    tape.case(
        "walks out: the band",
        [K.BAND_LEFT_FLAT],
        [person.band],
        at + MINUTE,
        within=LEFT_WITHIN,
        explains=OUT,
        hearing=radio_of(home),
    )
    opening(home, at, 6, random.Random(0), tape)
    presence(home, person, at + MINUTE, Where.LEFT, Where.HOME, tape)
    gate = at + MINUTE * 6
    shows_pass(home, person, gate, "out", tape)
    presence(home, person, gate, Where.AT_GATE, Where.LEFT, tape, place=f"{home.flat.partition('/')[0]}/g")
    presence(home, person, gate + MINUTE * 3, Where.GONE, Where.AT_GATE, tape)
    back = at + MINUTE * chance.uniform(40, 70)
    _home_again(home, person, back, Where.GONE, tape)
    opening(home, back - MINUTE / 2, 6, random.Random(0), tape)


def shows_pass(home: Household, person: Person, at: datetime, way: str, tape: Tape) -> None:
    """They show their pass at a lane of their compound."""
    compound = home.flat.partition("/")[0]
    kind = K.QUARANTINED_PERSON_LEFT if way == "out" else K.QUARANTINED_PERSON_AT_GATE
    tape.case(f"pass of the observed, going {way}", [kind], [person.subject], at, explains=OUT, lasts=MINUTE * 100)
    tape.happens(at, pass_shown(compound, person, at, way))


def pass_shown(compound: str, person: Person, at: datetime, way: str) -> PassShown:
    return PassShown(
        at=at,
        heard=at,
        device=f"scanner {compound}/g/{way}",
        lane=f"{compound}/g/{way}",
        proof=Proof.GENUINE,
        cti=f"pass {person.subject}",
        kid="k1",
        subject=person.subject,
        holder="resident",
        compound=compound,
        not_before=at - timedelta(days=100),
        not_after=at + timedelta(days=100),
    )


def slips_out_in_a_window(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """The door may open, for food; they go on, with the band on. When the window is over they are missed."""
    over = _window(home, at, tape) + timedelta(minutes=5)
    opening(home, at, 20, random.Random(0), tape)
    presence(home, person, at + MINUTE, Where.LEFT, Where.HOME, tape)
    tape.case(
        "slips out in a window",
        [K.BAND_LEFT_FLAT],
        [person.band],
        at + MINUTE,
        within=over - at,
        explains=OUT,
        hearing=radio_of(home),
        lasts=MINUTE * 200,
    )
    back = over + MINUTE * 30
    _home_again(home, person, back, Where.LEFT, tape)
    opening(home, back - MINUTE / 2, 6, random.Random(0), tape)
    tape.case("comes back", OPENED, [home.flat], back - MINUTE / 2, explains=OUT)


def _window(home: Household, at: datetime, tape: Tape) -> datetime:
    closes = at + MINUTE * 20
    order = WindowOpened(
        id=f"slip {home.flat} {at:%d%H%M%S}",
        at=at - MINUTE * 30,
        by="office",
        flat=home.flat,
        opens=at - MINUTE * 10,
        closes=closes,
        purpose="food",
    )
    tape.happens(order.at, order)
    return closes


def leaves_the_band(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """The band on the table, and out by the door while food is brought: nothing else than the strap tells."""
    off = at - MINUTE * 2
    _window(home, at, tape)
    _off_and_on(person, off, at + MINUTE * 120, tape)
    opening(home, at, 15, random.Random(0), tape)
    opening(home, at + MINUTE * 115, 15, random.Random(0), tape)
    tape.case("leaves the band and goes", [K.BAND_TAKEN_OFF], [person.band], at, within=OFF_WITHIN, explains=OUT)
    tape.case("comes back", OPENED, [home.flat], at + MINUTE * 115, explains=OUT, lasts=MINUTE * 10)


def _off_and_on(person: Person, off: datetime, on: datetime, tape: Tape) -> None:
    tape.happens(off, Said(person.band, BandSeen(rssi=-60, worn=False)))
    tape.happens(on, Said(person.band, BandSeen(rssi=-60, worn=True)))


def does_not_wear_it(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """Off for the evening: they stay in, and nobody measures them."""
    lasts = MINUTE * chance.uniform(90, 240)
    _off_and_on(person, at, at + lasts, tape)
    tape.case("does not wear the band", [K.BAND_TAKEN_OFF], [person.band], at, within=SHOWER, lasts=lasts)


def defeats_the_sensor(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """A second magnet on the contact: the door says nothing at all, and they go, with the band on."""
    tape.case(
        "goes past a sensor with a second magnet",
        [K.BAND_LEFT_FLAT, K.BAND_GONE, K.BAND_AT_GATE],
        [person.band],
        at + MINUTE,
        within=LEFT_WITHIN,
        explains=OUT,
        hearing=radio_of(home),
        lasts=MINUTE * 100,
    )
    tape.case(
        "a second magnet",
        [K.DOOR_SENSOR_DOUBTED],
        [home.flat],
        at + MINUTE,
        within=MINUTE * 5,
        explains=OUT,
        hearing=radio_of(home),
        lasts=MINUTE * 100,
    )
    presence(home, person, at + MINUTE, Where.LEFT, Where.HOME, tape)
    presence(home, person, at + MINUTE * 8, Where.GONE, Where.LEFT, tape)
    _home_again(home, person, at + MINUTE * chance.uniform(30, 80), Where.GONE, tape)


def defeats_both(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """Second magnet, and the band on the table; only the gate sees them."""
    _off_and_on(person, at, at + MINUTE * 90, tape)
    tape.case(
        "leaves the band behind a magnet",
        [K.BAND_TAKEN_OFF],
        [person.band],
        at,
        within=SHOWER,
        explains=OUT,
        lasts=MINUTE * 100,
    )
    shows_pass(home, person, at + MINUTE * 8, "out", tape)


def visited_unasked(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """A daughter with soup, and no window for it."""
    tape.case("a visit nobody asked for", OPENED, [home.flat], at, explains=DOOR, lasts=MINUTE * 60)
    opening(home, at, chance.uniform(10, 300), random.Random(0), tape)


def visited_as_asked(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    _window(home, at, tape)
    for minutes in (0, 12):
        opening(home, at + MINUTE * minutes, chance.uniform(10, 90), chance, tape)


def rattles(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """A loose magnet in the wind: nobody has opened anything. What is told of it is a false alert."""
    for _ in range(chance.randrange(2, 30)):
        door(home, at, tape, is_open=True)
        door(home, at + timedelta(milliseconds=300), tape, is_open=False)
        at += timedelta(seconds=chance.expovariate(1 / 8) + 0.5)


def pockets_the_band(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """Off the wrist and into the pocket, past a second magnet: a band that is off and heard elsewhere."""
    _off_and_on(person, at, at + MINUTE * 80, tape)
    tape.case(
        "pockets the band behind a magnet",
        [K.BAND_TAKEN_OFF],
        [person.band],
        at + MINUTE * 2,
        within=LEFT_WITHIN,
        explains=OUT,
        hearing=radio_of(home),
        lasts=MINUTE * 100,
    )
    presence(home, person, at + MINUTE * 2, Where.LEFT, Where.HOME, tape)
    presence(home, person, at + MINUTE * 75, Where.HOME, Where.LEFT, tape)
