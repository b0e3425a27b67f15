"""What a device can see. A Sighting has no hour; a Reading is a sighting with the hour and the device on it.

Floor 1, a pure room: values only. Everything here is a frozen, tagged msgspec Struct, because parts of it are
journaled as they are. Fields are only ever added, with defaults. `gc=False`: thousands a second, or kept for every
device; made of values alone they are in no cycle, and the garbage collector need not look at them.
"""

from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from msgspec import Struct


class DoorSeen(Struct, frozen=True, tag=True, gc=False):
    """A magnetic contact: is the leaf away from the frame? `found`: so it stands, and nobody saw it move."""

    open: bool
    found: bool = False


class TamperSeen(Struct, frozen=True, tag=True):
    """The case of a sensor was opened (or closed again)."""

    open: bool


class CodeSeen(Struct, frozen=True, tag=True):
    """The text of a code shown at a lane. It is verified in the house and never journaled."""

    text: str


class BandSeen(Struct, frozen=True, tag=True, gc=False):
    """One advert or GATT measurement of a wristband, decrypted and past the replay guard.

    `repeat`: the very bytes heard before (BlueZ repeats cached data; several receivers hear one advert): a sign of
    presence, never a new measurement.
    """

    rssi: int
    counter: int | None = None
    celsius: float | None = None
    worn: bool | None = None
    sos: bool = False
    fallen: bool = False
    battery_percent: int | None = None
    repeat: bool = False
    fine: bool = False  # a short press: "I am fine", which means something only after a fall
    receiver: str = ""  # which radio heard it, where one link carries several; empty: the link itself


class TemperatureSeen(Struct, frozen=True, tag=True):
    """A thermometer that stands at a lane, not on a wrist."""

    celsius: float
    ambient_celsius: float | None = None


class AliveSeen(Struct, frozen=True, tag=True, gc=False):
    """The device says it is there. `open` is the state of its contact, `on` of its output, where it has one."""

    battery_percent: int | None = None
    battery_millivolts: int | None = None
    open: bool | None = None
    tampered: bool | None = None
    on: bool | None = None


class HelloSeen(Struct, frozen=True, tag=True):
    """A node has started and says what it is."""

    firmware: str
    boot: int
    inputs: int = 1


class LostSeen(Struct, frozen=True, tag=True):
    """The device itself had to forget: `count` sightings between two that arrived."""

    count: int


class ForgedSeen(Struct, frozen=True, tag=True):
    """Somebody speaks in this device's name without its key, or plays its old words again."""

    why: str
    count: int = 1


class DeafSeen(Struct, frozen=True, tag=True):
    """The radio itself hears nothing at all (`deaf`), or hears again. Not the same as one missing band."""

    deaf: bool


class CardSeen(Struct, frozen=True, tag=True):
    """A card held to a reader: all `bits` it gave, first bit highest. A number of somebody: never journaled."""

    bits: int
    value: int


class PlateSeen(Struct, frozen=True, tag=True):
    """A number plate as its reader wrote it, how sure it was (0..1, None if it does not say), in which lane of its own.

    A number of somebody: never journaled.
    """

    text: str
    confidence: float | None = None
    lane: str = ""


class TypedSeen(Struct, frozen=True, tag=True):
    """What a guard typed at a lane: a plate, or the short code of a pass. Never journaled."""

    text: str


class SpentPass(Struct, frozen=True):
    """A one-time pass by its id: when and at which lane it was used, and until when to remember that."""

    cti: str
    at: datetime
    until: datetime
    lane: str = ""


class SpentSeen(Struct, frozen=True, tag=True):
    """Another gateway of the compound says that a pass was used there."""

    spent: SpentPass
    gateway: str


class UsedCode(Struct, frozen=True):
    """A phone's code by its pass's id, and since when the phone showed it."""

    cti: str
    stepped: datetime


class UsedSeen(Struct, frozen=True, tag=True):
    """Another gateway of the compound says that this code was shown there."""

    used: UsedCode
    gateway: str


class OutputSeen(Struct, frozen=True, tag=True):
    """An output was switched, or was to be and could not (`ok`), as far as the device can tell."""

    on: bool
    ok: bool = True
    why: str = ""


class LinkSeen(Struct, frozen=True, tag=True):
    """The link itself was opened, or lost and why. Said by devices/watch.py in the link's own name."""

    open: bool
    why: str = ""


class SightFault(StrEnum):
    """What keeps a camera from seeing its lane."""

    COVERED = "covered"
    DARK = "dark"
    BLURRED = "blurred"
    TURNED = "turned"
    FROZEN = "frozen"


class SightSeen(Struct, frozen=True, tag=True):
    """How well a camera sees: what is wrong, None if nothing. `learned`: it knows its view; before that nobody can tell
    whether it is blurred or turned away."""

    fault: SightFault | None = None
    learned: bool = False


class MeterSeen(Struct, frozen=True, tag=True):
    """A meter's total, in pulses: it only rises, until it is changed."""

    total: int


class GarbledSeen(Struct, frozen=True, tag=True):
    """Bytes that follow no rule. What they were is not kept: their length and a keyed hash are."""

    length: int
    digest: str
    why: str


Seen = (
    DoorSeen
    | TamperSeen
    | CodeSeen
    | BandSeen
    | TemperatureSeen
    | AliveSeen
    | HelloSeen
    | LostSeen
    | ForgedSeen
    | DeafSeen
    | CardSeen
    | PlateSeen
    | TypedSeen
    | SpentSeen
    | UsedSeen
    | OutputSeen
    | LinkSeen
    | GarbledSeen
    | SightSeen
    | MeterSeen
)


def is_somebodys(seen: Seen) -> bool:
    """Is it of whoever stood there, and to be kept nowhere but where it means something?"""
    return isinstance(seen, CodeSeen | CardSeen | PlateSeen | TypedSeen | TemperatureSeen)


def can_wait(seen: Seen) -> bool:
    """Is it an advert of a band that calls nobody, one of thousands a second? Everything else goes before those."""
    return isinstance(seen, BandSeen) and not (seen.sos or seen.fallen or seen.fine)


def garbled(raw: bytes, why: str, key: bytes = b"") -> GarbledSeen:
    """Unreadable bytes as what may be kept of them: length, keyed BLAKE2b-64, reason."""
    return GarbledSeen(length=len(raw), digest=blake2b(raw, digest_size=8, key=key[:64]).hexdigest(), why=why)


class Receipt(Struct, frozen=True, gc=False):
    """What the decoder needs back, after the commit, to tell the device that its word is kept.

    `(device, ring, sequence)` is also the journal's unique source key: the same receipt twice is one event.
    """

    device: str
    ring: int
    sequence: int


class Sighting(Struct, frozen=True, gc=False):
    """What a decoder concluded from the bytes it was fed."""

    seen: Seen
    speaker: str | None = None  # who said it, where one link carries several devices
    ago_seconds: float = 0.0  # how long before these bytes arrived it happened (a ring in a node delivers late)
    receipt: Receipt | None = None  # to be confirmed once it is on disk


class Reading(Struct, frozen=True, gc=False):
    """A sighting with its hour: `at` it happened, `heard` the house had it (aware UTC, both on the house's clock)."""

    at: datetime
    heard: datetime
    link: str
    device: str
    seen: Seen
    receipt: Receipt | None = None
