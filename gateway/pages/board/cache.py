"""A building in, the HTML of its stairwells and its counts out: only floors on which something changed are rendered.

Other tasks run in between, every few milliseconds, so that a street of 4,000 flats never keeps a lane waiting.
"""

import asyncio
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gateway.compound import Building, Flat, Places, Unit
from gateway.households import HomeSettings
from gateway.pages.access import ON_DUTY, Role
from gateway.pages.board.model import Counts, FlatState, Homes, Index, count, doors_by_flat
from gateway.pages.board.people import COLOURS
from gateway.pages.feed import Feed, building_topic
from gateway.pages.templating import Renderer, dom_id
from gateway.view import House
from gateway.words.language import Tongue

GLANCES_SECONDS = 15.0  # what is heard of a band is not journaled, so a fragment is made anew after so long
SLICE_SECONDS = 0.002  # the longest others wait for a board is this and one floor


class _Kept(NamedTuple):
    version: tuple[object, ...]
    made: float
    html: dict[str, str]


class _Counted(NamedTuple):
    version: tuple[object, ...]
    made: float
    counts: Counts


class _Floor(NamedTuple):
    states: tuple[FlatState, ...]
    html: str


class BoardCache:
    """`homes`: the household of a flat, None where it is in no book."""

    def __init__(
        self,
        house: House,
        feed: Feed,
        renderer: Renderer,
        homes: Homes,
        settings: HomeSettings,
        slice_seconds: float = SLICE_SECONDS,
    ) -> None:
        self._house = house
        self._feed = feed
        self._renderer = renderer
        self._homes = homes
        self._origins = {each.id: each for each in settings.origins}
        self._html: dict[tuple[str, Role, Tongue], _Kept] = {}
        self._floors: dict[tuple[str, int, Role, Tongue], _Floor] = {}
        self._counts: dict[tuple[str, Role], _Counted] = {}
        self._places: Places | None = None
        self._doors: dict[str, list[str]] = {}
        self._one_at_a_time = asyncio.Lock()  # a second one finds what the first has made
        self._slice = slice_seconds
        self._turn = 0.0

    async def units(self, building: Building, role: Role, lang: Tongue) -> dict[str, str]:
        """The plan of a building (一楼一图): each stairwell by the id of its element."""
        key = (building.id, role, lang)
        async with self._one_at_a_time:
            version = self._version(building)
            kept = self._html.get(key)
            if kept is None or kept.version != version or self._is_old(kept.made):
                zone = self.zone(building)
                index = self.index(role)
                self._turn = self._seconds()
                html = {unit_id(unit): await self._unit(unit, index, zone, role, lang) for unit in building.units}
                kept = _Kept(version, self._seconds(), html)
                self._html[key] = kept
            return kept.html

    async def counts(self, role: Role) -> list[tuple[Building, Counts]]:
        """Every building with what is going on in it, in the order of the configuration."""
        # versions are read before the index is made: what changes in between is then counted again the next time
        buildings = [(each, self._version(each)) for each in self._house.shown.places.buildings.values()]
        index: Index | None = None
        counted = []
        for building, version in buildings:
            kept = self._counts.get((building.id, role))
            if kept is None or kept.version != version or self._is_old(kept.made):
                index = index or self.index(role)
                zone = self.zone(building)
                states = []
                for unit in building.units:
                    states += [index.flat(flat, zone) for flat in unit.flats]
                    await self._let_others()
                kept = _Counted(version, self._seconds(), count(states))
                self._counts[building.id, role] = kept
            counted.append((building, kept.counts))
        return counted

    def index(self, role: Role) -> Index:
        places = self._house.shown.places
        if places is not self._places:
            self._places, self._doors = places, doors_by_flat(places)
            self._floors.clear()
        now = self._house.status().now
        return Index(self._house.shown, self._doors, role, self._house.glance, now, self._homes, self._origins)

    def zone(self, building: Building) -> ZoneInfo:
        return ZoneInfo(self._house.shown.places.compounds[building.compound].timezone)

    async def _unit(self, unit: Unit, index: Index, zone: ZoneInfo, role: Role, lang: Tongue) -> str:
        """By floor, the highest first, as one sees the house from outside."""
        by_floor: dict[int, list[Flat]] = {}
        for flat in unit.flats:
            by_floor.setdefault(flat.floor, []).append(flat)
        html = []
        for floor, flats in sorted(by_floor.items(), reverse=True):
            key = (unit.id, floor, role, lang)
            states = tuple(index.flat(flat, zone) for flat in flats)
            kept = self._floors.get(key)
            if kept is None or kept.states != states:
                kept = _Floor(states, self._floor(floor, states, role, lang))
                self._floors[key] = kept
            html.append(kept.html)
            await self._let_others()
        return "".join(html)

    def _floor(self, floor: int, states: tuple[FlatState, ...], role: Role, lang: Tongue) -> str:
        html = self._renderer.render(
            "_floor.html",
            lang,
            floor=floor,
            states=states,
            duty=role in ON_DUTY,
            COLOURS=COLOURS,
            path=self._house.shown.places.path,
        )
        return html.replace("\n", " ")  # a stream is sent line by line: fewer of them are sooner told

    async def _let_others(self) -> None:
        if self._seconds() - self._turn >= self._slice:
            await asyncio.sleep(0)
            self._turn = self._seconds()

    def _version(self, building: Building) -> tuple[object, ...]:
        return (self._feed.version(building_topic(building.id)), self._today(building))

    def _today(self, building: Building) -> date:
        """At midnight a stay may have been served: that too is a change."""
        zone = self.zone(building)
        return self._house.status().now.astimezone(zone).date()

    def _is_old(self, made: float) -> bool:
        return self._seconds() - made > GLANCES_SECONDS

    def _seconds(self) -> float:
        return asyncio.get_running_loop().time()


def unit_id(unit: Unit) -> str:
    """The id of a stairwell's element on the page."""
    return f"u-{dom_id(unit.id)}"
