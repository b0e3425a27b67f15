"""The languages of the house, Chinese first, and one thing said in both.

Floor 2, a pure room.
"""

from enum import StrEnum
from typing import NamedTuple


class Lang(StrEnum):
    ZH = "zh"
    EN = "en"


class Words(NamedTuple):
    """One thing said in both languages."""

    zh: str
    en: str

    def in_(self, lang: Lang) -> str:
        return self.en if lang is Lang.EN else self.zh
