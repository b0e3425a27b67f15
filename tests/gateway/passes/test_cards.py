"""How a reader says what is printed on a card, found from two known cards, and never guessed."""

from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from gateway.passes.cards import (
    CardFormat,
    Order,
    Part,
    Printed,
    Reading,
    Unclear,
    clashes,
    infer_format,
    number_printed,
    number_read,
)

NUMBERS = st.integers(0, 0xFFFFFFFF)


def bits(text: str) -> Reading:
    return Reading(len(text), int(text, 2))


def with_parity(data: int, width: int) -> Reading:
    """26 or 34 bits as on the wires."""
    text = f"{data:0{width}b}"
    half = width // 2
    return bits(f"{text[:half].count('1') % 2}{text}{1 - text[half:].count('1') % 2}")


def facility(number: int) -> str:
    return f"{number >> 16 & 0xFF:03},{number & 0xFFFF:05}"


def decimal(number: int) -> str:
    return f"{number:010}"


def of(readings: dict[str, Reading]) -> CardFormat | Unclear:
    return infer_format([(reading, printed) for printed, reading in readings.items()])


# Read from a 26-bit reader whose two data wires were swapped: forum.arduino.cc, topic 1221511, dongles 1, 2 and 5
SWAPPED = {
    "0001217496": bits("11110110101101100001001110"),
    "0001217485": bits("11110110101101100001100101"),
    "0014594826": bits("00010000101001100111101010"),
}


def test_published_dongles_of_a_reader_with_swapped_wires() -> None:
    first_two = dict(list(SWAPPED.items())[:2])
    form = of(first_two)
    assert isinstance(form, CardFormat)
    assert (form.bits, form.parity, form.inverted, form.order) == (24, True, True, Order.STRAIGHT)
    for printed, reading in SWAPPED.items():
        assert number_read(reading, form) == number_printed(printed, form) == int(printed)


def test_a_published_card_over_a_serial_reader() -> None:
    """The same dongles over its serial line: 0100 1293D8 and a check byte; the house has read 24 of the bits."""
    form = of({"0001217496": Reading(24, 0x1293D8), "0001217485": Reading(24, 0x1293CD)})
    assert isinstance(form, CardFormat)
    assert number_read(Reading(24, 0xCDA4EC), form) == number_printed("0013477100", form)


READERS: dict[str, Callable[[int], Reading]] = {
    "26 bits with parity": lambda number: with_parity(number & 0xFFFFFF, 24),
    "34 bits with parity": lambda number: with_parity(number, 32),
    "34 bits, bytes turned round": lambda number: with_parity(int.from_bytes(number.to_bytes(4, "little"), "big"), 32),
    "32 bits, bits turned round": lambda number: Reading(32, int(f"{number:032b}"[::-1], 2)),
    "24 bits, the highest byte left out": lambda number: Reading(24, number & 0xFFFFFF),
    "24 bits, the lowest byte left out": lambda number: Reading(24, number >> 8),
    "48 bits, with zeros before": lambda number: Reading(48, number),
    "64 bits, with a maker's mark before": lambda number: Reading(64, 0xE004 << 48 | number),
    "34 bits, wires swapped": lambda number: Reading(34, with_parity(number, 32).value ^ (1 << 34) - 1),
}
PRINTS: dict[str, Callable[[int], str]] = {
    "decimal": decimal,
    "hex": lambda number: f"{number:08X}",
    "hex with colons": lambda number: number.to_bytes(4, "big").hex(":"),
    "facility and number": facility,
    "facility and number in one": lambda number: facility(number).replace(",", ""),
    "32 bits of facility and number": lambda number: f"{number >> 16:05}{number & 0xFFFF:05}",
}


@pytest.mark.parametrize("print_it", PRINTS.values(), ids=PRINTS.keys())
@pytest.mark.parametrize("read_it", READERS.values(), ids=READERS.keys())
def test_two_ordinary_cards_tell_how_every_other_is_read(
    read_it: Callable[[int], Reading], print_it: Callable[[int], str]
) -> None:
    known = [0x8A1293D7, 0x5BC7E10D]
    form = infer_format([(read_it(number), print_it(number)) for number in known])
    assert isinstance(form, CardFormat), form
    for number in (0x01020304, 0xDEADBEEF, 0, 0xFFFFFFFF, 0x8A1293D6):
        found = number_read(read_it(number), form)
        assert found is not None
        assert found == number_printed(print_it(number), form)


