"""The garbage collector does its rounds when told, finds what is garbage, and is as it was when the house closes."""

import gc
import sys
import weakref
from datetime import UTC, datetime

from gateway.compound import Places
from gateway.house.collecting import BETWEEN_FULL_SECONDS, NEVER, YOUNG, Rounds, _is_quiet, in_turns
from tests.gateway.keeping import make_site


class Ring:
    """Garbage that counting references does not find."""

    def __init__(self) -> None:
        self.me = self


def test_the_process_is_as_it_was_when_the_house_closes() -> None:
    before = gc.get_threshold(), sys.getswitchinterval()
    with in_turns():
        assert gc.get_threshold()[0] == YOUNG
        assert gc.get_threshold()[2] == NEVER  # no full round at a moment of its own choosing
        assert gc.get_freeze_count() > 0
    assert (gc.get_threshold(), sys.getswitchinterval()) == before
    assert gc.get_freeze_count() == 0


def test_a_round_is_made_once_enough_survived_and_leaves_them_alone_then() -> None:
    with in_turns():
        rounds = Rounds(0.0)
        ring = weakref.ref(Ring())
        rounds.look(1.0, quiet=True)
        assert ring() is not None  # nothing was due
        gc.collect(1)
        rounds.look(2.0, quiet=True)
        assert ring() is None
        kept = [[number] for number in range(1000)]
        frozen = gc.get_freeze_count()
        gc.collect(1)
        rounds.look(3.0, quiet=True)
        assert gc.get_freeze_count() >= frozen + len(kept)


def test_what_died_frozen_is_found_in_the_small_hours_of_the_next_day() -> None:
    with in_turns():
        rounds = Rounds(0.0)
        ring: Ring | None = Ring()
        gone = weakref.ref(ring)
        gc.freeze()
        ring = None
        gc.collect()
        rounds.look(BETWEEN_FULL_SECONDS, quiet=False)
        assert gone() is not None
        rounds.look(BETWEEN_FULL_SECONDS + 1, quiet=True)
        assert gone() is None
        assert ring is None


def test_the_small_hours_are_those_of_the_place() -> None:
    places = Places(make_site("Asia/Shanghai"))
    assert _is_quiet(datetime(2026, 3, 12, 20, 30, tzinfo=UTC), places)  # half past four
    assert not _is_quiet(datetime(2026, 3, 12, 4, 30, tzinfo=UTC), places)
