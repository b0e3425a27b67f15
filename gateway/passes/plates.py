"""A number plate as a reader or a guard wrote it in, the plate as it is out; or why it is none.

Floor 2, a pure room. One form for all that is compared: no blanks, dots or full-width letters, capitals. A serial has
neither I nor O (GA 36-2018), so these are the 1 and 0 they were taken for; the letter of the office is no digit.

    沪A12345   ordinary; the last place may say what for: 学 警 港 澳 领 挂
    沪AD12345  new energy, small: D or F, since 2020 A B C E G H J K too, a letter or digit, four digits
    沪A12345D  new energy, large: five digits, D or F
    使123456   embassy             沪A1234领  consulate          京X0001应急  fire and rescue
    WJ沪1234X  armed police        VA12345    army

What is read with little confidence, or is no plate, is the guard's to look at: `Doubtful`, never "not on the list".
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from msgspec import Struct

PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
SERIAL: Final = "A-HJ-NP-Z0-9"
BETWEEN: Final = re.compile(r"[\s·•・‧∙.\-_]+")
LONGEST: Final = 24  # characters before anything is looked at
SPOKEN_FOR: Final = re.compile(r"^(无|无牌|无牌车|NONE|UNKNOWN)$")  # what cameras write of a car without a plate


class PlateKind(StrEnum):
    ORDINARY = "ordinary"
    NEW_ENERGY = "new_energy"
    EMBASSY = "embassy"
    CONSULATE = "consulate"
    RESCUE = "rescue"
    ARMED_POLICE = "armed_police"
    ARMY = "army"


FORMS: Final = tuple(
    (kind, re.compile(form))
    for kind, form in (
        (PlateKind.NEW_ENERGY, rf"[{PROVINCES}][A-Z][A-HJK][{SERIAL}][0-9]{{4}}"),
        (PlateKind.NEW_ENERGY, rf"[{PROVINCES}][A-Z][0-9]{{5}}[DF]"),
        (PlateKind.ORDINARY, rf"[{PROVINCES}][A-Z][{SERIAL}]{{4}}[{SERIAL}学警港澳挂]"),
        (PlateKind.CONSULATE, rf"[{PROVINCES}][A-Z][{SERIAL}]{{4}}领"),
        (PlateKind.RESCUE, rf"[{PROVINCES}][A-Z][0-9]{{3,4}}应急"),
        (PlateKind.EMBASSY, r"使[0-9]{6}|[0-9]{6}使"),
        (PlateKind.ARMED_POLICE, rf"WJ[{PROVINCES}]?[0-9]{{4}}[{SERIAL}]"),
        (PlateKind.ARMY, rf"[A-HJ-NP-Z]{{2}}[{SERIAL}]{{5}}"),
    )
)
ALIKE: Final = ("0DQ", "8B", "2Z", "5S", "17T", "CG6", "VY", "MN", "UV")  # taken for each other by readers and at night


class Plate(Struct, frozen=True):
    """A plate as it is compared, kept and shown."""

    text: str
    kind: PlateKind


class Doubtful(Struct, frozen=True):
    """Something for the guard to look at: why, and what it may be."""

    why: str
    text: str = ""


def normal(text: str) -> str:
    """The one form of what was written, plate or not: NFKC, capitals, nothing between, I and O where they cannot be."""
    short = BETWEEN.sub("", unicodedata.normalize("NFKC", text[:LONGEST]).upper())
    if len(short) > 2 and short[0] in PROVINCES:
        office = "O" if short[1] == "0" else short[1]
        return short[0] + office + _no_letters_of_doubt(short[2:])
    if short[:1] == "使" or short[-1:] == "使":
        return _no_letters_of_doubt(short)
    return short[:2] + _no_letters_of_doubt(short[2:])


def plate_of(text: str) -> Plate | Doubtful:
    """What a guard typed, or a list says."""
    written = normal(text.partition("|")[0])  # a car of two systems has two plates: the mainland's comes first
    for kind, form in FORMS:
        if form.fullmatch(written):
            return Plate(written, kind)
    if not written or SPOKEN_FOR.match(written):
        return Doubtful("no plate")
    return Doubtful("not the form of a plate", written)


def plate_read(text: str, confidence: float | None, least_confidence: float) -> Plate | Doubtful:
    """What a reader read. One that does not say how sure it is, is believed."""
    found = plate_of(text)
    if isinstance(found, Plate) and confidence is not None and not confidence >= least_confidence:
        return Doubtful("read with little confidence", found.text)
    return found


def look_alikes(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Known plates that differ from this one only where letters and digits are easily taken for each other."""
    return tuple(other for other in known if other != text and _alike(text, other))


def _alike(one: str, other: str) -> bool:
    return len(one) == len(other) and all(
        a == b or any(a in group and b in group for group in ALIKE) for a, b in zip(one, other, strict=True)
    )


def _no_letters_of_doubt(serial: str) -> str:
    return serial.replace("I", "1").replace("O", "0")
