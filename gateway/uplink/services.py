"""What the centre says about services at quarantine doors in; orders of the house out."""

from collections.abc import Callable
from datetime import datetime

from gateway.messages.every import OrderMessage
from gateway.orders.windows import (
    WindowApproved,
    WindowAsked,
    WindowConfirmed,
    WindowDelivered,
    WindowDenied,
    WindowOrder,
    WindowTaken,
    WindowWithdrawn,
)

Make = Callable[[str, datetime, str, OrderMessage], WindowOrder]

PLAIN: dict[str, Make] = {
    "deny_service": lambda id_, at, by, said: WindowDenied(
        id=id_, at=at, by=by, request=said.request, reason=said.reason
    ),
    "take_service": lambda id_, at, by, said: WindowTaken(id=id_, at=at, by=by, request=said.request),
    "deliver_service": lambda id_, at, by, said: WindowDelivered(id=id_, at=at, by=by, request=said.request),
    "confirm_service": lambda id_, at, by, said: WindowConfirmed(id=id_, at=at, by=by, request=said.request),
    "withdraw_service": lambda id_, at, by, said: WindowWithdrawn(
        id=id_, at=at, by=by, request=said.request, reason=said.reason
    ),
}
KNOWN = frozenset({"ask_service", "approve_service", *PLAIN})


def service_order(order_id: str, asked: OrderMessage, now: datetime, by: str) -> WindowOrder | str:
    """The order, or why it cannot be handed in. `asked.order` is one of KNOWN."""
    for at in (asked.opens, asked.closes):
        if at is not None and at.tzinfo is None:
            return "a service window needs hours with a time zone"
    if asked.order in PLAIN:
        return PLAIN[asked.order](order_id, now, by, asked)
    if asked.order == "ask_service":
        return WindowAsked(
            id=order_id,
            at=now,
            by=by,
            flat=asked.flat,
            purpose=asked.purpose,
            words=asked.comment,
            opens=asked.opens,
            closes=asked.closes,
        )
    if asked.opens is None or asked.closes is None:
        return "a service window needs opens and closes"
    return WindowApproved(id=order_id, at=now, by=by, request=asked.request, opens=asked.opens, closes=asked.closes)
