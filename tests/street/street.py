"""A seed, so many flats and days in; each day's tape and the whole street out. Pure: the same seed, the same street."""

import random
from collections.abc import Iterator

from gateway.compound import Site
from tests.street.alone import Alone, agreements
from tests.street.comings import arrivals, fire, going_on
from tests.street.homes import ordinary_day
from tests.street.people import make_people
from tests.street.site import make_places, make_site
from tests.street.steps import Tape, clock
from tests.street.trouble import troubles
from tests.street.wires import breaks, buildings_of

FLATS, OBSERVED, DAYS = 4_074, 1_159, 14
FIRE_DAY = 5


class SimulatedStreet:
    def __init__(
        self, seed: int, flats: int = FLATS, observed: int = OBSERVED, days: int = DAYS, least: int = 0
    ) -> None:
        """`least`: so many troubles of each sort a day, however small the street."""
        self.days = days
        self._least = least
        self._chance = random.Random(seed)
        places = make_places(flats)
        names = [flat.id for building in buildings_of(places) for flat in building.flats()]
        self.households = make_people(self._chance, names, observed, days)
        self.site: Site = make_site(places, self.households)
        self.flats = flats

    @property
    def bands(self) -> int:
        return sum(len(home.people) for home in self.households if home.last >= 0)

    def tapes(self) -> Iterator[Tape]:
        """One for each day, as its turn comes."""
        chance, alone, yesterday = self._chance, Alone(), set[str]()
        for day in range(self.days):
            tape = Tape()
            if day == 0:
                going_on(self.households, tape)
                agreements(self.households, clock(0, 0.005), tape)
            at_home = arrivals(self.households, day, chance, tape)
            observed = [home for home in self.households if home.observed(day)]
            burning = min(FIRE_DAY, self.days - 1)
            spared = set(yesterday)
            if day == burning:
                building = max(
                    buildings_of(self.site.street),
                    key=lambda each: sum(home.flat.startswith(f"{each.id}-") for home in observed),
                )
                spared |= {home.flat for home in observed if home.flat.startswith(f"{building.id}-")}
                fire(building, observed, day, chance, tape)
            had = troubles(observed, day, spared, self._least, chance, tape)
            busy = had | spared
            breaks(self.site.street, observed, day, busy, self._least, chance, tape)
            for home in observed:
                begins = at_home.get(home.flat, 0.02 if day == 0 else 0.0)
                ordinary_day(home, day, begins, chance, tape, troubled=home.flat in had, ill=home.flat in yesterday)
            alone.day(self.households, day, chance, tape)
            yesterday = had
            yield tape
