"""What a reader says of two known cards, and what is printed on them, in; how this reader says a card's number out.

Floor 2, a pure room. A card carries one number, and everybody writes it in another way: readers put parity bits around
it, turn its bytes or bits round, have their two data wires swapped, or leave out its highest or lowest bytes; on the
card it stands in decimal, in hexadecimal, as facility code and number, and that may be a part of it as well. Nobody
knows which; two known cards tell. Of all the ways in which both come out as printed, the one that uses the most bits is
taken; where two different ways use as many, a third card is needed, and none is guessed.

A number of which not all bits are used may be that of two cards: `clashes` names them before anybody is let in by one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import product
from typing import Final

from msgspec import Struct

LEAST_BITS: Final = 16
MOST_BITS: Final = 128
DIGITS_OF_BITS: Final = ((5, 16), (8, 24), (10, 32), (13, 40), (15, 48), (17, 56), (20, 64))


class Reading(Struct, frozen=True):
    """All bits a reader gave of a card, the first one highest."""

    bits: int
    value: int


class Order(StrEnum):
    STRAIGHT = "straight"
    BYTES = "bytes_reversed"
    BITS = "bits_reversed"
    BITS_IN_BYTES = "bits_in_bytes_reversed"


class Part(StrEnum):
    """Which end of a number is left, where not all of it is."""

    LOW = "low"
    HIGH = "high"


class Printed(StrEnum):
    DECIMAL = "decimal"
    HEX = "hex"
    FACILITY = "facility"  # 018,41143
    DIGITS = "facility_digits"  # 01841143


class CardFormat(Struct, frozen=True):
    """How one reader, or a site's readers, say what is printed. `bits` of the number are used."""

    bits: int
    reader_bits: int
    parity: bool
    inverted: bool
    order: Order
    reader_part: Part
    printed: Printed
    printed_bits: int
    printed_part: Part


class Unclear(Struct, frozen=True):
    """No format follows from these cards: why, and how many would fit."""

    why: str
    candidates: int = 0


def infer_format(known: Sequence[tuple[Reading, str]]) -> CardFormat | Unclear:
    """From at least two different cards, each as it was read and as it is printed."""
    lengths = {reading.bits for reading, _ in known}
    if len(known) < 2 or len({reading for reading, _ in known}) < len(known):
        return Unclear("two different cards are needed")
    if len(lengths) > 1:
        return Unclear(f"the reader gave different lengths: {', '.join(map(str, sorted(lengths)))} bits")
    if not LEAST_BITS <= min(lengths) <= MOST_BITS:
        return Unclear(f"{min(lengths)} bits are no card's")
    fitting = [each for each in _candidates(known) if all(_fits(each, *card) for card in known)]
    if not fitting:
        return Unclear("in no known way do these readings become what is printed")
    most = max(each.bits for each in fitting)
    best = [each for each in fitting if each.bits == most]
    if len(best) > 1:
        return Unclear("more than one way fits: one more card is needed", len(best))
    return best[0]


def number_read(reading: Reading, form: CardFormat) -> int | None:
    """The number of a card that was read; None if this is not what such a reader says."""
    if reading.bits != form.reader_bits:
        return None
    value, bits = _ordered(reading, form)
    return _part(value, bits, form.bits, form.reader_part)


def number_printed(text: str, form: CardFormat) -> int | None:
    """The number of a card as it is printed on it; None if it is printed otherwise."""
    found = PARSERS[form.printed](text)
    if found is None or found[0] >> form.printed_bits:
        return None
    return _part(found[0], form.printed_bits, form.bits, form.printed_part)


def clashes(printed: Iterable[str], form: CardFormat) -> list[tuple[str, ...]]:
    """Cards this reader cannot tell apart, in the order they came."""
    same: dict[int, list[str]] = {}
    for text in printed:
        number = number_printed(text, form)
        if number is not None and text not in same.setdefault(number, []):
            same[number].append(text)
    return [tuple(texts) for texts in same.values() if len(texts) > 1]


# ---- what is printed


