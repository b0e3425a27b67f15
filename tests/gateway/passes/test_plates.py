"""Number plates as they are written, typed and misread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.passes.plates import (
    PROVINCES,
    Doubtful,
    Plate,
    PlateKind,
    look_alikes,
    normal,
    plate_of,
    plate_read,
)

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
ORDINARY = st.builds(
    lambda province, office, serial: province + office + serial,
    st.sampled_from(PROVINCES),
    st.sampled_from(LETTERS),
    st.text(LETTERS + "0123456789", min_size=5, max_size=5),
)


@pytest.mark.parametrize(
    ("written", "text", "kind"),
    [
        ("沪A12345", "沪A12345", PlateKind.ORDINARY),
        ("沪A·12345", "沪A12345", PlateKind.ORDINARY),
        ("沪 a-b1c2d", "沪AB1C2D", PlateKind.ORDINARY),
        ("沪Ａ１２３４５", "沪A12345", PlateKind.ORDINARY),
        ("沪AI2O45", "沪A12045", PlateKind.ORDINARY),
        ("京0A1234", "京OA1234", PlateKind.ORDINARY),
        ("粤ZJ068澳", "粤ZJ068澳", PlateKind.ORDINARY),
        ("粤ZJ068澳|MX7742|ZM127", "粤ZJ068澳", PlateKind.ORDINARY),
        ("京A1234警", "京A1234警", PlateKind.ORDINARY),
        ("鲁B1234学", "鲁B1234学", PlateKind.ORDINARY),
        ("赣GZ7S13", "赣GZ7S13", PlateKind.ORDINARY),
        ("沪AD12345", "沪AD12345", PlateKind.NEW_ENERGY),
        ("沪AF1234O", "沪AF12340", PlateKind.NEW_ENERGY),
        ("粤BDA1234", "粤BDA1234", PlateKind.NEW_ENERGY),
        ("粤B12345D", "粤B12345D", PlateKind.NEW_ENERGY),
        ("沪A0023领", "沪A0023领", PlateKind.CONSULATE),
        ("使014578", "使014578", PlateKind.EMBASSY),
        ("京X0001应急", "京X0001应急", PlateKind.RESCUE),
        ("WJ沪1234X", "WJ沪1234X", PlateKind.ARMED_POLICE),
        ("VA12345", "VA12345", PlateKind.ARMY),
    ],
)
def test_every_form_of_plate_is_known_however_it_is_written(written: str, text: str, kind: PlateKind) -> None:
    assert plate_of(written) == Plate(text, kind)


@pytest.mark.parametrize(
    ("written", "doubt"),
    [
        ("", Doubtful("no plate")),
        ("  · ", Doubtful("no plate")),
        ("_无_", Doubtful("no plate")),
        ("无牌车", Doubtful("no plate")),
        ("A12345", Doubtful("not the form of a plate", "A12345")),
        ("沪A1234", Doubtful("not the form of a plate", "沪A1234")),
        ("沪A123456", Doubtful("not the form of a plate", "沪A123456")),
        ("沪112345", Doubtful("not the form of a plate", "沪112345")),
        ("户A12345", Doubtful("not the form of a plate", "户A12345")),
        ("沪AD1234A", Doubtful("not the form of a plate", "沪AD1234A")),
        ("沪A12345;rm", Doubtful("not the form of a plate", "沪A12345;RM")),
    ],
)
def test_what_is_no_plate_is_the_guards_to_look_at(written: str, doubt: Doubtful) -> None:
    assert plate_of(written) == doubt


@given(ORDINARY, st.data())
def test_blanks_dots_widths_and_cases_make_no_difference(plate: str, data: st.DataObject) -> None:
    written = ""
    for letter in plate:
        wide = chr(ord(letter) + 0xFEE0) if letter.isascii() and data.draw(st.booleans()) else letter
        written += data.draw(st.sampled_from(["", " ", "·", "-"])) + (
            wide.lower() if data.draw(st.booleans()) else wide
        )
    assert plate_of(written[:24]) == plate_of(plate) or len(written) > 24


@given(ORDINARY)
def test_an_o_for_a_nought_and_an_i_for_a_one_are_the_same_plate(plate: str) -> None:
    assert plate_of(plate[:2] + plate[2:].replace("0", "O").replace("1", "i")) == plate_of(plate)


@given(st.text(max_size=60))
def test_any_text_is_looked_at_and_a_plate_stays_what_it_is(text: str) -> None:
    found = plate_of(text)
    assert isinstance(found, Doubtful) or plate_of(found.text) == found
    assert len(normal(text)) <= 24 * 18  # NFKC makes at most eighteen of one


@pytest.mark.parametrize(("confidence", "sure"), [(None, True), (0.95, True), (0.9, True), (0.89, False), (0.0, False)])
def test_little_confidence_refers(confidence: float | None, sure: bool) -> None:
    expected = Plate("沪A12345", PlateKind.ORDINARY) if sure else Doubtful("read with little confidence", "沪A12345")
    assert plate_read("沪A12345", confidence, 0.9) == expected


def test_a_confidence_that_is_no_number_refers() -> None:
    assert plate_read("沪A12345", float("nan"), 0.9) == Doubtful("read with little confidence", "沪A12345")


def test_plates_that_are_easily_taken_for_this_one_are_named() -> None:
    known = ["沪A8B0D5", "沪A880D5", "沪AB8QQS", "沪A12345", "京A8B0D5", "沪A8B0D5X"]
    assert look_alikes("沪A8B0D5", known) == ("沪A880D5", "沪AB8QQS")
