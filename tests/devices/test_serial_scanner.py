"""Lines of scanners, as they come and as they ought not to come."""

import asyncio
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.driver import NoKeys
from devices.reading import CodeSeen, GarbledSeen, Sighting
from devices.serial_scanner import COMMAND_ANSWER, DRIVER, SerialScannerDecoder, SerialScannerSettings
from tests.devices.serial_ports import far_end

PASS = b"MS1:ABCDEFG234567"


def scanner(line_limit: int = 3072) -> SerialScannerDecoder:
    return SerialScannerDecoder(SerialScannerSettings(port="/dev/ttyACM0", line_limit=line_limit), NoKeys())


def texts(*chunks: bytes, decoder: SerialScannerDecoder | None = None) -> list[str]:
    """The codes seen; for what was garbled, why."""
    decoder = decoder or scanner()
    found = [sighting.seen for chunk in chunks for sighting in decoder.feed(chunk)]
    return [seen.text if isinstance(seen, CodeSeen) else why(seen) for seen in found]


def why(seen: object) -> str:
    assert isinstance(seen, GarbledSeen)
    return f"garbled: {seen.why}"


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\x03", b"\x03\r"], ids=["CR", "LF", "CRLF", "ETX", "ETX CR"])
def test_a_line_is_a_code_whatever_ends_it(end: bytes) -> None:
    assert texts(PASS + end + b"second" + end) == [PASS.decode(), "second"]


def test_a_scanner_that_frames_by_stx_and_etx_and_sends_no_line_end_is_heard() -> None:
    assert texts(b"\x02" + PASS + b"\x03", b"", b"\x02second\x03", b"") == [PASS.decode(), "second"]


def test_a_tab_and_then_silence_ends_a_code() -> None:
    assert texts(PASS + b"\t", b"", b"half\tof it", b"") == [PASS.decode(), "garbled: line without an end"]


@pytest.mark.parametrize("kind", [b"]Q1", b"]Q3", b"]d1", b"]C0", b"]L2"])
def test_what_the_scanner_says_of_the_kind_of_code_is_not_part_of_it(kind: bytes) -> None:
    assert texts(kind + PASS + b"\r", b"\x02" + kind + PASS + b"\x03") == [PASS.decode()] * 2
    assert texts(kind + b"\r", b"]Q\r") == [kind.decode(), "]Q"]  # with nothing behind it, it is the text


def test_a_line_in_pieces_is_one_code_and_its_late_line_feed_is_none() -> None:
    assert texts(b"MS1:", b"AB", b"C\r", b"\nnext\r") == ["MS1:ABC", "next"]


def test_the_answer_to_a_command_is_not_part_of_the_code_behind_it() -> None:
    assert texts(COMMAND_ANSWER + PASS + b"\r", COMMAND_ANSWER * 2 + b"x\r", COMMAND_ANSWER + b"\r") == [
        PASS.decode(),
        "x",
    ]


def test_an_answer_alone_before_a_silence_is_nothing() -> None:
    assert texts(COMMAND_ANSWER, b"", PASS + b"\r") == [PASS.decode()]


@pytest.mark.parametrize("charset", ["utf-8", "gbk", "gb2312", "gb18030"])
@pytest.mark.parametrize("text", ["临汾路街道 3号楼 501室", "门神", "来沪人员告知书", "¥100"])
def test_chinese_is_read_in_the_charset_the_scanner_has(text: str, charset: str) -> None:
    if charset == "gb2312" and "¥" in text:
        text = text.replace("¥", "￥")
    if charset == "gbk" and "¥" in text:
        text = text.replace("¥", "￥")
    assert texts(text.encode(charset) + b"\r\n") == [text]


def test_bytes_of_no_charset_are_garbled() -> None:
    assert texts(b"\xff\xfe\x80\r") == ["garbled: neither UTF-8 nor GB18030"]


def test_control_characters_around_a_code_go_and_inside_it_make_it_garbled() -> None:
    assert texts(b"\x00\x02" + PASS + b"\x03\x00\r", b"AB\x00CD\r", b"A\x1b[2J\r") == [
        PASS.decode(),
        "garbled: control character inside",
        "garbled: control character inside",
    ]


def test_tabs_and_the_group_separators_of_gs1_stay_and_blanks_are_text() -> None:
    assert texts(b" 01\x1d10\t17 \r") == [" 01\x1d10\t17 "]


def test_an_over_long_line_is_cut_off_once_and_the_next_is_read() -> None:
    decoder = scanner(line_limit=20)
    assert texts(b"x" * 20 + b"\r", b"y" * 21, b"y" * 5000, b"y\r" + PASS + b"\r", decoder=decoder) == [
        "x" * 20,
        "garbled: line is too long",
        PASS.decode(),
    ]
    assert len(decoder._line) == 0


@given(st.lists(st.binary(min_size=1, max_size=200).map(lambda raw: raw.translate(None, b"\r\n\x03"))))
def test_a_line_without_end_takes_no_more_memory_than_the_limit(chunks: list[bytes]) -> None:
    decoder = scanner(line_limit=64)
    found = texts(*(chunk for chunk in chunks if chunk), decoder=decoder)
    assert len(decoder._line) <= 64
    assert found == (["garbled: line is too long"] if len(b"".join(chunks)) > 64 else [])


def test_half_a_code_does_not_become_the_beginning_of_the_next_persons() -> None:
    assert texts(b"MS1:HALF", b"", PASS + b"\r") == ["garbled: line without an end", PASS.decode()]


def test_what_is_garbled_is_kept_as_its_length_and_a_digest_under_the_houses_key() -> None:
    class Keys(NoKeys):
        digest_key = b"the key of this house"

    decoder = SerialScannerDecoder(SerialScannerSettings(port="/dev/ttyACM0"), Keys())
    digest = blake2b(b"secret\x00secret", digest_size=8, key=Keys.digest_key).hexdigest()
    assert list(decoder.feed(b"secret\x00secret\r")) == [Sighting(GarbledSeen(13, digest, "control character inside"))]


@pytest.mark.asyncio
async def test_over_a_port_a_scan_is_a_code() -> None:
    with far_end() as end:
        settings = SerialScannerSettings(port=end.port, quiet_seconds=0.05)
        decoder = DRIVER.decoder(settings, NoKeys())
        async with DRIVER.open_link(settings) as link, asyncio.timeout(20):
            end.say(COMMAND_ANSWER + "门神".encode("gbk") + b"\r\n")
            async for chunk in link:
                found = list(decoder.feed(chunk))
                if found:
                    break
        assert found == [Sighting(CodeSeen("门神"))]
