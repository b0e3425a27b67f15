"""The door node's real firmware, run in an emulated ATmega328P, heard by the real driver over a pty.

Times are the controller's own: the emulator waits between switches, and what is compared are ages the firmware gave.
"""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from devices.door_node import DRIVER, DoorNodeDecoder, DoorNodeSettings
from devices.driver import Describe, Identify, Link, LinkLost, NoKeys, Output, Reply
from devices.reading import AliveSeen, DoorSeen, HelloSeen, LostSeen, Receipt, Sighting, TamperSeen
from firmware_bridges import wire
from firmware_bridges.wire import Ack, Frame, seal, write
from tests.firmware_bridges.emulated_node import (
    FIRMWARE,
    HERE,
    SOON,
    EmulatedNode,
    ToolsMissing,
    build,
    emulated_node,
)
from tests.firmware_bridges.shared_pair import shared_pair

NODE = "node-00000101"
HANG = 0xFE


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    build()


class House:
    """What watch and journal do with a driver, in a few lines: hear, keep the first of each receipt, confirm."""

    def __init__(self, link: Link[bytes], decoder: DoorNodeDecoder) -> None:
        self.link = link
        self._chunks = aiter(link)
        self.decoder = decoder
        self.heard: list[Sighting] = []
        self.kept: dict[Receipt, Sighting] = {}
        self.commits = True
        self._looked = 0  # how much of what was heard `until` has gone through

    async def until(self, condition: Callable[[Sighting], bool]) -> Sighting:
        """The next that is of this kind, after the one found before it."""
        async with asyncio.timeout(SOON):
            while True:
                while self._looked < len(self.heard):
                    self._looked += 1
                    if condition(self.heard[self._looked - 1]):
                        return self.heard[self._looked - 1]
                for said in self.decoder.feed(await anext(self._chunks)):
                    self._take(said)

    def from_now_on(self, commits: bool) -> None:
        """What was heard up to here is not found any more."""
        self._looked = len(self.heard)
        self.commits = commits

    async def until_seen(self, seen: object) -> Sighting:
        return await self.until(lambda said: said.seen == seen)

    async def settle(self) -> None:
        """The node has said hello and how its switches stood at the start; that is on disk."""
        while len([said for said in self.kept.values() if isinstance(said.seen, DoorSeen | TamperSeen)]) < 2:
            await self.until(lambda said: said.receipt is not None)

    async def beat(self) -> Sighting:
        return await self.until(lambda said: isinstance(said.seen, AliveSeen) and said.receipt is None)

    async def act(self, action: Output | Identify | Describe) -> None:
        for data in self.decoder.act(action):
            self.link.send(data)

    def events(self) -> list[object]:
        return [said.seen for said in self.kept.values()]

    def _take(self, said: Sighting | Reply) -> None:
        if isinstance(said, Reply):
            self.link.send(said.data)
            return
        self.heard.append(said)
        if said.receipt is not None and self.commits:
            self.kept.setdefault(said.receipt, said)
            for data in self.decoder.confirm(said.receipt):
                self.link.send(data)


@asynccontextmanager
async def house_at(port: str, *addresses: int) -> AsyncIterator[House]:
    settings = DoorNodeSettings(port=port, addresses=addresses)
    async with DRIVER.open_link(settings) as link:
        yield House(link, DoorNodeDecoder(settings, NoKeys()))


def switch(node: EmulatedNode, count: int, every_ms: int) -> None:
    """Open, close, open ... the door, beginning with open."""
    for number in range(count):
        node.command(f"reed {1 - number % 2}")
        node.command(f"wait {every_ms}")


def test_where_the_tools_are_missing_the_tests_fail_and_name_the_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolsMissing, match=r"apt-get install .*gcc-avr avr-libc simavr libsimavr-dev"):
        build()


