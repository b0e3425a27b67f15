"""A state in; which bands and doors are still somebody's, so that what they said is kept until their time is over, out.

Floor 3, a pure room. The time of what was measured in a quarantine begins with its end. One that `retention` still
remembers as released holds for that long; one that it has forgotten holds nothing.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from gateway.people import Quarantine
from gateway.retention import Hold
from gateway.state.state import State

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def holds_of(state: State) -> tuple[Hold, ...]:
    """Of every stay that goes on, or whose release is within the time of what was measured."""
    stays = [*state.quarantines.values(), *state.suspended.values()]
    stays += [each.stay for each in state.released.values() if each.stay.subject]
    return tuple(_holds(stays))


def holds_of_person(subject: str, state: State) -> tuple[Hold, ...]:
    """Of the stays of one person that are over and not forgotten yet."""
    return tuple(_holds(each.stay for each in state.released.values() if each.stay.subject == subject))


def _holds(stays: Iterable[Quarantine]) -> Iterable[Hold]:
    for stay in stays:
        since = stay.begun_at or LONG_AGO
        if stay.band:
            yield Hold(since=since, device=stay.band)
        yield Hold(since=since, flat=stay.flat)
