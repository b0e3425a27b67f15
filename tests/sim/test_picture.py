"""Pictures of a gate's camera: every showing can be read, an empty scene says nothing, no two frames are alike."""

from itertools import pairwise

import numpy as np
import pytest
import zxingcpp

from sim.camera import SHOWN_FRAMES, WHOLE_FROM
from sim.picture import HEIGHT, WIDTH, Gray, Sensor, Showing, Sprite, jpeg
from sim.showings import held

PASS = "MS1:" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 6


def read(picture: Gray) -> list[str]:
    codes = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCodeModel2)
    return [code.text for code in codes]


@pytest.mark.parametrize("seed", range(25))
def test_a_showing_is_read_in_most_of_its_frames(seed: int) -> None:
    sensor, sprite = Sensor(seed), Sprite(held(PASS, str(seed)))
    frames = [sensor.frame(number, sprite, number / SHOWN_FRAMES) for number in range(SHOWN_FRAMES + 1)]
    texts = [read(frame) for frame in frames]
    assert sum(found == [PASS] for found in texts) >= SHOWN_FRAMES // 2
    assert texts[0] == []
    assert not [found for found in texts if found not in ([], [PASS])]


def test_a_code_is_whole_from_the_frame_that_is_timed() -> None:
    """On the largest carrier, coming from either side: the code, which lies in its middle, is inside the picture."""
    for from_left in (True, False):
        showing = Showing(PASS, pixels=4.4, degrees=35, from_left=from_left)
        sensor, sprite = Sensor(1, sigma=0), Sprite(showing)
        assert read(sensor.frame(0, sprite, WHOLE_FROM / SHOWN_FRAMES)) == [PASS]
        assert read(sensor.frame(0, sprite, (WHOLE_FROM - 2) / SHOWN_FRAMES)) == []


def test_an_empty_scene_says_nothing_and_changes_all_the_time() -> None:
    sensor = Sensor(3)
    frames = [sensor.frame(number) for number in range(200)]
    assert frames[0].shape == (HEIGHT, WIDTH)
    assert all(not np.array_equal(one, other) for one, other in pairwise(frames))
    assert read(frames[0]) == []


def test_the_same_seed_gives_the_same_picture() -> None:
    assert held(PASS, "a") == held(PASS, "a") != held(PASS, "b")
    first, second = (Sensor(3).frame(5, Sprite(held(PASS, "a")), 0.5) for _ in range(2))
    assert jpeg(first) == jpeg(second)
