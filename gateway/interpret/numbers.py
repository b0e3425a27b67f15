"""A card, a plate or what a guard typed in, as it was read; whose it is out, as a shown pass. No number goes further.

Floor 3, a pure room. Without a book of such numbers nobody can be checked, and nobody is refused.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from devices.reading import CardSeen, PlateSeen, Reading, TypedSeen
from gateway.compound import Lane
from gateway.events.every import PassShown, Proof
from gateway.passes.claims import instant
from gateway.passes.known import KnownPass
from gateway.passes.numbers import Entry, Medium, NumberBook
from gateway.passes.plates import Plate, plate_of, plate_read
from gateway.passes.short_code import typed_code
from gateway.passes.trust import Trust

NumberSeen = CardSeen | PlateSeen | TypedSeen


def number_shown(
    reading: Reading,
    seen: NumberSeen,
    lane: Lane,
    book: NumberBook,
    known: Mapping[str, KnownPass],
    trust: Trust | None,
    plate_confidence: float,
) -> PassShown:
    """`known`: passes by their short codes; `plate_confidence`: with less a plate is the guard's to look at."""
    shown = PassShown(
        at=reading.at,
        heard=reading.heard,
        device=reading.device,
        lane=lane.id,
        proof=Proof.UNKNOWN,
        medium=Medium.CARD,
    )
    match seen:
        case CardSeen(bits=bits, value=value):
            if not book.knows_cards:
                return replace(shown, proof=Proof.UNCHECKED, why="no_cards")
            return _of(book.card(bits, value), shown)
        case PlateSeen(text=text, confidence=confidence):
            found = plate_read(text, confidence, plate_confidence)
            return _plate(found.text if isinstance(found, Plate) else "", shown, book)
        case TypedSeen(text=text):
            typed = plate_of(text)
            if isinstance(typed, Plate):
                return _plate(typed.text, shown, book)
            return _typed(text, replace(shown, medium=Medium.TYPED), known, trust)


def _plate(text: str, shown: PassShown, book: NumberBook) -> PassShown:
    """`text`: a plate that was read for sure, or nothing."""
    shown = replace(shown, medium=Medium.PLATE)
    plate = plate_of(text)
    if not isinstance(plate, Plate):
        return replace(shown, proof=Proof.UNSURE)
    if not book.knows_plates:
        return replace(shown, proof=Proof.UNCHECKED, why="no_plates")
    return _of(book.plate(plate), shown)


def _of(entry: Entry | None, shown: PassShown) -> PassShown:
    if entry is None:
        return shown
    return replace(
        shown,
        proof=Proof.WITHDRAWN if entry.withdrawn else Proof.GENUINE,
        cti=entry.id,
        subject=entry.subject,
        holder=entry.holder,
        compound=entry.compound,
        gates=entry.gates,
        not_before=entry.not_before,
        not_after=entry.not_after,
        flat=entry.flat,
    )


def _typed(text: str, shown: PassShown, known: Mapping[str, KnownPass], trust: Trust | None) -> PassShown:
    code = typed_code(text)
    if code is None:
        return replace(shown, proof=Proof.UNREADABLE)
    found = known.get(code)
    if found is None:
        return shown
    shown = replace(
        shown,
        cti=found.cti,
        kid=found.kid,
        subject=found.subject,
        holder=found.holder,
        compound=found.compound,
        gates=found.gates,
        not_before=instant(found.begins),
        not_after=instant(found.ends),
        once=found.once,
    )
    if trust is None:
        return replace(shown, proof=Proof.UNCHECKED, why="no_trust_list")
    shown = replace(shown, trust_version=trust.version)
    if (why := _withdrawn(found, trust)) is not None:
        return replace(shown, proof=Proof.WITHDRAWN, why=why)
    return replace(shown, proof=Proof.GENUINE)


def _withdrawn(found: KnownPass, trust: Trust) -> str | None:
    """It was good when it was seen; lists have come since."""
    keys = trust.keys.get(found.kid, ())
    if not keys or all(key.withdrawn for key in keys):
        return "key_withdrawn"
    if bytes.fromhex(found.cti) in trust.listed.revoked_passes:
        return "pass_withdrawn"
    if found.subject and bytes.fromhex(found.subject) in trust.listed.revoked_subjects:
        return "subject_withdrawn"
    return None
