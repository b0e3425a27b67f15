"""A scenario, its hardware and a round in; people at gates, doors that move, bands that speak out, and a list of all.

Everything is real on the side of the house: frames of a network camera, bytes of serial ports, adverts on D-Bus. The
town keeps its own record (`told`), against which the house's and the centre's are held afterwards.
"""

import asyncio
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final, assert_never

from sim.bands import bands
from sim.bluez import StandInBluez
from sim.camera import Fault
from sim.dbus import PrivateBus, private_bus
from sim.esphome import EsphomeProxy
from sim.happenings import AsksService, BandTurns, CameraFails, DoorMoves, Mood, NodeResets, Round, Shows
from sim.hardware import Hardware
from sim.passes import Issued
from sim.phone import Phone
from sim.radio import Air
from sim.scenario import Scenario
from sim.showings import held
from sim.waiting import until

APART_SECONDS: Final = 0.6  # between two people at one lane
LATER_SECONDS: Final = 1.5  # between two lanes: a camera may be a second behind
TAKES_IN_SECONDS: Final = 1.0  # what was brought


class NoBus(Exception):
    """There is no D-Bus daemon for the stand-in BlueZ."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something happened at a place (lane or flat), `at` in seconds of the wall clock."""

    what: str  # "code", "door", "band"
    place: str
    at: float
    scene: str
    verdict: str = ""
    reason: str = ""
    reader: str = ""


