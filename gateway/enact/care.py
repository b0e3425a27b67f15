"""An order about people who agreed to be looked after, in; the state moved on. What makes no sense is refused.

Floor 3, a pure room. gateway/enact/every.py asks here for the orders of gateway/orders/care.py.
"""

from datetime import timedelta

from gateway.compound import DeviceKind, Places
from gateway.enact.homes import PSEUDONYM
from gateway.orders.care import AwayUntil, CareAgreed, CareEnded, CareOrder, agreement_of
from gateway.people import Person
from gateway.state.state import State

MAX_CARE_DAYS = 366  # asked anew once a year
MAX_AWAY = timedelta(days=366)


def refused_for_care(order: CareOrder, state: State, places: Places) -> str:
    """Why such an order cannot be done, empty if it can."""
    match order:
        case CareAgreed():
            return _refused(order, state, places)
        case CareEnded() | AwayUntil() if order.care not in state.care:
            return "no such agreement"
        case AwayUntil() if order.until - order.at > MAX_AWAY:
            return f"more than {MAX_AWAY.days} days away"
        case _:
            return ""


def _refused(order: CareAgreed, state: State, places: Places) -> str:
    meter = places.devices.get(order.meter)
    days = (order.last_day - order.at.date()).days
    found = (
        (order.flat not in places.flats, "unknown flat"),
        (not PSEUDONYM.fullmatch(order.subject), "a subject is 16 hex digits"),
        (not order.reason.strip(), "a reason is needed"),
        (not order.agreed_by.strip(), "who agreed to it is mandatory"),
        (not (order.band or order.door or order.meter), "nothing was agreed to"),
        (order.temperatures and not order.band, "a temperature needs a band"),
        (days < 0, "the last day is past"),
        (days > MAX_CARE_DAYS, f"longer than {MAX_CARE_DAYS} days"),
        (bool(order.band) and band_is_given(order.band, state), "the band is already worn"),
        (
            bool(order.meter) and (meter is None or meter.kind is not DeviceKind.METER or meter.place != order.flat),
            "no such meter in this flat",
        ),
    )
    return next((why for wrong, why in found if wrong), "")


def band_is_given(band: str, state: State) -> bool:
    """Does somebody wear it, in quarantine or by agreement?"""
    return bool(state.stays_by("band", band)) or bool(state.care_by("band", band))


def enact_for_care(order: CareOrder, state: State) -> None:
    """Move the state on, for an order that was not refused. The rest is the rules' (care, inactivity)."""
    if isinstance(order, CareAgreed):
        state.care[order.id] = agreement_of(order)
        state.people.setdefault(order.subject, Person(subject=order.subject, flat=order.flat))
