"""Network cameras that work, hang, freeze, break off and send garbage in; looks or a LinkLost with its reason out."""

import asyncio
import itertools
import socket
import threading
import time

import numpy as np
import pytest

from devices.driver import LinkLost
from devices.links.camera import open_camera
from devices.links.looks import Look
from devices.qr_reading import Gray, read_codes
from tests import qr_codes, stream_server
from tests.devices.links.camera_kit import (
    EMPTY,
    PATIENCE,
    SHOWN,
    endless,
    first_text,
    no_camera_thread_is_left,
    plan,
    reason_of_the_end,
)

__all__ = ["no_camera_thread_is_left"]  # a fixture for every test here


@pytest.mark.asyncio
async def test_a_network_camera_is_read() -> None:
    with stream_server.serve(endless(SHOWN)) as camera:
        async with open_camera(plan(camera.url), read_codes) as link:
            assert await first_text(link) == "MS1:PASS"


@pytest.mark.asyncio
async def test_a_camera_that_sees_nothing_says_so_about_every_second() -> None:
    with stream_server.serve(endless(EMPTY)) as camera:
        async with open_camera(plan(camera.url), read_codes) as link, asyncio.timeout(PATIENCE):
            looks = [await anext(each) for each in [aiter(link)] * 3]
    assert [look.texts for look in looks] == [(), (), ()]
    assert all(later.at_seconds - earlier.at_seconds >= 1 for earlier, later in itertools.pairwise(looks))
    assert sum(look.frames for look in looks) > 3


@pytest.mark.asyncio
async def test_no_more_frames_are_read_than_were_asked_for() -> None:
    with stream_server.serve(endless(EMPTY), frames_per_second=60) as camera:
        async with open_camera(plan(camera.url, frames_per_second=5.0), read_codes) as link:
            async with asyncio.timeout(PATIENCE):
                first, second = [await anext(each) for each in [aiter(link)] * 2]
    assert second.frames <= 5 * (second.at_seconds - first.at_seconds) + 1


