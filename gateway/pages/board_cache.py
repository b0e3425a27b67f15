"""A building in, its HTML and its counts out: rendered a stairwell at a time, and again only when it changed.

Other tasks run between two stairwells, so that a street of 4,000 flats never keeps a lane waiting.
"""

import asyncio
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gateway.compound import Building, Places
from gateway.language import Tongue
from gateway.pages.access import ON_DUTY, Role
from gateway.pages.board_model import Counts, Index, count, doors_by_flat, floors
from gateway.pages.feed import Feed, building_topic
from gateway.pages.templating import Renderer
from gateway.view import House

GLANCES_SECONDS = 15.0  # what is heard of a band is not journaled, so a fragment is made anew after so long


class _Kept(NamedTuple):
    version: tuple[object, ...]
    made: float
    html: str


class _Counted(NamedTuple):
    version: tuple[object, ...]
    made: float
    counts: Counts


class BoardCache:
    def __init__(self, house: House, feed: Feed, renderer: Renderer) -> None:
        self._house = house
        self._feed = feed
        self._renderer = renderer
        self._html: dict[tuple[str, Role, Tongue], _Kept] = {}
        self._counts: dict[tuple[str, Role], _Counted] = {}
        self._places: Places | None = None
        self._doors: dict[str, list[str]] = {}

    async def html(self, building: Building, role: Role, lang: Tongue) -> str:
        """The plan of a building (一楼一图)."""
        key = (building.id, role, lang)
        version = self._version(building)
        kept = self._html.get(key)
        if kept is None or kept.version != version or self._seconds() - kept.made > GLANCES_SECONDS:
            zone = self.zone(building)
            index = self.index(role)
            units = []
            for unit in building.units:
                plan = floors(unit, index, zone)
                units.append(self._renderer.render("_unit.html", lang, unit=unit, floors=plan, duty=role in ON_DUTY))
                await asyncio.sleep(0)
            kept = _Kept(version, self._seconds(), "".join(units))
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
            if kept is None or kept.version != version or self._seconds() - kept.made > GLANCES_SECONDS:
                index = index or self.index(role)
                zone = self.zone(building)
                kept = _Counted(version, self._seconds(), count(index.flat(flat, zone) for flat in building.flats()))
                self._counts[building.id, role] = kept
                await asyncio.sleep(0)
            counted.append((building, kept.counts))
        return counted

    def index(self, role: Role) -> Index:
        places = self._house.shown.places
        if places is not self._places:
            self._places, self._doors = places, doors_by_flat(places)
        return Index(self._house.shown, self._doors, role, self._house.glance, self._house.status().now)

    def zone(self, building: Building) -> ZoneInfo:
        return ZoneInfo(self._house.shown.places.compounds[building.compound].timezone)

    def _version(self, building: Building) -> tuple[object, ...]:
        return (self._feed.version(building_topic(building.id)), self._today(building))

    def _today(self, building: Building) -> date:
        """At midnight a stay may have been served: that too is a change."""
        zone = self.zone(building)
        return self._house.status().now.astimezone(zone).date()

    def _seconds(self) -> float:
        return asyncio.get_running_loop().time()
