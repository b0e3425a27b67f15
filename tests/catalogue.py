"""The tag of a language in, an empty catalogue of it out, for somebody to fill in: `python -m tests.catalogue de`.

Every text the pages can show stands in it, English on the left, with the Chinese beside it. What is left empty is said
in the language that `falls_back` names. Save it as gateway/pages/catalogues/TAG.toml and the pages offer the language.
"""

import importlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from types import ModuleType

from gateway.words.language import Words

MODULES = (
    "gateway.words.catalogue",
    "gateway.words.kinds",
    "gateway.words.cases",
    "gateway.words.reasons",
    "gateway.words.services",
    "gateway.words.calling",
    "gateway.words.rounds",
    "gateway.messages.telling_stays",
    "gateway.pages.access",
    "gateway.pages.texts.common",
    "gateway.pages.texts.gate",
    "gateway.pages.texts.uplink",
    "gateway.pages.homes.timeline",
    "gateway.pages.board.people",
    "gateway.retention",
    "gateway.words.care",
    "gateway.households",
    "gateway.roll.columns",
    "gateway.roll.faults",
    "gateway.registry.roll_answers",
    "gateway.papers.stay",
    "gateway.privacy_answers",
    "gateway.papers.receipt",
)


def every_text() -> list[Words]:
    """Each once, in the order of the code."""
    found = (words for name in MODULES for words in _in(vars(importlib.import_module(name))))
    return list(dict.fromkeys(found))


def _in(value: object) -> Iterator[Words]:
    if isinstance(value, Words):
        yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if not isinstance(each, ModuleType) and not str(key).startswith("__"):
                yield from _in(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _in(each)


def skeleton() -> str:
    meanings: dict[str, list[str]] = defaultdict(list)
    for words in every_text():
        meanings[words.en].append(words.zh)
    lines = ['own_name = ""  # what its readers call it', 'falls_back = "en"', "", "[words]"]
    for english, chinese in meanings.items():
        lines.append(f"# {' / '.join(chinese)}")
        lines.append(f'{json.dumps(english, ensure_ascii=False)} = ""')
        if len(chinese) > 1:
            lines += [f'# {json.dumps(f"{english}|{each}", ensure_ascii=False)} = ""' for each in chinese]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.catalogue TAG > gateway/pages/catalogues/TAG.toml")
    sys.stdout.write(skeleton())
