from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.at_modem import REGISTER_TRIES, Answer, AtLines, ModemRefused, Say, Talk, is_end, prepare, send_message
from devices.sms_pdu import Pdu

OK = Answer(end="OK")
PROMPT = Answer(end=">")
SENT = Answer(lines=("+CMGS: 7",), end="OK")
PART = Pdu(hex="0011", length=1)


def held(talk: Talk, answers: list[Answer]) -> list[bytes]:
    """What was said, with these answers in order; a pause is answered by itself."""
    said, waiting = [], list(answers)
    step = next(talk)
    try:
        while True:
            if isinstance(step, Say):
                said.append(step.data)
                step = talk.send(waiting.pop(0))
            else:
                step = talk.send(Answer())
    except StopIteration:
        assert not waiting
        return said


@given(st.binary(max_size=300), st.lists(st.integers(0, 300)))
def test_how_bytes_are_cut_makes_no_difference(stream: bytes, cuts: list[int]) -> None:
    whole = list(AtLines().feed(stream))
    cut = AtLines()
    edges = [0, *sorted(min(at, len(stream)) for at in cuts), len(stream)]
    assert [line for start, end in pairwise(edges) for line in cut.feed(stream[start:end])] == whole


def test_the_prompt_is_a_line_though_no_line_break_follows() -> None:
    assert list(AtLines().feed(b"\r\nRING\r\n\r\n> ")) == ["RING", ">"]


def test_a_line_without_end_is_forgotten() -> None:
    lines = AtLines()
    assert list(lines.feed(b"x" * 5000)) == []
    assert list(lines.feed(b"\r\nOK\r\n"))[-1] == "OK"


@pytest.mark.parametrize("line", ["RING", "+CREG: 1", "+CMTI: 1", "SMS Ready", "", "OKAY"])
def test_what_a_modem_says_unasked_ends_no_answer(line: str) -> None:
    assert not is_end(line)


def test_it_is_made_ready_in_pdu_mode() -> None:
    cpin, creg = Answer(lines=("+CPIN: READY",), end="OK"), Answer(lines=("+CREG: 0,5",), end="OK")
    said = held(prepare(), [Answer(), OK, OK, cpin, creg, OK])
    assert said == [b"AT\r", b"AT\r", b"ATE0\r", b"AT+CPIN?\r", b"AT+CREG?\r", b"AT+CMGF=0\r"]


def test_a_sim_that_asks_for_a_pin_is_left_alone() -> None:
    with pytest.raises(ModemRefused, match="SIM PIN"):
        held(prepare(), [OK, OK, Answer(lines=("+CPIN: SIM PIN",), end="OK")])


def test_no_sim_is_said_in_the_modems_words() -> None:
    with pytest.raises(ModemRefused, match="CME ERROR: 10"):
        held(prepare(), [OK, OK, Answer(end="+CME ERROR: 10")])


def test_without_a_network_it_gives_up_in_the_end() -> None:
    ready, searching = Answer(lines=("+CPIN: READY",), end="OK"), Answer(lines=("+CREG: 0,2",), end="OK")
    with pytest.raises(ModemRefused, match="no network"):
        held(prepare(), [OK, OK, ready, *[searching] * REGISTER_TRIES])


def test_a_passing_error_is_tried_again() -> None:
    said = held(send_message([PART]), [PROMPT, Answer(end="+CMS ERROR: 38"), PROMPT, SENT])
    assert said == [b"AT+CMGS=1\r", b"0011\x1a"] * 2


def test_a_lasting_error_is_not() -> None:
    with pytest.raises(ModemRefused, match="CMS ERROR: 21"):
        held(send_message([PART]), [PROMPT, Answer(end="+CMS ERROR: 21")])


def test_without_a_prompt_it_is_told_to_stop_waiting() -> None:
    assert held(send_message([PART]), [Answer(), OK, PROMPT, SENT])[1] == b"\x1b"


def test_a_part_whose_fate_is_unknown_is_not_said_again() -> None:
    with pytest.raises(ModemRefused, match="may have gone out"):
        held(send_message([PART, PART]), [PROMPT, Answer()])
