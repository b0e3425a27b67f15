"""The book of cards and plates in; whose a number is that a reader or a guard said, out: one look-up by a keyed hash.

Floor 2, a pure room. A card's number is no secret and a plate hangs on the car: either is a pass as far as its reader
can be believed, and is judged by the same table of reasons. The numbers themselves stand sealed in the registry; what
is journaled of an entry is its `id`, which was drawn by lot and says nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from msgspec import Struct

from gateway.passes.cards import CardFormat, number_printed, number_read
from gateway.passes.cards import Reading as CardReading
from gateway.passes.plates import Plate, plate_of

ID_DIGITS: Final = 16


class Medium(StrEnum):
    """What was shown, where it was no code. On the wire and in the journal."""

    CARD = "card"
    PLATE = "plate"
    TYPED = "typed"  # the short code of a pass, typed by a guard


class Entry(Struct, frozen=True, kw_only=True):
    """A card or plate and what it is good for. `gates` is a bit mask as in a pass, 0 for every gate."""

    id: str
    medium: Medium
    number: str  # as it is printed, or the plate: personal, see above
    holder: str
    compound: str
    subject: str = ""
    flat: str = ""
    gates: int = 0
    not_before: datetime | None = None
    not_after: datetime | None = None
    withdrawn: bool = False


class NumberBook:
    """Built anew when something in it changes; never changed while it is read."""

    def __init__(self, entries: Iterable[Entry], forms: Iterable[CardFormat], key: bytes) -> None:
        """`key`: the house's own. Raises nothing: an entry no reader can say stands in `unreadable`."""
        self._key = key[:64]
        self._forms: dict[int, list[CardFormat]] = {}
        for form in forms:
            self._forms.setdefault(form.reader_bits, []).append(form)
        self._cards: dict[bytes, Entry | None] = {}  # None: two cards that this reader cannot tell apart
        self._plates: dict[bytes, Entry] = {}
        self.unreadable: list[str] = []
        for entry in entries:
            if entry.medium is Medium.CARD:
                self._add_card(entry)
            elif isinstance(plate := plate_of(entry.number), Plate):
                before = self._plates.get(digest := self._digest(plate.text))
                if before is None or before.withdrawn:
                    self._plates[digest] = entry
            else:
                self.unreadable.append(entry.id)

    @property
    def knows_cards(self) -> bool:
        return bool(self._cards)

    @property
    def knows_plates(self) -> bool:
        return bool(self._plates)

    def card(self, bits: int, value: int) -> Entry | None:
        """Whose card this is; None for nobody's, or where it may be that of two."""
        found: list[Entry | None] = []
        for form in self._forms.get(bits, ()):
            number = number_read(CardReading(bits, value), form)
            digest = self._digest(_said(form, number))
            if number is not None and digest in self._cards:
                found.append(self._cards[digest])
        return found[0] if len({each.id if each else "" for each in found}) == 1 else None

    def plate(self, plate: Plate) -> Entry | None:
        return self._plates.get(self._digest(plate.text))

    def _add_card(self, entry: Entry) -> None:
        said = False
        for forms in self._forms.values():
            for form in forms:
                number = number_printed(entry.number, form)
                if number is None:
                    continue
                said = True
                digest = self._digest(_said(form, number))
                before = self._cards.get(digest)
                alone = digest not in self._cards or (before is not None and before.id == entry.id)
                self._cards[digest] = entry if alone else _one_of(before, entry)
        if not said:
            self.unreadable.append(entry.id)

    def _digest(self, number: str) -> bytes:
        return blake2b(number.encode(), digest_size=16, key=self._key, person=b"menshen-number").digest()


def _one_of(before: Entry | None, entry: Entry) -> Entry | None:
    """Two entries of one number: the one that was not withdrawn, None where both stand."""
    if before is None or before.withdrawn == entry.withdrawn:
        return None
    return entry if before.withdrawn else before


def _said(form: CardFormat, number: int | None) -> str:
    return f"{form.reader_bits}/{form.bits}/{number}"


NO_NUMBERS: Final = NumberBook((), (), b"")
