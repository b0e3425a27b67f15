"""What the centre asks about alerts and tasks in, the order of the house that it means out.

Floor 6. gateway/uplink/listen.py takes the message apart and asks here first.
"""

from datetime import datetime

from gateway.messages.every import OrderMessage
from gateway.orders.alerts import AlertAssigned, AlertShelved, WorkBegun, WorkEnded
from gateway.orders.every import AlertAcknowledged, AlertClosed, Order
from gateway.orders.remind import AlertReminded
from gateway.orders.rounds import TaskAnswered


class Refused(Exception):
    """An order that is not followed: `why` goes back to the centre."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def alert_order(order_id: str, asked: OrderMessage, by: str, now: datetime) -> Order | None:
    """None where it is about something else. Raises Refused."""
    match asked.order:
        case "acknowledge":
            return AlertAcknowledged(id=order_id, at=now, by=by, alert=asked.alert, comment=asked.comment)
        case "remind":
            return AlertReminded(id=order_id, at=now, by=by, alert=asked.alert, comment=asked.comment)
        case "close":
            return AlertClosed(
                id=order_id, at=now, by=by, alert=asked.alert, closing=asked.closing, comment=asked.comment
            )
        case "assign":
            return AlertAssigned(id=order_id, at=now, by=by, alert=asked.alert, to=asked.to, comment=asked.comment)
        case "shelve":
            return AlertShelved(
                id=order_id, at=now, by=by, alert=asked.alert, until=until_of(asked), reason=asked.reason
            )
        case "begin_work":
            return WorkBegun(
                id=order_id, at=now, by=by, until=until_of(asked), reason=asked.reason, places=asked.places
            )
        case "task_result":
            return TaskAnswered(
                id=order_id,
                at=now,
                by=by,
                task=asked.task,
                outcome=asked.outcome,
                celsius=asked.celsius,
                comment=asked.comment,
            )
        case "end_work":
            return WorkEnded(id=order_id, at=now, by=by, work=asked.work)
        case _:
            return None


def until_of(asked: OrderMessage) -> datetime:
    if asked.until is None or asked.until.tzinfo is None:
        raise Refused(f"{asked.order} needs until, with a time zone")
    return asked.until