@pytest.mark.asyncio
async def test_a_slow_reader_works_on_the_newest_frame() -> None:
    """Each frame has its number in black and white blocks; the reader needs as long as six frames take."""
    frames = [qr_codes.jpeg(numbered(number), 95) for number in range(256)]
    behind: list[int] = []
    with stream_server.serve(lambda number: frames[number % 256], frames_per_second=30) as camera:

        def slowly(gray: Gray) -> tuple[str, ...]:
            behind.append((camera.sent - number_in(gray)) % 256)
            threading.Event().wait(0.2)  # stands for the work of a slow processor
            return ("read",) if len(behind) == 12 else ()

        async with open_camera(plan(camera.url), slowly) as link:
            await first_text(link)
    # Twelve reads take as long as 72 frames; one thread alone would be 60 frames behind by then.
    assert sorted(behind)[len(behind) // 2] <= 12
    assert behind[-1] < 30


def numbered(number: int) -> Gray:
    picture = np.full((240, 320), 128, np.uint8)
    for bit in range(8):
        picture[:32, 32 * bit : 32 * bit + 32] = 255 if number >> bit & 1 else 0
    return picture


def number_in(gray: Gray) -> int:
    return sum(1 << bit for bit in range(8) if gray[16, 32 * bit + 16] > 128)


@pytest.mark.asyncio
async def test_a_house_that_does_not_fetch_its_looks_loses_no_text() -> None:
    shown = [qr_codes.jpeg(qr_codes.scene(qr_codes.code(f"NUMBER {number}"))) for number in range(5)]
    with stream_server.serve(endless(shown), frames_per_second=10) as camera:
        async with open_camera(plan(camera.url), read_codes) as link, asyncio.timeout(PATIENCE):
            await asyncio.to_thread(camera.wait_until_sent, 10)
            texts: set[str] = set()
            async for look in link:
                texts |= set(look.texts)
                break
    assert texts == {f"NUMBER {number}" for number in range(5)}


def test_looks_that_were_not_fetched_become_one_of_bounded_size() -> None:
    look = Look(("a", "b"), 1.0, 2).and_then(Look(("b", "c"), 2.0, 3))
    assert look == Look(("a", "b", "c"), 2.0, 5)
    many = Look(tuple(str(number) for number in range(1000)), 3.0, 1)
    assert len(look.and_then(many).texts) == 256


@pytest.mark.asyncio
async def test_a_camera_that_goes_away_is_lost() -> None:
    with stream_server.serve(lambda number: SHOWN[number % 8] if number < 10 else None) as camera:
        async with open_camera(plan(camera.url), read_codes) as link:
            assert await reason_of_the_end(link) == "broke off"


@pytest.mark.asyncio
async def test_nobody_there_is_a_lost_link_at_once() -> None:
    with stream_server.serve(endless(EMPTY)) as camera:
        url = camera.url
    with pytest.raises(LinkLost, match="cannot be opened"):
        async with open_camera(plan(url), read_codes):
            pass


@pytest.mark.asyncio
@pytest.mark.parametrize("scheme", ["http", "rtsp"])
async def test_a_camera_that_never_answers_is_lost_after_the_open_timeout(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"{scheme}://127.0.0.1:{listening.getsockname()[1]}/stream"
        with pytest.raises(LinkLost, match=r"cannot be opened|did not open"):
            async with open_camera(plan(url, open_timeout_seconds=0.5), read_codes):
                pass


@pytest.mark.asyncio
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_reader_that_fails_ends_the_link() -> None:
    def fail(gray: Gray) -> tuple[str, ...]:
        raise ZeroDivisionError

    with stream_server.serve(endless(EMPTY)) as camera:
        async with open_camera(plan(camera.url), fail) as link:
            assert await reason_of_the_end(link) == "its thread failed"


@pytest.mark.asyncio
async def test_a_camera_that_hangs_is_lost_after_the_read_timeout() -> None:
    with stream_server.serve(endless(SHOWN)) as camera:
        async with open_camera(plan(camera.url), read_codes) as link:
            await first_text(link)
            camera.hang.set()
            assert await reason_of_the_end(link) in {"broke off", "no frame for 2 s"}


@pytest.mark.asyncio
async def test_closing_does_not_wait_for_a_camera_that_hangs() -> None:
    with stream_server.serve(endless(SHOWN)) as camera:
        async with open_camera(plan(camera.url, read_timeout_seconds=4.0), read_codes) as link:
            await first_text(link)
            camera.hang.set()
            begun = time.monotonic()
        assert time.monotonic() - begun < 3  # 0.8 s on an idle machine; the read timeout is four


@pytest.mark.asyncio
async def test_a_frozen_camera_is_lost_and_the_pass_it_hangs_at_is_not_shown_again() -> None:
    frozen_at = 0

    def frame(number: int) -> bytes:
        return SHOWN[frozen_at]

    with stream_server.serve(frame) as camera:
        watched = plan(camera.url, freeze_seconds=0.5)
        async with open_camera(watched, read_codes) as link:
            assert await first_text(link) == "MS1:PASS"
            assert await reason_of_the_end(link) == "picture frozen for 0.5 s"
        async with open_camera(watched, read_codes) as link:  # it still hangs
            with pytest.raises(LinkLost, match="picture frozen"):
                await first_text(link)
        async with open_camera(watched, read_codes) as link:  # it comes back to life
            frozen_at = 1
            assert await first_text(link) == "MS1:PASS"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(SHOWN[0][: len(SHOWN[0]) // 2], id="torn"),
        pytest.param(b"\xff\xd8" + bytes(500) + b"\xff\xd9", id="garbage in JPEG marks"),
        pytest.param(bytes(range(256)) * 20, id="garbage"),
    ],
)
async def test_a_camera_that_sends_only_spoilt_frames_is_lost(spoilt: bytes) -> None:
    with stream_server.serve(lambda number: SHOWN[number % 8] if number < 20 else spoilt) as camera:
        async with open_camera(plan(camera.url), read_codes) as link:
            assert await first_text(link) == "MS1:PASS"
            assert await reason_of_the_end(link) in {"5 torn frames in a row", "broke off", "no frame for 2 s"}


@pytest.mark.asyncio
async def test_a_torn_frame_now_and_then_is_skipped() -> None:
    def frame(number: int) -> bytes:
        return SHOWN[number % 8][:3000] if number % 3 == 1 else SHOWN[number % 8]

    with stream_server.serve(frame) as camera:
        async with open_camera(plan(camera.url), read_codes) as link, asyncio.timeout(PATIENCE):
            while camera.sent < 40:
                assert await first_text(link) == "MS1:PASS"


@pytest.mark.asyncio
async def test_the_password_of_a_camera_is_not_in_the_reason() -> None:
    with pytest.raises(LinkLost) as lost:
        async with open_camera(plan("http://admin:hunter2@127.0.0.1:9/stream"), read_codes):
            pass
    assert "hunter2" not in str(lost.value)
    assert lost.value.link == "http://127.0.0.1:9/stream"
