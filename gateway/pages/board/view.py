"""States of flats in, what one audience is shown of them in one language out: each flat's HTML with its stamp.

A stamp is the number of a change. Whoever has everything up to one stamp needs only what has a later one.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from markupsafe import escape

from gateway.compound import Building, Flat, Places, Unit
from gateway.pages.access import ON_DUTY, Role
from gateway.pages.board.counts import Counts, added, count
from gateway.pages.board.load import BUILDING_FROM, COMPOUND_FROM, load_of
from gateway.pages.board.model import FlatState
from gateway.pages.board.people import COLOURS
from gateway.pages.pieces import Piece
from gateway.pages.templating import Renderer, Whole
from gateway.pages.texts.common import texts
from gateway.words.language import Tongue


class Drawn(NamedTuple):
    html: Whole
    stamp: int


class View:
    """What is drawn is right for `states`; gateway/pages/board/cache.py keeps those right."""

    def __init__(self, renderer: Renderer, places: Places, role: Role, lang: Tongue) -> None:
        self.places = places
        self.role = role
        self.lang = lang
        self.states: dict[str, FlatState] = {}
        self.counts: dict[str, Counts] = {}  # of buildings
        self.changed: set[str] = set()  # flats to be looked at anew
        self.uncounted: set[str] = set()  # buildings
        self.everything = True  # all flats
        self.round: deque[str] = deque()  # flats that nobody has looked at in this round
        self.seen = 0.0  # when all of them had been
        self.days: object = None  # the day of each compound, when they had
        self.used = 0.0
        self._flats: dict[str, Drawn] = {}
        self._rows: dict[str, Drawn] = {}
        self._newest: dict[str, int] = {}  # the last stamp of each building
        self._units: dict[str, str] = {}
        self._plans: dict[str, Piece] = {}
        values = {"duty": role in ON_DUTY, "COLOURS": COLOURS, "path": places.path}
        self._cell = renderer.macro("_plan.html", "cell", lang, **values)
        self._building = renderer.macro("_plan.html", "building", lang, **values)
        self._row = renderer.macro("_building_row.html", "row", lang)
        self._floor = _floor_of(lang)

    def draw(self, state: FlatState, stamp: Callable[[], int]) -> None:
        """What is shown of a flat from now on."""
        flat = state.flat
        if self.states.get(flat.id) == state:
            return
        self.states[flat.id] = state
        self.uncounted.add(flat.building)
        html = str(self._cell(state)).strip().replace("\n", " ")  # a stream is sent line by line
        before = self._flats.get(flat.id)
        if before is not None and before.html == html:
            return
        self._flats[flat.id] = drawn = Drawn(Whole(html), stamp())
        self._newest[flat.building] = drawn.stamp
        self._units.pop(flat.unit, None)
        self._plans.pop(flat.building, None)

    def tally(self, building: Building, stamp: Callable[[], int]) -> bool:
        """Count a building anew, and draw its row if its numbers changed. All its flats must have been drawn."""
        counts = count(self.states[flat.id] for flat in building.flats())
        if self.counts.get(building.id) == counts:
            return False
        self.counts[building.id] = counts
        self._draw_row("building", building, counts, BUILDING_FROM, stamp)
        return True

    def sum_up(self, stamp: Callable[[], int]) -> None:
        """The rows of the compounds."""
        for compound in self.places.compounds.values():
            total = added(self.counts[building.id] for building in compound.buildings)
            self._draw_row("compound", compound, total, COMPOUND_FROM, stamp)

    def _draw_row(
        self, what: str, place: object, counts: Counts, begins: tuple[int, ...], stamp: Callable[[], int]
    ) -> None:
        html = str(self._row(what, place, counts, load_of(counts.stays, begins))).strip().replace("\n", " ")
        key = f"row-{place.id}"  # type: ignore[attr-defined]  # a Compound or a Building
        before = self._rows.get(key)
        if before is None or before.html != html:
            self._rows[key] = Drawn(Whole(html), stamp())

    def rows(self, places: Iterable[str], here: str = "", since: int = -1) -> Iterator[tuple[str, Whole]]:
        """The rows of these compounds or buildings by their elements' ids; `here` is the one that is open."""
        for place in places:
            drawn = self._rows[f"row-{place}"]
            if drawn.stamp > since:
                html = drawn.html
                if place == here:
                    html = Whole(html.replace("<a ", '<a aria-current="true" ', 1))
                yield f"row-{place}", html

    def flats(self, buildings: Iterable[Building], since: int) -> Iterator[tuple[str, Whole]]:
        """What changed in these, by the elements' ids."""
        for building in buildings:
            if self._newest.get(building.id, -1) > since:
                for flat in building.flats():
                    drawn = self._flats[flat.id]
                    if drawn.stamp > since:
                        yield f"flat-{flat.id}", drawn.html

    def plan(self, building: Building) -> Piece:
        """The plan of a building (一楼一图)."""
        kept = self._plans.get(building.id)
        if kept is None:
            for unit in building.units:
                if unit.id not in self._units:
                    self._units[unit.id] = self._unit(unit)
            self._plans[building.id] = kept = Piece(str(self._building(building, self._units)).encode())
        return kept

    def _unit(self, unit: Unit) -> str:
        """By floor, the highest first, as one sees the house from outside."""
        by_floor: dict[int, list[Flat]] = {}
        for flat in unit.flats:
            by_floor.setdefault(flat.floor, []).append(flat)
        return "\n".join(
            f'<div class="floor"><span class="level">{self._floor.format(floor)}</span>'
            f"{''.join(self._flats[flat.id].html for flat in flats)}</div>"
            for floor, flats in sorted(by_floor.items(), reverse=True)
        )


def _floor_of(lang: Tongue) -> str:
    """6 层, floor 6: the word in an element of its own, for a small phone has no room for it."""
    t = texts(lang)
    said = t["board_count"].format(n="\0{}\0", what=escape(t["floor"]))
    before, number, after = said.split("\0")
    return "".join((f"<i>{before}</i>" if before else "", number, f"<i>{after}</i>" if after else ""))
