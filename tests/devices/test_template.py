"""The thermometer of the page to copy: frames as its module sends them, and what looks like them."""

import asyncio

import pytest

from devices.driver import NoKeys
from devices.reading import GarbledSeen, Sighting, TemperatureSeen
from devices.template import DRIVER, ThermometerDecoder, ThermometerSettings
from tests.devices.serial_ports import far_end


def sealed(data: bytes) -> bytes:
    frame = b"\x5a\x5a\x45" + bytes((len(data),)) + data
    return frame + bytes((sum(frame) & 0xFF,))


WARM = sealed((3652).to_bytes(2, "big") + (2210).to_bytes(2, "big"))
SEEN = Sighting(TemperatureSeen(celsius=36.52, ambient_celsius=22.1))


def thermometer() -> ThermometerDecoder:
    return ThermometerDecoder(ThermometerSettings(port="/dev/ttyUSB0"), NoKeys())


def test_a_frame_is_two_temperatures() -> None:
    assert WARM.hex(" ") == "5a 5a 45 04 0e 44 08 a2 f9"
    assert list(thermometer().feed(WARM + WARM)) == [SEEN, SEEN]


def test_frost_is_below_zero() -> None:
    frost = sealed((-150).to_bytes(2, "big", signed=True) + (-1000).to_bytes(2, "big", signed=True))
    assert list(thermometer().feed(frost)) == [Sighting(TemperatureSeen(celsius=-1.5, ambient_celsius=-10.0))]


def test_a_longer_frame_of_a_newer_module_is_read_as_far_as_it_is_known() -> None:
    assert list(thermometer().feed(sealed(WARM[4:8] + b"\x0e\x74"))) == [SEEN]


def test_a_wrong_sum_is_garbled_and_the_frame_behind_it_is_read() -> None:
    wrong = WARM[:-1] + bytes((WARM[-1] ^ 1,))
    found = list(thermometer().feed(wrong + WARM))
    assert [type(sighting.seen) for sighting in found] == [GarbledSeen, TemperatureSeen]


def test_a_frame_that_begins_inside_what_looked_like_one_is_read() -> None:
    assert list(thermometer().feed(b"\x5a\x5a\x45\x08" + WARM + b"\x00" * 9))[-1] == SEEN


def test_noise_before_a_frame_is_passed_over() -> None:
    assert list(thermometer().feed(b"\x5a\x5a\x5a\x45\x99\x5a" + WARM)) == [SEEN]


@pytest.mark.asyncio
async def test_over_a_port_a_frame_is_a_temperature() -> None:
    with far_end() as end:
        settings = ThermometerSettings(port=end.port)
        decoder = DRIVER.decoder(settings, NoKeys())
        async with DRIVER.open_link(settings) as link, asyncio.timeout(20):
            end.say(WARM)
            found: list[object] = []
            async for chunk in link:
                found += decoder.feed(chunk)
                if found:
                    break
        assert found == [SEEN]
