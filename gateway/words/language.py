"""One thing said in the languages of the house, Chinese first; further languages come as catalogues.

Floor 2, a pure room. The code says everything in Chinese and in English, so that nothing can lack them. A language more
is one catalogue: English texts and what they are in that language (gateway/pages/catalogues.py reads them from files).
What a catalogue lacks is said in the language it falls back to, text by text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Lang(StrEnum):
    """The languages the code itself speaks."""

    ZH = "zh"
    EN = "en"

    @property
    def tag(self) -> str:
        """As HTML's `lang` has it (BCP 47)."""
        return "zh-CN" if self is Lang.ZH else "en"

    @property
    def own_name(self) -> str:
        """What its readers call it."""
        return "中文" if self is Lang.ZH else "English"

    @property
    def chain(self) -> tuple[str, ...]:
        return (self.value,)


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """A language more. `words`: English text, or "English text|Chinese text" where that is one of several meanings ->
    the same in this language. `eq` is off: each is itself, and a key where rendered pages are kept."""

    value: str
    own_name: str
    words: Mapping[str, str]
    falls_back: "Lang | Catalogue" = Lang.EN

    @property
    def tag(self) -> str:
        return self.value

    @property
    def chain(self) -> tuple[str, ...]:
        """This language and those it falls back to, in order."""
        return (self.value, *self.falls_back.chain)


Tongue = Lang | Catalogue


class Words(NamedTuple):
    """One thing said in both languages of the code."""

    zh: str
    en: str

    def in_(self, lang: Tongue) -> str:
        if isinstance(lang, Catalogue):
            said = lang.words.get(f"{self.en}|{self.zh}") or lang.words.get(self.en)
            return said or self.in_(lang.falls_back)
        return self.en if lang is Lang.EN else self.zh
