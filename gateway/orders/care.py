"""What is asked for people outside quarantine who wish to be looked after: an agreement, its end, "away until".

Floor 2, a pure room; part of the union in gateway/orders/every.py.
"""

from datetime import date, datetime

from msgspec import Struct

from gateway.agreements import Agreement


class CareAgreed(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody agreed to be looked after. Reason and last day are mandatory; the order's id is the agreement's."""

    id: str
    at: datetime
    by: str
    flat: str
    subject: str
    reason: str
    agreed_by: str
    last_day: date
    band: str = ""
    temperatures: bool = False
    door: bool = False
    meter: str = ""


class CareEnded(Struct, frozen=True, tag=True, kw_only=True):
    """It was taken back, or is over before its last day. Nobody need say why."""

    id: str
    at: datetime
    by: str
    care: str


class AwayUntil(Struct, frozen=True, tag=True, kw_only=True):
    """Whoever lives there is away until then and not missed; an hour that is past: they are back."""

    id: str
    at: datetime
    by: str
    care: str
    until: datetime


CareOrder = CareAgreed | CareEnded | AwayUntil


def agreement_of(order: CareAgreed) -> Agreement:
    """The agreement on record."""
    return Agreement(
        id=order.id,
        flat=order.flat,
        subject=order.subject,
        reason=order.reason,
        agreed_by=order.agreed_by,
        last_day=order.last_day,
        begun_at=order.at,
        begun_by=order.by,
        band=order.band,
        temperatures=order.temperatures,
        door=order.door,
        meter=order.meter,
    )
