"""All that the gatekeeper remembers, as one serialisable value: the fold over the journal's inputs.

Floor 2, a pure room. Only the gatekeeper and its rules change a State, each rule its own part. `freeze` and `thaw`
turn it into bytes and back; a snapshot is exactly these bytes. Pages and the uplink read it, and never keep it.
"""

from datetime import UTC, datetime

import msgspec
from msgspec import Struct, field

from devices.reading import SightFault, SpentPass
from gateway.agreements import Agreement, Life
from gateway.batteries import Battery
from gateway.calling import Calling
from gateway.case_log import CaseLog
from gateway.compound import Direction, Site, Street
from gateway.couriers import Courier
from gateway.findings import Alert, Decision
from gateway.findings_shifts import Shift, ShiftSheet
from gateway.limits import Limits
from gateway.looks import Looking
from gateway.orders.drill import DrillBegun
from gateway.orders.every import ArrivalExpected, OrderResult
from gateway.orders.privacy import Erasing
from gateway.passes.known import KnownPass
from gateway.people import Person, Quarantine, Released, ServiceWindow
from gateway.profile import ORDINARY, PROFILES, Profile
from gateway.rounds import Round, RoundDone, RoundRules, Task, Why
from gateway.services import Service, WindowRules
from gateway.state.doors import DoorMemory, Doubt, ManyDoors
from gateway.state.indexed import Indexed
from gateway.state.parts import Case as Case
from gateway.state.parts import Dark as Dark
from gateway.state.parts import Forgeries as Forgeries
from gateway.state.parts import Heat as Heat
from gateway.state.parts import Hot as Hot
from gateway.state.parts import Referred as Referred
from gateway.state.parts import Ruling as Ruling
from gateway.state.parts import Unruled as Unruled
from gateway.state.parts import Whereabouts as Whereabouts
from gateway.state.parts import Work as Work
from gateway.state.parts import WrongPins as WrongPins
from gateway.temperatures import Baseline

RULES_VERSION = 9  # raise it when a rule concludes something else from the same inputs: old snapshots are passed over

RINGS_KEPT = 64  # ring epochs of a node whose sequence numbers are remembered; a node makes a new one when it is reset
DECISIONS_KEPT = 200  # four lanes at a rush: a ruling or its undoing a minute later still finds whom it is about
NODES_KEPT = 16_384  # nodes whose rings are remembered: four streets; a cable that lies invents names without end

EMPTY_SITE = Site(street=Street(id="", name="", compounds=()), devices=())


class Timer(Struct, frozen=True, gc=False):
    """A rule wants to be woken `due` on the house's clock; what it then finds is dated `dated`."""

    due: datetime
    dated: datetime
    calendar: bool = False  # it waits for a date, not for a time to pass: a step of the clock does not move it


class Passing(Struct, frozen=True):
    """The last admission at a lane, so that the same code read twice in a moment is one passing."""

    cti: str
    at: datetime
    stay: str = ""  # the quarantine it began, of somebody who was expected
    direction: Direction = Direction.IN


