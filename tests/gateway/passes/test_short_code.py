"""A short code is one of eight letters; every slip of one letter, and every two letters swapped, is found."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from gateway.passes.short_code import ALPHABET, short_code, typed_code, written

IDS = st.binary(min_size=8, max_size=8).map(bytes.hex)


@given(IDS)
def test_what_is_printed_can_be_typed(cti: str) -> None:
    code = short_code(cti)
    assert typed_code(code) == typed_code(written(code)) == typed_code(f" {written(code).lower()} ") == code


@given(IDS, st.integers(0, 7), st.integers(1, 31))
def test_a_wrong_letter_is_found(cti: str, place: int, by: int) -> None:
    code = short_code(cti)
    wrong = ALPHABET[(ALPHABET.index(code[place]) + by) % 32]
    assert typed_code(code[:place] + wrong + code[place + 1 :]) is None


@given(IDS)
def test_two_letters_swapped_are_found(cti: str) -> None:
    code = short_code(cti)
    for one, other in combinations(range(8), 2):
        if code[one] != code[other]:
            swapped = list(code)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            assert typed_code("".join(swapped)) is None


def test_letters_that_look_alike_are_read_as_meant_and_a_known_one_stays_as_it_is() -> None:
    assert written(short_code("c0ffee0000000001")) == "AXXF-5W1D"
    assert typed_code("axxf 5wld") == typed_code("ＡＸＸＦ－５Ｗ１Ｄ") == "AXXF5W1D"
    assert typed_code("R3ZY-WOO9") == "R3ZYW009"


@given(st.text(max_size=40))
def test_whatever_is_typed_it_is_a_code_or_none(text: str) -> None:
    found = typed_code(text)
    assert found is None or (len(found) == 8 and set(found) <= set(ALPHABET))
