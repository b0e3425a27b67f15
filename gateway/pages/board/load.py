"""How many returners in, one of five levels out: what colours compounds and buildings, always beside the number.

Pure. One hue from light to dark, so that those who do not tell colours apart see the order too, and as many filled
blocks as the level.
"""

from typing import NamedTuple

BUILDING_FROM = (1, 3, 6, 10)  # from so many on: level 1, 2, 3, 4
COMPOUND_FROM = (1, 10, 30, 100)


class Load(NamedTuple):
    level: int
    blocks: str  # ▮▮▯▯


def load_of(returners: int, begins: tuple[int, ...]) -> Load:
    level = sum(returners >= begin for begin in begins)
    return Load(level, "▮" * level + "▯" * (len(begins) - level))


def ranges(begins: tuple[int, ...]) -> list[tuple[Load, str]]:
    """For the legend: each level with the numbers it stands for."""
    ends = [str(begin - 1) for begin in begins]
    firsts = ["0", *map(str, begins)]
    found = []
    for first, last in zip(firsts, [*ends, ""], strict=True):
        words = f"{first}+" if not last else first if first == last else f"{first}–{last}"
        found.append((load_of(int(first), begins), words))
    return found
