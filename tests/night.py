"""An empty folder in; a gate as a guard meets it out: a real house process, its scanners, camera, barrier and staff.

Two lanes of one gate, a scanner on a pseudo-terminal at each, a camera on the network and a relay at the lane in. Who
comes, and what the camera sees, is the test's; the rest is as an installer leaves it.
"""

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devices.qr_reading import Gray
from devices.watch import HouseClock
from gateway.cli.demo_install import free_port
from gateway.cli.plan import registry_of
from gateway.config.plan import load_config
from gateway.pages.access import Member, Role
from gateway.passes.claims import Claims
from gateway.passes.gate_pass import ALL_GATES
from gateway.passes.gate_pass import Kind as Holder
from gateway.passes.issue import issue
from gateway.passes.keys import kid_of, public_bytes, public_pem
from gateway.passes.trust import IssuingKey, TrustList
from gateway.passes.trust_list import write_trust
from gateway.staff.book import StaffBook
from sim.waiting import until
from tests import qr_codes, stream_server
from tests.devices.relay_board import Board
from tests.devices.serial_ports import FarEnd, far_end
from tests.works import Program

WAY_IN, WAY_OUT = "palm/south/in", "palm/south/out"
GUARD = Member("guard", "张卫", Role.GUARD, "")
RELIEF = Member("relief", "赵岗", Role.GUARD, "")
PINS = {GUARD.id: "482915", RELIEF.id: "730264"}
HOUSE = """
[gateway]
id = "palm-1"
data = "{folder}/house"
[street]
id = "nanyuan"
name = "南苑街道"
[[compounds]]
id = "palm"
name = "棕榈苑"
[[compounds.gates]]
id = "south"
name = "南门"
number = 1
[[compounds.gates.lanes]]
id = "in"
name = "进"
direction = "in"
output = "relay-in"
open_seconds = 0.2
[[compounds.gates.lanes]]
id = "out"
name = "出"
direction = "out"
[[compounds.buildings]]
id = "3"
name = "3号楼"
floors = 6
flats_per_floor = 2
[[links]]
name = "relay-in"
driver = "usb_relay"
[links.settings]
port = "{relay}"
answers = true
[[links]]
name = "scanner-in"
driver = "serial_scanner"
lane = "palm/south/in"
[links.settings]
port = "{scanner_in}"
[[links]]
name = "scanner-out"
driver = "serial_scanner"
lane = "palm/south/out"
[links.settings]
port = "{scanner_out}"
[[links]]
name = "camera-in"
driver = "qr_camera"
lane = "palm/south/in"
[links.settings]
source = "{camera}"
[passes]
roots = ["{folder}/root.pem"]
trust = "{folder}/trust.cose"
[pages]
host = "127.0.0.1"
port = {port}
"""


class Office:
    """Whose passes the gate believes."""

    def __init__(self, folder: Path) -> None:
        root, self._key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        self._now = HouseClock().now().replace(microsecond=0)
        start, end = self._now - timedelta(days=9), self._now + timedelta(days=30)
        issuing = IssuingKey(
            public=public_bytes(self._key),
            kinds=frozenset(Holder),
            compounds={1: "palm"},
            epoch=1,
            not_before=start,
            not_after=end,
        )
        listed = TrustList(version=1, issued_at=start, next_update=end, keys=(issuing,))
        (folder / "root.pem").write_bytes(public_pem(public_bytes(root)))
        (folder / "trust.cose").write_bytes(write_trust(listed, root))
        self._numbers = itertools.count(1)

    def issue(self, kind: Holder = Holder.RESIDENT, *, days: int = 5) -> str:
        """The text of a new pass that ends in so many days; a negative number: it ended before today."""
        number = next(self._numbers)
        claims = Claims(
            cti=bytes([0xC0, number]) * 4,
            subject=bytes([0x5A, number]) * 4,
            compound_number=1,
            kind=kind,
            gates=ALL_GATES,
            not_before=self._now - timedelta(days=8),
            not_after=self._now + timedelta(days=days),
            once=False,
        )
        return issue(claims, self._key, kid_of(public_bytes(self._key)))


def _palm(number: int) -> Gray:
    """On the lens, from edge to edge; the light changes a little, or the picture would be frozen."""
    return np.tile(np.linspace(55, 110, 320) + number, (240, 1)).astype(np.uint8)


class Lens:
    """What stands before the camera: an empty lane, or the palm of a hand."""

    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        tiles = np.kron(rng.integers(40, 220, (20, 20)), np.ones((8, 8))).astype(np.uint8)  # paving: detail, no code
        lane = [qr_codes.scene(tiles, seed=seed, width=320, height=240) for seed in range(4)]
        self._lane = [qr_codes.jpeg(picture) for picture in lane]
        self._hand = [qr_codes.jpeg(_palm(number)) for number in range(4)]
        self.covered = False

    def __call__(self, number: int) -> bytes:
        return (self._hand if self.covered else self._lane)[number % 4]


@dataclass
class Night:
    folder: Path
    url: str
    gateway: Program
    office: Office
    lens: Lens
    barrier: Board
    scanners: dict[str, FarEnd]

    async def open(self) -> None:
        """Start the gateway and wait until somebody could scan."""
        begins = self.gateway.log.stat().st_size if self.gateway.log.exists() else 0
        self.gateway.start()
        wanted = [b"house: open", b"scanner-in: link open", b"scanner-out: link open"]

        def ready() -> bool:
            said = self.gateway.log.read_bytes()[begins:]
            return all(words in said for words in wanted)

        await until(ready)

    def show(self, lane: str, text: str) -> None:
        """Somebody holds a code to the scanner of a lane."""
        self.scanners[lane].say(text.encode() + b"\r")


@asynccontextmanager
async def night(folder: Path) -> AsyncIterator[Night]:
    """The house stands open; ended by its own process's number."""
    with _hardware(folder) as standing:
        async with registry_of(load_config(folder / "menshen.toml")) as registry:
            book = StaffBook(registry.book("staff"), registry.flush)
            for member in (GUARD, RELIEF):
                await book.put(member, PINS[member.id])
        try:
            await standing.open()
            yield standing
        finally:
            if standing.gateway.process is not None and standing.gateway.process.poll() is None:
                standing.gateway.kill()


@contextmanager
def _hardware(folder: Path) -> Iterator[Night]:
    lens, port = Lens(), free_port(0)
    with (
        Board() as barrier,
        stream_server.serve(lens, frames_per_second=8) as camera,
        far_end() as scanner_in,
        far_end() as scanner_out,
    ):
        scanners = {WAY_IN: scanner_in, WAY_OUT: scanner_out}
        office = Office(folder)
        config = folder / "menshen.toml"
        config.write_text(
            HOUSE.format(
                folder=folder,
                relay=barrier.port,
                scanner_in=scanner_in.port,
                scanner_out=scanner_out.port,
                camera=camera.url,
                port=port,
            ),
            "utf-8",
        )
        gateway = Program(["run", "--config", str(config)], folder / "gateway.log")
        yield Night(folder, f"http://127.0.0.1:{port}", gateway, office, lens, barrier, scanners)
