"""Files of words in, the languages of the pages out: Chinese, English, and one more for each catalogue beside this.

A catalogue is one TOML file named by its BCP 47 tag in lower case; `python -m tests.catalogue TAG` writes an empty one:

    own_name = "Deutsch"
    falls_back = "en"        # said in this language what is missing here, text by text; "zh", "en" or another catalogue
    [words]
    "Admit" = "Einlassen"
    "Flat|门牌" = "Wohnung"   # where one English text stands for several Chinese ones and each is said differently
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from gateway.words.language import Catalogue, Lang, Tongue

KEYS = {"own_name", "falls_back", "words"}


@cache
def languages() -> Mapping[str, Tongue]:
    """Those of the package, by tag."""
    folder = files(__name__)
    return read({file.name: file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".toml")})


def read(texts: Mapping[str, str]) -> Mapping[str, Tongue]:
    """Catalogues by the names of their files. Raises ValueError for one that is none, or falls back in a circle."""
    raw = {name.removesuffix(".toml"): tomllib.loads(text) for name, text in sorted(texts.items())}
    known: dict[str, Tongue] = {lang.value: lang for lang in Lang}
    while waiting := [tag for tag in raw if tag not in known]:
        ready = [tag for tag in waiting if _back(raw[tag]) in known]
        if not ready:
            raise ValueError(f"catalogues that fall back on nothing that is there: {', '.join(waiting)}")
        for tag in ready:
            known[tag] = _catalogue(tag, raw[tag], known)
    return known


def _catalogue(tag: str, raw: Mapping[str, object], known: Mapping[str, Tongue]) -> Catalogue:
    words, own_name = raw.get("words", {}), raw.get("own_name")
    if not set(raw) <= KEYS or not isinstance(words, dict) or not isinstance(own_name, str):
        raise ValueError(f"catalogue {tag}: own_name, falls_back and [words], and no more")
    if not all(isinstance(said, str) for said in words.values()):
        raise ValueError(f"catalogue {tag}: every word is a text")
    return Catalogue(tag, own_name, {english: said for english, said in words.items() if said}, known[_back(raw)])


def _back(raw: Mapping[str, object]) -> str:
    return str(raw.get("falls_back", "en"))
