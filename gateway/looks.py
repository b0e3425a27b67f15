"""Orders for a look through a lane's camera in; who looks where, until when and why, out.

Floor 2, a pure room. The fold of the house and that of the pages move by the same steps. A look ends by its hour; one
that outlasts a restart, or a step of the clock, does not: whoever wants to see more asks again.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from gateway.orders.gate import LookAsked


class Looking(Struct, frozen=True, kw_only=True):
    """Somebody looks through a camera."""

    id: str
    by: str
    lane: str
    camera: str
    reason: str
    begun: datetime
    until: datetime


def look(looks: dict[str, Looking], order: LookAsked) -> None:
    """It begins; those that are over are forgotten."""
    for old in [each.id for each in looks.values() if each.until <= order.at]:
        del looks[old]
    looks[order.id] = Looking(
        id=order.id,
        by=order.by,
        lane=order.lane,
        camera=order.camera,
        reason=order.reason,
        begun=order.at,
        until=order.at + timedelta(seconds=order.seconds),
    )


def looking(looks: dict[str, Looking], now: datetime, lane: str = "") -> list[Looking]:
    """Who looks now, at one lane or at any."""
    return [each for each in looks.values() if each.begun <= now < each.until and lane in ("", each.lane)]
