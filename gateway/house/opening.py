"""A plan and what the house remembers in; what it was told since, as events for its first entries, out."""

from collections.abc import Collection, Iterator
from datetime import datetime

from gateway.config.plan import Plan
from gateway.events.books import BooksRead
from gateway.events.every import ConfigLoaded
from gateway.state.state import State


def what_it_was_told(
    plan: Plan, state: State, now: datetime, unreadable: Collection[str]
) -> Iterator[ConfigLoaded | BooksRead]:
    """Each only if it differs from what the house knew. `unreadable`: files of its own that it could not read."""
    if state.fingerprint != plan.fingerprint:
        yield plan.loaded(now)
    if state.unreadable != (names := tuple(sorted(unreadable))):
        yield BooksRead(at=now, heard=now, unreadable=names)
