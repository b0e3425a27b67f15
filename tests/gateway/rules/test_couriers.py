"""A courier who came in and was not seen to go: who is on the list, who comes off it, and when it is an alert."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.compound import Direction
from gateway.couriers import MOST_TRACKED, Courier, note, overdue
from gateway.findings import AlertState, Decision, Reason, Verdict
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.every import GuardRuled, RulingUndone
from gateway.orders.gate import CourierLeft
from tests.gateway.keeping import BOTH, IN, OUT, START, Kept, make_site, seconds

Step = tuple[float, Callable[[Kept], object]]
WHO = "5afe0000000000c1"
OTHER = "5afe0000000000c2"
HOUR = 3600.0
ALERTING = Limits(courier_alert_seconds=HOUR, camera_silent_seconds=0.0, door_silent_seconds=0.0)


def courier(lane: str = IN, who: str = WHO, **changes: object) -> Callable[[Kept], object]:
    return lambda kept: kept.show(lane, holder="courier", subject=who, cti=f"c-{who}", **changes)


def ruled(lane: str = IN, *, admit: bool = True) -> Callable[[Kept], object]:
    """On the newest decision."""
    return lambda kept: kept.order(
        GuardRuled(
            id=f"r{kept.now}",
            at=kept.now,
            by="g1",
            lane=lane,
            admit=admit,
            reason="again",
            decision=kept.state.decision_numbers[-1],
        )
    )


def undone() -> Callable[[Kept], object]:
    return lambda kept: kept.order(
        RulingUndone(id=f"u{kept.now}", at=kept.now, by="g1", decision=kept.state.decision_numbers[-1])
    )


def left(who: str = WHO) -> Callable[[Kept], object]:
    return lambda kept: kept.order(CourierLeft(id=f"l{kept.now}", at=kept.now, by="g1", who=who))


def played(*steps: Step, limits: Limits = ALERTING, kept: Kept | None = None) -> Kept:
    kept = kept or Kept(limits=limits)
    now = 0.0
    for at, do in steps:
        kept.pass_time(seconds(at - now), seconds(600))
        do(kept)
        now = at
    return kept


@pytest.mark.parametrize(
    ("case", "steps", "inside"),
    [
        ("came in", [(0, courier())], [0]),
        ("came in and went out", [(0, courier()), (60, courier(OUT))], []),
        ("the code held on is one passing", [(0, courier()), (2, courier())], [0]),
        ("comes in again: was out in between", [(0, courier()), (900, courier())], [900]),
        ("at a lane for both ways", [(0, courier(BOTH)), (600, courier(BOTH))], []),
        ("one tap for the next parcel", [(0, courier()), (900, ruled())], [900]),
        ("that tap taken back", [(0, courier()), (900, ruled()), (910, undone())], [0]),
        ("refused changes nothing", [(0, courier()), (900, ruled(admit=False))], [0]),
        ("a refusal taken back changes nothing", [(0, courier()), (9, ruled(admit=False)), (15, undone())], [0]),
        ("a guard says they left", [(0, courier()), (900, left())], []),
        (
            "and at a lane for both ways they come in anew",
            [(0, courier(BOTH)), (900, left()), (999, courier(BOTH))],
            [999],
        ),
        ("an expired pass is let in by nobody", [(0, courier(not_after=START - timedelta(days=1)))], []),
        ("a resident is not tracked", [(0, lambda kept: kept.show(IN))], []),
    ],
)
def test_who_is_on_the_list(case: str, steps: list[Step], inside: list[float]) -> None:
    kept = played(*steps)
    assert [each.came for each in kept.state.couriers.values()] == [START + seconds(at) for at in inside], case
    assert kept.reopened().state.couriers == kept.state.couriers


@pytest.mark.parametrize(
    ("case", "steps", "raised", "state"),
    [
        ("too long", [(0, courier())], [HOUR], AlertState.RAISED),
        ("scanned out later", [(0, courier()), (5000, courier(OUT))], [HOUR], AlertState.CLEARED),
        ("a guard says they left", [(0, courier()), (5000, left())], [HOUR], AlertState.CLEARED),
        ("came again", [(0, courier()), (5000, courier())], [HOUR, 5000 + HOUR], AlertState.RAISED),
        ("out in time", [(0, courier()), (1800, courier(OUT))], [], None),
        ("again in time", [(0, courier()), (3000, courier()), (6000, courier(OUT))], [], None),
    ],
)
def test_when_it_is_an_alert(case: str, steps: list[Step], raised: list[float], state: AlertState | None) -> None:
    kept = played(*steps, (10_000, lambda kept: None))
    alerts = kept.raised(Kind.COURIER_OVERDUE)
    assert [alert.raised_at for alert in alerts] == [START + seconds(at) for at in raised], case
    if state is not None:
        newest = kept.alert(Kind.COURIER_OVERDUE)
        assert (newest.state, newest.place, newest.subject) == (state, IN, WHO)


def test_as_it_stands_no_alert_is_raised_and_the_list_is_there() -> None:
    limits = Limits()
    kept = played((0, courier()), (1, courier(who=OTHER)), (2 * HOUR, lambda kept: None), limits=limits)
    assert kept.raised(Kind.COURIER_OVERDUE) == []
    late = overdue(kept.state.couriers, kept.now, limits.courier_overdue_seconds)
    assert [each.who for each in late] == [WHO, OTHER]
    assert overdue(kept.state.couriers, kept.now, 0.0) == []
    assert overdue(kept.state.couriers, START + seconds(HOUR), limits.courier_overdue_seconds) == late[:1]


def test_a_clock_that_is_set_makes_nobody_overdue() -> None:
    kept = played((0, courier()))
    kept.set_clock(timedelta(days=1))
    kept.pass_time(seconds(10))
    assert kept.raised(Kind.COURIER_OVERDUE) == []
    assert overdue(kept.state.couriers, kept.now, HOUR) == []
    kept.pass_time(seconds(HOUR))
    assert len(kept.raised(Kind.COURIER_OVERDUE)) == 1


def test_where_no_lane_leads_out_nobody_is_tracked() -> None:
    """Nobody could ever be seen to leave, and everybody would be overdue."""
    site = make_site()
    [palm] = site.street.compounds
    east = replace(palm.gates[0], lanes=palm.gates[0].lanes[:1])
    street = replace(site.street, compounds=(replace(palm, gates=(east,)),))
    kept = played((0, courier()), kept=Kept(replace(site, street=street), ALERTING))
    assert [decision.verdict for decision in kept.state.decisions] == [Verdict.ADMIT]
    assert kept.state.couriers == {}


def test_saying_that_a_stranger_left_is_refused() -> None:
    kept = Kept()
    assert kept.order(CourierLeft(id="l", at=kept.now, by="g1", who=WHO)).why == "no such courier inside"


def test_the_list_is_bounded() -> None:
    kept = Kept()
    book: dict[str, Courier] = {}
    for number in range(MOST_TRACKED + 5):
        came = Decision(
            at=START + seconds(number),
            lane=IN,
            gate="palm/east",
            compound="palm",
            direction=Direction.IN,
            verdict=Verdict.ADMIT,
            reason=Reason.ADMITTED,
            holder="courier",
            subject=f"{number:016x}",
        )
        assert note(book, came, kept.gatekeeper.places) == f"{number:016x}"
    assert (len(book), next(iter(book))) == (MOST_TRACKED, f"{5:016x}")
