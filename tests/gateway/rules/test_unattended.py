"""People wait at a lane and nobody rules: an alert, over when a guard rules or says that it is a patrol."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec import Struct
from msgspec.structs import replace

from gateway.bodies import read_body
from gateway.entries import Entry, EntryClass
from gateway.events.every import Proof
from gateway.findings import AlertState
from gateway.gatekeeper import Gatekeeper
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.every import GuardOnPatrol, GuardRuled
from gateway.state.state import State, freeze
from tests.gateway.keeping import IN, OUT, START, Kept, seconds

Step = tuple[float, Callable[[Kept], object]]


def refer(cti: str = "", lane: str = IN) -> Callable[[Kept], object]:
    """A code that cannot be read, or (with an id) one that cannot be checked."""
    proof = Proof.UNCHECKED if cti else Proof.UNREADABLE
    return lambda kept: kept.show(lane, proof=proof, cti=cti, subject="")


def admit(cti: str) -> Callable[[Kept], object]:
    return lambda kept: kept.show(IN, cti=cti, subject="")


def rule(lane: str = IN) -> Callable[[Kept], object]:
    return lambda kept: kept.order(
        GuardRuled(id=f"r{kept.now}", at=kept.now, by="g1", lane=lane, admit=True, reason="known")
    )


def patrol(minutes: int, lane: str = IN) -> Callable[[Kept], object]:
    return lambda kept: kept.order(GuardOnPatrol(id=f"p{kept.now}", at=kept.now, by="g1", lane=lane, minutes=minutes))


def clock(by: float) -> Callable[[Kept], object]:
    return lambda kept: kept.set_clock(seconds(by))


def played(*steps: Step, limits: Limits = Limits(), every: float | None = None) -> Kept:  # noqa: B008 (frozen)
    """The steps at their seconds, and three minutes more; the hour is looked at `every` so often."""
    kept = Kept(limits=replace(limits, camera_silent_seconds=0.0, door_silent_seconds=0.0))
    now = 0.0
    for at, do in steps:
        kept.pass_time(seconds(at - now), seconds(every) if every else None)
        do(kept)
        now = at
    kept.pass_time(seconds(180), seconds(every) if every else None)
    return kept


CASES: dict[str, tuple[list[Step], list[float], bool]] = {
    # what happened, when it was raised (seconds), does it still hold
    "one alone": ([(0, refer("a"))], [], False),
    "two": ([(0, refer("a")), (20, refer("b"))], [60], True),
    "the second comes late": ([(0, refer("a")), (100, refer("b"))], [100], True),
    "the first has given up": ([(0, refer("a")), (601, refer("b"))], [], False),
    "the same twice": ([(0, refer("a")), (20, refer("a")), (40, refer("a"))], [], False),
    "one tries an unreadable code again": ([(0, refer()), (5, refer()), (10, refer())], [], False),
    "two with unreadable codes": ([(0, refer()), (20, refer())], [60], True),
    "a guard rules in time": ([(0, refer("a")), (20, refer("b")), (50, rule())], [], False),
    "a guard rules late": ([(0, refer("a")), (20, refer("b")), (90, rule())], [60], False),
    "a guard elsewhere": ([(0, refer("a")), (20, refer("b")), (50, rule(OUT))], [60], True),
    "at two lanes": ([(0, refer("a")), (20, refer("b", OUT))], [], False),
    "one got in after all": ([(0, refer("a")), (20, refer("b")), (40, admit("a"))], [], False),
    "on patrol": ([(0, patrol(5)), (10, refer("a")), (20, refer("b"))], [], False),
    "on patrol and not back": ([(0, patrol(1)), (10, refer("a")), (20, refer("b"))], [120], True),
    "on patrol when it was told": ([(0, refer("a")), (20, refer("b")), (70, patrol(10))], [60], False),
    "people go on coming": ([(0, refer("a")), *((float(n), refer(f"p{n}")) for n in range(10, 100, 10))], [60], True),
    "told, ruled, and again": (
        [(0, refer("a")), (1, refer("b")), (70, rule()), (80, refer("c")), (81, refer("d"))],
        [60, 140],
        True,
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("every", [None, 0.7, 30.0])
def test_when_it_is_raised_and_when_over(case: str, every: float | None) -> None:
    steps, raised, holds = CASES[case]
    kept = played(*steps, every=every)
    told = kept.raised(Kind.NOBODY_AT_LANE)
    assert [(alert.raised_at - START).total_seconds() for alert in told] == raised
    assert all((alert.place, alert.count) == (IN, 1) for alert in told)
    if raised:
        last = kept.alert(Kind.NOBODY_AT_LANE)
        assert (last.active, last.state) == ((True, AlertState.RAISED) if holds else (False, AlertState.CLEARED))


@pytest.mark.parametrize(("limit", "raised"), [(0.0, []), (10.0, [20.0]), (150.0, [150.0])])
def test_the_limit_can_be_set_and_zero_is_off(limit: float, raised: list[float]) -> None:
    kept = played((0, refer("a")), (20, refer("b")), limits=Limits(unattended_seconds=limit))
    assert [(a.raised_at - START).total_seconds() for a in kept.raised(Kind.NOBODY_AT_LANE)] == raised
    assert bool(kept.state.unruled) is (limit > 0)


def test_switching_it_off_ends_the_alert() -> None:
    kept = played((0, refer("a")), (20, refer("b")))
    kept.load(kept.state.site, Limits(unattended_seconds=0.0))
    assert (kept.alert(Kind.NOBODY_AT_LANE).state, kept.state.unruled) == (AlertState.CLEARED, {})


def test_a_clock_that_is_set_makes_nobody_wait_longer() -> None:
    for step in (3600.0, -3600.0):
        kept = played((0, refer("a")), (20, refer("b")), (30, clock(step)))
        [told] = kept.raised(Kind.NOBODY_AT_LANE)
        assert told.raised_at - START == seconds(60 + step)


@pytest.mark.parametrize("minutes", [-1, 0, 121])
def test_a_patrol_takes_some_minutes(minutes: int) -> None:
    kept = Kept()
    order = GuardOnPatrol(id="p", at=kept.now, by="g1", lane=IN, minutes=minutes)
    assert not kept.order(order).done
    assert not kept.order(replace(order, id="q", minutes=5, lane="nowhere")).done
    assert kept.state.unruled == {}


def test_few_are_kept_of_a_crowd() -> None:
    kept = played(*((float(n), refer(f"p{n}")) for n in range(200)))
    assert len(kept.state.unruled[IN].referred) == 20


@pytest.mark.parametrize("case", CASES)
def test_a_replay_gives_the_same(case: str) -> None:
    steps, _, _ = CASES[case]
    kept = played(*steps, every=7.0)
    written = [entry for batch in kept.batches for entry in batch.entries]
    again = Gatekeeper(State())
    concluded = list(again.replay(inputs(written)))
    assert concluded == [entry for entry in written if entry.entry_class is EntryClass.FINDING]
    assert freeze(again.state) == freeze(kept.state)


def inputs(entries: list[Entry]) -> list[tuple[Entry, Struct]]:
    return [(entry, read_body(entry.body)) for entry in entries if entry.entry_class is EntryClass.INPUT]


def test_a_restart_remembers_who_waits() -> None:
    kept = Kept()
    refer("a")(kept)
    kept.pass_time(seconds(20))
    refer("b")(kept)
    again = kept.reopened()
    again.pass_time(timedelta(minutes=2))
    assert [a.raised_at - START for a in again.raised(Kind.NOBODY_AT_LANE)] == [seconds(60)]