def test_the_controllers_own_wire_code_reads_and_writes_the_golden_frames() -> None:
    vectors = Path(wire.__file__).with_name("wire_vectors.txt")
    checked = subprocess.run([HERE / "build" / "wire_check", vectors], capture_output=True, text=True, check=False)
    lines = [line for line in vectors.read_text().splitlines() if line.startswith(("good ", "bad "))]
    assert (checked.returncode, checked.stdout) == (0, f"{len(lines)} read, 0 wrong\n"), checked.stderr


def test_the_shipped_firmware_fits_and_knows_no_hang() -> None:
    sizes = subprocess.run(
        ["avr-size", FIRMWARE / "build" / "door_node.elf"], capture_output=True, text=True, check=True
    ).stdout.split()
    text, data, bss = (int(size) for size in sizes[6:9])
    assert text + data <= 32768 - 512
    assert data + bss <= 2048 - 512  # the stack needs room


@pytest.mark.asyncio
async def test_a_node_says_who_it_is_and_what_its_switches_do(tmp_path: Path) -> None:
    with emulated_node(tmp_path) as node:
        async with house_at(node.port) as house:
            hello = await house.until(lambda said: isinstance(said.seen, HelloSeen))
            assert hello == Sighting(HelloSeen("door-node 1.0", boot=42, inputs=2), NODE)
            await house.settle()
            node.command("reed 1")
            assert (await house.until_seen(DoorSeen(open=True))).ago_seconds < 1
            node.command("reed 0")
            await house.until_seen(DoorSeen(open=False))
            node.command("tamper 1")
            await house.until_seen(TamperSeen(open=True))
            await house.until_seen(AliveSeen(battery_millivolts=4091, open=False, tampered=True, on=False))
            assert [receipt.sequence for receipt in house.kept] == list(range(1, len(house.kept) + 1))
            assert {receipt.ring for receipt in house.kept} == {42}


@pytest.mark.asyncio
async def test_twenty_one_chatters_are_one_event(tmp_path: Path) -> None:
    with emulated_node(tmp_path) as node:
        async with house_at(node.port) as house:
            await house.settle()
            before = len(house.kept)
            node.command("bounce 1 21")
            await house.until_seen(DoorSeen(open=True))
            await house.beat()
            assert house.events()[before:] == [DoorSeen(open=True)]


@pytest.mark.asyncio
async def test_a_battery_that_runs_low_is_an_event_and_once_only(tmp_path: Path) -> None:
    with emulated_node(tmp_path) as node:
        async with house_at(node.port) as house:
            await house.settle()
            before = len(house.kept)
            node.command("adc 3000")
            await house.until(lambda said: isinstance(said.seen, AliveSeen) and said.receipt is not None)
            node.command("adc 3350")  # above the mark, but not by enough to be good again
            await house.until_seen(AliveSeen(battery_millivolts=3344, open=False, tampered=False, on=False))
            node.command("adc 4100")
            await house.until_seen(AliveSeen(battery_millivolts=4091, open=False, tampered=False, on=False))
            assert house.events()[before:] == [
                AliveSeen(battery_millivolts=2993),
                AliveSeen(battery_millivolts=4091),
            ]


@pytest.mark.asyncio
async def test_what_happened_while_nobody_listened_is_kept_with_its_age(tmp_path: Path) -> None:
    with emulated_node(tmp_path) as node:
        async with house_at(node.port) as house:
            await house.settle()
            first = len(house.kept) + 1
        switch(node, 10, every_ms=80)
        node.command("wait 920")
        node.stat()
        async with house_at(node.port) as house:
            house.from_now_on(commits=False)
            await house.until(lambda said: said.receipt == Receipt(NODE, 42, first + 3))
            window: dict[int, Sighting] = {}  # as first said, all in one go
            for said in house.heard:
                if said.receipt is not None:
                    window.setdefault(said.receipt.sequence, said)
            ages = [window[first + n].ago_seconds for n in range(4)]
            assert [round(older - newer, 3) for older, newer in pairwise(ages)] == [pytest.approx(0.08, abs=0.002)] * 3
            assert ages[0] >= 10 * 0.08 + 0.92 - 0.025  # known 20 ms after the contact moved
            house.from_now_on(commits=True)
            await house.until(lambda said: said.receipt == Receipt(NODE, 42, first + 9))
            assert house.events() == [DoorSeen(open=True), DoorSeen(open=False)] * 5


