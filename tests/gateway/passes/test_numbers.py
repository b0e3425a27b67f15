"""The book of numbers: whatever is printed and however it is read, the right entry or none."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.passes.cards import CardFormat, Order, Part, Printed
from gateway.passes.numbers import Entry, Medium, NumberBook
from gateway.passes.plates import PROVINCES, Plate, plate_of
from tests.gateway.number_kit import FACILITY, KEY, entry

SERIAL = st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789")
OFFICE = st.builds("{}{}".format, st.sampled_from(PROVINCES), st.sampled_from("ABCDEFGH"))
DIGITS, ELECTRIC = st.integers(0, 99999), st.sampled_from("DF")
SEVEN = st.builds("{}{}".format, OFFICE, st.text(SERIAL, min_size=5, max_size=5))
SMALL = st.builds("{}{}{:05d}".format, OFFICE, ELECTRIC, DIGITS)
LARGE = st.builds("{}{:05d}{}".format, OFFICE, DIGITS, ELECTRIC)
REVERSED = CardFormat(
    bits=24,
    reader_bits=24,
    parity=False,
    inverted=False,
    order=Order.BYTES,
    reader_part=Part.LOW,
    printed=Printed.FACILITY,
    printed_bits=24,
    printed_part=Part.LOW,
)


def card(number: int, name: str = "ca4d000000000001") -> Entry:
    return entry(Medium.CARD, id=name, number=f"{number >> 16:03d},{number & 0xFFFF:05d}")


@given(st.sets(st.integers(0, 2**24 - 1), min_size=1, max_size=20), st.integers(0, 2**24 - 1))
def test_each_card_is_found_by_each_reader_as_itself_and_no_other_is(numbers: set[int], stranger: int) -> None:
    entries = [card(number, f"{number:016x}") for number in sorted(numbers)]
    book = NumberBook(entries, [FACILITY, REVERSED], KEY)
    for number, expected in zip(sorted(numbers), entries, strict=True):
        assert book.card(26, number << 1) == book.card(26, number << 1 | 1 | 1 << 25) == expected
        assert book.card(24, int.from_bytes(number.to_bytes(3, "big"), "little")) == expected
    assert (book.card(26, stranger << 1) is not None) is (stranger in numbers)
    assert book.card(25, stranger) is None
    assert book.unreadable == []


@given(st.integers(0, 2**24 - 1), st.integers(1, 2**8 - 1))
def test_two_cards_that_a_short_reader_cannot_tell_apart_are_nobodys(number: int, by: int) -> None:
    short = CardFormat(16, 16, False, False, Order.STRAIGHT, Part.LOW, Printed.FACILITY, 24, Part.LOW)
    other = card(number ^ by << 16, "ca4d000000000002")
    both = NumberBook([card(number), other], [short], KEY)
    assert both.card(16, number & 0xFFFF) is None
    gone = NumberBook([card(number), entry(Medium.CARD, id="x", number=other.number, withdrawn=True)], [short], KEY)
    assert gone.card(16, number & 0xFFFF) == card(number), "a withdrawn one holds up nobody"


def test_a_card_that_was_lost_and_found_is_the_new_entry_whichever_comes_first() -> None:
    lost, found = entry(Medium.CARD, id="lost", withdrawn=True), entry(Medium.CARD, id="found")
    for entries in ([lost, found], [found, lost]):
        assert NumberBook(entries, [FACILITY], KEY).card(26, (18 << 16 | 41143) << 1) == found
        plates = [entry(Medium.PLATE, id=each.id, withdrawn=each.withdrawn) for each in entries]
        assert NumberBook(plates, [], KEY).plate(plate_of("沪A12345")).id == "found"  # type: ignore[arg-type,union-attr]  # it is one


@given(st.one_of(SEVEN, SMALL, LARGE), st.sampled_from(["", " ", "·", "-", "."]), st.booleans())
def test_a_plate_is_found_however_it_is_written(plate: str, between: str, small: bool) -> None:
    book = NumberBook([entry(Medium.PLATE, number=plate)], [], KEY)
    written = plate[:2] + between + plate[2:]
    found = plate_of(written.lower() if small else written)
    assert isinstance(found, Plate)
    assert book.plate(found) is not None
