"""Drills and agreements, as the centre asks for them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.messages.every import OrderMessage
from gateway.orders.care import AwayUntil, CareAgreed, CareEnded
from gateway.orders.drill import DrillBegun, DrillEnded
from gateway.uplink.listen import house_order
from gateway.uplink.orders import Refused

NOW = datetime(2026, 3, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)


def test_each_becomes_the_order_of_the_house() -> None:
    asked = [
        OrderMessage(order="begin_drill", by="desk", reason="r", until=LATER, places=("palm",), devices=("d",)),
        OrderMessage(order="end_drill", drill="x"),
        OrderMessage(
            order="agree_care",
            flat="f",
            subject="s",
            reason="r",
            agreed_by="self",
            last_day=date(2026, 9, 1),
            door=True,
        ),
        OrderMessage(order="end_care", care="c"),
        OrderMessage(order="away_until", care="c", until=LATER),
    ]
    assert [house_order("id", each, NOW) for each in asked] == [
        DrillBegun(id="id", at=NOW, by="centre:desk", reason="r", until=LATER, places=("palm",), devices=("d",)),
        DrillEnded(id="id", at=NOW, by="centre", drill="x"),
        CareAgreed(
            id="id",
            at=NOW,
            by="centre",
            flat="f",
            subject="s",
            reason="r",
            agreed_by="self",
            last_day=date(2026, 9, 1),
            door=True,
        ),
        CareEnded(id="id", at=NOW, by="centre", care="c"),
        AwayUntil(id="id", at=NOW, by="centre", care="c", until=LATER),
    ]


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (OrderMessage(order="begin_drill"), "needs until"),
        (OrderMessage(order="away_until", until=NOW.replace(tzinfo=None)), "needs until"),
        (OrderMessage(order="agree_care"), "needs last_day"),
    ],
)
def test_what_is_missing_is_named(order: OrderMessage, why: str) -> None:
    with pytest.raises(Refused, match=why):
        house_order("id", order, NOW)
