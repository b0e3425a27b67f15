"""Simulated scanners on pseudo-terminals, read by the house's own serial link and decoder."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from devices.driver import NoKeys
from devices.links.serial import serial_link
from devices.reading import CodeSeen, Sighting
from devices.serial_scanner import SerialScannerDecoder, SerialScannerSettings
from sim.cable import Cable
from sim.scanner import Scanner
from sim.waiting import until

PATIENCE = 30.0


@asynccontextmanager
async def reading(scanner: Scanner) -> AsyncIterator[list[object]]:
    """The house reads this scanner; the list grows."""
    decoder = SerialScannerDecoder(SerialScannerSettings(port=scanner.port), NoKeys())
    found: list[object] = []

    async def read() -> None:
        async with serial_link(scanner.port, 9600) as link:
            async for chunk in link:
                found.extend(said.seen for said in decoder.feed(chunk) if isinstance(said, Sighting))

    task = asyncio.create_task(read())
    try:
        async with asyncio.timeout(PATIENCE):
            yield found
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.asyncio
@pytest.mark.parametrize("suffix", ["cr", "lf", "crlf"])
@pytest.mark.parametrize("acknowledges", [False, True])
async def test_what_is_scanned_is_read(suffix: str, acknowledges: bool) -> None:
    scanner = Scanner(suffix, acknowledges=acknowledges)
    async with reading(scanner) as found:
        await scanner.scan("MS1:ABC")
        await scanner.scan("健康码 绿码")
        await until(lambda: len(found) == 2)
    assert found == [CodeSeen("MS1:ABC"), CodeSeen("健康码 绿码")]
    scanner.close()


@pytest.mark.asyncio
async def test_it_scans_again_until_somebody_has_the_port_open() -> None:
    scanner = Scanner()
    scanning = asyncio.create_task(scanner.scan("MS1:ABC"))
    await asyncio.wait([scanning], timeout=0.3)
    assert not scanning.done()
    async with reading(scanner) as found:
        await scanning
        await until(lambda: len(found) == 1)
    assert found == [CodeSeen("MS1:ABC")]
    scanner.close()


@pytest.mark.asyncio
async def test_plugged_says_whether_the_port_is_open_now() -> None:
    cable = Cable(hold=False)
    assert not cable.plugged
    async with serial_link(cable.port, 9600):
        assert cable.plugged
    await until(lambda: not cable.plugged)
    cable.close()


def test_bytes_nobody_fetches_are_lost_and_counted() -> None:
    cable = Cable(hold=True)
    said = 0
    while not cable.dropped and said < 4_000_000:  # a kernel keeps some tens of kilobytes
        cable.say(b"x" * 1000)
        said += 1000
    assert 0 < cable.dropped <= 1000
    cable.close()
