"""What was taken and is given to somebody, reminded of, or overdue: asked for anew until somebody takes it."""

from datetime import timedelta

import pytest

from gateway.findings import Alert, AlertState
from gateway.kinds import Kind
from gateway.orders.alerts import AlertAssigned, AlertShelved
from gateway.orders.every import AlertAcknowledged
from gateway.orders.remind import AlertReminded
from tests.gateway.alerts.test_alert_life import ask, house, newest
from tests.gateway.keeping import FLAT, Kept, seconds
from tests.gateway.rules.test_stays_go_on import open_door


def taken() -> Kept:
    """A door that opened; the officer has taken it."""
    kept = house()
    open_door(kept)
    assert ask(kept, AlertAcknowledged(id="a", at=kept.now, by="officer", alert=door(kept).id)) == ""
    assert not door(kept).phones
    kept.pass_time(seconds(5))
    return kept


def door(kept: Kept) -> Alert:
    return newest(kept, Kind.QUARANTINE_DOOR_OPENED)


def give(kept: Kept, to: str, by: str = "officer", name: str = "g") -> None:
    assert ask(kept, AlertAssigned(id=name, at=kept.now, by=by, alert=door(kept).id, to=to)) == ""


def test_whoever_it_is_given_to_is_asked_until_they_take_it() -> None:
    kept = taken()
    give(kept, "d2")
    given = door(kept)
    assert (given.state, given.assigned_to, given.given, given.given_at) == (
        AlertState.ACKNOWLEDGED,
        "d2",
        1,
        kept.now,
    )
    assert (given.asked, given.phones, given.rings) == (True, True, False)
    kept.pass_time(seconds(5))
    assert ask(kept, AlertAcknowledged(id="t", at=kept.now, by="d2", alert=given.id)) == ""
    now = door(kept)
    assert (now.asked, now.phones, now.acknowledged_by, now.given) == (False, False, "d2", 1)


def test_who_gives_it_to_themselves_is_not_rung_for() -> None:
    kept = taken()
    give(kept, "officer")
    assert (door(kept).given, door(kept).phones) == (0, False)


def test_a_reminder_of_what_was_taken_reaches_phones_until_it_is_taken_again() -> None:
    kept = taken()
    assert ask(kept, AlertReminded(id="r", at=kept.now, by="centre:desk", alert=door(kept).id)) == ""
    assert (door(kept).state, door(kept).phones) == (AlertState.ACKNOWLEDGED, True)
    assert ask(kept, AlertAcknowledged(id="t", at=kept.now, by="officer", alert=door(kept).id)) == ""
    assert not door(kept).phones


def test_put_aside_it_is_asked_of_nobody() -> None:
    kept = taken()
    give(kept, "d2")
    until = kept.now + timedelta(hours=1)
    assert ask(kept, AlertShelved(id="s", at=kept.now, by="d2", alert=door(kept).id, until=until, reason="r")) == ""
    assert (door(kept).asked, door(kept).phones) == (False, False)
    kept.pass_time(timedelta(hours=1, minutes=1), timedelta(minutes=1))
    assert not door(kept).asked


@pytest.mark.parametrize("taker", ["officer", "somebody"])
def test_who_does_not_put_it_right_in_time_is_followed_by_the_next_who_hears_of_it(taker: str) -> None:
    kept = house()
    open_door(kept)
    assert ask(kept, AlertAcknowledged(id="a", at=kept.now, by=taker, alert=door(kept).id)) == ""
    due = door(kept).due_at
    assert due is not None
    kept.pass_time(due - kept.now + seconds(1), timedelta(minutes=10))
    late = door(kept)
    assert (late.place, late.escalated, late.state) == (FLAT, 1, AlertState.ACKNOWLEDGED)
    assert (late.assigned_to, late.asked, late.phones) == ("head-b1", True, True)


def test_with_nobody_else_to_call_nobody_is_asked_anew() -> None:
    kept = house(responders=())
    open_door(kept)
    assert ask(kept, AlertAcknowledged(id="a", at=kept.now, by="officer", alert=door(kept).id)) == ""
    due = door(kept).due_at
    assert due is not None
    kept.pass_time(due - kept.now + seconds(1), timedelta(minutes=10))
    assert (door(kept).escalated, door(kept).asked) == (1, False)
