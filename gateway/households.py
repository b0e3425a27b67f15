"""One book per household (一社一户一册): a document of the registry in, the household it holds out, and back.

Floor 2, a pure room. Names, phone numbers and follow-ups are sealed in the file; here they are in plain.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from gateway.orders.homes import Registered, RegisteredFlat
from gateway.people import Care
from gateway.words.language import Words


class Use(StrEnum):
    """What a flat is used for."""

    LIVED_IN = "lived_in"
    LET = "let"
    EMPTY = "empty"


USES: Mapping[Use, Words] = {
    Use.LIVED_IN: Words("自住", "lived in"),
    Use.LET: Words("出租", "let"),
    Use.EMPTY: Words("空置", "empty"),
}


class Resident(Struct, frozen=True):
    """A person of a household. `follow_up`: what to do about a care mark, where somebody wrote it down.

    `origin`: the id of a category of where they come from; `head_of`: the stairwell they look after.
    """

    subject: str
    name: str = ""
    phone: str = ""
    care: tuple[Care, ...] = ()
    follow_up: dict[Care, str] = {}
    volunteer: bool = False
    head_of: str = ""
    origin: str = ""


class Household(Struct, frozen=True):
    """A flat as the registry has it; its id is the flat's."""

    flat: str
    use: Use = Use.LIVED_IN
    people: tuple[Resident, ...] = ()


class Origin(Struct, frozen=True):
    """Where somebody comes from, as a category with the colour of their head on the board."""

    id: str
    name: str
    colour: str


ORIGINS = (
    Origin("orange", "重点地区 / high-risk area", "orange"),
    Origin("yellow", "中风险地区 / medium-risk area", "yellow"),
    Origin("blue", "其他地区 / elsewhere", "blue"),
)


class HomeSettings(Struct, frozen=True):
    """What enrolment and its papers go by. `call`: whom a door notice says to call."""

    days: int = 14
    call: str = ""
    origins: tuple[Origin, ...] = ORIGINS

    def origin(self, wanted: str) -> Origin | None:
        return next((each for each in self.origins if each.id == wanted), None)


def household_of(doc: Mapping[str, Any]) -> Household:
    """Raises msgspec.ValidationError for a document that is no household's."""
    return msgspec.convert(dict(doc), Household)


def document_of(household: Household) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(household)
    return document


def for_rules(flat: str, household: Household | None) -> RegisteredFlat:
    """What the journal says of a household; None takes the flat out of the registry."""
    if household is None:
        return RegisteredFlat(flat=flat, kept=False)
    people = tuple(Registered(subject=p.subject, care=p.care, head_of=p.head_of) for p in household.people)
    return RegisteredFlat(flat=flat, people=people)