class State(Struct):
    """See the module. All instants are aware UTC; keys are ids."""

    rules_version: int = RULES_VERSION
    number: int = 0
    streams: dict[str, int] = field(default_factory=dict)
    heard: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    epoch: str = ""
    clock_trusted: bool = False
    sure: datetime = datetime(1970, 1, 1, tzinfo=UTC)  # the last hour heard while the clock was trusted
    fingerprint: str = ""
    site: Site = EMPTY_SITE
    limits: Limits = Limits()
    limits_configured: Limits = Limits()  # before the profile in force says otherwise
    calling: Calling = Calling()
    round_rules: RoundRules = RoundRules()
    reports: tuple[str, ...] = ()
    window_rules: WindowRules = WindowRules()
    profiles: dict[str, Profile] = field(default_factory=lambda: {each.name: each for each in PROFILES})
    profile_configured: str = ""
    # what orders moved
    profile: str = ORDINARY
    profile_since: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    arrivals: dict[str, ArrivalExpected] = field(default_factory=dict)  # id of the order -> who has not come in yet
    withdrawn_people: dict[str, datetime] = field(default_factory=dict)
    erasing: dict[str, Erasing] = field(default_factory=dict)  # order -> of whom not all is gone yet
    people: dict[str, Person] = field(default_factory=dict)
    quarantines: dict[str, Quarantine] = field(default_factory=dict)
    suspended: dict[str, Quarantine] = field(
        default_factory=dict
    )  # stays of who is in hospital: no rule looks at these
    waiting: dict[str, datetime] = field(
        default_factory=dict
    )  # stays whose first day is still to come -> its first instant: nobody's band is missed yet
    released: dict[str, Released] = field(default_factory=dict)  # stay -> when it ended, and is its band back?
    unclean: dict[str, str] = field(default_factory=dict)  # band that was given back -> the key it must not keep
    windows: dict[str, ServiceWindow] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)  # id of the request -> what became of it
    withdrawn: dict[str, datetime] = field(default_factory=dict)
    trust_version: int = 0
    trust_digest: str = ""
    trust_issued_at: datetime | None = None
    trust_next_update: datetime | None = None
    orders: dict[str, OrderResult] = field(default_factory=dict)
    # guards against saying a thing twice
    sources: dict[str, dict[int, int]] = field(default_factory=dict)  # device -> ring epoch -> highest sequence
    counters: dict[str, int] = field(default_factory=dict)  # band -> highest replay counter on disk
    band_keys: dict[str, str] = field(default_factory=dict)  # band -> fingerprint of the key the counter belongs to
    spent: dict[str, datetime] = field(default_factory=dict)  # one-time pass -> when it may be forgotten
    spent_here: dict[str, SpentPass] = field(default_factory=dict)  # of these, which this gateway let in
    spent_elsewhere: dict[str, datetime] = field(default_factory=dict)  # and which another gateway of the compound did
    used_codes: dict[str, datetime] = field(default_factory=dict)  # pass on a phone -> step of the last code used
    known: dict[str, KnownPass] = field(default_factory=dict)  # short code -> pass that was shown here, newest last
    # what the rules remember
    inside: dict[str, datetime] = field(default_factory=dict)  # subject or pass -> came in
    outside: dict[str, datetime] = field(default_factory=dict)  # subject or pass -> went out, while that is looked at
    guests: dict[str, str] = field(default_factory=dict)  # inside and living elsewhere: subject or pass -> compound
    outings: dict[str, tuple[datetime, ...]] = field(default_factory=dict)  # flat -> the last few of its turns
    heat: dict[str, Heat] = field(default_factory=dict)  # lane -> newest hot reading
    forgeries: dict[str, Forgeries] = field(default_factory=dict)  # gate -> its newest forgeries
    wrong_pins: dict[str, WrongPins] = field(default_factory=dict)  # member, or "all" -> how many lately
    passings: dict[str, Passing] = field(default_factory=dict)  # lane -> last admission
    open_doors: dict[str, datetime] = field(default_factory=dict)  # flat -> open since
    doors: dict[str, DoorMemory] = field(default_factory=dict)  # flat -> what its door said
    open_exits: dict[str, datetime] = field(default_factory=dict)  # device at a fire exit or sealed gate -> open since
    many_doors: dict[str, ManyDoors] = field(default_factory=dict)  # building -> doors that opened together
    held_doors: dict[str, datetime] = field(default_factory=dict)  # flat -> opened while there was, or may be, a fire
    doubts: dict[str, Doubt] = field(default_factory=dict)  # flat -> seen elsewhere though its door was shut
    hot: dict[str, Hot] = field(default_factory=dict)  # band -> run of hot readings
    risen: dict[str, Hot] = field(default_factory=dict)  # band -> run of readings over its wearer's own
    high: dict[str, datetime] = field(default_factory=dict)  # band -> last very high reading, no lower one since
    high_told: dict[str, datetime] = field(default_factory=dict)  # band -> when that was told
    baselines: dict[str, Baseline] = field(default_factory=dict)  # band -> what is usual for its wearer
    batteries: dict[str, Battery] = field(default_factory=dict)  # device -> what its battery said
    drills: dict[str, DrillBegun] = field(default_factory=dict)  # id -> drill that is on
    care: dict[str, Agreement] = field(default_factory=dict)  # id -> who agreed to be looked after
    lives: dict[str, Life] = field(default_factory=dict)  # agreement -> newest signs of life
    off: dict[str, datetime] = field(default_factory=dict)  # band -> not worn since
    washes: dict[str, tuple[datetime, ...]] = field(default_factory=dict)  # band -> the last times it came off
    others_door: dict[str, datetime] = field(default_factory=dict)  # band that is off -> their door opened for another
    presence: dict[str, Whereabouts] = field(default_factory=dict)  # band -> where it is
    fires: dict[str, datetime] = field(default_factory=dict)  # compound -> burning since
    unreadable: tuple[str, ...] = ()  # files of the house that it could not read when it opened
    silent: dict[str, datetime] = field(default_factory=dict)  # device -> silent since
    dark: dict[str, Dark] = field(default_factory=dict)  # building -> its doors and bands that fell silent
    sights: dict[str, SightFault] = field(default_factory=dict)  # camera -> what keeps it from seeing
    unruled: dict[str, Unruled] = field(default_factory=dict)  # lane -> who waits there for a guard
    couriers: dict[str, Courier] = field(default_factory=dict)  # pseudonym or pass -> came in, and did not go out
    shifts: dict[str, Shift] = field(default_factory=dict)  # gate -> the shift that runs there
    sheets: dict[str, ShiftSheet] = field(default_factory=dict)  # of the last few shifts, by id
    looks: dict[str, Looking] = field(default_factory=dict)  # who looks through a camera just now, and a while ago
    rulings: list[Ruling] = field(default_factory=list)  # those that can still be undone
    alerts: dict[str, Alert] = field(default_factory=dict)  # id -> alert somebody must still look at, or still active
    ringing: dict[str, str] = field(default_factory=dict)  # kind and key -> id of the alert of that happening
    rounds: dict[str, Round] = field(default_factory=dict)  # compound -> its round, the last one or one that goes on
    measured: dict[str, datetime] = field(default_factory=dict)  # band of an observed person -> last worn temperature
    gaps: dict[str, tuple[Why, ...]] = field(
        default_factory=dict
    )  # flat -> what broke its evidence since the last round
    tasks: dict[str, Task] = field(default_factory=dict)  # id -> somebody still to be called or knocked at
    round_figures: dict[str, RoundDone] = field(default_factory=dict)  # round with tasks still open -> its figures
    cases: dict[str, Case] = field(default_factory=dict)  # flat -> what goes on there, oldest first
    case_log: CaseLog = field(default_factory=dict)  # case -> its timeline, the one that moved last at the end
    works: dict[str, Work] = field(default_factory=dict)  # order -> installers at work
    timers: dict[str, Timer] = field(default_factory=dict)  # "rule|key" -> when it wants to be woken
    decisions: list[Decision] = field(default_factory=list)  # the last few, newest last, for the guard's page
    decision_numbers: list[int] = field(default_factory=list)  # their journal numbers: a guard's ruling answers one

    @property
    def asked(self) -> Profile:
        """The profile in force."""
        return self.profiles[self.profile]

    def __post_init__(self) -> None:
        self.quarantines = Indexed(self.quarantines, by=("flat", "subject", "band"))
        self.windows = Indexed(self.windows, by=("flat",))
        self.care = Indexed(self.care, by=("flat", "band", "meter"))
        self.services = Indexed(self.services, by=("flat",))
        self.tasks = Indexed(self.tasks, by=("flat", "subject", "round"))
        self.alerts = Indexed(self.alerts, by=("case",))

    def quarantines_of(self, flat: str) -> list[Quarantine]:
        """The stays of a flat."""
        return self.stays_by("flat", flat)

    def stays_by(self, attribute: str, wanted: str) -> list[Quarantine]:
        """The stays whose "flat", "subject" or "band" this is."""
        assert isinstance(self.quarantines, Indexed)
        return list(self.quarantines.those(attribute, wanted))

    def care_by(self, attribute: str, wanted: str) -> list[Agreement]:
        """The agreements whose "flat", "band" or "meter" this is."""
        assert isinstance(self.care, Indexed)
        return list(self.care.those(attribute, wanted))

    def windows_of(self, flat: str) -> list[ServiceWindow]:
        """The service windows of a flat."""
        assert isinstance(self.windows, Indexed)
        return list(self.windows.those("flat", flat))

    def services_of(self, flat: str) -> list[Service]:
        """The requests of a flat, as they came."""
        assert isinstance(self.services, Indexed)
        return list(self.services.those("flat", flat))

    def tasks_by(self, attribute: str, wanted: str) -> list[Task]:
        """The tasks whose "flat", "subject" or "round" this is."""
        assert isinstance(self.tasks, Indexed)
        return list(self.tasks.those(attribute, wanted))

    def is_open(self, case: str) -> bool:
        """Is an alert of this case open?"""
        assert isinstance(self.alerts, Indexed)
        return next(self.alerts.those("case", case), None) is not None

    def of_case(self, case: str) -> list[Alert]:
        """The open alerts of this case."""
        assert isinstance(self.alerts, Indexed)
        return list(self.alerts.those("case", case))

    def stay_with(self, band: str) -> Quarantine | None:
        """The stay this band was given for."""
        return next(iter(self.stays_by("band", band)), None)

    def keep_decision(self, decision: Decision) -> None:
        """The newest, under the number it was just given; the oldest goes."""
        self.decisions = [*self.decisions[1 - DECISIONS_KEPT :], decision]
        self.decision_numbers = [*self.decision_numbers[1 - DECISIONS_KEPT :], self.number]

    def has_heard(self, device: str, ring: int, sequence: int) -> bool:
        """Is this receipt's word on record? A device says the events of one ring in order and without a hole."""
        return sequence <= self.sources.get(device, {}).get(ring, 0)

    def keep_source(self, source: str) -> None:
        """Remember a receipt's key, "device/ring/sequence". Ring epochs are random: the oldest is the first that came,
        not the lowest number."""
        device, ring, sequence = source.rsplit("/", 2)
        rings = self.sources[device] = self.sources.pop(device, {})  # the newest last
        rings[int(ring)] = max(int(sequence), rings.pop(int(ring), 0))
        while len(rings) > RINGS_KEPT:
            del rings[next(iter(rings))]
        while len(self.sources) > NODES_KEPT:
            del self.sources[next(iter(self.sources))]


def freeze(state: State) -> bytes:
    """The state as MessagePack."""
    return msgspec.msgpack.encode(state)


def thaw(data: bytes) -> State:
    """A state from its bytes. Raises msgspec.DecodeError for anything else."""
    return msgspec.msgpack.decode(data, type=State)
