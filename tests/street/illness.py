"""A home, a person and an hour in; fevers of every sort, falls and calls for help out. Pure."""

import random
from datetime import datetime, timedelta
from itertools import accumulate

from devices.reading import BandSeen
from gateway.kinds import Kind
from tests.street.homes import MINUTE, usual
from tests.street.people import Household, Person
from tests.street.steps import AT_ONCE, Said, Tape

K = Kind


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
