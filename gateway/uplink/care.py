"""What the centre asks about drills and agreements in, the order of the house that it means out.

Floor 6. gateway/uplink/listen.py takes the message apart and asks here.
"""

from datetime import datetime

from gateway.kinds import Kind
from gateway.messages.every import OrderMessage
from gateway.orders.care import AwayUntil, CareAgreed, CareEnded
from gateway.orders.drill import DrillBegun, DrillEnded
from gateway.orders.every import Order
from gateway.uplink.orders import Refused, until_of


def care_order(order_id: str, asked: OrderMessage, by: str, now: datetime) -> Order | None:
    """None where it is about something else. Raises Refused."""
    match asked.order:
        case "begin_drill":
            return DrillBegun(
                id=order_id,
                at=now,
                by=by,
                reason=asked.reason,
                until=until_of(asked),
                places=asked.places,
                devices=asked.devices,
                phones=bool(asked.phones),
                kinds=_kinds(asked.kinds),
                rehearsed=_kinds(asked.rehearsed),
            )
        case "end_drill":
            return DrillEnded(id=order_id, at=now, by=by, drill=asked.drill)
        case "agree_care" if asked.last_day is not None:
            return CareAgreed(
                id=order_id,
                at=now,
                by=by,
                flat=asked.flat,
                subject=asked.subject,
                reason=asked.reason,
                agreed_by=asked.agreed_by,
                last_day=asked.last_day,
                band=asked.band,
                temperatures=bool(asked.temperatures),
                door=bool(asked.door),
                meter=asked.meter,
            )
        case "agree_care":
            raise Refused("an agreement needs last_day")
        case "end_care":
            return CareEnded(id=order_id, at=now, by=by, care=asked.care)
        case "away_until":
            return AwayUntil(id=order_id, at=now, by=by, care=asked.care, until=until_of(asked))
        case _:
            return None


def _kinds(words: tuple[str, ...]) -> tuple[Kind, ...]:
    if unknown := set(words) - set(Kind):
        raise Refused(f"unknown kind: {min(unknown)[:40]}")
    return tuple(Kind(word) for word in words)
