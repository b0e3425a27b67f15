"""A household in, the marks that stand for its people on the board out, each with what to follow up. Pure.

A prompt somebody wrote goes before the usual one of gateway/words/care.py.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gateway.households import Household, Origin
from gateway.people import Care
from gateway.words.care import CARE_NAMES, FOLLOW_UPS
from gateway.words.language import Words

CARE_ICONS: Mapping[Care, str] = {
    Care.LIVES_ALONE: "armchair",  # not a head: a hollow one is somebody whose days are served
    Care.DISABLED: "accessibility",
    Care.SMALL_CHILDREN: "baby",
    Care.PREGNANT: "heart-pulse",
    Care.DIALYSIS: "droplets",
    Care.DOES_NOT_READ: "book-x",
}
VOLUNTEER = Words("志愿者", "volunteer")
VOLUNTEER_FOLLOW_UP = Words("可以请来帮忙", "can be asked to help")
HEAD = Words("楼组长", "head of the stairwell")
HEAD_FOLLOW_UP = Words("单元里的事先问问", "ask first about the stairwell")
COLOURS: Mapping[str, Words] = {
    "orange": Words("橙", "Or"),
    "yellow": Words("黄", "Ye"),
    "blue": Words("蓝", "Bl"),
    "red": Words("红", "Re"),
    "green": Words("绿", "Gn"),
    "purple": Words("紫", "Pu"),
    "grey": Words("灰", "Gy"),
}
"""Beside each coloured head, for who does not see the colour."""


class Mark(NamedTuple):
    """One mark of a flat. `follow_up`: the usual words, or those somebody wrote."""

    icon: str
    name: Words
    follow_up: Words | str


def marks_of(home: Household | None) -> Iterator[Mark]:
    """Each mark once, though several people of the household may have it."""
    if home is None:
        return
    seen: set[tuple[Care, str]] = set()
    for person in home.people:
        for care in person.care:
            written = person.follow_up.get(care, "")
            if (care, written) not in seen:
                seen.add((care, written))
                yield Mark(CARE_ICONS[care], CARE_NAMES[care], written or FOLLOW_UPS[care])
    if any(person.volunteer for person in home.people):
        yield Mark("hand-heart", VOLUNTEER, VOLUNTEER_FOLLOW_UP)
    if any(person.head_of for person in home.people):
        yield Mark("flag", HEAD, HEAD_FOLLOW_UP)


def origin_of(stay_origin: str, subject: str, home: Household | None, origins: Mapping[str, Origin]) -> Origin | None:
    """Where somebody comes from: as their stay says, else as the registry does."""
    if stay_origin in origins:
        return origins[stay_origin]
    for person in home.people if home is not None else ():
        if person.subject == subject:
            return origins.get(person.origin)
    return None
