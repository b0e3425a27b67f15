"""The floors of tests/test_floors.py in, the map of docs/engineer.md out: every room of the gateway on its floor.

Rooms that share their first word stand as one: `journal*` is journal.py with every journal_....py, `roll_*` only those.
"""

from collections import defaultdict
from collections.abc import Iterable
from textwrap import wrap
from typing import Final

from tests.test_floors import FLOORS, ROOT

MEANS: Final = (
    "what is said on the cable",
    "what is seen",
    "values, words and messages; pure",
    "what it means; pure",
    "readings, orders and the hour in, entries out; pure",
    "menshen.toml, once",
    "disk, network, people",
    "every task, started in one place, and the commands",
)
BESIDE: Final = "beside   gateway/centre (the far end), sim (speaks the wire, D-Bus, HTTP, MQTT)"
WIDTH: Final = 108


def rooms(floor: Iterable[str]) -> list[str]:
    """The names of a floor, those of one first word gathered, packages with their stroke."""
    families: defaultdict[str, list[str]] = defaultdict(list)
    for room in floor:
        name = room.removeprefix("gateway.")
        families[name.partition("_")[0] or name].append(name)
    return [_said(word, names) for word, names in sorted(families.items())]


def _said(word: str, names: list[str]) -> str:
    if len(names) > 1:
        return f"{word}*" if word in names else f"{word}_*"
    [name] = names
    return f"{name}/" if (ROOT / name).is_dir() or (ROOT / "gateway" / name).is_dir() else name


def floor_map() -> list[str]:
    """The highest floor first."""
    lines = ["```"]
    for number in range(len(FLOORS) - 1, -1, -1):
        lines.append(f"floor {number}  {MEANS[number]}")
        lines += wrap(", ".join(rooms(FLOORS[number])), WIDTH, initial_indent=" " * 9, subsequent_indent=" " * 9)
    return [*lines, BESIDE, "```"]
