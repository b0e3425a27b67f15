"""The simulated network camera as the house's own camera link finds it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest

from devices.driver import LinkLost
from devices.links.camera import CameraLink, open_camera
from devices.links.looks import CameraPlan
from devices.qr_reading import read_codes
from sim.camera import Camera, Fault
from sim.showings import held
from sim.waiting import until

PASS = "MS1:" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 6
PATIENCE = 60.0


async def texts(link: CameraLink) -> AsyncIterator[str]:
    async for look in link:
        for text in look.texts:
            yield text


async def opened(camera: Camera, use: Callable[[CameraLink], object]) -> None:
    plan = CameraPlan(source=camera.url, freeze_seconds=0.5, open_timeout_seconds=20, read_timeout_seconds=20)
    async with asyncio.timeout(PATIENCE), open_camera(plan, read_codes) as link:
        await use(link)  # type: ignore[misc]  # an async function of the test


@pytest.mark.asyncio
async def test_a_code_held_before_it_is_read_by_the_house() -> None:
    with Camera(seed=1) as camera:

        async def use(link: CameraLink) -> None:
            began = time.time()
            showing = asyncio.create_task(camera.show(held(PASS, "1")))
            assert await anext(texts(link)) == PASS
            assert began <= await showing <= time.time()

        await opened(camera, use)
        await until(lambda: camera.viewers == 0)


@pytest.mark.asyncio
async def test_people_wait_while_nobody_looks() -> None:
    with Camera(seed=1) as camera:
        showing = asyncio.create_task(camera.show(held(PASS, "1")))
        await asyncio.wait([showing], timeout=0.5)
        assert not showing.done()

        async def use(link: CameraLink) -> None:
            assert await anext(texts(link)) == PASS
            await showing

        await opened(camera, use)


@pytest.mark.asyncio
@pytest.mark.parametrize(("fault", "why"), [(Fault.FROZEN, "frozen"), (Fault.TORN, "torn"), (Fault.GONE, "broke off")])
async def test_its_faults_are_what_the_house_takes_them_for(fault: Fault, why: str) -> None:
    with Camera(seed=1) as camera:

        async def use(link: CameraLink) -> None:
            looks = aiter(link)
            await anext(looks)
            camera.fault = fault
            with pytest.raises(LinkLost, match=why):
                async for _ in looks:
                    pass

        await opened(camera, use)
        if fault is Fault.GONE:
            with pytest.raises(LinkLost):
                await opened(camera, lambda link: asyncio.sleep(0))
            camera.fault = None
            await opened(camera, lambda link: asyncio.sleep(0))