@given(st.lists(NUMBERS, min_size=2, max_size=4, unique=True), st.sampled_from(list(READERS)), NUMBERS, NUMBERS)
@example([0, 0xFFFFFFFF], "32 bits, bits turned round", 1, 0x80000000)
def test_what_is_inferred_fits_all_that_was_known_and_tells_others_apart(
    known: list[int], reader: str, one: int, other: int
) -> None:
    read_it = READERS[reader]
    cards = [(read_it(number), decimal(number)) for number in known]
    form = infer_format(cards)
    if isinstance(form, Unclear):
        assert form.why
        return
    for reading, printed in cards:
        assert number_read(reading, form) == number_printed(printed, form)
    assume(read_it(one) != read_it(other))
    if form.bits >= 24 and (one ^ other) & 0xFFFFFF and "lowest" not in reader:
        assert number_read(read_it(one), form) != number_read(read_it(other), form)


@given(st.lists(NUMBERS, min_size=2, max_size=3, unique=True), st.integers(0, (1 << 26) - 1))
def test_readings_that_have_nothing_to_do_with_the_cards_give_no_format(known: list[int], noise: int) -> None:
    cards = [(Reading(26, noise ^ number * 2654435761 % (1 << 26)), decimal(number)) for number in known]
    form = infer_format(cards)
    if isinstance(form, CardFormat):  # by chance they do: then all of them
        assert all(number_read(reading, form) == number_printed(printed, form) for reading, printed in cards)


def test_where_two_ways_fit_none_is_guessed_and_a_third_card_tells() -> None:
    palindromes = {"AABBAA": Reading(24, 0xAABBAA), "C1D2C1": Reading(24, 0xC1D2C1)}
    unclear = of(palindromes)
    assert unclear == Unclear("more than one way fits: one more card is needed", 2)
    form = of({**palindromes, "A1B2C3": Reading(24, 0xC3B2A1)})
    assert isinstance(form, CardFormat)
    assert form.order is Order.BYTES


def test_low_numbers_may_be_written_in_more_than_one_way_and_a_high_one_tells() -> None:
    low = {"00000001": Reading(24, 1), "00000002": Reading(24, 2)}
    assert isinstance(of(low), Unclear)  # decimal, hexadecimal, or facility 0
    form = of({**low, "00070000": Reading(24, 70000)})
    assert isinstance(form, CardFormat)
    assert form.printed is Printed.DECIMAL


@pytest.mark.parametrize(
    ("cards", "why"),
    [
        ([], "two different cards are needed"),
        ([(Reading(24, 1), "001,00001")], "two different cards are needed"),
        ([(Reading(24, 1), "001,00001")] * 2, "two different cards are needed"),
        ([(Reading(24, 1), "1"), (Reading(32, 2), "2")], "the reader gave different lengths: 24, 32 bits"),
        ([(Reading(4, 1), "1"), (Reading(4, 2), "2")], "4 bits are no card's"),
        (
            [(Reading(24, 1), "card one"), (Reading(24, 2), "card two")],
            "in no known way do these readings become what is printed",
        ),
    ],
)
def test_why_no_format_follows(cards: list[tuple[Reading, str]], why: str) -> None:
    assert infer_format(cards) == Unclear(why)


def test_another_reader_or_another_print_has_no_number() -> None:
    form = of(SWAPPED)
    assert isinstance(form, CardFormat)
    assert number_read(Reading(34, 1), form) is None
    assert number_printed("not a number", form) is None
    assert number_printed("99999999999", form) is None


def test_cards_that_a_short_reader_cannot_tell_apart_are_named() -> None:
    form = infer_format([(Reading(24, number & 0xFFFFFF), decimal(number)) for number in (0x8A1293D7, 0x5BC7E10D)])
    assert isinstance(form, CardFormat)
    assert (form.bits, form.printed_part) == (24, Part.LOW)
    twin = decimal(0x011293D7)
    assert clashes([decimal(0x8A1293D7), decimal(0x5BC7E10D), twin, twin], form) == [(decimal(0x8A1293D7), twin)]
