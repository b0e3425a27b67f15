"""The reader's side spoken by somebody else: libosdp, at the far end of a pseudo-terminal."""

import asyncio
import os
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from osdp import Capability, CardFormat, Channel, Event, LogLevel, PDCapabilities, PDInfo, PeripheralDevice
from osdp.helpers import PdId

from devices.driver import Identify, NoKeys
from devices.osdp import DRIVER, OsdpSettings
from devices.reading import AliveSeen, CardSeen, Reading
from devices.watch import HouseClock, Watch

ADDRESS = 5
ABILITIES = [(Capability.LEDControl, 1, 1), (Capability.AudibleControl, 1, 1)]


class Pty(Channel):
    """The far end of the cable, as libosdp wants it."""

    def __init__(self, fd: int) -> None:
        super().__init__()
        self._fd = fd

    def read(self, most: int) -> bytes:
        try:
            return os.read(self._fd, most)
        except BlockingIOError:
            return b""

    def write(self, data: bytes) -> int:
        return os.write(self._fd, bytes(data))

    def flush(self) -> None:
        """Nothing is held back."""


class LibosdpReader:
    def __init__(self, fd: int) -> None:
        self.commands: list[dict[str, Any]] = []
        info = PDInfo(ADDRESS, Pty(fd), id=PdId(1, 2, 0xCAFE01, 42, 7))
        self.device = PeripheralDevice(
            info, PDCapabilities(ABILITIES), log_level=LogLevel.Emergency, command_handler=self._obey
        )

    def show(self, bits: int, data: bytes) -> None:
        card = {"event": Event.CardRead, "reader_no": 0, "direction": 0, "format": CardFormat.Wiegand}
        self.device.submit_event({**card, "length": bits, "data": data})

    def _obey(self, command: dict[str, Any]) -> tuple[int, None]:
        self.commands.append(command)
        return 0, None


@contextmanager
def reader() -> Iterator[tuple[LibosdpReader, str]]:
    master, slave = os.openpty()
    for end in (master, slave):
        tty.setraw(end)
    os.set_blocking(master, False)
    one = LibosdpReader(master)
    one.device.start()
    try:
        yield one, os.ttyname(slave)
    finally:
        one.device.stop()
        os.close(slave)
        os.close(master)


@pytest.mark.asyncio
async def test_every_card_shown_to_a_reader_of_libosdp_is_read_and_it_beeps_when_told() -> None:
    seen: asyncio.Queue[object] = asyncio.Queue()

    async def deliver(reading: Reading) -> None:
        await seen.put(reading.seen)

    async def until(wanted: object) -> None:
        while await seen.get() != wanted:
            pass

    with reader() as (there, port):
        settings = OsdpSettings(port=port, baud=115200, addresses=(ADDRESS,))
        watch = Watch("reader", DRIVER, settings, NoKeys(), deliver, HouseClock())
        running = asyncio.create_task(watch.run())
        async with asyncio.timeout(60):
            await until(AliveSeen())
            for number in range(20):
                there.show(26, bytes((0x95, 0x06, number, 0xC0)))
                await until(CardSeen(26, int.from_bytes(bytes((0x95, 0x06, number, 0xC0)), "big") >> 6))
            assert watch.act(Identify("reader", 3.0))
            there.show(32, b"\x8a\x12\x93\xd7")
            await until(CardSeen(32, 0x8A1293D7))
        running.cancel()
        await asyncio.wait([running])
    beep = {"reader": 0, "control_code": 2, "on_count": 2, "off_count": 8, "rep_count": 3}
    assert [beep.items() <= command.items() for command in there.commands] == [True]
