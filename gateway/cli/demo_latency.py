"""Happenings with their hour and letters with theirs in; how long each took from the one to the other out.

Happenings and letters are paired by what they are about: lane, verdict and reason of a shown code; kind and place of an
alert. Of several alike the first belongs to the first.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct


class Happened(Struct, frozen=True):
    """`about`: what the letter will say (see the module); `what`: "camera", "scanner", "door" or "band"."""

    what: str
    about: tuple[str, ...]
    at: float


class Letter(Struct, frozen=True):
    """One numbered message of the centre's book. `body` is its JSON."""

    stream: str
    epoch: str
    number: int
    body: dict[str, Any]


class Committed:
    """Since when the centre has each number, by its cumulative acknowledgements. Costs nothing for what one covers."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str], list[tuple[int, float]]] = {}  # (stream, epoch) -> rising (upto, at)

    def note(self, stream: str, epoch: str, upto: int, at: float) -> None:
        marks = self._marks.setdefault((stream, epoch), [])
        if not marks or upto > marks[-1][0]:
            marks.append((upto, at))

    def upto(self, stream: str) -> int:
        return max((marks[-1][0] for (name, _), marks in self._marks.items() if name == stream), default=0)

    def since(self, stream: str, epoch: str, number: int) -> float | None:
        marks = self._marks.get((stream, epoch), [])
        place = bisect_left(marks, number, key=lambda mark: mark[0])
        return marks[place][1] if place < len(marks) else None


class Wait(Struct, frozen=True):
    """How long one happening took."""

    milliseconds: float
    what: str
    about: tuple[str, ...]


Quantiles = dict[str, float]


def waits_of(happened: Iterable[Happened], letters: Iterable[Letter], committed: Committed) -> list[Wait]:
    """Of every happening whose letter was acknowledged, the longest first."""
    hours: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for letter in sorted(letters, key=lambda each: each.number):
        at = committed.since(letter.stream, letter.epoch, letter.number)
        if at is not None:
            hours[_about(letter)].append(at)
    waits = []
    for each in sorted(happened, key=lambda each: each.at):
        if waiting := hours[each.about]:
            waits.append(Wait(round((waiting.pop(0) - each.at) * 1000, 1), each.what, each.about))
    return sorted(waits, key=lambda wait: -wait.milliseconds)


def by_kind(waits: Iterable[Wait]) -> dict[str, Quantiles]:
    """p50 and p99 in milliseconds of each `what`."""
    took: dict[str, list[float]] = defaultdict(list)
    for wait in waits:
        took[wait.what].append(wait.milliseconds)
    return {what: quantiles(found) for what, found in sorted(took.items())}


def quantiles(values: Sequence[float]) -> Quantiles:
    """Nearest rank. Empty for no values."""
    if not values:
        return {}
    ranked = sorted(values)
    return {
        "p50": round(ranked[(len(ranked) - 1) // 2], 1),
        "p99": round(ranked[-(-99 * len(ranked) // 100) - 1], 1),
        "count": len(ranked),
    }


def _about(letter: Letter) -> tuple[str, ...]:
    body = letter.body
    if letter.stream == "alert":
        first = body["revision"] == 1
        return (str(body["kind"]), str(body["place"])) if first else ("", "")
    return (str(body["place"]), str(body.get("verdict", "")), str(body.get("reason", "")))
