"""Cameras that work, hang, freeze, break off and send garbage in; looks or a LinkLost with its reason out."""

import asyncio
import itertools
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.driver import LinkLost
from devices.links.camera import CameraLink, open_camera
from devices.links.looks import CameraPlan, Look
from devices.qr_reading import Gray, read_codes
from tests import qr_codes, stream_server

SHOWN = [qr_codes.jpeg(qr_codes.scene(qr_codes.code("MS1:PASS"), seed=seed)) for seed in range(8)]
EMPTY = [qr_codes.jpeg(qr_codes.scene(seed=seed)) for seed in range(8)]
PATIENCE = 20.0  # for a busy machine; a test that passes takes a fraction of it


def endless(frames: list[bytes]) -> stream_server.Source:
    return lambda number: frames[number % len(frames)]


def plan(source: str | Path, **changes: object) -> CameraPlan:
    settings = {"source": str(source), "frames_per_second": 60.0, "read_timeout_seconds": 1.0, **changes}
    return CameraPlan(**settings)  # type: ignore[arg-type]  # a test names the fields it changes


async def first_text(link: CameraLink) -> str:
    async with asyncio.timeout(PATIENCE):
        async for look in link:
            if look.texts:
                return look.texts[0]
    raise AssertionError("the looks ended")


async def reason_of_the_end(link: CameraLink) -> str:
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(LinkLost) as lost:
            async for _ in link:
                pass
    return lost.value.reason


def camera_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("camera ")]


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    limit = time.monotonic() + PATIENCE
    for thread in camera_threads():
        thread.join(max(0.0, limit - time.monotonic()))
    assert camera_threads() == []


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Twelve frames at 25 a second: six of an empty wall, six with a code."""
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (640, 480), isColor=False)
    for number in range(12):
        writer.write(qr_codes.scene(qr_codes.code("ON FILM") if number > 5 else None, seed=number))
    writer.release()
    return path


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
async def test_a_clip_is_played_once_and_at_its_own_pace(clip: Path) -> None:
    texts: set[str] = set()
    begun = time.monotonic()

    def read(gray: Gray) -> tuple[str, ...]:
        texts.update(read_codes(gray))
        return ()

    async with open_camera(plan(clip), read) as link:
        assert await reason_of_the_end(link) == "end of clip"
    assert texts == {"ON FILM"}
    assert time.monotonic() - begun > 11 / 25


@pytest.mark.asyncio
async def test_a_clip_begins_anew_where_that_is_asked_for(clip: Path) -> None:
    shown, before = 0, True
    async with open_camera(plan(clip, loop=True), lambda gray: read_codes(gray) or ("wall",)) as link:
        async with asyncio.timeout(PATIENCE):
            async for look in link:
                on_film = "ON FILM" in look.texts
                shown += on_film and before
                before = "wall" in look.texts
                if shown == 3:
                    break
    assert shown == 3


@pytest.mark.asyncio
@pytest.mark.parametrize("content", [b"", b"no film at all", bytes(range(256)) * 100])
async def test_a_file_that_is_no_clip_is_a_lost_link(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "no clip.txt"
    path.write_bytes(content)
    with pytest.raises(LinkLost, match="cannot be opened"):
        async with open_camera(plan(path), read_codes):
            pass


@pytest.mark.asyncio
@pytest.mark.parametrize("source", ["/nowhere/clip.mp4", "/dev/video99", "99", "a\0b", "clip\udcff.mp4"])
async def test_what_is_not_there_is_a_lost_link(source: str) -> None:
    with pytest.raises(LinkLost):
        async with open_camera(plan(source), read_codes):
            pass


@pytest.mark.asyncio
async def test_the_password_of_a_camera_is_not_in_the_reason() -> None:
    with pytest.raises(LinkLost) as lost:
        async with open_camera(plan("http://admin:hunter2@127.0.0.1:9/stream"), read_codes):
            pass
    assert "hunter2" not in str(lost.value)
    assert lost.value.link == "http://127.0.0.1:9/stream"


def test_python_ends_cleanly_while_a_camera_is_being_read(clip: Path) -> None:
    """Without its threads being waited for, OpenCV aborts the process: exit code 134."""
    program = f"""
import asyncio
from devices.links.camera import CameraLink
from devices.links.looks import CameraPlan
from devices.links.opencv import cv2

def work_in_opencv(gray):
    for _ in range(40):
        gray = cv2.medianBlur(gray, 31)
    return ("read",)

async def watch():
    for _ in range(6):
        link = CameraLink(CameraPlan({str(clip)!r}, loop=True), work_in_opencv)
        await link.open()
        await anext(aiter(link))

asyncio.run(watch())
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False)
    assert (run.returncode, run.stderr) == (0, b"")
