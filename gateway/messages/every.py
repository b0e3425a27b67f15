"""What is said between gateway and centre: topics and CloudEvents 1.0 JSON (the contract: docs/centre.md).

Floor 2, a pure room. These types are the contract: its JSON Schema and AsyncAPI page are made from them
(`menshen contract`). Flat fields stand beside the structure, for rule engines. Fields are only added within v1.
Pseudonyms, flats and device ids: yes. Names, phone numbers, temperatures of healthy people: never.
"""

from datetime import date, datetime
from typing import Literal

import msgspec
from msgspec import Struct

from gateway.findings import AlertState, Reason, Verdict
from gateway.kinds import Kind, Severity
from gateway.messages.envelope import Envelope
from gateway.messages.rounds import RoundMessage as RoundMessage
from gateway.messages.rounds import TaskMessage as TaskMessage
from gateway.messages.stays import NoteMessage as NoteMessage
from gateway.messages.stays import StayChangedMessage as StayChangedMessage
from gateway.services import Purpose, ServiceState

ROOT = "menshen/v1"


class AlertMessage(Envelope, frozen=True, kw_only=True, tag_field="type", tag="menshen.alert"):
    """Stream "alert": one revision in the life of an alert."""

    alert: str
    kind: Kind
    severity: Severity
    severity_level: int
    state: AlertState
    revision: int
    open: bool
    active: bool
    count: int
    raised_at: datetime
    device: str = ""
    celsius: float | None = None
    acknowledged_by: str = ""
    comment: str = ""
    closing: str = ""
    cancel_until: datetime | None = None  # of a fall: until then its wearer may say that it was nothing
    reminded: int = 0  # how often the centre asked to ring again
    reminded_at: datetime | None = None
    reminded_by: str = ""
    put_right_by: str = ""  # "itself" or who closed it; empty while it is open
    lasted_seconds: int | None = None  # from raised_at until it was put right
    case: str = ""  # the first alert of the happening this one belongs to
    parent: str = ""  # the alert that rings in its stead; empty again when that is over
    assigned_to: str = ""  # a responder, one of the staff, or whom the centre named
    due_at: datetime | None = None  # by then to be taken, or put right; else the next one is called
    escalated: int = 0  # how often that hour has passed
    acknowledged_at: datetime | None = None
    shelved_until: datetime | None = None
    shelved_by: str = ""
    work: str = ""  # the work mode that put it aside


class DecisionMessage(Envelope, frozen=True, kw_only=True, tag_field="type", tag="menshen.decision"):
    """Stream "report", if `uplink.reports` has "decisions": what was decided at a lane."""

    verdict: Verdict
    reason: Reason
    direction: str
    gate: str
    holder: str = ""
    cti: str = ""
    trust_version: int = 0


class StayMessage(Envelope, frozen=True, kw_only=True, tag_field="type", tag="menshen.stay_ended"):
    """Stream "report", if `uplink.reports` has "stays": a quarantine has run its days, or was ended early."""

    quarantine: str
    early: bool = False


class ArrivalMessage(Envelope, frozen=True, kw_only=True, tag_field="type", tag="menshen.stay_begun"):
    """Stream "report", if `uplink.reports` has "stays": it has begun, by an order or as they came in by a lane."""

    quarantine: str
    first_day: date
    last_day: date


class ServiceMessage(Envelope, frozen=True, kw_only=True, tag_field="type", tag="menshen.service"):
    """Stream "report", if `uplink.reports` has "services": a request at a quarantine door is in another state.

    `request` is the id of the request: of the order that asked, if the centre did.
    """

    request: str
    purpose: Purpose
    state: ServiceState
    words: str = ""
    asked_at: datetime
    asked_by: str
    opens: datetime | None = None
    closes: datetime | None = None
    decided_by: str = ""
    why: str = ""
    taken_by: str = ""
    delivered_at: datetime | None = None
    confirmed_by: str = ""


class TombstoneMessage(Envelope, frozen=True, kw_only=True, tag_field="type", tag="menshen.tombstone"):
    """Stream "report": the numbers from `first` to `last` are gone; the disk was full. Counts as received."""

    first: int
    last: int
    why: str


class OpenAlert(Struct, frozen=True, kw_only=True):
    """One line of the retained `open` message."""

    alert: str
    kind: Kind
    severity: Severity
    severity_level: int
    state: AlertState
    revision: int
    count: int
    raised_at: datetime
    place: str
    place_path: str
    subject: str
    device: str
    acknowledged_by: str
    text_zh: str
    text_en: str
    case: str = ""
    parent: str = ""
    assigned_to: str = ""
    due_at: datetime | None = None
    drill: bool = False


