"""Only what `to_text` would have written is read; the standard library's base32 says what that is."""

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.passes.text import MAX_BLOB_BYTES, PREFIX, from_text, to_text

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def slowly(body: str) -> bytes | None:
    try:
        blob = base64.b32decode(body + "=" * (-len(body) % 8))
    except ValueError:
        return None
    return blob if 0 < len(blob) <= MAX_BLOB_BYTES and to_text(blob) == PREFIX + body else None


@given(st.binary(min_size=1, max_size=MAX_BLOB_BYTES))
def test_what_was_written_is_read(blob: bytes) -> None:
    assert from_text(to_text(blob)) == blob
    assert from_text(f" {to_text(blob)}\r\n") == blob


@given(st.text(st.sampled_from(LETTERS), max_size=230) | st.text(st.characters(codec="ascii"), max_size=30))
@example("A_A")
@example("aa")
@example("0A")
@example("+MFRGG")
@example("MF======")
@example("MFRGG===")
@example("A")
@example("AB")
@example("AAA")
def test_every_other_text_is_refused_as_the_standard_library_would(body: str) -> None:
    if body == body.strip():
        assert from_text(PREFIX + body) == slowly(body)


@pytest.mark.parametrize("text", ["", "MS1:", "MS1:\N{FULLWIDTH LATIN CAPITAL LETTER A}A", "MS2:MFRGG", "ms1:MFRGG"])
def test_no_pass_of_this_kind(text: str) -> None:
    assert from_text(text) is None
