"""A seed in; who lives in the street out: who is observed from which day on, who lives alone and is looked after.

Figures: 1,159 at most in home observation at once and 166 arrivals on the peak day (花木), 6,816 people in 4,074 homes
(石泉): 1.67 of a home. A stay is fourteen days; whose ends is followed by somebody else, in another flat."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

DAYS = 14  # of a stay
ALONE = 0.06  # of the flats outside observation: somebody who lives alone and agreed to be looked after
SIZES = (1, 1, 1, 2, 2, 2, 2, 3)  # 1.75 of a home


@dataclass
class Person:
    """`base`: what their wrist usually says, in degrees."""

    subject: str
    band: str
    base: float
    amplitude: float  # of the day


@dataclass
class Household:
    """`first`, `last`: days of the observation, counted from the first day of the run; nobody else has any."""

    flat: str
    people: list[Person]
    first: int = 0
    last: int = -1
    alone: bool = False
    meter: str = ""
    arrives: bool = False  # they come in the middle of the run, by a gate

    @property
    def stay(self) -> str:
        return f"stay {self.flat}"

    def observed(self, day: int) -> bool:
        return self.first <= day <= self.last


def make_people(chance: random.Random, flats: Sequence[str], observed: int, days: int) -> list[Household]:
    """`observed` flats at any time; the others live as ever."""
    free = list(flats)
    chance.shuffle(free)
    households: list[Household] = []

    def move_in(first: int, *, arrives: bool) -> Household:
        household = _household(chance, free.pop(), chance.choice(SIZES))
        household.first, household.last, household.arrives = first, first + DAYS - 1, arrives
        households.append(household)
        return household

    going_on = [move_in(-chance.randrange(DAYS), arrives=False) for _ in range(observed)]
    for day in range(days):
        for _ in [each for each in going_on if each.last == day - 1]:
            if free:
                going_on.append(move_in(day, arrives=True))
    for flat in free:
        alone = chance.random() < ALONE
        household = _household(chance, flat, 1)
        household.alone = alone
        household.meter = f"meter {flat}" if alone else ""
        households.append(household)
    return households


def _household(chance: random.Random, flat: str, size: int) -> Household:
    people = [
        Person(
            subject=f"{chance.getrandbits(64):016x}",
            band=f"band {flat} {number}",
            base=min(36.6, chance.gauss(35.7, 0.3)),
            amplitude=chance.uniform(0.1, 0.3),
        )
        for number in range(size)
    ]
    return Household(flat=flat, people=people)