@pytest.mark.asyncio
async def test_a_full_ring_forgets_its_oldest_and_says_how_many(tmp_path: Path) -> None:
    with emulated_node(tmp_path) as node:
        node.command("wait 50")  # the switches' first states are events too
        switch(node, 70, every_ms=24)
        node.stat()
        async with house_at(node.port) as house:
            await house.until(lambda said: said.receipt == Receipt(NODE, 42, 72))
            assert house.events()[:2] == [LostSeen(8), DoorSeen(open=True)]  # two of the start and 70, into 64 places
            assert len(house.events()) == 1 + 64


@pytest.mark.asyncio
async def test_an_event_comes_again_until_it_is_acknowledged(tmp_path: Path) -> None:
    with emulated_node(tmp_path) as node:
        async with house_at(node.port) as house:
            await house.settle()
            house.from_now_on(commits=False)
            node.command("reed 1")
            first = await house.until_seen(DoorSeen(open=True))
            again = await house.until_seen(DoorSeen(open=True))
            assert again.receipt == first.receipt
            assert again.ago_seconds - first.ago_seconds == pytest.approx(0.5, abs=0.05)
            house.from_now_on(commits=True)
            await house.until_seen(DoorSeen(open=True))
            await house.beat()
            before = len(house.heard)
            await house.beat()
            assert [said for said in house.heard[before:] if said.receipt is not None] == []


@pytest.mark.asyncio
async def test_an_acknowledgement_that_is_not_of_this_ring_or_number_drops_nothing(tmp_path: Path) -> None:
    with emulated_node(tmp_path) as node:
        async with house_at(node.port) as house:
            await house.settle()
            house.from_now_on(commits=False)
            node.command("reed 1")
            receipt = (await house.until_seen(DoorSeen(open=True))).receipt
            assert receipt is not None
            for ring, sequence in ((41, receipt.sequence), (0, 0xFFFFFFFF), (42, receipt.sequence + 1), (42, 0)):
                house.link.send(write(Frame(0, Ack(ring, sequence))))
            house.link.send(write(Frame(5, Ack(42, receipt.sequence))))  # right, but to another address
            await house.act(Describe(NODE))
            await house.until(lambda said: isinstance(said.seen, HelloSeen))  # it has read them all
            assert (await house.until_seen(DoorSeen(open=True))).receipt == receipt


@pytest.mark.asyncio
async def test_a_node_that_heard_noise_hears_the_next_frame(tmp_path: Path) -> None:
    with emulated_node(tmp_path) as node:
        async with house_at(node.port) as house:
            await house.settle()
            for noise in (os.urandom(200) + b"\0", write(Frame(0, Ack(42, 1)))[:-4], b"\xff" * 60 + b"\0"):
                house.link.send(noise + b"\0")
            await house.act(Describe(NODE))
            await house.until_seen(HelloSeen("door-node 1.0", boot=42, inputs=2))


@pytest.mark.asyncio
async def test_a_node_that_hangs_is_reset_and_forgets_nothing(tmp_path: Path) -> None:
    with emulated_node(tmp_path, firmware="door_node_test.elf") as node:
        async with house_at(node.port) as house:
            await house.settle()
            house.from_now_on(commits=False)
            node.command("wait 100")
            before = node.stat()["sim"]
            node.command("reed 1")
            event = await house.until_seen(DoorSeen(open=True))
            house.link.send(seal(HANG, 0, b""))
            await house.until_seen(HelloSeen("door-node 1.0", boot=43, inputs=2))
            again = await house.until_seen(DoorSeen(open=True))
            assert again.receipt == event.receipt  # the ring of boot 42
            assert event.ago_seconds + 0.5 <= again.ago_seconds <= node.stat()["sim"] - before
            house.from_now_on(commits=True)
            node.command("wait 100")  # time enough to settle, and to be wrong about what the house was told
            node.command("reed 0")
            last = await house.until_seen(DoorSeen(open=False))
            assert last.receipt == Receipt(NODE, 42, event.receipt.sequence + 1)  # the switches' states were kept too


