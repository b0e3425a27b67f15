"""Orders that make no sense are refused in one sentence and leave no trace but that; done is done once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from devices.reading import DoorSeen
from gateway.findings import Decision
from gateway.kinds import Kind
from gateway.orders.every import (
    AlertAcknowledged,
    AlertClosed,
    DeviceKeyed,
    GuardRuled,
    Order,
    OrderRefused,
    PassWithdrawn,
    PersonEntered,
    QuarantineBegun,
    QuarantineEnded,
    TrustTaken,
    WindowOpened,
)
from gateway.shown.fold import Shown
from gateway.state.state import State
from tests.gateway.keeping import ANNA, BAND, BO, DOOR, FLAT, IN, OTHER_FLAT, START, Kept, of, seconds

TODAY = START.date()
ABOUT: dict[str, Any] = {"id": "o1", "at": START, "by": "d1"}
RULED = GuardRuled(**ABOUT, lane=IN, admit=True, reason="known to me")
ENTERED = PersonEntered(**ABOUT, subject=BO, flat=FLAT)
BEGUN = QuarantineBegun(
    **ABOUT, flat=OTHER_FLAT, subject=BO, ground="order 7", first_day=TODAY, last_day=TODAY + timedelta(days=13)
)
ENDED = QuarantineEnded(**ABOUT, quarantine="q1", reason="set right")
WINDOW = WindowOpened(**ABOUT, flat=FLAT, opens=START + seconds(60), closes=START + seconds(3600), purpose="food")
TRUST = TrustTaken(**ABOUT, version=7, digest="00", issued_at=START)
SEEN = AlertAcknowledged(**ABOUT, alert="e1/?", comment="")
CLOSED = AlertClosed(**ABOUT, alert="e1/?", closing="real")
DAY = timedelta(days=1)
LAST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)

REFUSED: list[tuple[Order, dict[str, Any], str]] = [
    (RULED, {"lane": "palm/east/up"}, "unknown lane"),
    (RULED, {"reason": " "}, "a reason is needed"),
    (ENTERED, {"flat": "palm/b9-1-101"}, "unknown flat"),
    (ENTERED, {"subject": "王静"}, "a subject is 16 hex digits"),
    (BEGUN, {"flat": ""}, "unknown flat"),
    (BEGUN, {"subject": ""}, "a subject is 16 hex digits"),
    (BEGUN, {"subject": "王静"}, "a subject is 16 hex digits"),
    (BEGUN, {"subject": BO.upper()}, "a subject is 16 hex digits"),
    (BEGUN, {"ground": "  "}, "the legal ground is mandatory"),
    (BEGUN, {"last_day": TODAY - DAY}, "the last day is before the first"),
    (BEGUN, {"last_day": TODAY + 61 * DAY}, "longer than 60 days"),
    (BEGUN, {"first_day": date.max, "last_day": date.max}, "the first day is more than 366 days away"),
    (BEGUN, {"first_day": date.min, "last_day": date.min}, "the first day is more than 366 days away"),
    (BEGUN, {"band": BAND}, "the band is already worn"),
    (ENDED, {"quarantine": "q9"}, "unknown quarantine"),
    (WINDOW, {"flat": "x"}, "unknown flat"),
    (WINDOW, {"closes": START + seconds(60)}, "the window closes before it opens"),
    (WINDOW, {"closes": START + 8 * DAY}, "longer than 7 days, or more than 366 days away"),
    (WINDOW, {"opens": LAST - DAY, "closes": LAST}, "longer than 7 days, or more than 366 days away"),
    (TRUST, {"version": 4}, "an older trust list"),
    (SEEN, {}, "no such open alert"),
    (SEEN, {"alert": "the open one", "by": " "}, "a name is needed"),
    (CLOSED, {}, "no such open alert"),
    (CLOSED, {"alert": "the open one", "by": ""}, "a name is needed"),
    (CLOSED, {"alert": "the open one", "closing": "done"}, "unknown closing code"),
]


def house() -> Kept:
    """Anna is in quarantine with a band, her door was opened, trust list 5 is in use."""
    kept = Kept()
    kept.quarantine(band=BAND)
    kept.hear(DOOR, DoorSeen(open=True))
    assert kept.order(replace(TRUST, id="t5", version=5)).done
    return kept


def about_the_open_alert(kept: Kept, order: Order) -> Order:
    if getattr(order, "alert", "") == "the open one":
        return replace(order, alert=kept.alert(Kind.QUARANTINE_DOOR_OPENED).id)
    return order


def without_answers(state: State) -> dict[str, Any]:
    left = {name: getattr(state, name) for name in state.__struct_fields__}
    for told in ("orders", "number", "heard"):
        left.pop(told)
    return {name: repr(value) for name, value in left.items()}


@pytest.mark.parametrize(("order", "changes", "why"), REFUSED)
def test_refused(order: Order, changes: dict[str, Any], why: str) -> None:
    kept = house()
    asked = about_the_open_alert(kept, replace(order, **changes))
    before = without_answers(kept.state)
    result = kept.order(asked)
    assert (result.order, result.done, result.why) == ("o1", False, why)
    assert without_answers(kept.state) == before
    (refused,) = kept.batches[-1].bodies
    assert refused == OrderRefused(id="o1", at=asked.at, by=asked.by, order=type(asked).__name__, why=why)


@pytest.mark.parametrize(("order", "changes", "why"), REFUSED)
def test_a_refused_order_is_never_shown_as_done(order: Order, changes: dict[str, Any], why: str) -> None:
    kept = house()
    shown = Shown(kept.state)
    before = (dict(shown.quarantines), dict(shown.windows))
    kept.order(about_the_open_alert(kept, replace(order, **changes)))
    for entry, body in zip(kept.batches[-1].entries, kept.batches[-1].bodies, strict=True):
        shown.apply(entry.number, body)
    assert (shown.quarantines, shown.windows) == before


DONE: list[Order] = [
    RULED,
    ENTERED,
    BEGUN,
    WINDOW,
    PassWithdrawn(**ABOUT, cti="c0ffee0000000001", reason="lost"),
    replace(TRUST, version=5),
    TRUST,
    DeviceKeyed(**ABOUT, device="band-9", fingerprint="ab"),
    replace(SEEN, alert="the open one"),
    replace(CLOSED, alert="the open one"),
]


@pytest.mark.parametrize("order", DONE)
def test_done_once_and_answered_the_same(order: Order) -> None:
    kept = house()
    asked = about_the_open_alert(kept, order)
    first = kept.order(asked)
    assert (first.done, first.why) == (True, "")
    number, wrote = kept.state.number, len(kept.wrote())
    assert kept.order(replace(asked, by="somebody else")) == replace(first, again=True)
    assert (kept.state.number, len(kept.wrote())) == (number, wrote)


def test_a_ruling_twice_opens_the_lane_once() -> None:
    kept = house()
    for _ in range(2):
        kept.order(RULED)
    assert len(of(Decision, kept.wrote())) == 1
    assert kept.batches[-1].effects == ()


def test_answers_outlive_a_restart() -> None:
    kept = house()
    kept.order(replace(ENDED, quarantine="q9"))
    again = kept.reopened()
    assert again.order(ENDED).why == "unknown quarantine"


def test_what_fell_due_before_an_order_comes_before_it() -> None:
    """A stay that has run out cannot be ended any more, though nothing struck the hour since."""
    kept = Kept()
    stay = kept.quarantine(days=1)
    kept.now += 3 * DAY
    result = kept.order(replace(ENDED, at=kept.now, quarantine=stay))
    assert result.why == "unknown quarantine"
    assert [type(body).__name__ for body in kept.batches[-1].bodies] == ["HourStruck", "StayEnded", "OrderRefused"]


def test_only_the_newest_thousand_answers_are_remembered() -> None:
    kept = Kept()
    for number in range(1005):
        kept.order(replace(ENTERED, id=f"p{number}"))
    assert len(kept.state.orders) == 1000
    assert "p4" not in kept.state.orders


def test_the_values_of_an_order_reach_the_books() -> None:
    kept = house()
    kept.order(replace(BEGUN, id="q9", origin="Lijiang"))
    stay = kept.state.quarantines["q9"]
    assert (stay.subject, stay.flat, stay.ground, stay.begun_by, stay.origin) == (
        BO,
        OTHER_FLAT,
        "order 7",
        "d1",
        "Lijiang",
    )
    assert kept.state.people[BO].flat == OTHER_FLAT
    assert kept.state.people[ANNA].flat == FLAT


def test_every_order_is_a_struct_with_an_id_an_hour_and_a_name() -> None:
    for order in DONE:
        assert isinstance(order, Struct)
        assert order.id
        assert order.at.tzinfo is not None
        assert order.by
