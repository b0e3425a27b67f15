"""Households outside observation and a day in; doors, water, falls and absences of those who live alone, out. Pure.

Who lives alone and agreed to it is missed when neither door nor water says anything. The others only open their doors.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from devices.reading import BandSeen
from gateway.events.every import DoorMoved
from gateway.events.meters import WaterDrawn
from gateway.kinds import Kind
from gateway.orders.care import AwayUntil, CareAgreed
from tests.street.people import Household
from tests.street.site import sensor
from tests.street.steps import TODAY, Said, Tape, clock

HOURS_AWAKE = (7.0, 21.5)


def agreements(homes: Sequence[Household], at: datetime, tape: Tape) -> None:
    for home in homes:
        if home.alone:
            order = CareAgreed(
                id=f"care {home.flat}",
                at=at,
                by="office",
                flat=home.flat,
                subject=home.people[0].subject,
                reason="lives alone",
                agreed_by="self",
                last_day=TODAY + timedelta(days=60),
                band=home.people[0].band,
                door=True,
                meter=home.meter,
            )
            tape.happens(at, order)


class Alone:
    """Who lies on the floor, or is away, since when and until when."""

    def __init__(self) -> None:
        self._still: dict[str, tuple[datetime, datetime]] = {}

    def day(self, homes: Sequence[Household], day: int, chance: random.Random, tape: Tape) -> None:
        for home in homes:
            if home.alone:
                self._choose(home, day, chance, tape)
                self._lives(home, day, chance, tape)
            elif home.last < day and chance.random() < 0.25:  # some of the other doors, so that the house hears them
                for _ in range(chance.randrange(1, 4)):
                    self._door(home, clock(day, chance.uniform(*HOURS_AWAKE)), tape)

    def _choose(self, home: Household, day: int, chance: random.Random, tape: Tape) -> None:
        person = home.people[0]
        if home.flat in self._still and self._still[home.flat][1] > clock(day, 0):
            return
        luck = chance.random()
        at = clock(day, chance.uniform(9, 20))
        if day == 0:
            return  # the limits run once from the agreement
        if luck < 0.004:  # lies there, with no band on
            self._still[home.flat] = (at, at + timedelta(hours=30))
            tape.case(
                "no sign of life",
                [Kind.INACTIVE],
                [home.flat],
                at,
                within=timedelta(hours=24, minutes=1),
                lasts=timedelta(hours=31),
            )
        elif luck < 0.009:  # with the band on
            tape.case("fall of somebody who lives alone", [Kind.FALL], [person.band], at)
            tape.happens(at, Said(person.band, BandSeen(rssi=-60, fallen=True)))
        elif luck < 0.015:  # away, and has said so
            until = at + timedelta(days=chance.uniform(1, 3))
            tape.happens(
                at, AwayUntil(id=f"away {home.flat} {day}", at=at, by="office", care=f"care {home.flat}", until=until)
            )
            self._still[home.flat] = (at, until)
        elif luck < 0.016:  # away, and has not: somebody must go and see
            until = at + timedelta(days=2)
            self._still[home.flat] = (at, until)
            tape.case(
                "away, and has not said so",
                [Kind.INACTIVE],
                [home.flat],
                at,
                within=timedelta(hours=24, minutes=1),
                lasts=timedelta(days=2, hours=1),
            )

    def _lives(self, home: Household, day: int, chance: random.Random, tape: Tape) -> None:
        stays_in = chance.random() < 0.35  # whole days without the door, in the cold or on a bad leg
        out = None if stays_in else sorted(chance.uniform(7.5, 20) for _ in range(2))
        if out is not None and out[1] - out[0] > 7:
            out[1] = out[0] + 7
        for hour in () if out is None else out:
            self._moves(home, clock(day, hour), tape)
        water = [chance.uniform(6, 8), chance.uniform(11, 13), chance.uniform(17, 19), chance.uniform(20, 22)]
        if chance.random() < 0.7:
            water.append(chance.uniform(1, 4))  # at night
        for hour in sorted(water):
            at = clock(day, hour)
            if (out is None or not out[0] < hour < out[1]) and not self._is_still(home, at):
                drawn = WaterDrawn(at=at, heard=at, device=home.meter, flat=home.flat, pulses=chance.randrange(5, 60))
                tape.happens(at, drawn)

    def _moves(self, home: Household, at: datetime, tape: Tape) -> None:
        if not self._is_still(home, at):
            self._door(home, at, tape)

    def _is_still(self, home: Household, at: datetime) -> bool:
        since, until = self._still.get(home.flat, (at, at))
        return since <= at < until

    def _door(self, home: Household, at: datetime, tape: Tape) -> None:
        for is_open, seconds in ((True, 0), (False, 12)):
            moved = at + timedelta(seconds=seconds)
            tape.happens(
                moved, DoorMoved(at=moved, heard=moved, device=sensor(home.flat), flat=home.flat, open=is_open)
            )
