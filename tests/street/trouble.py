"""A day and the households in; what must be alerted of their people out: who leaves, who is ill, who calls. Pure."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from devices.reading import BandSeen
from gateway.events import PassShown, Proof
from gateway.events_presence import Where
from gateway.kinds import Kind
from gateway.orders import WindowOpened
from tests.street.homes import DOOR, MINUTE, OPENED, building_of, door, opening, presence, usual
from tests.street.people import Household, Person
from tests.street.site import radio
from tests.street.steps import AT_ONCE, Said, Tape, clock

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

Trouble = Callable[[Household, Person, datetime, random.Random, Tape], None]


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


def fever(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """It comes in an hour or two, stays over 37.3 for hours, and goes."""
    top = chance.uniform(37.7, 38.8)
    _runs(person, at, top, chance.uniform(1, 2), chance.uniform(3, 9), chance, tape)
    crossed = _held(_hot(tape, person, at))
    tape.case(
        "fever, held",
        [K.FEVER],
        [person.band],
        crossed,
        within=MINUTE * 10,
        explains=[K.FEVER_RISING],
        lasts=timedelta(hours=16),
    )
    tape.case(
        "fever, held: its rise", [K.FEVER_RISING], [person.band], at, explains=[], lasts=timedelta(hours=16), true=False
    )


def rises(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """More than a degree over their own, and under what the streets ordered."""
    start = usual(person, 12.0)
    top = max(start + 1.15, 36.45)
    if top > 37.15:
        return
    _runs(person, at, top, 1.0, chance.uniform(5, 9), chance, tape)
    crossed = next(t for t, c in _hot(tape, person, at) if c >= max(start + 0.95, 36.3))
    tape.case(
        "fever, rising",
        [K.FEVER_RISING],
        [person.band],
        crossed,
        within=timedelta(minutes=125),
        lasts=timedelta(hours=14),
    )


def very_high(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """39 and more; found high when the band is put on."""
    for second in range(0, 3600, 5):
        _said(person, at + timedelta(seconds=second), 39.3 + chance.uniform(0, 0.5), tape)
    for minute in range(60, 300):
        _said(person, at + MINUTE * minute, 38.2 + chance.gauss(0, 0.1), tape)
    tape.case(
        "fever, very high",
        [K.FEVER_HIGH],
        [person.band],
        at,
        within=MINUTE,
        explains=[K.FEVER, K.FEVER_RISING],
        lasts=timedelta(hours=8),
    )


def _runs(
    person: Person, at: datetime, top: float, comes: float, stays: float, chance: random.Random, tape: Tape
) -> None:
    start = usual(person, 12.0)
    minutes = round((comes + stays + 1) * 60)
    for half_minute in range(minutes * 2):
        hours = half_minute / 120
        share = min(1.0, hours / comes, max(0.0, comes + stays + 1 - hours))
        _said(
            person,
            at + timedelta(seconds=30 * half_minute),
            start + (top - start) * share + chance.gauss(0, 0.05),
            tape,
        )


def _said(person: Person, at: datetime, celsius: float, tape: Tape) -> None:
    tape.happens(at, Said(person.band, BandSeen(rssi=-60, celsius=round(celsius, 2))))


def _hot(tape: Tape, person: Person, since: datetime) -> list[tuple[datetime, float]]:
    said = [
        (at, item.seen.celsius)
        for at, item in tape.steps
        if isinstance(item, Said) and item.band == person.band and item.seen.celsius is not None and at >= since
    ]
    return sorted(said)


def _held(said: list[tuple[datetime, float]]) -> datetime:
    """When it went over the threshold to stay there."""
    hot = list(accumulate((celsius >= 37.3 for _, celsius in said), lambda run, is_hot: (run + 1) * is_hot))
    return said[hot.index(12) - 11][0]  # six minutes of them


def calls(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """The button for help, held until somebody comes."""
    tape.case("call for help", [K.HELP_CALLED], [person.band], at, lasts=MINUTE * 20)
    for second in range(0, 40, 2):
        tape.happens(at + timedelta(seconds=second), Said(person.band, BandSeen(rssi=-60, sos=True)))


def calls_by_mistake(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    tape.happens(at, Said(person.band, BandSeen(rssi=-60, sos=True)))


def falls(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    tape.case("fall", [K.FALL], [person.band], at, lasts=MINUTE * 20)
    tape.happens(at, Said(person.band, BandSeen(rssi=-60, fallen=True)))


def falls_and_is_fine(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """A hand on the table; its wearer takes it back. Nobody is called."""
    tape.case("fall, taken back", [K.FALL], [person.band], at, within=AT_ONCE, lasts=MINUTE, true=False)
    tape.happens(at, Said(person.band, BandSeen(rssi=-60, fallen=True)))
    tape.happens(at + timedelta(seconds=8), Said(person.band, BandSeen(rssi=-60)))
    fine = at + timedelta(seconds=chance.uniform(9, 22))
    tape.happens(fine, Said(person.band, BandSeen(rssi=-60, fine=True)))


def bumps(home: Household, person: Person, at: datetime, chance: random.Random, tape: Tape) -> None:
    """A hand on the table, and its wearer has not noticed: a false alert."""
    tape.happens(at, Said(person.band, BandSeen(rssi=-60, fallen=True)))


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


BY_DAY: Sequence[tuple[Trouble, float, tuple[float, float]]] = (
    (walks_out, 2.5, (6.5, 21.0)),
    (slips_out_in_a_window, 0.8, (9.0, 20.0)),
    (leaves_the_band, 0.8, (13.5, 17.0)),
    (does_not_wear_it, 3.0, (9.0, 20.0)),
    (defeats_the_sensor, 0.6, (13.5, 17.0)),
    (defeats_both, 0.4, (13.5, 17.0)),
    (pockets_the_band, 0.3, (13.5, 17.0)),
    (visited_unasked, 3.0, (13.5, 17.0)),
    (visited_unasked, 1.0, (22.5, 23.9)),
    (visited_as_asked, 5.0, (13.5, 17.0)),
    (rattles, 4.0, (0.5, 23.5)),
    (fever, 3.0, (1.0, 12.0)),
    (rises, 2.0, (6.0, 13.0)),
    (very_high, 0.7, (1.0, 18.0)),
    (calls, 2.5, (0.0, 23.0)),
    (calls_by_mistake, 0.7, (8.0, 22.0)),
    (falls, 1.5, (0.0, 23.0)),
    (falls_and_is_fine, 6.0, (7.0, 22.0)),
    (bumps, 1.5, (7.0, 22.0)),
)
"""What, how many a day among a thousand observed flats, and between which hours."""


def troubles(
    homes: Sequence[Household], day: int, spared: set[str], least: int, chance: random.Random, tape: Tape
) -> set[str]:
    """The flats that have some: nobody has two on one day, and who has had one the day before has none."""
    free = [home for home in homes if home.first < day - 1 and day < home.last and home.flat not in spared]
    had: set[str] = set()
    chance.shuffle(free)
    for what, of_a_thousand, (begins, ends) in BY_DAY:
        expected = of_a_thousand * len(homes) / 1000
        if what is rises and day < 2:
            continue  # what is usual for them is known after a day
        for _ in range(max(least, int(expected) + (chance.random() < expected % 1))):
            if free:
                home = free.pop()
                had.add(home.flat)
                what(home, home.people[0], clock(day, chance.uniform(begins, ends)), chance, tape)
    return had
