"""A relay board: off first, off last, off in time, and not a byte to one that may be another."""

import asyncio
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from devices.driver import Identify, LinkLost, NoKeys, Output, Reply
from devices.links.moments import Moment
from devices.links.proven_port import Plugged, names_one_place, proven, why_not
from devices.reading import AliveSeen, GarbledSeen, OutputSeen, Reading, Sighting
from devices.usb_relay import DRIVER, UsbRelayDecoder, UsbRelaySettings, frame
from devices.watch import HouseClock, Watch
from tests.devices.relay_board import Board
from tests.devices.serial_ports import far_end

ROOT = Path(__file__).resolve().parents[2]
ON, OFF = bytes.fromhex("A0 01 01 A2"), bytes.fromhex("A0 01 00 A1")
SOCKET = "/dev/serial/by-path/platform-3f980000.usb-usb-0:1.2:1.0-port0"


def relay(**more: object) -> UsbRelayDecoder:
    return UsbRelayDecoder(UsbRelaySettings.model_validate({"port": SOCKET, **more}), NoKeys())


def sent(decoder: UsbRelayDecoder, at: float, data: bytes = b"") -> bytes:
    """What is sent at this moment."""
    return b"".join(said.data for said in decoder.feed(Moment(data, at)) if isinstance(said, Reply))


def seen(decoder: UsbRelayDecoder, at: float, data: bytes = b"") -> list[object]:
    return [said.seen for said in decoder.feed(Moment(data, at)) if isinstance(said, Sighting)]


def do(decoder: UsbRelayDecoder, on: bool, seconds: float = 0.0, device: str = "barrier") -> bytes:
    return b"".join(decoder.act(Output(device, on, seconds)))


def test_the_frames_are_those_of_the_document() -> None:
    assert [frame(1, True), frame(1, False)] == [ON, OFF]
    assert [frame(2, True), frame(2, False)] == [bytes.fromhex("A0 02 01 A3"), bytes.fromhex("A0 02 00 A2")]


def test_the_first_word_on_every_opened_link_is_off_for_every_channel() -> None:
    decoder = relay(channels=4)
    assert sent(decoder, 1.0) == b"".join(frame(channel, False) for channel in (1, 2, 3, 4))
    assert sent(decoder, 1.1) == b""


def test_nothing_is_switched_on_before_it_was_switched_off() -> None:
    decoder = relay()
    assert do(decoder, True, 5.0) == b""
    assert sent(decoder, 1.0) == OFF
    assert do(decoder, True, 5.0) == ON


@given(st.floats(0.05, 300.0), st.floats(0.0, 0.1), st.floats(0.0, 1e6))
def test_what_is_opened_for_a_time_is_closed_after_it_and_within_a_fifth_of_a_second(
    seconds: float, late: float, begin: float
) -> None:
    decoder = relay()
    sent(decoder, begin)
    assert do(decoder, True, seconds) == ON
    at, closed = begin + late, None
    while closed is None:
        closed = at if sent(decoder, at) == OFF else None
        at += 0.1
    assert seconds - 1e-6 <= closed - begin <= seconds + 0.2 + 1e-6


def test_somebody_else_let_in_meanwhile_has_the_whole_time_too() -> None:
    decoder = relay()
    sent(decoder, 0.0)
    do(decoder, True, 5.0)
    sent(decoder, 0.0)
    do(decoder, True, 5.0)
    sent(decoder, 3.0)
    assert [sent(decoder, 5.1), sent(decoder, 7.9), sent(decoder, 8.0), sent(decoder, 8.1)] == [b"", b"", OFF, b""]


def test_a_lane_held_open_is_not_closed_by_somebody_let_in() -> None:
    decoder = relay()
    sent(decoder, 0.0)
    do(decoder, True)
    sent(decoder, 0.1)
    do(decoder, True, 5.0)
    assert [sent(decoder, at) for at in (0.2, 6.0, 1e6)] == [b"", b"", b""]
    assert do(decoder, False) == OFF
    assert sent(decoder, 1e6 + 1) == b""


@pytest.mark.parametrize("seconds", [math.nan, -1.0])
def test_a_time_that_is_none_switches_nothing(seconds: float) -> None:
    decoder = relay()
    sent(decoder, 0.0)
    assert do(decoder, True, seconds) == b""


def test_a_board_is_never_clicked_to_find_it() -> None:
    decoder = relay()
    sent(decoder, 0.0)
    assert list(decoder.act(Identify("barrier"))) == []


def test_each_output_has_its_channel_and_a_stranger_has_none() -> None:
    decoder = relay(channels=2, outputs={"barrier": 1, "lamp": 2})
    sent(decoder, 0.0)
    assert do(decoder, True, 1.0, "lamp") == frame(2, True)
    assert do(decoder, True, 1.0, "siren") == b""
    told = [said for said in decoder.feed(Moment(b"", 0.1)) if isinstance(said, Sighting)]
    assert told == [Sighting(OutputSeen(on=True), speaker="lamp")]


