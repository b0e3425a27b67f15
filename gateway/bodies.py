"""Bodies of journal entries: bytes to values and back, and what the columns of the journal say of each.

Floor 2, a pure room. A body is the JSON of a tagged Struct: an event, an order or a finding.
"""

from collections.abc import Collection
from datetime import datetime

import msgspec
from msgspec import Struct

from gateway.entries import Stream
from gateway.events.books import BooksRead
from gateway.events.every import Event
from gateway.events.retention import ContentsDeleted, TimesOver
from gateway.findings import Alert, Decision, Finding, StayBegun, StayChanged, StayEnded, Tombstone
from gateway.orders.cases import CaseNoted
from gateway.orders.every import Order, OrderRefused, QuarantineBegun
from gateway.orders.notes import FlatNoted
from gateway.rounds import RoundDone, Task
from gateway.services import ServiceMoved

Body = Event | BooksRead | TimesOver | ContentsDeleted | Order | OrderRefused | Finding

PLACES = ("flat", "lane", "place", "device", "quarantine")  # the first of them that a body has is where it was

_decoder: msgspec.json.Decoder[Struct] = msgspec.json.Decoder(Body)


class About(Struct, frozen=True):
    """The columns of an entry that come from its body."""

    at: datetime
    kind: str
    place: str
    subject: str


def read_body(data: bytes) -> Struct:
    """The value a journal entry holds. Raises msgspec.DecodeError for anything else."""
    return _decoder.decode(data)


def heard_of(body: Struct) -> datetime:
    """When the house had it. Orders are heard when they are given."""
    heard = getattr(body, "heard", None)
    return heard if isinstance(heard, datetime) else _at(body)


def body_of(body: Struct) -> About:
    """What the columns say. What is about a device or a stay and names no place is found by that."""
    place = next((found for name in PLACES if (found := getattr(body, name, ""))), "")
    return About(
        at=_at(body),
        kind=type(body).__name__,
        place=str(place),
        subject=str(getattr(body, "subject", "")),
    )


def stream_of(body: Struct, reports: Collection[str]) -> Stream | None:
    """Which stream to the centre this belongs to. Least data: only alerts, and the reports it asked to have."""
    match body:
        case Alert():
            return Stream.ALERT
        case Tombstone():
            return Stream.REPORT
        case Decision() if "decisions" in reports:
            return Stream.REPORT
        case QuarantineBegun() | StayBegun() | StayChanged() | StayEnded() if "stays" in reports:
            return Stream.REPORT
        case CaseNoted() | FlatNoted() if "notes" in reports:
            return Stream.REPORT
        case Task() if "tasks" in reports:
            return Stream.REPORT
        case RoundDone() if "rounds" in reports:
            return Stream.REPORT
        case ServiceMoved() if "services" in reports:
            return Stream.REPORT
        case _:
            return None


def _at(body: Struct) -> datetime:
    at = getattr(body, "changed_at", None) or getattr(body, "at", None)
    if not isinstance(at, datetime):
        raise TypeError(f"a body without an hour: {type(body).__name__}")
    return at
