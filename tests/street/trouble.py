"""A day and the households in; what must be alerted of their people out: who leaves, who is ill, who calls. Pure."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime

from tests.street.illness import bumps, calls, calls_by_mistake, falls, falls_and_is_fine, fever, rises, very_high
from tests.street.leaving import (
    defeats_both,
    defeats_the_sensor,
    does_not_wear_it,
    leaves_the_band,
    pockets_the_band,
    rattles,
    slips_out_in_a_window,
    visited_as_asked,
    visited_unasked,
    walks_out,
)
from tests.street.people import Household, Person
from tests.street.steps import Tape, clock

Trouble = Callable[[Household, Person, datetime, random.Random, Tape], None]

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
