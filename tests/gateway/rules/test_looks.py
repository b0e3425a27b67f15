"""One look through a lane's camera: on record with its reason, one at a time, over by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.bodies import read_body
from gateway.looks import looking
from gateway.orders.every import OrderResult
from gateway.orders.gate import LookAsked, LookEnded
from gateway.shown.fold import Shown
from gateway.state.state import State
from tests.gateway.keeping import DOOR, IN, OUT, START, Kept, of, seconds


def ask(kept: Kept, id_: str = "k1", **changes: object) -> OrderResult:
    order = LookAsked(id=id_, at=kept.now, by="d1", lane=IN, camera="camera", reason="队伍很长", seconds=60)
    return kept.order(replace(order, **changes))


def end(kept: Kept, look: str = "k1", by: str = "d1") -> OrderResult:
    return kept.order(LookEnded(id=f"e{look}{by}", at=kept.now, by=by, look=look))


def test_who_which_camera_why_and_until_when_are_on_record() -> None:
    kept = Kept()
    assert ask(kept).done
    [order] = of(LookAsked, kept.wrote())
    assert (order.by, order.camera, order.lane, order.reason, order.seconds) == ("d1", "camera", IN, "队伍很长", 60)
    [look] = looking(kept.state.looks, kept.now, IN)
    assert (look.begun, look.until) == (START, START + seconds(60))
    assert looking(kept.state.looks, kept.now, OUT) == []
    kept.pass_time(seconds(60))
    assert looking(kept.state.looks, kept.now) == []


def test_whoever_has_seen_enough_ends_it_and_nobody_else() -> None:
    kept = Kept()
    ask(kept)
    assert end(kept, by="d2").why == "no such look"
    assert end(kept).done
    assert looking(kept.state.looks, kept.now) == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"lane": "nowhere"}, "unknown lane"),
        ({"lane": OUT}, "no such camera at that lane"),
        ({"camera": "scanner", "lane": OUT}, "no such camera at that lane"),
        ({"camera": DOOR}, "no such camera at that lane"),
        ({"reason": "  "}, "a reason is needed"),
        ({"reason": "x" * 121}, "a reason is needed"),
        ({"seconds": 0}, "a look takes 1 to 120 seconds"),
        ({"seconds": 121}, "a look takes 1 to 120 seconds"),
        ({"by": ""}, "a name is needed"),
    ],
)
def test_no_look_without_a_camera_a_reason_an_end_and_a_name(changes: dict[str, object], why: str) -> None:
    kept = Kept()
    assert ask(kept, **changes).why == why
    assert kept.state.looks == {}


def test_one_looks_at_a_time_and_the_next_when_it_is_over() -> None:
    kept = Kept()
    ask(kept)
    assert ask(kept, "k2", by="d2").why == "somebody is looking already"
    kept.pass_time(seconds(61))
    assert ask(kept, "k3", by="d2").done
    assert list(kept.state.looks) == ["k3"], "what is over is forgotten"


@pytest.mark.parametrize(
    "happens",
    [lambda kept: kept.set_clock(timedelta(hours=-3)), lambda kept: kept.reopened()],
    ids=["clock", "restart"],
)
def test_a_step_of_the_clock_and_a_restart_end_it(happens: Callable[[Kept], object]) -> None:
    kept = Kept()
    ask(kept)
    after = happens(kept)
    house = after if isinstance(after, Kept) else kept
    assert house.state.looks == {}


def test_the_pages_fold_says_the_same() -> None:
    kept = Kept()
    shown = Shown(State())
    ask(kept)
    kept.pass_time(seconds(200))
    ask(kept, "k2")
    for batch in kept.batches:
        for entry in batch.entries:
            shown.apply(entry.number, read_body(entry.body))
    assert shown.looks == kept.state.looks != {}
    end(kept, "k2")
    for entry in kept.batches[-1].entries:
        shown.apply(entry.number, read_body(entry.body))
    assert shown.looks == kept.state.looks == {}
