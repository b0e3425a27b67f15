"""Lines of card readers in each of the four forms."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.driver import NoKeys
from devices.reading import CardSeen, GarbledSeen, Sighting
from devices.wiegand_serial import DRIVER, WiegandSerialDecoder, WiegandSerialSettings, parity_is_right
from tests.devices.serial_ports import far_end


def reader(form: str = "hex") -> WiegandSerialDecoder:
    return WiegandSerialDecoder(WiegandSerialSettings.model_validate({"port": "/dev/ttyUSB0", "form": form}), NoKeys())


def cards(form: str, *chunks: bytes) -> list[object]:
    """Cards; for what was garbled, why."""
    decoder = reader(form)
    found = [said.seen for chunk in chunks for said in decoder.feed(chunk)]
    return [seen.why if isinstance(seen, GarbledSeen) else seen for seen in found]


def with_parity(facility: int, number: int, facility_bits: int) -> str:
    """26 or 34 bits as a reader sends them."""
    data = f"{facility:0{facility_bits}b}{number:016b}"
    half = len(data) // 2
    even = str(data[:half].count("1") % 2)
    odd = str(1 - data[half:].count("1") % 2)
    return even + data + odd


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"], ids=["CR", "LF", "CRLF"])
def test_a_line_is_a_card_whatever_ends_it(end: bytes) -> None:
    assert cards("hex", b"12A0B7" + end + b"12a0b8" + end) == [CardSeen(24, 0x12A0B7), CardSeen(24, 0x12A0B8)]


def test_stx_and_etx_without_a_line_end_frame_a_card() -> None:
    assert cards("hex", b"\x0212A0B7\x03", b"\x0212A0B8\x03", b"") == cards("hex", b"12A0B7\r12A0B8\r")


def test_start_and_end_marks_and_blanks_around_a_line_go() -> None:
    assert cards("hex", b"\x0212A0B7\x03\r\n", b" 12A0B7 \r") == [CardSeen(24, 0x12A0B7)] * 2


@pytest.mark.parametrize(
    ("form", "line", "bits", "value"),
    [
        ("hex", b"0012A0B7", 32, 0x12A0B7),
        ("hex", b"7048860DDF79", 48, 0x7048860DDF79),
        ("decimal", b"0001217496", 32, 1217496),
        ("decimal", b"01217496", 24, 1217496),
        ("decimal", b"4294967295", 32, 0xFFFFFFFF),
        ("fc", b"018,41143", 24, 0x12A0B7),
        ("fc", b"255:65535", 24, 0xFFFFFF),
        ("bits", with_parity(0x12, 0xA0B7, 8).encode(), 26, int(with_parity(0x12, 0xA0B7, 8), 2)),
    ],
)
def test_each_form(form: str, line: bytes, bits: int, value: int) -> None:
    assert cards(form, line + b"\r\n") == [CardSeen(bits, value)]


@pytest.mark.parametrize(
    ("form", "line", "why"),
    [
        ("hex", b"12A0", "no hexadecimal card"),
        ("hex", b"12A0BG", "no hexadecimal card"),
        ("hex", b"0x12A0B7", "no hexadecimal card"),
        ("hex", b"12_0B7", "no hexadecimal card"),
        ("decimal", b"12A0B7", "no decimal card"),
        ("decimal", b"16777216", "more than 24 bits"),
        ("decimal", b"4294967296", "more than 32 bits"),
        ("decimal", b"-1217496", "no decimal card"),
        ("fc", b"256,1", "facility code or number is too high"),
        ("fc", b"1,65536", "facility code or number is too high"),
        ("fc", b"0001217496", "no facility code and number"),
        ("bits", b"0" * 26, "wrong parity"),
        ("bits", b"2" * 26, "no bits"),
    ],
)
def test_what_is_no_card_is_garbled(form: str, line: bytes, why: str) -> None:
    assert cards(form, line + b"\r") == [why]


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.sampled_from([8, 16]), st.data())
def test_one_bit_turned_over_on_the_way_is_noticed(facility: int, number: int, width: int, data: st.DataObject) -> None:
    said = with_parity(facility % (1 << width), number, width)
    assert parity_is_right(len(said), int(said, 2))
    turned = data.draw(st.integers(0, len(said) - 1))
    assert not parity_is_right(len(said), int(said, 2) ^ 1 << turned)


def test_half_a_card_does_not_become_the_beginning_of_the_next_one() -> None:
    assert cards("hex", b"12A0", b"", b"12A0B7\r") == ["line without an end", CardSeen(24, 0x12A0B7)]


def test_a_line_without_end_is_told_of_once_and_takes_no_memory() -> None:
    assert cards("hex", b"1" * 50, b"2" * 500, b"3" * 50 + b"\r12A0B7\r") == [
        "line is too long",
        CardSeen(24, 0x12A0B7),
    ]


@pytest.mark.asyncio
async def test_over_a_port_a_card_is_a_card() -> None:
    with far_end() as end:
        settings = WiegandSerialSettings(port=end.port, quiet_seconds=0.05)
        decoder = DRIVER.decoder(settings, NoKeys())
        async with DRIVER.open_link(settings) as link, asyncio.timeout(20):
            end.say(b"12A0B7\r\n")
            async for chunk in link:
                found = list(decoder.feed(chunk))
                if found:
                    break
        assert found == [Sighting(CardSeen(24, 0x12A0B7))]