class OpenMessage(Struct, frozen=True, kw_only=True):
    """Retained: the alerts open now, for platforms that cannot ask. `more` counts those left off a very long list."""

    gw: str
    epoch: str
    time: datetime
    alerts: tuple[OpenAlert, ...]
    more: int = 0
    schema: int = 1


class PathHealth(Struct, frozen=True, kw_only=True):
    """One sensing path."""

    device: str
    kind: str
    last_heard: datetime | None
    silent: bool


class StateMessage(Struct, frozen=True, kw_only=True):
    """Retained: the birth of the gateway, or its last will (`state` = "offline")."""

    gw: str
    state: Literal["online", "offline", "stopped"]
    time: datetime | None = None
    version: str = ""
    epoch: str = ""
    next_numbers: dict[str, int] = {}
    paths: int = 0
    deaf: tuple[str, ...] = ()
    schema: int = 1


class HealthMessage(Struct, frozen=True, kw_only=True):
    """Not retained: the liveness of every sensing path that is a link, and of the road."""

    gw: str
    time: datetime
    links: tuple[PathHealth, ...]
    silent: tuple[str, ...]
    backlog: dict[str, int]
    oldest_unconfirmed: datetime | None
    outage_hours_left: float | None
    clock_trusted: bool
    disk_free_megabytes: int
    schema: int = 1


class AckMessage(Struct, frozen=True, kw_only=True):
    """From the centre: what it has committed. `upto` is cumulative; with `ids` the gateway works out the rest."""

    stream: str
    epoch: str
    upto: int | None = None
    ids: tuple[int, ...] = ()


class OrderMessage(Struct, frozen=True, kw_only=True):
    """From the centre, on `order/{id}`; repeated until its result or its expiry. What an order needs not is left out.

    `order`: acknowledge, remind, close, assign, shelve (alert); begin_work, end_work; task_result;
    begin_quarantine, end_quarantine, extend_quarantine, suspend_quarantine, resume_quarantine, move_quarantine;
    expect_arrival; return_band; open_window; withdraw_pass, withdraw_person;
    ask_service, approve_service, deny_service, take_service, deliver_service, confirm_service, withdraw_service;
    choose_profile; begin_drill, end_drill; agree_care, end_care, away_until; send_since.
    """

    order: str
    by: str = ""
    expires_at: datetime | None = None
    alert: str = ""
    comment: str = ""
    closing: str = ""
    flat: str = ""
    subject: str = ""
    ground: str = ""
    first_day: date | None = None
    last_day: date | None = None
    band: str = ""
    origin: str = ""
    quarantine: str = ""
    reason: str = ""
    opens: datetime | None = None
    closes: datetime | None = None
    purpose: str = ""
    cti: str = ""
    stream: str = ""
    number: int | None = None
    days: int | None = None
    arrive_by: datetime | None = None
    profile: str = ""
    to: str = ""
    until: datetime | None = None
    places: tuple[str, ...] = ()
    work: str = ""
    request: str = ""
    devices: tuple[str, ...] = ()
    phones: bool | None = None
    drill: str = ""
    care: str = ""
    agreed_by: str = ""
    temperatures: bool | None = None
    door: bool | None = None
    meter: str = ""
    task: str = ""
    outcome: str = ""
    celsius: float | None = None
    kinds: tuple[str, ...] = ()  # of a drill: only these alerts
    rehearsed: tuple[str, ...] = ()  # of a drill: of what is about life, which is rehearsed
    back_by: datetime | None = None


class OrderResultMessage(Struct, frozen=True, kw_only=True):
    """To the centre, on `order/{id}/result`: done, or refused and why. The same order twice is answered the same."""

    gw: str
    order: str
    done: bool
    why: str = ""


Numbered = (
    AlertMessage
    | DecisionMessage
    | ServiceMessage
    | TaskMessage
    | RoundMessage
    | ArrivalMessage
    | StayChangedMessage
    | StayMessage
    | NoteMessage
    | TombstoneMessage
)


def topic(gw: str, leaf: str) -> str:
    """`menshen/v1/{gw}/{leaf}`"""
    return f"{ROOT}/{gw}/{leaf}"


encode = msgspec.json.Encoder().encode
