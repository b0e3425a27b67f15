"""Kinds of records and an instant in, their bodies from then on out, oldest first: for reports that look back far.

Numbers are dense and rise with the hour at which the house heard of them, so where to begin is found by halving; then
the records pass by in short transactions, and what the caller folds them into is all that is kept.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from gateway.bodies import read_body
from gateway.journal.reader import Reader

T = TypeVar("T")
Fold = Callable[[Iterator[Struct]], T]
AT_ONCE = 20_000  # records of one transaction: some 10 ms


class Span:
    """Iterate it once, in a thread. `complete` is False when it stopped at `most`. Raises JournalError."""

    def __init__(self, path: Path, kinds: Sequence[str], since: datetime, most: int) -> None:
        self._path, self._kinds, self._since, self._most = path, kinds, since, most
        self.complete = True

    def __iter__(self) -> Iterator[Struct]:
        left = self._most
        with Reader(self._path) as reader:
            last = reader.last()
            for begin in range(reader.first_heard(self._since), last + 1, AT_ONCE):
                for body in reader.bodies_of(self._kinds, begin, begin + AT_ONCE, left + 1):
                    if not left:
                        self.complete = False
                        return
                    left -= 1
                    yield read_body(body)


def fold_span(path: Path, kinds: Sequence[str], since: datetime, most: int, fold: Fold[T]) -> tuple[T, bool]:
    """What the fold made of them, and whether these were all."""
    span = Span(path, kinds, since, most)
    return fold(iter(span)), span.complete
