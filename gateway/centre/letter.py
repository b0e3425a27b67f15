"""The bytes of one message in; a Letter, or why it is none, out.

Floor 2 in spirit: pure. Read as tolerantly as the contract promises (fields may be added), and as strictly as a book
needs: who wrote it, in which stream and epoch, under which number.
"""

from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

LARGEST_BODY = 256_000  # bytes
Word = Annotated[str, Meta(max_length=200)]
Number = Annotated[int, Meta(ge=1, le=2**53)]  # what every JSON reader can hold

# Said in other words when a place is renamed, or when it is sent again in catch-up; the same fact all the same.
_WORDING = frozenset({"late", "place_path", "text_zh", "text_en", "schema"})


class Letter(Struct, frozen=True, kw_only=True):
    """What the book needs to know of a numbered message. Unknown fields are passed over, and kept in the body."""

    specversion: Literal["1.0"]
    id: Annotated[str, Meta(max_length=400)]
    type: Word
    source: Word
    time: Annotated[datetime, Meta(tz=True)]
    gw: Annotated[str, Meta(min_length=1, max_length=200)]
    stream: Literal["alert", "report"]
    epoch: Annotated[str, Meta(min_length=1, max_length=200)]
    number: Number
    kind: Word = ""
    subject: Word = ""
    place: Word = ""
    severity: Word = ""
    state: Word = ""
    alert: Word = ""
    late: bool = False
    drill: bool = False
    first: Number | None = None
    last: Number | None = None

    @property
    def gone(self) -> tuple[int, int] | None:
        """The numbers a tombstone stands for."""
        if self.type.rpartition(".")[2] != "tombstone" or self.first is None or self.last is None:
            return None
        return (self.first, self.last) if self.first <= self.last else None


class Misfit(Struct, frozen=True):
    """A message that cannot be booked. Of its bytes only the length and a hash are kept."""

    gw: str
    why: str
    length: int
    digest: bytes


# what msgspec raises on hostile bytes: bad UTF-8 is not always a DecodeError, a million brackets are neither
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_letters = msgspec.json.Decoder(Letter)
_objects = msgspec.json.Decoder(dict[str, object])


def digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).digest()


def read_letter(gw: str, stream: str, body: bytes) -> Letter | Misfit:
    """`gw` and `stream` are those of the topic, which the broker's access list vouches for; the body must agree."""
    if (why := _unfit(body)) is not None:
        return Misfit(gw, why, len(body), digest(body))
    try:
        letter = _letters.decode(body)
    except UNREADABLE as error:
        return Misfit(gw, f"unreadable: {error}"[:200], len(body), digest(body))
    if letter.gw != gw:
        return Misfit(gw, "names another gateway than its topic", len(body), digest(body))
    if letter.stream != stream:
        return Misfit(gw, "names another stream than its topic", len(body), digest(body))
    return letter


def read_page(gw: str, body: bytes) -> Misfit | None:
    """Check one of the messages that have no number: `state`, `open`, `health`. None: it may be kept."""
    if (why := _unfit(body)) is not None:
        return Misfit(gw, why, len(body), digest(body))
    try:
        _objects.decode(body)
    except UNREADABLE as error:
        return Misfit(gw, f"unreadable: {error}"[:200], len(body), digest(body))
    return None


def same_fact(one: bytes, other: bytes) -> bool:
    """Do two bodies under one number say the same? Wording and fields that only one of them has do not count."""
    try:
        first, second = _objects.decode(one), _objects.decode(other)
        return all(first[key] == second[key] for key in (first.keys() & second.keys()) - _WORDING)
    except UNREADABLE:  # a Letter with rubbish in the fields that were passed over
        return False


def _unfit(body: bytes) -> str | None:
    if len(body) > LARGEST_BODY:
        return f"larger than {LARGEST_BODY} bytes"
    return None
