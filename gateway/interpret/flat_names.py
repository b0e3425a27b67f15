"""A flat as people say it (3-1-502, 3号楼1单元502室) in, the flats it can mean out.

Floor 3, a pure room: for a guard's question and for every row of a list that is taken in.
"""

import re
import unicodedata
from functools import lru_cache

from gateway.compound import Flat, Places

_PARTS = re.compile(r"\d+|[A-Z]+|[\u4e00-\u9fff]+")
_NAMES_OF_KINDS = re.compile("号楼|单元|楼栋|[楼栋幢座室户号层]")  # "3号楼1单元502室" is 3, 1, 502


class FlatNames:
    """The flats of a site under all their names. Made in milliseconds; as good as the site it was made from."""

    def __init__(self, places: Places) -> None:
        self._flats = places.flats
        self._named: dict[tuple[str, ...], list[Flat]] = {}
        for flat in places.flats.values():
            building = parts_of(places.buildings[flat.building].name)
            unit, name = parts_of(unit_name(flat, places)), parts_of(flat.name)
            for called in {building + unit + name, building + name, name}:
                self._named.setdefault(called, []).append(flat)

    def called(self, said: str) -> list[Flat]:
        """By its id; by building, unit and flat; building and flat; the flat alone, as long as each part is whole."""
        exactly = self._flats.get(said)
        parts = parts_of(said)
        return [exactly] if exactly is not None else list(self._named.get(parts, ())) if parts else []


def unit_name(flat: Flat, places: Places) -> str:
    return next((unit.name for unit in places.buildings[flat.building].units if unit.id == flat.unit), "")


@lru_cache(maxsize=8192)  # the names of a large compound's flats, asked for with every question
def parts_of(said: str) -> tuple[str, ...]:
    """What tells one name from another, without the words for what it is a name of."""
    return tuple(_PARTS.findall(_NAMES_OF_KINDS.sub(" ", unicodedata.normalize("NFKC", said).upper())))
