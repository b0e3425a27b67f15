"""Clips and files that are none, played as if they were cameras; and Python's end while one is being read."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import cv2
import pytest

from devices.driver import LinkLost
from devices.links.camera import open_camera
from devices.qr_reading import Gray, read_codes
from tests import qr_codes
from tests.devices.links.camera_kit import PATIENCE, no_camera_thread_is_left, plan, reason_of_the_end

__all__ = ["no_camera_thread_is_left"]  # a fixture for every test here


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


def test_python_ends_cleanly_while_a_camera_is_being_read(clip: Path) -> None:
    """Without its threads being waited for, OpenCV aborts the process: exit code 134."""
    program = f"""
import asyncio
from devices.links import threads
from devices.links.camera import CameraLink
from devices.links.looks import CameraPlan
from devices.links.opencv import cv2

threads.EXIT_SECONDS = 50  # a busy machine takes its time; the house cannot

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
