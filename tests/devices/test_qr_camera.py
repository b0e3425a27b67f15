"""Looks in, one CodeSeen for each code held into view out."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from devices.driver import Identify, NoKeys, Reply, load
from devices.links.looks import Look
from devices.qr_camera import DRIVER, MOST_HELD, QrDecoder, Settings
from devices.reading import AliveSeen, CodeSeen, Receipt, Sighting
from tests import qr_codes, stream_server


def decoder(**changes: object) -> QrDecoder:
    return QrDecoder(Settings.model_validate({"source": "0", **changes}), NoKeys())


def seen(decoder: QrDecoder, *looks: tuple[float, str]) -> list[str]:
    """Codes seen; a look is (seconds, texts with blanks between)."""
    sightings = [each for at, texts in looks for each in decoder.feed(Look(tuple(texts.split()), at, 1))]
    return [each.seen.text for each in sightings if isinstance(each.seen, CodeSeen)]


def test_a_code_held_in_view_is_seen_once() -> None:
    held = [(100 + frame / 15, "A") for frame in range(15 * 60)]
    assert seen(decoder(), *held) == ["A"]


def test_frames_in_which_it_was_not_read_do_not_count_as_gone() -> None:
    assert seen(decoder(), (0.0, "A"), (0.5, ""), (2.9, ""), (3.0, "A"), (6.0, "A")) == ["A"]


def test_it_counts_again_once_it_was_gone_for_three_seconds() -> None:
    assert seen(decoder(), (0.0, "A"), (3.1, "A"), (6.2, ""), (6.3, "A")) == ["A", "A", "A"]


def test_how_long_gone_is_gone_can_be_set() -> None:
    assert seen(decoder(hold_seconds=0.5), (0.0, "A"), (0.4, "A"), (1.0, "A")) == ["A", "A"]


def test_several_codes_in_one_frame_each_count() -> None:
    assert seen(decoder(), (0.0, "A B"), (0.1, "B A C"), (0.2, "C")) == ["A", "B", "C"]


def test_a_poster_in_view_does_not_hide_who_comes_and_comes_back() -> None:
    looks = [(second / 2, "POSTER" + (" PASS" if second % 20 < 4 else "")) for second in range(60)]
    assert seen(decoder(), *looks) == ["POSTER", "PASS", "PASS", "PASS"]


def test_the_camera_is_alive_at_once_and_then_every_ten_seconds() -> None:
    decode = decoder()
    alive = [at for at in range(31) if Sighting(AliveSeen()) in list(decode.feed(Look((), float(at), 15)))]
    assert alive == [0, 10, 20, 30]


def test_a_wall_of_codes_does_not_fill_the_memory() -> None:
    decode = decoder()
    wall = tuple(str(number) for number in range(10 * MOST_HELD))
    assert len(list(decode.feed(Look(wall, 0.0, 1)))) == 1 + len(wall)  # alive, and each code
    assert len(decode._last_seen) == MOST_HELD


def test_time_that_goes_backwards_shows_no_code_anew() -> None:
    assert seen(decoder(), (100.0, "A"), (50.0, "A"), (101.0, "A")) == ["A"]


@given(st.lists(st.tuples(st.floats(0, 1e6), st.lists(st.text(max_size=4), max_size=4))))
def test_no_look_raises_and_a_code_is_seen_only_when_it_is_there(looks: list[tuple[float, list[str]]]) -> None:
    decode = decoder()
    for at, texts in looks:
        for sighting in decode.feed(Look(tuple(texts), at, 1)):
            assert not isinstance(sighting, Reply)
            assert sighting.seen == AliveSeen() or (isinstance(sighting.seen, CodeSeen) and sighting.seen.text in texts)


def test_it_takes_no_orders_and_confirms_nothing() -> None:
    decode = decoder()
    assert list(decode.act(Identify("camera"))) == []
    assert list(decode.confirm(Receipt("camera", 0, 0))) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"source": ""},
        {"source": "0", "colour": True},
        {"source": "0", "frames_per_second": 0},
        {"source": "0", "hold_seconds": -1},
        {"source": "0", "read_timeout_seconds": 0},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


@pytest.mark.asyncio
async def test_from_a_network_camera_to_a_code_seen() -> None:
    frames = [qr_codes.jpeg(qr_codes.scene(qr_codes.code("MS1:PASS"), seed=seed)) for seed in range(8)]
    assert load("qr_camera") is DRIVER
    with stream_server.serve(lambda number: frames[number % 8]) as camera:
        settings = Settings(source=camera.url)
        decode = DRIVER.decoder(settings, NoKeys())
        sightings: list[object] = []
        async with DRIVER.open_link(settings) as link, asyncio.timeout(20):
            async for look in link:
                sightings += decode.feed(look)
                if camera.sent > 30:
                    break
    assert sightings == [Sighting(AliveSeen()), Sighting(CodeSeen("MS1:PASS"))]
