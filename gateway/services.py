"""A service somebody of a quarantine home asked for, and what may become of it: one table of states.

Floor 2, a pure room: immutable values, moved on by the orders of gateway/orders/windows.py, the door and the hour.

    asked --approve--> approved --take--> taken --deliver--> delivered --confirm--> confirmed
      |                   |                 |
      +-------------------+-----------------+--deny, withdraw, lapse--> denied, withdrawn, lapsed

Approved, it is a service window, and the door may open in it.
"""

from collections.abc import Mapping
from datetime import datetime, time
from enum import StrEnum

from msgspec import Struct

RESIDENT = "resident"  # who asks by the code on the inside of the door: nobody need say their name
DOOR = "door"  # who confirms where the door opened for a carrier
POLICY = "policy"  # who approves what the settings approve
LONGEST_WORDS = 80


class Purpose(StrEnum):
    FOOD = "food"
    MEDICINE = "medicine"
    SWAB = "swab"
    WASTE = "waste"
    REPAIR = "repair"
    OTHER = "other"


class ServiceState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    TAKEN = "taken"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Act(StrEnum):
    APPROVE = "approve"
    DENY = "deny"
    WITHDRAW = "withdraw"
    TAKE = "take"
    DELIVER = "deliver"
    CONFIRM = "confirm"
    LAPSE = "lapse"


TRANSITIONS: Mapping[tuple[ServiceState, Act], ServiceState] = {
    (ServiceState.ASKED, Act.APPROVE): ServiceState.APPROVED,
    (ServiceState.ASKED, Act.DENY): ServiceState.DENIED,
    (ServiceState.ASKED, Act.WITHDRAW): ServiceState.WITHDRAWN,
    (ServiceState.ASKED, Act.LAPSE): ServiceState.LAPSED,
    (ServiceState.APPROVED, Act.APPROVE): ServiceState.APPROVED,  # at another hour
    (ServiceState.APPROVED, Act.DENY): ServiceState.DENIED,
    (ServiceState.APPROVED, Act.WITHDRAW): ServiceState.WITHDRAWN,
    (ServiceState.APPROVED, Act.TAKE): ServiceState.TAKEN,
    (ServiceState.APPROVED, Act.DELIVER): ServiceState.DELIVERED,  # taken and brought in one
    (ServiceState.APPROVED, Act.LAPSE): ServiceState.LAPSED,
    (ServiceState.TAKEN, Act.TAKE): ServiceState.TAKEN,  # handed to somebody else
    (ServiceState.TAKEN, Act.DENY): ServiceState.DENIED,
    (ServiceState.TAKEN, Act.WITHDRAW): ServiceState.WITHDRAWN,
    (ServiceState.TAKEN, Act.DELIVER): ServiceState.DELIVERED,
    (ServiceState.TAKEN, Act.LAPSE): ServiceState.LAPSED,
    (ServiceState.DELIVERED, Act.CONFIRM): ServiceState.CONFIRMED,
}
"""What is not here cannot be done."""

PERMITTED = frozenset(
    {ServiceState.APPROVED, ServiceState.TAKEN, ServiceState.DELIVERED, ServiceState.CONFIRMED, ServiceState.LAPSED}
)
"""The door might open: the window stands, also for what a ring tells late."""

WAITING = frozenset({ServiceState.ASKED, ServiceState.APPROVED, ServiceState.TAKEN})


class Service(Struct, frozen=True, kw_only=True):
    """One request. `by` and the like are staff ids, "resident", "policy", "door", or the centre's word for itself."""

    id: str
    flat: str
    purpose: Purpose
    state: ServiceState
    asked_at: datetime
    asked_by: str
    changed_at: datetime
    words: str = ""
    opens: datetime | None = None
    closes: datetime | None = None
    decided_by: str = ""
    why: str = ""  # it was denied, withdrawn or lapsed
    taken_by: str = ""
    door_opened_at: datetime | None = None
    delivered_at: datetime | None = None
    confirmed_by: str = ""
    drill: bool = False  # asked for where a drill was on; what still waits at its end is real from then on


class ServiceMoved(Struct, frozen=True, tag=True, kw_only=True):
    """A finding: a request is in another state. The centre hears of it, and pages show it, by this."""

    at: datetime
    flat: str
    service: Service

    @property
    def drill(self) -> bool:
        return self.service.drill


class WindowPolicy(Struct, frozen=True):
    """Requests for this, asked between two local hours of a day, are approved by themselves for so many minutes."""

    purpose: Purpose
    begins: time
    ends: time
    minutes: int


class WindowRules(Struct, frozen=True):
    """How requests are treated: `[windows]` of menshen.toml."""

    policies: tuple[WindowPolicy, ...] = ()
    answer_minutes: float = 30.0  # nobody answered for so long: an alert
    most_open: int = 4  # of one flat at a time
    most_an_hour: int = 6  # of one flat
    usual_minutes: int = 60  # how long a person approves, if they say nothing else
    call: str = ""  # whom to call, as the residents' page says it


def may(state: ServiceState, act: Act) -> bool:
    return (state, act) in TRANSITIONS
