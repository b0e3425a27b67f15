"""What the centre asks about people under observation in, the order of the house that it means out.

Floor 6. gateway/uplink/listen.py takes the message apart and asks here. What makes no sense is refused where every
order is, by gateway/enact/homes.py: the centre is told the same as whoever presses a button here.
"""

from datetime import datetime

from gateway.messages.every import OrderMessage
from gateway.orders.every import ArrivalExpected, Order, QuarantineBegun, QuarantineEnded
from gateway.orders.stays import BandReturned, StayExtended, StayMoved, StayResumed, StaySuspended
from gateway.uplink.orders import Refused


def stay_order(order_id: str, asked: OrderMessage, by: str, now: datetime) -> Order | None:
    """None where it is about something else. Raises Refused."""
    stay, reason = asked.quarantine, asked.reason
    match asked.order:
        case "begin_quarantine":
            return _begun(order_id, asked, by, now)
        case "expect_arrival":
            return _expected(order_id, asked, by, now)
        case "end_quarantine":
            return QuarantineEnded(id=order_id, at=now, by=by, quarantine=stay, reason=reason)
        case "extend_quarantine":
            if asked.last_day is None:
                raise Refused("an extension needs last_day")
            return StayExtended(id=order_id, at=now, by=by, quarantine=stay, last_day=asked.last_day, reason=reason)
        case "suspend_quarantine":
            if asked.back_by is not None and asked.back_by.tzinfo is None:
                raise Refused("back_by needs a time zone")
            return StaySuspended(id=order_id, at=now, by=by, quarantine=stay, reason=reason, back_by=asked.back_by)
        case "resume_quarantine":
            return StayResumed(id=order_id, at=now, by=by, quarantine=stay)
        case "move_quarantine":
            return StayMoved(id=order_id, at=now, by=by, quarantine=stay, flat=asked.flat, reason=reason)
        case "return_band":
            return BandReturned(id=order_id, at=now, by=by, band=asked.band)
        case _:
            return None


def _begun(order_id: str, asked: OrderMessage, by: str, now: datetime) -> QuarantineBegun:
    if asked.first_day is None or asked.last_day is None:
        raise Refused("a quarantine needs first_day and last_day")
    return QuarantineBegun(
        id=order_id,
        at=now,
        by=by,
        flat=asked.flat,
        subject=asked.subject,
        ground=asked.ground,
        first_day=asked.first_day,
        last_day=asked.last_day,
        band=asked.band,
        origin=asked.origin,
    )


def _expected(order_id: str, asked: OrderMessage, by: str, now: datetime) -> ArrivalExpected:
    if asked.days is None or asked.arrive_by is None:
        raise Refused("an arrival needs days and arrive_by")
    if asked.arrive_by.tzinfo is None:
        raise Refused("arrive_by needs a time zone")
    return ArrivalExpected(
        id=order_id,
        at=now,
        by=by,
        flat=asked.flat,
        subject=asked.subject,
        ground=asked.ground,
        days=asked.days,
        arrive_by=asked.arrive_by,
        band=asked.band,
        origin=asked.origin,
    )