def test_what_was_switched_is_told() -> None:
    decoder = relay()
    assert seen(decoder, 0.0) == [OutputSeen(on=False)]
    do(decoder, True, 1.0)
    assert seen(decoder, 0.1) == [OutputSeen(on=True)]
    assert seen(decoder, 0.2) == []
    assert seen(decoder, 1.2) == [OutputSeen(on=False)]


# ---- boards that answer


def test_a_board_that_answers_hears_nothing_but_the_question_until_it_has_answered() -> None:
    decoder = relay(port="/dev/ttyUSB0", answers=True)
    assert sent(decoder, 0.0) == b"\xff"
    assert do(decoder, True, 5.0) == b""
    assert seen(decoder, 0.1) == [OutputSeen(on=True, ok=False, why="it has not proved itself")]
    assert sent(decoder, 0.2, b"CH1: ON \r\n") == OFF + b"\xff"
    assert seen(decoder, 0.3, b"CH1: OFF\r\n") == [AliveSeen(), OutputSeen(on=False)]
    assert do(decoder, True, 5.0) == ON


@pytest.mark.parametrize(
    "answer", [b"MS1:ABCDEFG\r\n", b"CH1: ON\r\nnonsense\r\nCH2: ON\r\n", b"CH3:ON\r\n", b"\xa0\x01\x01\xa2"]
)
def test_an_answer_of_something_else_proves_nothing(answer: bytes) -> None:
    decoder = relay(port="/dev/ttyUSB0", answers=True, channels=2)
    assert sent(decoder, 0.0) == b"\xff"
    assert sent(decoder, 0.1, answer) == b""
    assert do(decoder, True, 5.0) == b""


def test_a_board_that_does_not_answer_is_told_of_once_and_asked_again() -> None:
    decoder = relay(port="/dev/ttyUSB0", answers=True)
    assert sent(decoder, 0.0) == b"\xff"
    assert seen(decoder, 1.0) == [OutputSeen(on=False, ok=False, why="the board does not answer")]
    asked = [at for at in range(2, 6) if sent(decoder, float(at)) == b"\xff"]
    assert asked == [2, 3, 4, 5]
    assert seen(decoder, 6.0) == []


def test_a_board_that_did_not_do_it_is_told_of_and_told_again() -> None:
    decoder = relay(port="/dev/ttyUSB0", answers=True)
    sent(decoder, 0.0)
    sent(decoder, 0.1, b"CH1:OFF \r\n")
    sent(decoder, 0.2, b"CH1:OFF \r\n")
    do(decoder, True, 5.0)
    assert sent(decoder, 0.3) == b"\xff"
    said = list(decoder.feed(Moment(b"CH1:OFF \r\n", 0.4)))
    assert said == [
        Sighting(AliveSeen()),
        Sighting(OutputSeen(on=True, ok=False, why="the board did not do it")),
        Reply(ON),
    ]
    assert sent(decoder, 1.4) == b"\xff"
    assert seen(decoder, 1.5, b"CH1: ON\r\n") == [AliveSeen(), OutputSeen(on=True)]


def test_an_answer_to_a_question_of_before_the_switching_blames_nobody() -> None:
    decoder = relay(port="/dev/ttyUSB0", answers=True)
    sent(decoder, 0.0)
    sent(decoder, 0.1, b"CH1:OFF\r\n")  # off, and asked again
    do(decoder, True, 5.0)  # while the answer is on its way
    assert seen(decoder, 0.2, b"CH1:OFF\r\n") == []
    assert sent(decoder, 0.3) == b""
    assert seen(decoder, 0.4, b"CH1: ON\r\n") == [AliveSeen(), OutputSeen(on=True)]


def test_what_no_board_says_is_garbled() -> None:
    garbage = seen(relay(), 0.0, b"x" * 40)
    assert [type(each) for each in garbage[:2]] == [GarbledSeen, GarbledSeen]


@given(st.data())
def test_how_an_answer_was_cut_makes_no_difference(data: st.DataObject) -> None:
    whole = b"CH1: ON \r\nCH2:OFF \r\n" * 2
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1))))
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    settings = {"port": "/dev/ttyUSB0", "answers": True, "channels": 2, "outputs": {"a": 1, "b": 2}}

    def heard(chunks: list[bytes]) -> list[object]:
        decoder = relay(**settings)
        sent(decoder, 0.0)
        return [said for chunk in chunks for said in decoder._hear(chunk)]

    assert heard(pieces) == heard([whole])


# ---- which port


