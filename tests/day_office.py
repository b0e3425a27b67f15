"""A committee's office for the day at the gate: keys and trust lists in, the texts people show out, true and false."""

import random
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct
from msgspec.structs import replace

from devices.reading import CardSeen
from gateway.passes.cards import CardFormat, Order, Part, Printed
from gateway.passes.claims import Claims
from gateway.passes.gate_pass import ALL_GATES, Kind
from gateway.passes.issue import issue
from gateway.passes.keys import kid_of, private_key, public_bytes
from gateway.passes.numbers import Entry, Medium, NumberBook
from gateway.passes.text import from_text, to_text
from gateway.passes.trust import IssuingKey, Trust, TrustList
from gateway.passes.trust_list import read_trust, write_trust

HERE, ELSEWHERE = 1, 2  # compound numbers: ours, and the neighbour's
SIGNATURE_BYTES = 64
FACILITY = CardFormat(  # what two known cards tell of the readers
    bits=24,
    reader_bits=26,
    parity=True,
    inverted=False,
    order=Order.STRAIGHT,
    reader_part=Part.LOW,
    printed=Printed.FACILITY,
    printed_bits=24,
    printed_part=Part.LOW,
)
NO_PASS = (
    "https://qr.example/pay?id=8812",
    "健康码:绿码:2026-03-12",
    "HC1:6BFOXN%TSMAHN-HISCGA3O5SRJPPX3TVOEE%E",
    "WIFI:S:palm;T:WPA;P:12345678;;",
    "shc:/567629095243206034602924374044603122295953265460346029254077280433",
    "0123456789012",
    "'; drop table record; --",
)


class Card(Struct, frozen=True):
    """A pass somebody holds: what the scenario knows of it, and the text on it."""

    cti: str
    subject: str
    text: str

    @property
    def who(self) -> str:
        return self.subject or self.cti


class Office:
    """`start`: the morning. Everything random comes from `chance`."""

    def __init__(self, start: datetime, chance: random.Random) -> None:
        self.start = start
        self._chance = chance
        self.root, self.homes, self.guests, self.lost, self.stranger, self.neighbours = (
            private_key(chance.randbytes(32)) for _ in range(6)
        )
        self.root_public = public_bytes(self.root)
        self._entries: list[Entry] = []

    # trust lists

    def trust(self, version: int, *, lost: bool = False, **revoked: Any) -> Trust:
        """`lost`: the key that went astray is withdrawn in this one."""
        home = frozenset({Kind.RESIDENT, Kind.STAFF, Kind.OBSERVED})
        guest = frozenset({Kind.VISITOR, Kind.COURIER, Kind.VOLUNTEER})
        keys = (
            self._listed(self.homes, home),
            self._listed(self.guests, guest),
            replace(self._listed(self.lost, guest), withdrawn=lost),
            replace(self._listed(self.neighbours, frozenset(Kind)), compounds={ELSEWHERE: "cedar"}),
        )
        issued = self.start - timedelta(days=1) + timedelta(hours=version)
        listed = TrustList(
            version=version, issued_at=issued, next_update=issued + timedelta(days=7), keys=keys, **revoked
        )
        read = read_trust(write_trust(listed, self.root), [self.root_public], None)
        assert isinstance(read, Trust)
        return read

    def _listed(self, key: Ed25519PrivateKey, kinds: frozenset[Kind]) -> IssuingKey:
        return IssuingKey(
            public=public_bytes(key),
            kinds=kinds,
            compounds={HERE: "palm"},
            epoch=1,
            not_before=self.start - timedelta(days=400),
            not_after=self.start + timedelta(days=400),
        )

    # cards and plates

    def book(self) -> NumberBook:
        """Of all that were given out; good for as long as a resident's pass, but for the one of the ambulance."""
        return NumberBook(self._entries, [FACILITY], b"the day's own key")

    def number(self, medium: Medium, holder: str = "resident", **changes: Any) -> Card:
        """A card or plate in the book; `text` is what its reader says of it."""
        serial = len(self._entries) + 1
        plain = Entry(
            id=self._chance.randbytes(8).hex(),
            medium=medium,
            number=f"018,{serial:05d}" if medium is Medium.CARD else f"沪B{serial:05d}",
            holder=holder,
            compound="palm",
            subject=self._chance.randbytes(8).hex(),
            not_before=self.start - timedelta(days=2),
            not_after=self.start + timedelta(days=180),
        )
        entry = replace(plain, **changes)
        self._entries.append(entry)
        return Card(entry.id, entry.subject, entry.number)

    # what is shown

    def resident(self, **changes: Any) -> Card:
        return self.card(self.homes, **changes)

    def visitor(self, key: Ed25519PrivateKey | None = None, **changes: Any) -> Card:
        """Good once, today; every other one without a pseudonym."""
        subject = self._chance.choice((None, self._chance.randbytes(8)))
        plain: dict[str, Any] = {
            "kind": Kind.VISITOR,
            "once": True,
            "subject": subject,
            "not_after": self.start + timedelta(days=1),
        }
        return self.card(key or self.guests, **(plain | changes))

    def card(self, key: Ed25519PrivateKey, kid_from: Ed25519PrivateKey | None = None, **changes: Any) -> Card:
        """Signed by `key`, in the name of `kid_from`."""
        plain = Claims(
            cti=self._chance.randbytes(8),
            subject=self._chance.randbytes(8),
            compound_number=HERE,
            kind=Kind.RESIDENT,
            gates=ALL_GATES,
            not_before=self.start - timedelta(days=2),
            not_after=self.start + timedelta(days=180),
            once=False,
        )
        claims = replace(plain, **changes)
        text = issue(claims, key, kid_of(public_bytes(kid_from or key)))
        return Card(claims.cti.hex(), (claims.subject or b"").hex(), text)

    def forged(self, like: Card) -> str:
        """Somebody else's key, in the office's name or in its own; or a true pass with other bytes in it."""
        match self._chance.randrange(4):
            case 0:
                return self.card(self.stranger, self.homes).text
            case 1:
                return self.card(self.stranger).text
            case 2:
                return self._altered(like, len(_blob(like)) - 1 - self._chance.randrange(SIGNATURE_BYTES))
            case _:
                return self._altered(like, _blob(like).index(bytes.fromhex(like.cti)) + self._chance.randrange(8))

    def broken(self, like: Card) -> str:
        """No pass any more: cut short, with its outermost byte changed, or in small letters."""
        match self._chance.randrange(3):
            case 0:
                return like.text[: self._chance.randrange(8, len(like.text) - 1)]
            case 1:
                return self._altered(like, 0)
            case _:
                return like.text[:4] + like.text[4:].lower()

    def no_pass(self) -> str:
        return self._chance.choice(NO_PASS)

    def _altered(self, card: Card, at: int) -> str:
        blob = bytearray(_blob(card))
        blob[at] ^= self._chance.randrange(1, 256)
        return to_text(bytes(blob))


def read(number: str) -> CardSeen:
    """What a Wiegand reader says of the card on which 018,41143 is printed."""
    facility, serial = map(int, number.split(","))
    bits = facility << 16 | serial
    even, odd = (bits >> 12).bit_count() & 1, ~(bits & 0xFFF).bit_count() & 1
    return CardSeen(26, even << 25 | bits << 1 | odd)


def _blob(card: Card) -> bytes:
    blob = from_text(card.text)
    assert blob is not None
    return blob
