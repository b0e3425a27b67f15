"""What the gatekeeper concluded, numbered and ready for the disk.

Floor 2, a pure room. The gatekeeper gives the numbers (it runs ahead of the disk); the journal checks that they are
dense and writes them as they are.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from devices.driver import Action
from devices.reading import Receipt


class EntryClass(StrEnum):
    """Which way a record went: what came in (the fold reads these), and what was concluded from it."""

    INPUT = "input"  # an event, an order, the hour: replaying these gives the state
    FINDING = "finding"  # a decision or an alert: replaying the inputs gives these again


class Stream(StrEnum):
    """A stream of numbered messages to the centre."""

    ALERT = "alert"
    REPORT = "report"


class Entry(Struct, frozen=True, gc=False):
    """One line of the journal before it is on disk.

    `number` is dense: 1, 2, 3 ... in its journal. `stream_number` is dense in its stream; both None where the entry is
    not for the centre. `source` is the unique key of what a device sent with a receipt: "device/ring/sequence".
    `body` is the JSON of a tagged Struct (an event, an order, a finding). The state as a value is not an entry: the
    journal keeps a few snapshots beside its records.
    """

    number: int
    at: datetime
    heard: datetime
    kind: str
    entry_class: EntryClass
    body: bytes
    schema: int = 1
    place: str = ""
    subject: str = ""
    source: str | None = None
    stream: Stream | None = None
    stream_number: int | None = None


class Record(Struct, frozen=True):
    """One line of the journal that is on disk: what an Entry said, and `leaf` = SHA-256(salt || body).

    `body` is None once it was deleted; the leaf stays. `stream_number` counts in the journal's present epoch; one of an
    earlier epoch was confirmed in that epoch.
    """

    number: int
    at: datetime
    heard: datetime
    kind: str
    entry_class: EntryClass
    place: str
    subject: str
    source: str | None
    stream: Stream | None
    stream_number: int | None
    schema: int
    leaf: bytes
    body: bytes | None


class Confirm(Struct, frozen=True, tag=True):
    """Once this batch is on disk: tell the device on `link` that its word is kept."""

    link: str
    receipt: Receipt


class Act(Struct, frozen=True, tag=True):
    """Once this batch is on disk: have the device do something (open a lane)."""

    action: Action


Effect = Confirm | Act


class Batch(Struct, frozen=True):
    """Entries that go to disk together, and what may be done once they are there, in this order.

    `bodies` are the values the entries hold, one each, so that nobody has to decode what was just encoded.
    """

    entries: Sequence[Entry]
    effects: Sequence[Effect] = ()
    bodies: Sequence[Struct] = ()


def source_key(receipt: Receipt) -> str:
    """The journal's unique key of a sighting that waits for its acknowledgement."""
    return f"{receipt.device}/{receipt.ring}/{receipt.sequence}"