@pytest.mark.parametrize("port", ["/dev/ttyUSB0", "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0", "/dev/ttyACM3"])
def test_a_port_that_may_become_anothers_is_refused_in_the_configuration(port: str) -> None:
    with pytest.raises(ValidationError, match="may become another device's port"):
        UsbRelaySettings(port=port)
    assert UsbRelaySettings(port=port, usb_serial="AB12").usb_serial == "AB12"
    assert not names_one_place(port)


@pytest.mark.parametrize("port", [SOCKET, "/dev/menshen/usb-1-1.2-00", "/dev/ttyAMA0", "/dev/ttyS1"])
def test_a_socket_is_proof_enough(port: str) -> None:
    assert UsbRelaySettings(port=port).port == port


def test_outputs_beyond_the_board_and_outputs_of_one_channel_are_refused() -> None:
    with pytest.raises(ValidationError, match="beyond 1"):
        UsbRelaySettings(port=SOCKET, outputs={"barrier": 2})
    with pytest.raises(ValidationError, match="same channel"):
        UsbRelaySettings(port=SOCKET, channels=2, outputs={"barrier": 2, "lamp": 2})


def test_two_adapters_swapped_are_told_apart_by_their_serial_numbers() -> None:
    present = [Plugged("/dev/ttyUSB0", "LEFT"), Plugged("/dev/ttyUSB1", "RIGHT"), Plugged("/dev/ttyUSB2")]
    assert why_not("/dev/ttyUSB0", "LEFT", present) == ""
    assert "not the one" in why_not("/dev/ttyUSB1", "LEFT", present)
    assert "not the one" in why_not("/dev/ttyUSB2", "LEFT", present)


def test_two_adapters_with_one_serial_number_are_both_refused() -> None:
    present = [Plugged("/dev/ttyUSB0", "0001"), Plugged("/dev/ttyUSB1", "0001")]
    for device in ("/dev/ttyUSB0", "/dev/ttyUSB1"):
        assert why_not(device, "0001", present) == (
            "2 adapters have the serial number 0001: /dev/ttyUSB0, /dev/ttyUSB1"
        )


@pytest.mark.asyncio
async def test_not_a_byte_is_sent_to_an_adapter_without_the_serial_number() -> None:
    with far_end() as end:
        settings = UsbRelaySettings(port=end.port, usb_serial="LEFT")
        with pytest.raises(LinkLost, match="is not the one with the serial number LEFT"):
            async with DRIVER.open_link(settings):
                raise AssertionError("it was opened")
        assert not end.can_hear()


def test_a_name_that_points_elsewhere_is_followed_before_it_is_opened(tmp_path: Path) -> None:
    link = str(tmp_path / "relay")
    with far_end() as end:
        os.symlink(end.port, link)
        assert proven(link, "") == end.port
    os.unlink(link)
    with pytest.raises(LinkLost, match="nothing is plugged in there"):
        proven(link, "")


# ---- on a port


@pytest.mark.asyncio
async def test_over_a_port_it_is_off_opened_for_a_time_off_again_and_off_when_the_house_closes() -> None:
    readings: list[Reading] = []
    is_off = asyncio.Event()

    async def deliver(reading: Reading) -> None:
        readings.append(reading)
        if reading.seen == OutputSeen(on=False):
            is_off.set()

    with Board() as board:
        board.on = True  # it had been left on
        settings = UsbRelaySettings(port=board.port, answers=True)
        watch = Watch("relay", DRIVER, settings, NoKeys(), deliver, HouseClock())
        running = asyncio.create_task(watch.run())
        async with asyncio.timeout(60):
            await asyncio.to_thread(board.wait_for, ["off"])
            await is_off.wait()
            assert watch.act(Output("relay", True, 0.5))
            began = time.monotonic()
            await asyncio.to_thread(board.wait_for, ["off", "on", "off"])
            assert time.monotonic() - began >= 0.5
            assert watch.act(Output("relay", True))
            await asyncio.to_thread(board.wait_for, ["off", "on", "off", "on"])
            running.cancel()
            await asyncio.wait([running])
            await asyncio.to_thread(board.wait_for, ["off", "on", "off", "on", "off"])
        assert board.words[0] == "?"
        assert {reading.device for reading in readings} == {"relay"}


def test_a_relay_left_on_by_a_house_that_was_killed_is_switched_off_first_by_the_next() -> None:
    with Board() as board:
        for _ in range(2):
            since = len(board.words)
            house = subprocess.Popen([sys.executable, "-m", "tests.devices.relay_house", board.port], cwd=ROOT)
            try:
                board.wait_for(["off", "on"], since)
            finally:
                house.send_signal(signal.SIGKILL)
                house.wait(60)
            assert board.on  # it latches
        assert board.switched() == ["off", "on"] * 2
