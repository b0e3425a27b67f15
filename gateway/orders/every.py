"""What people ask of the house: guards, installers, duty officers, the centre. By the same inbox as readings.

Floor 2, a pure room. Every order has an id of its own (the same order twice is done once) and says who asked. Orders
are journaled and folded like events. Names never stand in them: `by` is a staff id or the centre's word for itself.
"""

from datetime import date, datetime

from msgspec import Struct

from gateway.orders.alerts import AlertOrder
from gateway.orders.care import CareOrder
from gateway.orders.drill import DrillOrder
from gateway.orders.gate import CourierLeft, LookAsked, LookEnded
from gateway.orders.homes import HomeOrder
from gateway.orders.lane import FireDeclared as FireDeclared
from gateway.orders.lane import FireEnded as FireEnded
from gateway.orders.lane import FlatLookedUp as FlatLookedUp
from gateway.orders.lane import GuardOnPatrol as GuardOnPatrol
from gateway.orders.lane import GuardRuled as GuardRuled
from gateway.orders.lane import RulingUndone as RulingUndone
from gateway.orders.numbers import NumbersEntered
from gateway.orders.privacy import PersonErased
from gateway.orders.remind import AlertReminded
from gateway.orders.rounds import TaskAnswered
from gateway.orders.shifts import ShiftBegun, ShiftEnded, ShiftHandedOver
from gateway.orders.staff import StaffOrder
from gateway.orders.windows import WindowOrder
from gateway.people import Care, Quarantine, ServiceWindow


class PersonEntered(Struct, frozen=True, tag=True, kw_only=True):
    """A person is known to the house by a pseudonym (name and phone went to the registry)."""

    id: str
    at: datetime
    by: str
    subject: str
    flat: str
    care: tuple[Care, ...] = ()


class QuarantineBegun(Struct, frozen=True, tag=True, kw_only=True):
    """Home observation begins. The legal ground and the last day are mandatory."""

    id: str
    at: datetime
    by: str
    flat: str
    subject: str
    ground: str
    first_day: date
    last_day: date
    band: str = ""
    origin: str = ""


class QuarantineEnded(Struct, frozen=True, tag=True, kw_only=True):
    """Home observation ends before its last day, or is set right."""

    id: str
    at: datetime
    by: str
    quarantine: str
    reason: str


class WindowOpened(Struct, frozen=True, tag=True, kw_only=True):
    """A quarantine door may open between two hours."""

    id: str
    at: datetime
    by: str
    flat: str
    opens: datetime
    closes: datetime
    purpose: str


class PassWithdrawn(Struct, frozen=True, tag=True, kw_only=True):
    """A pass is withdrawn at this gateway, ahead of the next trust list."""

    id: str
    at: datetime
    by: str
    cti: str
    reason: str


class PersonWithdrawn(Struct, frozen=True, tag=True, kw_only=True):
    """Every pass of a person is withdrawn at this gateway, ahead of the next trust list."""

    id: str
    at: datetime
    by: str
    subject: str
    reason: str


class ArrivalExpected(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody comes home to be observed there for `days` days, today included, once they have come in by a lane.

    Door and band are watched from then on. Who has not come in by `arrive_by` is asked after. The order's id is the
    id of the stay; QuarantineEnded with it takes the order back.
    """

    id: str
    at: datetime
    by: str
    flat: str
    subject: str
    ground: str
    days: int
    arrive_by: datetime
    band: str = ""
    origin: str = ""


class ProfileChosen(Struct, frozen=True, tag=True, kw_only=True):
    """Another grade of risk: from now on the lanes ask for what this profile says."""

    id: str
    at: datetime
    by: str
    profile: str


class TrustTaken(Struct, frozen=True, tag=True, kw_only=True):
    """A root-signed trust list was accepted. The list itself lies in a file of its own, by its version and hash."""

    id: str
    at: datetime
    by: str
    version: int
    digest: str
    issued_at: datetime
    next_update: datetime | None = None


class AlertAcknowledged(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody takes an alert, by name."""

    id: str
    at: datetime
    by: str
    alert: str
    comment: str = ""


class AlertClosed(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody says how it ended: real, resident_error, device_fault, test, drill."""

    id: str
    at: datetime
    by: str
    alert: str
    closing: str
    comment: str = ""


class DeviceKeyed(Struct, frozen=True, tag=True, kw_only=True):
    """A band was given a key. The key went to the registry; here stands a fingerprint, so that a new one is noticed.

    With a new key the band's counter begins anew; with the old one it never goes back.
    """

    id: str
    at: datetime
    by: str
    device: str
    fingerprint: str


Order = (
    GuardRuled
    | RulingUndone
    | GuardOnPatrol
    | FlatLookedUp
    | FireDeclared
    | FireEnded
    | PersonEntered
    | QuarantineBegun
    | QuarantineEnded
    | WindowOpened
    | PassWithdrawn
    | PersonWithdrawn
    | ArrivalExpected
    | ProfileChosen
    | TrustTaken
    | AlertAcknowledged
    | AlertClosed
    | DeviceKeyed
    | StaffOrder
    | CourierLeft
    | LookAsked
    | LookEnded
    | AlertReminded
    | CareOrder
    | DrillOrder
    | ShiftBegun
    | ShiftHandedOver
    | ShiftEnded
    | NumbersEntered
    | WindowOrder
    | AlertOrder
    | HomeOrder
    | TaskAnswered
    | PersonErased
)


class OrderRefused(Struct, frozen=True, tag=True, kw_only=True):
    """An order that made no sense. Journaled in its place, so that nobody who reads the journal takes it for done."""

    id: str
    at: datetime
    by: str
    order: str  # what kind of order it was
    why: str


class OrderResult(Struct, frozen=True, gc=False):
    """What came of an order: done, or refused and why; `again`: that was answered before, and nothing was done now."""

    order: str
    done: bool
    why: str = ""
    again: bool = False


def quarantine_of(order: QuarantineBegun) -> Quarantine:
    """The stay that this order begins; its id is the order's."""
    return Quarantine(
        id=order.id,
        flat=order.flat,
        subject=order.subject,
        ground=order.ground,
        first_day=order.first_day,
        last_day=order.last_day,
        begun_by=order.by,
        band=order.band,
        origin=order.origin,
        begun_at=order.at,
    )


def window_of(order: WindowOpened) -> ServiceWindow:
    """The service window that this order opens; its id is the order's."""
    return ServiceWindow(
        id=order.id,
        flat=order.flat,
        opens=order.opens,
        closes=order.closes,
        purpose=order.purpose,
        asked_by=order.by,
    )
