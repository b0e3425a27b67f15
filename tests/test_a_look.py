"""One look at a lane through the whole house: a camera on the network, OpenCV, an order on disk, pictures in memory.

It ends by itself, nothing of a picture stands in any file, and the record says who looked, where, why and for how long.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.links.glimpses import GLIMPSES
from gateway.config.plan import load_config
from gateway.house.house import House, open_house
from gateway.orders.gate import LookAsked
from gateway.sd_notify import SystemdNotifier
from tests import stream_server
from tests.devices.links.camera_kit import EMPTY, endless
from tests.house_toml import house_toml

PLUGGED_IN = """
[[links]]
name = "camera-in"
driver = "qr_camera"
lane = "palm/south/in"
settings = {{ source = "{camera}" }}
"""
LANE = "palm/south/in"
JPEG = b"\xff\xd8\xff"


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def brightest(picture: bytes) -> int:
    """Above the line with the hour; a picture of nothing is black there."""
    gray = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert gray is not None
    return int(gray[:200].max())


async def shown(house: House, look: str) -> AsyncIterator[bytes]:
    """Pictures, until there are no more."""
    while (picture := await house.picture(look)) is not None:
        yield picture
        await asyncio.sleep(0.05)


@pytest.mark.asyncio
async def test_a_look_is_on_record_ends_by_itself_and_leaves_nothing(tmp_path: Path) -> None:
    stop = asyncio.Event()
    with stream_server.serve(endless(EMPTY), frames_per_second=15) as camera:
        file = house_toml(tmp_path, PLUGGED_IN.format(camera=camera.url))
        async with open_house(load_config(file)) as house, asyncio.TaskGroup() as tasks, asyncio.timeout(60):
            tasks.create_task(house.stand(stop, SystemdNotifier(None), None))
            await asyncio.to_thread(camera.wait_until_sent, 5)
            assert await house.picture("k1") is None
            order = LookAsked(
                id="k1",
                at=house.clock.now(),
                by="d1",
                lane=LANE,
                camera="camera-in",
                reason="队伍很长",
                seconds=2,
            )
            assert (await house.order(order)).done
            pictures = [picture async for picture in shown(house, "k1")]
            assert await house.picture("k1") is None
            assert GLIMPSES.looked_at == frozenset()
            assert "k1" in house.shown.looks
            stop.set()
    assert len({picture for picture in pictures if picture.startswith(JPEG)}) > 1
    assert datetime.now(UTC) > house.shown.looks["k1"].until
    assert any(brightest(picture) > 100 for picture in pictures), "the lane was to be seen"
    kept = files(tmp_path)
    assert "journal.db" in {path.name for path in kept}
    for path, content in kept.items():
        assert JPEG not in content, path
        assert not any(picture[len(picture) // 2 :][:64] in content for picture in pictures), path
    assert any("队伍很长".encode() in content for content in kept.values()), "that somebody looked, and why, is there"
