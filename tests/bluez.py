"""A stand-in BlueZ in a process of its own, on a private bus, told what to do from a test."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from sim.bluez import Said
from sim.bluez_console import (
    Advertise,
    Ask,
    Command,
    Drop,
    Fault,
    Gatt,
    Indicate,
    Power,
    Restart,
    Silence,
    State,
    Touch,
)

PATIENCE_SECONDS = 60.0  # conditions come true in milliseconds; this is for a machine that does ten other things


class StandIn:
    """Each call returns when the stand-in has done it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def tell(self, command: Command, answer: Any = None) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(command) + b"\n")
        return await self._answer(answer)

    async def _answer(self, type_: Any) -> Any:
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            line = await self.process.stdout.readline()
        return msgspec.json.decode(line, type=type_)

    async def advertise(self, *adverts: Said) -> int:
        return int(await self.tell(Advertise(list(adverts)), int))

    async def heard(self, *adverts: Said) -> None:
        """Advertise as soon as somebody listens: scanning is under way."""

        async def said() -> bool:
            return await self.advertise(*adverts) == len(adverts)

        await until(said)

    async def gatt(self, address: str, table: dict[str, dict[str, tuple[list[str], bytes]]]) -> None:
        await self.tell(Gatt(address, table))

    async def indicate(self, address: str, uuid: str, value: bytes) -> bool:
        return bool(await self.tell(Indicate(address, uuid, value), bool))

    async def drop(self, address: str) -> None:
        await self.tell(Drop(address))

    async def touch(self, address: str, rssi: int) -> None:
        await self.tell(Touch(address, rssi))

    async def power(self, on: bool) -> None:
        await self.tell(Power(on))

    async def silence(self, on: bool) -> None:
        await self.tell(Silence(on))

    async def fault(self, member: str, error: str | None = None, text: str = "") -> None:
        await self.tell(Fault(member, error, text))

    async def restart(self) -> None:
        await self.tell(Restart())

    async def state(self) -> State:
        state = await self.tell(Ask(), State)
        assert isinstance(state, State)
        return state


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Ask again and again until it holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await holds():  # noqa: ASYNC110  what is waited for happens in another process
            await asyncio.sleep(0.01)


async def until_called(bluez: StandIn, member: str, times: int = 1) -> None:
    async def holds() -> bool:
        return (await bluez.state()).calls.count(member) >= times

    await until(holds)


@asynccontextmanager
async def stand_in(bus_address: str) -> AsyncIterator[StandIn]:
    """Run sim.bluez_console on this bus until the `with` ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sim.bluez_console",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": bus_address},
    )
    bluez = StandIn(process)
    try:
        assert await bluez._answer(str) == "ready"
        yield bluez
    finally:
        assert process.stdin is not None
        process.stdin.close()
        if process.returncode is None:
            process.terminate()
        await process.wait()