def _decimal(text: str) -> tuple[int, int] | None:
    if not re.fullmatch(r"[0-9]{3,20}", text):
        return None
    value = int(text)
    return next(((value, bits) for digits, bits in DIGITS_OF_BITS if len(text) <= digits and not value >> bits), None)


def _hex(text: str) -> tuple[int, int] | None:
    digits = re.sub(r"[ :-]", "", text)
    if not re.fullmatch(r"[0-9A-Fa-f]{4,32}", digits):
        return None
    return int(digits, 16), 8 * (-(-len(digits) // 2))


def _facility(text: str) -> tuple[int, int] | None:
    return _of_facility(re.fullmatch(r"([0-9]{1,5})[,:/ -]([0-9]{1,5})", text))


def _digits(text: str) -> tuple[int, int] | None:
    return _of_facility(re.fullmatch(r"([0-9]{3}|[0-9]{5})([0-9]{5})", text))


def _of_facility(found: re.Match[str] | None) -> tuple[int, int] | None:
    if found is None or int(found[1]) > 0xFFFF or int(found[2]) > 0xFFFF:
        return None
    wide = len(found[1]) > 3
    if not wide and int(found[1]) > 0xFF:
        return None
    return int(found[1]) << 16 | int(found[2]), 32 if wide else 24


PARSERS: Final[Mapping[Printed, Callable[[str], tuple[int, int] | None]]] = {
    Printed.DECIMAL: _decimal,
    Printed.HEX: _hex,
    Printed.FACILITY: _facility,
    Printed.DIGITS: _digits,
}


# ---- what is read


def _ordered(reading: Reading, form: CardFormat) -> tuple[int, int]:
    value, bits = reading.value, reading.bits
    if form.inverted:
        value ^= (1 << bits) - 1
    if form.parity:
        value, bits = (value >> 1) & ((1 << (bits - 2)) - 1), bits - 2
    return ORDERS[form.order](value, bits), bits


def _bytes_reversed(value: int, bits: int) -> int:
    return int.from_bytes(value.to_bytes(bits // 8, "big"), "little")


def _bits_reversed(value: int, bits: int) -> int:
    return int(f"{value:0{bits}b}"[::-1], 2)


ORDERS: Final[Mapping[Order, Callable[[int, int], int]]] = {
    Order.STRAIGHT: lambda value, bits: value,
    Order.BYTES: _bytes_reversed,
    Order.BITS: _bits_reversed,
    Order.BITS_IN_BYTES: lambda value, bits: _bytes_reversed(_bits_reversed(value, bits), bits),
}


def _part(value: int, of: int, bits: int, part: Part) -> int:
    return value >> (of - bits) if part is Part.HIGH else value & ((1 << bits) - 1)


# ---- ways


def _candidates(known: Sequence[tuple[Reading, str]]) -> Iterator[CardFormat]:
    """Every way that is possible with readings of this length and texts of this form, each once."""
    reader_bits = known[0][0].bits
    for printed, parse in PARSERS.items():
        parsed = [found for _, text in known if (found := parse(text)) is not None]
        if len(parsed) < len(known):
            continue
        printed_bits = max(bits for _, bits in parsed)
        for parity, inverted, order in product((False, True), (False, True), Order):
            data_bits = reader_bits - 2 if parity else reader_bits
            if parity and reader_bits not in (26, 34, 37):
                continue
            if order in (Order.BYTES, Order.BITS_IN_BYTES) and data_bits % 8:
                continue
            for bits in range(LEAST_BITS, min(data_bits, printed_bits) + 1, 8):
                for of_read, of_printed in product(_parts(bits, data_bits), _parts(bits, printed_bits)):
                    yield CardFormat(
                        bits=bits,
                        reader_bits=reader_bits,
                        parity=parity,
                        inverted=inverted,
                        order=order,
                        reader_part=of_read,
                        printed=printed,
                        printed_bits=printed_bits,
                        printed_part=of_printed,
                    )


def _parts(bits: int, of: int) -> tuple[Part, ...]:
    return (Part.LOW,) if bits == of else (Part.LOW, Part.HIGH)


def _fits(form: CardFormat, reading: Reading, text: str) -> bool:
    number = number_read(reading, form)
    return number is not None and number == number_printed(text, form)
