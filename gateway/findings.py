"""What the rules conclude: decisions at a lane, anomalies, and the alerts they become.

Floor 2, a pure room. Findings carry a kind and parameters; the words for people stand in gateway/words/catalogue.py.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from gateway.compound import Direction
from gateway.findings_shifts import ShiftSheet
from gateway.kinds import Kind, Severity
from gateway.people import Quarantine
from gateway.rounds import RoundDone, Task
from gateway.services import ServiceMoved


class Verdict(StrEnum):
    """What happens at the lane. `refer`: the guard looks and rules."""

    ADMIT = "admit"
    REFUSE = "refuse"
    REFER = "refer"


class Reason(StrEnum):
    """Why. One table for every way a pass can be right or wrong."""

    ADMITTED = "admitted"
    REPEATED = "repeated"
    UNREADABLE = "unreadable"
    NOT_A_PASS = "not_a_pass"  # noqa: S105 - a word: read well, and another kind of code (payment, health, address)
    FORGED = "forged"
    WITHDRAWN = "withdrawn"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    WRONG_COMPOUND = "wrong_compound"
    WRONG_GATE = "wrong_gate"
    SPENT = "spent"
    CODE_USED = "code_used"  # a phone's code that was shown before
    CODE_OLD = "code_old"
    CODE_AHEAD = "code_ahead"
    QUARANTINED = "quarantined"
    CANNOT_CHECK = "cannot_check"
    CLOCK_NOT_TRUSTED = "clock_not_trusted"
    HOT = "hot"
    ALREADY_INSIDE = "already_inside"
    NOT_INSIDE = "not_inside"
    QUOTA = "quota"
    FULL = "full"
    CURFEW = "curfew"
    EXPECTED = "expected"
    BACK_HOME = "back_home"  # was in hospital, say, and comes in again: the stay goes on
    FOREIGN = "foreign"  # a genuine credential from elsewhere: supporting evidence, no pass
    FOREIGN_OUTSIDE = "foreign_outside"
    FOREIGN_REVOKED = "foreign_revoked"
    FOREIGN_FALSE = "foreign_false"
    RULED_BY_GUARD = "ruled_by_guard"
    RULING_UNDONE = "ruling_undone"
    FIRE = "fire"
    NOT_IN_BOOK = "not_in_book"  # a card, a plate or a short code that nobody here knows
    PLATE_UNSURE = "plate_unsure"
    TYPED = "typed"  # a known pass by its short code, which proves nothing


class Decision(Struct, frozen=True, tag=True, kw_only=True):
    """What was decided at a lane. `trust_version` is the list it was based on; what the screen showed is this."""

    at: datetime
    lane: str
    gate: str
    compound: str
    direction: Direction
    verdict: Verdict
    reason: Reason
    cti: str = ""
    subject: str = ""
    holder: str = ""
    flat: str = ""
    by: str = ""
    trust_version: int = 0
    answers: int | None = None
    once: bool = False  # the pass is good for one way in
    drill: bool = False  # made at a lane where a drill was on


class Anomaly(Struct, frozen=True, kw_only=True):
    """A rule says: this ought not to be. `key` tells one happening from another of the same kind."""

    kind: Kind
    key: str
    at: datetime
    place: str = ""
    subject: str = ""
    device: str = ""
    celsius: float | None = None
    count: int = 1  # how often it happened, where one telling stands for several
    cancel_until: datetime | None = None  # its wearer may say until then that it is nothing; no phone is told before


class Over(Struct, frozen=True, kw_only=True):
    """A rule says: the condition of this anomaly is gone."""

    kind: Kind
    key: str
    at: datetime


class Cancelled(Struct, frozen=True, kw_only=True):
    """Its wearer says in time that it was nothing."""

    kind: Kind
    key: str
    at: datetime


class Settled(Struct, frozen=True, kw_only=True):
    """Nobody said in time that it was nothing: now phones are told."""

    kind: Kind
    key: str
    at: datetime


class AlertState(StrEnum):
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"
    CLOSED = "closed"
    SHELVED = "shelved"


class Closing(StrEnum):
    """How an alert ended, in the words of those who went to look."""

    REAL = "real"
    RESIDENT_ERROR = "resident_error"
    DEVICE_FAULT = "device_fault"
    TEST = "test"
    DRILL = "drill"
    WEARER = "wearer"  # cancelled by the wearer of the band; nobody of the staff says this


class Alert(Struct, frozen=True, tag=True, kw_only=True):
    """One state in the life of an alert; each change is a new value with the next `revision`.

    `id` is the epoch of the journal and the journal number of its raising. `changed_at` dates this revision,
    `raised_at` the happening. `active`: does the condition still hold? A repeating condition is one alert with a count.
    """

    id: str
    kind: Kind
    key: str
    severity: Severity
    state: AlertState
    revision: int
    raised_at: datetime
    changed_at: datetime
    place: str = ""
    subject: str = ""
    device: str = ""
    active: bool = True
    count: int = 1
    celsius: float | None = None
    acknowledged_by: str = ""
    comment: str = ""
    closing: Closing | None = None
    drill: bool = False
    quiet: bool = False  # no phone is told of it (yet)
    cancel_until: datetime | None = None  # its wearer may still say that it was nothing
    reminded: int = 0  # how often the centre asked to ring again, last when and by whom
    reminded_at: datetime | None = None
    reminded_by: str = ""
    over_at: datetime | None = None  # the condition was gone by itself
    closed_by: str = ""  # who said how it ended
    case: str = ""  # id of the first alert of the happening this one belongs to
    parent: str = ""  # id of the alert that rings in its stead, while one does
    assigned_to: str = ""
    due_at: datetime | None = None  # when the next one is called, if until then nobody has taken it, or put it right
    escalated: int = 0  # how often that hour has passed
    acknowledged_at: datetime | None = None
    shelved_until: datetime | None = None
    shelved_by: str = ""
    work: str = ""  # the work mode that put it aside, if one did
    given: int = 0  # how often it was given to somebody, and last when
    given_at: datetime | None = None
    asked: bool = False  # reminded of, or given to somebody, and nobody has taken it since

    @property
    def put_right_by(self) -> str:
        """Who, or "itself"; empty while somebody must still look."""
        return "" if self.open else self.closed_by or "itself"

    @property
    def lasted_seconds(self) -> int | None:
        """From the happening until it was put right; None while somebody must still look."""
        if self.open:
            return None
        until = self.changed_at if self.closed_by else self.over_at or self.changed_at
        return max(0, int((until - self.raised_at).total_seconds()))

    @property
    def rings(self) -> bool:
        """Does it call for somebody now?"""
        return self.state is AlertState.RAISED and not self.parent

    @property
    def calls(self) -> bool:
        """Is somebody called, beyond the pages? Not for a fall while its wearer may still cancel it."""
        return self.rings and not self.quiet

    @property
    def phones(self) -> bool:
        """Are phones told? Of what nobody has taken; and of what was asked for anew after somebody had."""
        anew = self.asked and self.state is AlertState.ACKNOWLEDGED and not self.parent and not self.quiet
        return self.calls or anew

    @property
    def given_last(self) -> bool:
        """Was the last that anybody asked to give it to somebody, and not to remind of it?"""
        return self.given_at is not None and (self.reminded_at is None or self.given_at >= self.reminded_at)

    @property
    def open(self) -> bool:
        """Must somebody still look at it?"""
        return self.state in (AlertState.RAISED, AlertState.ACKNOWLEDGED, AlertState.SHELVED)


class Tombstone(Struct, frozen=True, tag=True, kw_only=True):
    """The disk was full and the least important went first: what a range of report numbers stood for."""

    at: datetime
    stream: str
    first: int
    last: int
    why: str


class StayBegun(Struct, frozen=True, tag=True, kw_only=True):
    """Somebody who was expected came in by a lane: from this instant door and band are watched."""

    at: datetime
    stay: Quarantine
    flat: str
    subject: str
    lane: str = ""


class StayEnded(Struct, frozen=True, tag=True, kw_only=True):
    """A quarantine is over, by its last day or `early`: from this instant the flat and the person are as any other."""

    at: datetime
    quarantine: str
    flat: str
    subject: str
    early: bool = False


class StayStep(StrEnum):
    """What became of a stay that goes on."""

    EXTENDED = "extended"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    MOVED = "moved"


class StayChanged(Struct, frozen=True, tag=True, kw_only=True):
    """A stay goes on otherwise: `stay` is what it is now. `lane`: they came in there."""

    at: datetime
    step: StayStep
    stay: Quarantine
    flat: str
    subject: str
    by: str = ""
    reason: str = ""
    lane: str = ""


Finding = (
    Task | RoundDone | Decision | Alert | Tombstone | StayBegun | StayChanged | StayEnded | ShiftSheet | ServiceMoved
)
