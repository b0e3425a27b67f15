"""A camera's newest picture, for whoever may look just now: through OpenCV, in memory, and gone when they may not."""

import asyncio
import time

import cv2
import numpy as np
import pytest

from devices.links.camera import open_camera
from devices.links.frame import Frame
from devices.links.glimpses import GLIMPSES, OLD_SECONDS, Glimpses
from devices.links.picture import WIDTH, picture
from devices.qr_reading import read_codes
from tests import stream_server
from tests.devices.links.camera_kit import PATIENCE, SHOWN, endless, first_text, no_camera_thread_is_left, plan

__all__ = ["no_camera_thread_is_left"]  # a fixture for every test here

HOUR = "2026-03-12 14:30:00"
FRAME = Frame(np.full((720, 1280), 90, np.uint8), 720)


def decoded(data: bytes) -> np.ndarray:
    shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert shown is not None
    return np.asarray(shown)


def wait_for_frame(source: str) -> Frame:
    limit = time.monotonic() + PATIENCE
    while (frame := GLIMPSES.newest(source)) is None:
        assert time.monotonic() < limit, "no frame came"
        time.sleep(0.01)  # the camera thread rings no bell
    return frame


@pytest.mark.asyncio
async def test_a_network_camera_is_seen_while_it_may_be_and_goes_on_reading_codes() -> None:
    with stream_server.serve(endless(SHOWN)) as camera:
        async with open_camera(plan(camera.url), read_codes) as link:
            assert await first_text(link) == "MS1:PASS"
            assert GLIMPSES.newest(camera.url) is None, "nobody asked"
            GLIMPSES.open(camera.url)
            shown = decoded(picture(await asyncio.to_thread(wait_for_frame, camera.url), HOUR))
            assert await first_text(link) == "MS1:PASS"
            GLIMPSES.shut(camera.url)
            assert GLIMPSES.newest(camera.url) is None
            assert await first_text(link) == "MS1:PASS"
    assert shown.ndim == 2, "gray"
    assert shown.shape[1] == min(WIDTH, decoded(SHOWN[0]).shape[1])
    assert GLIMPSES.looked_at == frozenset()


def test_what_is_offered_while_nobody_looks_is_not_kept() -> None:
    glimpses = Glimpses(lambda: 0.0)
    glimpses.offer("cam", FRAME)
    glimpses.open("cam")
    assert glimpses.newest("cam") is None
    glimpses.offer("cam", FRAME)
    glimpses.open("cam")  # a second look at the same camera takes nothing from the first
    assert glimpses.newest("cam") is FRAME
    glimpses.shut("cam")
    glimpses.offer("cam", FRAME)
    assert glimpses.newest("cam") is None
    assert vars(glimpses)["_open"] == {}, "not a frame is held"


def test_a_dead_cameras_last_frame_is_no_picture() -> None:
    now = [0.0]
    glimpses = Glimpses(lambda: now[0])
    glimpses.open("cam")
    glimpses.offer("cam", FRAME)
    now[0] = OLD_SECONDS + 0.1
    assert glimpses.newest("cam") is None


def test_a_picture_is_small_and_gray_and_bears_its_hour() -> None:
    early, late = decoded(picture(FRAME, HOUR)), decoded(picture(FRAME, "2026-03-12 14:30:08"))
    assert early.shape == (360, WIDTH)
    changed = np.argwhere(np.abs(early.astype(int) - late) > 60)
    assert len(changed) > 0, "the hour is to be seen"
    assert changed[:, 0].min() > 300, "and stands at the foot"


@pytest.mark.parametrize("frame", [None, Frame(np.frombuffer(SHOWN[0][:200], np.uint8), 0)], ids=["none", "torn"])
def test_no_frame_and_a_torn_one_are_black_with_words(frame: Frame | None) -> None:
    shown = decoded(picture(frame, HOUR))
    assert shown[:300].max() < 20
    assert shown[300:].max() > 200
