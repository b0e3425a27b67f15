"""A network camera that hangs, or is covered, in; that it no longer sees its lane out, through the whole link."""

import asyncio

import numpy as np
import pytest

from devices.driver import NoKeys
from devices.links.camera import CameraLink, open_camera
from devices.links.looks import Look
from devices.qr_camera import DRIVER, Settings
from devices.qr_reading import read_codes
from devices.reading import SightFault, Sighting, SightSeen
from tests import qr_codes, stream_server
from tests.devices.links.camera_kit import PATIENCE, SHOWN, no_camera_thread_is_left, plan, reason_of_the_end

__all__ = ["no_camera_thread_is_left"]  # a fixture for every test here

CAP = [qr_codes.jpeg(np.random.default_rng(seed).integers(0, 4, (360, 640)).astype(np.uint8)) for seed in range(8)]


async def until_it_says(link: CameraLink, fault: SightFault | None) -> Look:
    async with asyncio.timeout(PATIENCE):
        async for look in link:
            if look.sight is not None and look.sight.fault is fault:
                return look
    raise AssertionError("the looks ended")


@pytest.mark.asyncio
async def test_a_camera_that_still_hangs_when_it_is_opened_anew_is_frozen_until_its_picture_moves() -> None:
    hangs = True

    def frame(number: int) -> bytes:
        return SHOWN[0] if hangs else SHOWN[number % 8]

    with stream_server.serve(frame) as camera:
        watched = plan(camera.url, freeze_seconds=0.5)
        async with open_camera(watched, read_codes) as link:
            assert await reason_of_the_end(link) == "picture frozen for 0.5 s"
        async with open_camera(watched, read_codes) as link:
            look = await until_it_says(link, SightFault.FROZEN)
            assert look.texts == ()
            hangs = False
            await until_it_says(link, None)


@pytest.mark.asyncio
async def test_a_cap_on_the_lens_is_said_once_by_the_driver_and_so_is_that_it_is_off() -> None:
    covered = False
    with stream_server.serve(lambda number: (CAP if covered else SHOWN)[number % 8]) as camera:
        settings = Settings(source=camera.url)
        decode = DRIVER.decoder(settings, NoKeys())
        said: list[SightSeen] = []
        async with DRIVER.open_link(settings) as link, asyncio.timeout(60):
            async for look in link:
                for each in decode.feed(look):
                    if isinstance(each, Sighting) and isinstance(each.seen, SightSeen):
                        said.append(each.seen)
                        covered = not covered
                if len(said) == 3:
                    break
    assert said == [SightSeen(), SightSeen(SightFault.COVERED), SightSeen()]


@pytest.mark.asyncio
async def test_a_camera_that_is_not_to_be_judged_is_not() -> None:
    with stream_server.serve(lambda number: CAP[number % 8]) as camera:
        settings = Settings(source=camera.url, judge_sight=False)
        async with DRIVER.open_link(settings) as link, asyncio.timeout(PATIENCE):
            looks = [await anext(each) for each in [aiter(link)] * 8]
    assert {look.sight for look in looks} == {SightSeen()}
