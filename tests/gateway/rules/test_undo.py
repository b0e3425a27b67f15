"""A ruling is taken back within half a minute: the books stand as before it, and the person is the guard's again."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.compound import Direction
from gateway.findings import Reason, Verdict
from gateway.orders.every import ArrivalExpected, FireDeclared, GuardRuled, OrderResult, ProfileChosen, RulingUndone
from gateway.profile import PROFILES
from tests.gateway.keeping import BO, BOTH, FLAT, IN, LANES, OUT, Kept, decision, opened, seconds

LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)


def ruled(kept: Kept, lane: str, *, admit: bool = True) -> int:
    """Somebody with a pass that has run out, let through by hand; the number of the ruling's decision."""
    kept.show(lane, not_after=LONG_AGO, once=True)
    answers = kept.state.decision_numbers[-1]
    order = GuardRuled(
        id=f"r{answers}", at=kept.now, by="g1", lane=lane, admit=admit, reason="known to me", decision=answers
    )
    assert kept.order(order).done
    return kept.state.decision_numbers[-1]


def undo(kept: Kept, number: int, name: str = "u1") -> OrderResult:
    return kept.order(RulingUndone(id=name, at=kept.now, by="g2", decision=number))


def books(kept: Kept) -> dict[str, Any]:
    state = kept.state
    return {name: dict(getattr(state, name)) for name in ("inside", "outside", "guests", "spent", "outings")}


@pytest.mark.parametrize("profile", [profile.name for profile in PROFILES])
@pytest.mark.parametrize("was_inside", [False, True])
@pytest.mark.parametrize("lane", list(LANES.values()))
def test_the_books_stand_as_before_and_the_guard_decides_anew(lane: str, was_inside: bool, profile: str) -> None:
    kept = Kept()
    assert kept.order(ProfileChosen(id="p", at=kept.now, by="d1", profile=profile)).done
    if was_inside:
        kept.show(IN)
        kept.pass_time(seconds(60))
    before = books(kept)
    number = ruled(kept, lane)
    moved = was_inside or lane != OUT or profile == "lockdown"  # else there was nothing to move
    assert (books(kept) != before) is moved
    kept.pass_time(seconds(29))
    assert undo(kept, number).done
    found = decision(kept.batches[-1].bodies)
    assert (found.verdict, found.reason, found.answers, found.by) == (Verdict.REFER, Reason.RULING_UNDONE, number, "g2")
    assert (found.subject, found.lane) == (BO, lane)
    assert books(kept) == before
    assert opened(kept.batches[-1]) == []
    again = GuardRuled(
        id="r2", at=kept.now, by="g2", lane=lane, admit=True, reason="now I know", decision=kept.state.number
    )
    assert kept.order(again).done
    assert decision(kept.batches[-1].bodies).subject == BO  # whoever it was about is still known


def test_a_households_outing_that_a_guard_let_go_is_given_back() -> None:
    kept = Kept()
    assert kept.order(ProfileChosen(id="p", at=kept.now, by="d1", profile="lockdown")).done
    kept.show(OUT, flat=FLAT, not_after=LONG_AGO)
    answers = kept.state.decision_numbers[-1]
    let_go = GuardRuled(id="r", at=kept.now, by="g1", lane=OUT, admit=True, reason="to a doctor", decision=answers)
    assert kept.order(let_go).done
    assert list(kept.state.outings) == [FLAT]
    assert undo(kept, kept.state.decision_numbers[-1]).done
    assert kept.state.outings == {}


def test_a_refusal_is_taken_back_too_and_moves_nobody() -> None:
    kept = Kept()
    number = ruled(kept, IN, admit=False)
    before = books(kept)
    assert undo(kept, number).done
    assert books(kept) == before


def test_a_ruling_on_nobody_in_particular_can_be_taken_back() -> None:
    kept = Kept()
    assert kept.order(GuardRuled(id="r", at=kept.now, by="g1", lane=IN, admit=True, reason="known to me")).done
    assert undo(kept, kept.state.decision_numbers[-1]).done


def test_after_half_a_minute_twice_or_for_what_was_no_ruling_it_is_too_late() -> None:
    kept = Kept()
    number = ruled(kept, IN)
    kept.pass_time(seconds(31))
    assert undo(kept, number, "u1").why == "too late to undo"
    number = ruled(kept, IN)
    assert undo(kept, number, "u2").done
    assert undo(kept, number, "u3").why == "no such ruling to undo"
    kept.show(IN)
    assert undo(kept, kept.state.decision_numbers[-1], "u4").why == "no such ruling to undo"
    assert undo(kept, 999_999, "u5").why == "no such ruling to undo"


def test_each_of_several_rulings_of_half_a_minute_can_be_taken_back() -> None:
    kept = Kept()
    first = ruled(kept, IN)
    kept.pass_time(seconds(5))
    order = GuardRuled(id="other", at=kept.now, by="g1", lane=IN, admit=True, reason="known to me")
    assert kept.order(order).done
    kept.pass_time(seconds(5))
    assert undo(kept, first).done
    assert BO not in kept.state.inside


def test_who_has_gone_through_again_is_left_where_they_are() -> None:
    kept = Kept()
    number = ruled(kept, IN)
    kept.pass_time(seconds(5))
    kept.show(BOTH)  # out again, by a valid pass
    assert decision(kept.batches[-1].bodies).direction is Direction.OUT
    before = books(kept)
    assert undo(kept, number).why == "they have gone through again since"
    assert books(kept) == before


def test_a_fire_and_a_stay_that_began_are_not_taken_back() -> None:
    kept = Kept()
    number = ruled(kept, IN)
    kept.order(FireDeclared(id="f", at=kept.now, by="g1", compound="palm"))
    assert undo(kept, number).why == "there is a fire"
    home = Kept()
    expected = ArrivalExpected(
        id="a",
        at=home.now,
        by="d1",
        flat=FLAT,
        subject=BO,
        ground="order 7",
        days=7,
        arrive_by=home.now + seconds(3600),
    )
    assert home.order(expected).done
    number = ruled(home, IN)
    assert [stay.subject for stay in home.state.quarantines.values()] == [BO]
    assert undo(home, number).why == "a quarantine began with it"


def test_the_clock_was_set_in_between_and_a_restart_was() -> None:
    kept = Kept()
    number = ruled(kept, IN)
    again = kept.reopened()
    assert undo(again, number).done  # what can be undone is part of the state
    kept.set_clock(seconds(-5))
    assert undo(kept, number).why == "no such ruling to undo"
