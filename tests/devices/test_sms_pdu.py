import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.sms_pdu import MOST_PARTS, submit
from tests.gateway.reach.fake_modem import read_submit

numbers = st.from_regex(r"\+?[0-9]{3,15}", fullmatch=True).filter(str.isascii)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def test_a_known_message_is_those_octets() -> None:
    """hellohello to +46708251358, as the worked example of dreamfabric.com/sms writes its address; here in UCS-2."""
    (pdu,) = submit("+46708251358", "门", 0)
    assert pdu.hex == "00" + "1100" + "0B916407281553F8" + "0008" + "47" + "02" + "95E8"
    assert pdu.length == 16


@given(number=numbers, text=texts, reference=st.integers(0, 255))
def test_what_a_phone_reads_is_what_was_written(number: str, text: str, reference: int) -> None:
    read = [read_submit(pdu.length, pdu.hex) for pdu in submit(number, text, reference)]
    assert {who for who, _, _ in read} == {number}
    whole = "".join(said for _, said, _ in read)
    if len(read) == 1:
        assert read[0][2] is None
    else:
        assert [part for _, _, part in read] == [(reference, len(read), n) for n in range(1, len(read) + 1)]
    assert whole == text or (len(read) == MOST_PARTS and text.startswith(whole[:-1]) and whole.endswith("…"))


def test_seventy_letters_are_one_message_and_one_more_are_two() -> None:
    assert [len(submit("10086", "门" * count, 1)) for count in (70, 71, 134, 135)] == [1, 2, 2, 3]


def test_a_letter_of_two_units_is_never_torn() -> None:
    parts = submit("10086", "门" * 66 + "🚪" * 10, 1)
    assert [read_submit(pdu.length, pdu.hex)[1] for pdu in parts] == ["门" * 66, "🚪" * 10]


@pytest.mark.parametrize("wrong", ["", "12", "12a45", "+", "1234567890123456", '10086"\r', "١٢٣٤"])
def test_what_is_no_number_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a telephone number"):
        submit(wrong, "x", 1)
