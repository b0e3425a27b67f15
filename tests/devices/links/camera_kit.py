"""What the tests of camera links share: frames, plans, and waiting for what a link says."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.driver import LinkLost
from devices.links.camera import CameraLink
from devices.links.looks import CameraPlan
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
def no_camera_thread_is_left() -> Iterator[None]:
    yield
    limit = time.monotonic() + PATIENCE
    for thread in camera_threads():
        thread.join(max(0.0, limit - time.monotonic()))
    assert camera_threads() == []
