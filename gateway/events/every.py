"""What happened, where and when: readings given a place and a meaning. Past tense, every one.

Floor 2, a pure room. Events are the inputs the fold reads: the same events, orders and hours lead to the same findings.
`at` is when it happened, `heard` when the house had it; both aware UTC. Fields are only added, with defaults.
"""

from datetime import datetime
from enum import StrEnum

from devices.reading import SightFault
from gateway.compound import DeviceKind
from gateway.events.house import ClockSet as ClockSet
from gateway.events.house import ConfigLoaded as ConfigLoaded
from gateway.events.house import DiskFilled as DiskFilled
from gateway.events.house import HourStruck as HourStruck
from gateway.events.house import HouseOpened as HouseOpened
from gateway.events.marked import Marked
from gateway.events.meters import MeterEvent
from gateway.events.neighbours import CodeUsedElsewhere, PassSpentElsewhere
from gateway.events.presence import PresenceChanged


class Proof(StrEnum):
    """What the signature said of a shown code, before any rule was asked."""

    GENUINE = "genuine"
    UNREADABLE = "unreadable"
    FORGED = "forged"
    WITHDRAWN = "withdrawn"
    UNCHECKED = "unchecked"  # no trust list: cannot check, which is never "refused"
    UNKNOWN = "unknown"  # a number that is in no book
    UNSURE = "unsure"  # a plate that was not read well enough


class PassShown(Marked, frozen=True, tag=True, kw_only=True):
    """Somebody showed a code at a lane. Its text ends here; the pass is known by its signed id.

    `cti`, `subject` and the rest are filled where the signature is authentic, also of a pass that is withdrawn."""

    at: datetime
    heard: datetime
    device: str
    lane: str
    proof: Proof
    why: str = ""
    cti: str = ""
    kid: str = ""
    subject: str = ""
    holder: str = ""  # the kind of pass: resident, visitor, staff ...
    compound: str = ""
    gates: int = 0  # bitmask: bit n-1 for gate number n; 0 means every gate
    not_before: datetime | None = None
    not_after: datetime | None = None
    once: bool = False
    trust_version: int = 0
    stepped: datetime | None = None  # when a phone began to show this very code; a card's code has no such hour
    flat: str = ""  # where a card or plate is registered; a pass does not say
    medium: str = ""  # a card, a plate, a typed short code (gateway/passes/numbers.py); empty for a code
    foreign: str = ""  # the scheme of a foreign credential: no pass, so no subject, compound or gates; cti is its key


class DoorMoved(Marked, frozen=True, tag=True, kw_only=True):
    """A flat's door is open, or shut. `found`: so it stands, after nothing was heard of it; nobody saw it move."""

    at: datetime
    heard: datetime
    device: str
    flat: str
    open: bool
    found: bool = False


class ExitMoved(Marked, frozen=True, tag=True, kw_only=True):
    """A fire exit or a sealed gate is open, or shut; or, of its light barrier, blocked or free."""

    at: datetime
    heard: datetime
    device: str
    place: str
    open: bool
    obstruction: bool = False
    found: bool = False  # as of a door


class TamperMoved(Marked, frozen=True, tag=True, kw_only=True):
    """The case of a sensor was opened, or closed."""

    at: datetime
    heard: datetime
    device: str
    place: str
    open: bool


class TemperatureTaken(Marked, frozen=True, tag=True, kw_only=True):
    """A worn wristband measured its wearer. `counter` moves the replay guard on."""

    at: datetime
    heard: datetime
    device: str
    celsius: float
    counter: int | None = None
    battery_percent: int | None = None


class LaneTemperatureTaken(Marked, frozen=True, tag=True, kw_only=True):
    """The thermometer at a lane measured somebody hot. What it measures of the healthy is nobody's business."""

    at: datetime
    heard: datetime
    device: str
    lane: str
    celsius: float
    again: bool = False  # still the same one, who has not gone on


class BandHeard(Marked, frozen=True, tag=True, kw_only=True):
    """A wristband said something that is not a temperature: taken off or put on, a call for help, a fall."""

    at: datetime
    heard: datetime
    device: str
    worn: bool | None = None
    sos: bool = False
    fallen: bool = False
    battery_percent: int | None = None
    counter: int | None = None
    fine: bool = False  # the wearer says after a fall: I am fine


class DeviceForged(Marked, frozen=True, tag=True, kw_only=True):
    """Somebody spoke in a device's name without its key, or played old words again, `count` times."""

    at: datetime
    heard: datetime
    device: str
    why: str
    count: int


class DeviceSilent(Marked, frozen=True, tag=True, kw_only=True):
    """A sensing path has said nothing for longer than its limit. Dated by when the limit ran out."""

    at: datetime
    heard: datetime
    device: str
    kind: DeviceKind
    since: datetime
    why: str = ""


class DeviceBack(Marked, frozen=True, tag=True, kw_only=True):
    """A silent device was heard again."""

    at: datetime
    heard: datetime
    device: str
    kind: DeviceKind


class BatteryFell(Marked, frozen=True, tag=True, kw_only=True):
    """A battery went under the limit (`low`), or was changed."""

    at: datetime
    heard: datetime
    device: str
    low: bool
    battery_percent: int | None = None
    battery_millivolts: int | None = None


class OutputTried(Marked, frozen=True, tag=True, kw_only=True):
    """An output was to be switched and could not be (`ok` false), or obeys again."""

    at: datetime
    heard: datetime
    device: str
    on: bool
    ok: bool
    why: str = ""


class SightingsLost(Marked, frozen=True, tag=True, kw_only=True):
    """A device had to forget `count` sightings: its ring was full, or its cable was bad."""

    at: datetime
    heard: datetime
    device: str
    count: int


class GarbledHeard(Marked, frozen=True, tag=True, kw_only=True):
    """Bytes that follow no rule, counted; the last one's length and keyed hash."""

    at: datetime
    heard: datetime
    device: str
    count: int
    length: int
    digest: str
    why: str


class NodeStarted(Marked, frozen=True, tag=True, kw_only=True):
    """A node has started and said what it is."""

    at: datetime
    heard: datetime
    device: str
    firmware: str
    boot: int


class CameraSightChanged(Marked, frozen=True, tag=True, kw_only=True):
    """A camera sees its lane no longer (`fault`), or for another reason, or again (None)."""

    at: datetime
    heard: datetime
    device: str
    lane: str
    fault: SightFault | None = None


class FireSignalled(Marked, frozen=True, tag=True, kw_only=True):
    """The fire alarm's contact was made (`on`), or let go."""

    at: datetime
    heard: datetime
    device: str
    compound: str
    on: bool


Event = (
    PassShown
    | DoorMoved
    | ExitMoved
    | TamperMoved
    | TemperatureTaken
    | LaneTemperatureTaken
    | BandHeard
    | PresenceChanged
    | DeviceForged
    | DeviceSilent
    | DeviceBack
    | BatteryFell
    | MeterEvent
    | OutputTried
    | CameraSightChanged
    | SightingsLost
    | GarbledHeard
    | NodeStarted
    | PassSpentElsewhere
    | CodeUsedElsewhere
    | HouseOpened
    | ConfigLoaded
    | ClockSet
    | FireSignalled
    | DiskFilled
    | HourStruck
)