@pytest.mark.asyncio
async def test_the_shipped_firmware_does_not_know_the_frame_that_hangs_it(tmp_path: Path) -> None:
    with emulated_node(tmp_path) as node:
        async with house_at(node.port) as house:
            await house.settle()
            house.link.send(seal(HANG, 0, b""))
            await house.act(Describe(NODE))
            await house.until_seen(HelloSeen("door-node 1.0", boot=42, inputs=2))


@pytest.mark.asyncio
async def test_a_power_cut_makes_a_new_ring_with_a_higher_number(tmp_path: Path) -> None:
    rings = []
    for _ in range(2):
        with emulated_node(tmp_path) as node:
            async with house_at(node.port) as house:
                await house.settle()
                rings += [receipt.ring for receipt in house.kept if receipt.sequence == 1]
    assert rings == [42, 43]


@pytest.mark.asyncio
async def test_an_output_is_switched_for_so_long_and_the_lamp_blinks(tmp_path: Path) -> None:
    with emulated_node(tmp_path) as node:
        async with house_at(node.port) as house:
            await house.settle()
            await house.act(Output(NODE, on=True, seconds=0.2))
            assert [await asyncio.to_thread(node.await_line, "relay") for _ in range(2)] == ["relay 1", "relay 0"]
            await house.act(Output(NODE, on=True))
            assert await asyncio.to_thread(node.await_line, "relay") == "relay 1"
            await house.act(Output(NODE, on=False))
            assert await asyncio.to_thread(node.await_line, "relay") == "relay 0"
            await house.act(Identify(NODE, seconds=0.3))
            assert [await asyncio.to_thread(node.await_line, "lamp") for _ in range(2)] == ["lamp 1", "lamp 0"]


@pytest.mark.asyncio
async def test_a_cable_pulled_and_plugged_again(tmp_path: Path) -> None:
    with emulated_node(tmp_path) as node:
        async with house_at(node.port) as house:
            await house.settle()
            node.unplug()
            with pytest.raises(LinkLost):
                await house.beat()
        node.command("reed 1")
        node.plug()
        async with house_at(node.port) as house:
            await house.until_seen(DoorSeen(open=True))


@pytest.mark.asyncio
async def test_two_nodes_on_one_pair_speak_in_turn(tmp_path: Path) -> None:
    with (
        emulated_node(tmp_path, device=0x101, address=1) as first,
        emulated_node(tmp_path, device=0x102, address=2) as second,
        shared_pair([first.port, second.port]) as port,
    ):
        for node in (first, second):
            node.command("wait 1200")
            assert node.stat()["said"] == 0  # over a second, with events and a beat to tell, and nobody asked
        async with house_at(port, 1, 2) as house:
            for name in ("node-00000101", "node-00000102"):
                await house.until(lambda said, name=name: said.speaker == name and isinstance(said.seen, DoorSeen))
            second.command("reed 1")
            assert (await house.until_seen(DoorSeen(open=True))).speaker == "node-00000102"
            first.command("reed 1")
            assert (await house.until_seen(DoorSeen(open=True))).speaker == "node-00000101"
            await house.act(Output("node-00000102", on=True, seconds=0.1))
            await house.until(lambda said: said.speaker == "node-00000102" and said.receipt is None)
            assert await asyncio.to_thread(second.await_line, "relay") == "relay 1"
            for name in ("node-00000101", "node-00000102"):
                kept = [(r.sequence, said.seen) for r, said in house.kept.items() if r.device == name]
                assert kept == [(1, DoorSeen(open=False)), (2, TamperSeen(open=False)), (3, DoorSeen(open=True))]
        for node in (first, second):
            assert node.stat()["undriven"] == 0  # not a byte left without the RS-485 driver enabled