@dataclass
class Town:
    """`async with Town(scenario, seed) as town`; then `power`, `ready`, `play` round by round, `settled`."""

    scenario: Scenario
    seed: int
    hardware: Hardware = field(init=False)
    bus: PrivateBus = field(init=False)
    air: Air = field(init=False)
    told: list[Told] = field(default_factory=list)
    door_codes: Mapping[str, str] = field(default_factory=dict)  # flat -> the address its code says
    gate: EsphomeProxy = field(init=False)
    _walls: AsyncExitStack = field(default_factory=AsyncExitStack)
    _bluez: StandInBluez = field(init=False)
    _air_task: asyncio.Task[None] | None = None
    _shown: set[tuple[str, str]] = field(default_factory=set)  # (pass, lane)

    async def __aenter__(self) -> "Town":
        if shutil.which("dbus-daemon") is None:
            raise NoBus("dbus-daemon is not installed: `apt-get install dbus`")
        async with AsyncExitStack() as walls:
            self.bus = walls.enter_context(private_bus())
            self.hardware = walls.enter_context(Hardware(self.scenario, self.seed))
            self.gate = await walls.enter_async_context(EsphomeProxy("gate").powered())
            self.hardware.receiver(self.scenario.gate_with_receiver, self.gate.port)
            self._bluez = await StandInBluez(bus_address=self.bus.address).__aenter__()
            self._walls = walls.pop_all()
        self.air = Air(self._bluez, self.gate, bands(self.scenario.bands.count, self.seed), self.seed)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._air_task is not None:
            self._air_task.cancel()
            await asyncio.wait([self._air_task])
        await self._bluez.stop()
        await self._walls.aclose()

    def power(self) -> None:
        """Switch everything on."""
        self.hardware.power()
        self._air_task = asyncio.create_task(self.air.run(), name="town: air")

    def missing(self) -> list[str]:
        """What the house does not attend to yet."""
        away = [f"camera {lane}" for lane, camera in self.hardware.cameras.items() if not camera.viewers]
        away += [f"scanner {lane}" for lane, scanner in self.hardware.scanners.items() if not scanner.cable.plugged]
        away += [node.name for node in self.hardware.nodes if node.held or not node.acknowledged]
        away += [] if self.gate.subscribed else ["receiver at the gate"]
        return away if self.air.listened_to else [*away, "radio"]

    async def ready(self) -> None:
        """The house looks through every camera, has every port open, hears the radio, and took what the nodes had."""
        await until(lambda: not self.missing())

    async def settled(self) -> None:
        """Every node's ring is empty: all that happened at doors is on the house's disk."""
        await until(lambda: not any(node.held for node in self.hardware.nodes))

    async def play(self, played: Round, passes: Mapping[str, Issued], began: float) -> None:
        """The round, whose second 0 is `began` on the loop's clock. Returns when its last happening has happened."""
        for wearer in self.air.wearers:  # whatever they had in the last round
            wearer.turn(Mood.WELL)
        lanes: dict[str, list[Shows]] = {}
        async with asyncio.TaskGroup() as tasks:
            for happening in played.happenings:
                match happening:
                    case Shows():
                        lanes.setdefault(happening.lane, []).append(happening)
                    case DoorMoves():
                        tasks.create_task(self._door(happening, began), name=f"town: {happening.scene}")
                    case BandTurns():
                        tasks.create_task(self._band(happening, began), name=f"town: {happening.scene}")
                    case CameraFails():
                        tasks.create_task(self._camera(happening, began), name=f"town: {happening.scene}")
                    case NodeResets():
                        tasks.create_task(self._reset(happening, began), name=f"town: {happening.scene}")
                    case AsksService():
                        tasks.create_task(self._service(happening, began), name=f"town: {happening.scene}")
                    case _:
                        assert_never(happening)
            for lane, people in lanes.items():
                tasks.create_task(self._lane(lane, people, passes, began), name=f"town: {lane}")

    async def _lane(self, lane: str, people: Sequence[Shows], passes: Mapping[str, Issued], began: float) -> None:
        """One after the other, as they come."""
        for shows in people:
            await _until(began + shows.at)
            if shows.after:
                await self._after(shows)
            text = passes[shows.gate_pass].text
            reader = self.hardware.cameras.get(lane)
            if reader is not None:
                at = await reader.show(held(text, f"{self.seed}/{shows.scene}/{shows.lane}"))
            else:
                at = time.time()
                await self.hardware.scanners[lane].scan(text)
            self.told.append(
                Told("code", lane, at, shows.scene, shows.verdict, shows.reason, "camera" if reader else "scanner")
            )
            self._shown.add((shows.gate_pass, lane))
            await asyncio.sleep(APART_SECONDS)

    async def _after(self, shows: Shows) -> None:
        """Wait until the same pass was shown where it had to be shown before."""
        await until(lambda: (shows.gate_pass, shows.after) in self._shown)
        if shows.after != shows.lane:
            await asyncio.sleep(LATER_SECONDS)

    async def _door(self, moves: DoorMoves, began: float) -> None:
        await _until(began + moves.at)
        line, node = self.hardware.doors[moves.flat]
        await line.slam(node, moves.open)
        self.told.append(Told("door", moves.flat, time.time(), moves.scene, reason="open" if moves.open else "shut"))

    async def _service(self, asks: AsksService, began: float) -> None:
        """Asked by the code on the inside of the door; taken in once the page says that it stands there."""
        await _until(began + asks.at)
        phone = Phone(self.door_codes[asks.flat])
        await phone.ask(asks.purpose)
        await phone.until("delivered")
        line, node = self.hardware.doors[asks.flat]
        await line.slam(node, True)
        await asyncio.sleep(TAKES_IN_SECONDS)
        await line.slam(node, False)

    async def _camera(self, fails: CameraFails, began: float) -> None:
        await _until(began + fails.at)
        camera = self.hardware.cameras[fails.lane]
        camera.fault = Fault.GONE
        await asyncio.sleep(fails.seconds)
        camera.fault = None

    async def _reset(self, resets: NodeResets, began: float) -> None:
        await _until(began + resets.at)
        line, node = self.hardware.doors[resets.flat]
        node.reset(line.now_ms())

    async def _band(self, turns: BandTurns, began: float) -> None:
        await _until(began + turns.at)
        wearer = self.air.wearers[turns.band]
        wearer.turn(turns.mood)
        await until(lambda: wearer.began is not None or wearer.mood is not turns.mood)
        self.told.append(Told("band", wearer.device, wearer.began or time.time(), turns.scene, reason=turns.mood))


async def _until(loop_seconds: float) -> None:
    await asyncio.sleep(loop_seconds - asyncio.get_running_loop().time())
