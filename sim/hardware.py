"""A scenario in; all that an installer screws to walls and plugs into ports out, and what they write down of it."""

from contextlib import ExitStack
from typing import Final

from msgspec import Struct

from sim.camera import Camera
from sim.door_line import DoorLine
from sim.door_node import DoorNode
from sim.scanner import Scanner
from sim.scenario import Lane, Scenario

Setting = str | int | float | list[int]
GATE_NODES: Final = 0x100  # numbers of the nodes at lanes; flats' nodes begin at FLAT_NODES
FLAT_NODES: Final = 0x200
OPEN_SECONDS: Final = 1.0


class Plugged(Struct, frozen=True):
    """One link, as it is written into the house's configuration."""

    name: str
    driver: str
    lane: str
    settings: dict[str, Setting]
    place: str = ""


class Mounted(Struct, frozen=True):
    """One device on a link, and where it is."""

    id: str
    kind: str
    link: str
    place: str


class Hardware:
    """`with Hardware(scenario, seed) as hardware`, on a running loop; call `power` to let the nodes speak."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.cameras: dict[str, Camera] = {}
        self.scanners: dict[str, Scanner] = {}
        self.barriers: dict[str, DoorNode] = {}
        self.lines: list[DoorLine] = []
        self.doors: dict[str, tuple[DoorLine, DoorNode]] = {}
        self.links: list[Plugged] = []
        self.devices: list[Mounted] = []
        self._seed = seed
        self._walls = ExitStack()

    def __enter__(self) -> "Hardware":
        for number, lane in enumerate(self.scenario.lanes()):
            self._lane(number, lane)
        flats = self.scenario.watched_flats()
        for number, flat in enumerate(flats[: self.scenario.doors.alone]):
            self._line(f"door-{number + 1}", {flat: DoorNode(FLAT_NODES + number)}, {})
        shared = flats[self.scenario.doors.alone :]
        nodes = {
            flat: DoorNode(FLAT_NODES + self.scenario.doors.alone + index, address=index + 1)
            for index, flat in enumerate(shared)
        }
        self._line("rs485-a", nodes, {"addresses": [node.address for node in nodes.values()]})
        self.links.append(Plugged("radio", "wristband", "", {}))
        return self

    def __exit__(self, *_: object) -> None:
        self._walls.close()

    @property
    def nodes(self) -> list[DoorNode]:
        return [node for line in self.lines for node in line.nodes]

    def receiver(self, place: str, port: int) -> None:
        """An ESP32 with ESPHome's proxy hangs at that place and listens on that port of this machine."""
        name = "radio-" + place.split("/", 1)[1].replace("/", "-")
        self.links.append(Plugged(name, "esphome_proxy", "", {"host": "127.0.0.1", "port": port}, place))

    def power(self) -> None:
        for line in self.lines:
            line.start()

    def _lane(self, number: int, lane: Lane) -> None:
        where = lane.id.split("/", 1)[1].replace("/", "-")
        if lane.wanted.reader == "camera":
            camera = self._walls.enter_context(Camera(self._seed + number))
            self.cameras[lane.id] = camera
            self.links.append(Plugged(f"camera-{where}", "qr_camera", lane.id, {"source": camera.url}))
        else:
            scanner = Scanner(lane.wanted.suffix, acknowledges=lane.wanted.acknowledges)
            self._walls.callback(scanner.close)
            self.scanners[lane.id] = scanner
            self.links.append(Plugged(f"scanner-{where}", "serial_scanner", lane.id, {"port": scanner.port}))
        node = DoorNode(GATE_NODES + number)
        self.barriers[lane.id] = node
        self._cable(f"barrier-{where}", [node], {})
        self.devices.append(Mounted(node.name, "output", f"barrier-{where}", lane.id))

    def _line(self, name: str, nodes: dict[str, DoorNode], settings: dict[str, Setting]) -> None:
        line = self._cable(name, list(nodes.values()), settings)
        for flat, node in nodes.items():
            self.doors[flat] = (line, node)
            self.devices.append(Mounted(node.name, "door", name, flat))

    def _cable(self, name: str, nodes: list[DoorNode], settings: dict[str, Setting]) -> DoorLine:
        line = DoorLine(name, nodes)
        self._walls.callback(line.close)
        self.lines.append(line)
        self.links.append(Plugged(name, "door_node", "", {"port": line.port, **settings}))
        return line
