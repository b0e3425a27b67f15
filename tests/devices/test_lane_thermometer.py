"""The two families of serial infrared thermometers: both frame lengths, damage between good frames, a silent module."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.driver import NoKeys, Reply
from devices.lane_thermometer import DRIVER, LaneThermometerDecoder, LaneThermometerSettings
from devices.reading import GarbledSeen, Sighting, TemperatureSeen
from tests.devices.serial_ports import far_end
from tests.shared_data import folder_or_skip

TEMPERATURES = st.tuples(st.integers(-7000, 32767), st.integers(-4000, 12500))


def thermometer(**more: object) -> LaneThermometerDecoder:
    return LaneThermometerDecoder(LaneThermometerSettings.model_validate({"port": "/dev/ttyUSB0", **more}), NoKeys())


def heard(decoder: LaneThermometerDecoder, *chunks: bytes) -> list[object]:
    """Temperatures; for what was garbled, why."""
    found = [said.seen for chunk in chunks for said in decoder.feed(chunk) if isinstance(said, Sighting)]
    return [seen.why if isinstance(seen, GarbledSeen) else seen for seen in found]


def gy(data: bytes) -> bytes:
    frame = b"\x5a\x5a\x45" + bytes((len(data),)) + data
    return frame + bytes((sum(frame) & 0xFF,))


def cjmcu(celsius: int, ambient: int, mode: int = 1, *, data_alone: bool = False) -> bytes:
    data = both(celsius, ambient)
    frame = b"\x66\x66" + bytes((mode, len(data))) + data
    return frame + bytes((sum(data if data_alone else frame) & 0xFF,))


def both(celsius: int, ambient: int) -> bytes:
    return celsius.to_bytes(2, "big", signed=True) + ambient.to_bytes(2, "big", signed=True)


def test_the_frame_of_the_data_sheet() -> None:
    assert heard(thermometer(), bytes.fromhex("5A 5A 45 04 0E 44 08 A2 F9")) == [TemperatureSeen(36.52, 22.1)]


@pytest.mark.parametrize("more", [b"", b"\x0e", b"\x0e\x74", b"\x0e\x74\x00\x00"])
def test_what_newer_modules_say_behind_it_is_passed_over(more: bytes) -> None:
    frame = gy(both(3652, 2210) + more)
    assert heard(thermometer(), frame, frame) == [TemperatureSeen(36.52, 22.1)] * 2


@given(TEMPERATURES)
def test_every_temperature_of_a_gy_is_read_below_zero_too(pair: tuple[int, int]) -> None:
    assert heard(thermometer(), gy(both(*pair))) == [TemperatureSeen(pair[0] / 100, pair[1] / 100)]


@given(TEMPERATURES, st.sampled_from([1, 2]), st.booleans())
def test_every_temperature_of_a_cjmcu_is_read_whatever_it_sums(
    pair: tuple[int, int], mode: int, data_alone: bool
) -> None:
    frame = cjmcu(*pair, mode, data_alone=data_alone)
    assert heard(thermometer(family="cjmcu"), frame) == [TemperatureSeen(pair[0] / 100, pair[1] / 100)]


@given(st.binary(max_size=30).filter(lambda noise: b"\x5a" not in noise))
def test_noise_before_a_frame_takes_nothing_from_it(noise: bytes) -> None:
    assert heard(thermometer(), noise, gy(both(3652, 2210))) == [TemperatureSeen(36.52, 22.1)]


def test_a_damaged_frame_costs_itself_alone() -> None:
    good = gy(both(3652, 2210))
    damaged = good[:5] + b"\x00" + good[6:]
    assert heard(thermometer(), damaged + good) == ["wrong sum", TemperatureSeen(36.52, 22.1)]


def test_a_frame_cut_short_costs_nothing_but_itself() -> None:
    good = gy(both(3652, 2210))
    assert heard(thermometer(), good[:6] + good + good)[-1] == TemperatureSeen(36.52, 22.1)


def test_what_no_sensor_measures_is_no_temperature() -> None:
    assert heard(thermometer(), gy(both(3652, 12501))) == ["beyond what the sensor measures"]


def test_an_offset_is_added_to_what_is_measured_and_not_to_the_air() -> None:
    assert heard(thermometer(offset_celsius=2.3), gy(both(3412, 2210))) == [TemperatureSeen(36.42, 22.1)]


@pytest.mark.parametrize(("family", "word"), [("gy", "A5 45 EA"), ("cjmcu", "66 66 01 56")])
def test_a_silent_module_is_told_to_speak(family: str, word: str) -> None:
    assert list(thermometer(family=family).feed(b"")) == [Reply(bytes.fromhex(word))]


@pytest.mark.external
def test_published_frames() -> None:
    vectors = json.loads((folder_or_skip("serial") / "vectors.json").read_text("utf-8"))["gy_mcu90614"]
    frames = [each for each in vectors if "object_c" in each]
    assert frames
    for each in frames:
        expected = TemperatureSeen(each["object_c"], each["ambient_c"])
        assert heard(thermometer(), bytes.fromhex(each["hex"])) == [expected]
    [continuous] = [each for each in vectors if each.get("means") == "continuous"]
    assert list(thermometer().feed(b"")) == [Reply(bytes.fromhex(continuous["hex"]))]


@pytest.mark.asyncio
async def test_over_a_port_a_silent_module_is_woken_and_measures() -> None:
    with far_end() as end:
        settings = LaneThermometerSettings(port=end.port, quiet_seconds=0.05)
        decoder = DRIVER.decoder(settings, NoKeys())
        async with DRIVER.open_link(settings) as link, asyncio.timeout(60):
            woken = asyncio.create_task(asyncio.to_thread(end.hear, 3))
            woken.add_done_callback(lambda _: end.say(gy(both(3652, 2210))))
            async for chunk in link:
                said = list(decoder.feed(chunk))
                for reply in said:
                    if isinstance(reply, Reply):
                        link.send(reply.data)
                if any(isinstance(each, Sighting) for each in said):
                    break
        assert await woken == b"\xa5\x45\xea"
        assert said == [Sighting(TemperatureSeen(36.52, 22.1))]
