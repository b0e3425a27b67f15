"""An answer in; where its words lie as recordings out, for a device that has no voice of its own.

They are made by tests/recordings.py. A language without any is spoken in the next one it falls back to.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from gateway.findings import Reason, Verdict
from gateway.words.catalogue import VERDICTS
from gateway.words.language import Lang, Tongue
from gateway.words.reasons import REASONS


def spoken_texts(lang: Lang) -> dict[str, str]:
    """Everything the guard's page says out, by the name of its recording."""
    said = {_name(verdict): words.in_(lang) for verdict, words in VERDICTS.items()}
    return said | {_name(reason): words.in_(lang) for reason, words in REASONS.items()}


def recordings(verdict: Verdict, reason: Reason, lang: Tongue) -> list[str]:
    """Addresses, in the order they are played; empty where nobody has recorded this answer."""
    wanted = (_name(verdict), _name(reason))
    for tag in lang.chain:
        if all(name in _recorded().get(tag, {}) for name in wanted):
            return [f"/static/voice/{tag}/{name}.mp3" for name in wanted]
    return []


@cache
def _recorded() -> Mapping[str, Mapping[str, str]]:
    spoken = files("gateway.pages") / "static" / "voice" / "spoken.json"
    found: Mapping[str, Mapping[str, str]] = json.loads(spoken.read_text("utf-8"))
    return found


def _name(word: Verdict | Reason) -> str:
    return f"{type(word).__name__.lower()}-{word.value}"
