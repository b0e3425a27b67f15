"""A gateway, a broker and a centre as real processes, fed by door nodes and scanners on pseudo-terminals.

For tests that kill things and for benchmarks that measure them. Every event fed here gives exactly one message at the
centre: a code a decision (stream report), a door movement a revision of an alert (stream alert).
"""

import asyncio
import contextlib
import itertools
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devices.mqtt import Mqtt, broker_at
from gateway.centre.book import Book
from gateway.centre.orders import RESULTS, Orders
from gateway.entries import Record
from gateway.journal.reader import Reader
from gateway.messages.every import OrderMessage
from gateway.passes.claims import Claims
from gateway.passes.gate_pass import ALL_GATES, Kind
from gateway.passes.issue import issue
from gateway.passes.keys import kid_of, public_bytes, public_pem
from gateway.passes.trust import IssuingKey, TrustList
from gateway.passes.trust_list import write_trust
from sim.door_line import DoorLine
from sim.door_node import DoorNode
from sim.scanner import Scanner
from tests.mosquitto import Mosquitto

GW = "works"
PASSES = 500  # different codes, shown in turn
SETTLE_SECONDS = 240.0  # for everything to reach the centre after the last fault; a limit, not a wait


@dataclass(slots=True)
class Program:
    """One of our own commands as a process; `start` after a kill brings it back."""

    arguments: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def start(self) -> None:
        self.starts += 1
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "gateway", *self.arguments], stdout=log, stderr=log)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)

    def terminate(self) -> int:
        """SIGTERM; its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@dataclass(slots=True)
class Account:
    """What was kept, what arrived, and what did not."""

    journaled: int = 0  # entries of the two streams
    at_centre: int = 0
    lost: int = 0  # journaled or acknowledged, and not at the centre
    doubled: int = 0  # one door movement told twice, or one number with two contents
    door_events: int = 0
    codes: int = 0
    held: int = 0  # still in a node's ring
    dropped: int = 0  # by a node whose ring was full: no event of the test may be
    faults: list[tuple[str, str, int | None, int]] = field(default_factory=list)


class Works:
    """`async with works(folder) as w:`; then `feed`, kill what you like, `settle`, `account`."""

    def __init__(
        self,
        folder: Path,
        *,
        doors: int,
        scanners: int,
        cameras: Sequence[str] = (),
        pages: bool = False,
        snapshot_every: int = 5000,
    ) -> None:
        self.folder = folder
        self.cameras = cameras  # where their streams are
        self.data = folder / "house"
        self.book_path = folder / "centre" / "book.sqlite"
        self.broker = Mosquitto(folder / "broker", persistent=True)
        self.lines = [DoorLine(f"cable-{n}", [DoorNode(device=0x100 + n)]) for n in range(doors)]
        self.scanners = [Scanner() for _ in range(scanners)]
        self.ids: dict[str, str] = {}  # text of a pass -> its id
        self.codes = itertools.cycle(self._issue())
        self.texts_shown = 0
        self.movements = 0
        config = folder / "menshen.toml"
        config.write_text(self._toml(snapshot_every), encoding="utf-8")
        run = ["run", "--config", str(config)] if pages else ["run", "--no-pages", "--config", str(config)]
        self.gateway = Program(run, folder / "gateway.log")
        self.centre = Program(
            ["centre", "--broker", self.broker.url, "--book", str(self.book_path)], folder / "centre.log"
        )

    def _issue(self) -> Iterator[str]:
        root, key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        now = datetime.now(UTC).replace(microsecond=0)
        start, end = now - timedelta(days=1), now + timedelta(days=30)
        issuing = IssuingKey(
            public=public_bytes(key),
            kinds=frozenset(Kind),
            compounds={1: "palm"},
            epoch=1,
            not_before=start,
            not_after=end,
        )
        listed = TrustList(version=1, issued_at=start, next_update=end, keys=(issuing,))
        (self.folder / "trust.cose").write_bytes(write_trust(listed, root))
        (self.folder / "root.pub.pem").write_bytes(public_pem(public_bytes(root)))
        for _ in range(PASSES):
            cti = secrets.token_bytes(8)
            text = issue(
                Claims(
                    cti=cti,
                    subject=secrets.token_bytes(8),
                    compound_number=1,
                    kind=Kind.RESIDENT,
                    gates=ALL_GATES,
                    not_before=start,
                    not_after=end,
                    once=False,
                ),
                key,
                kid_of(public_bytes(key)),
            )
            self.ids[text] = cti.hex()
        return iter(list(self.ids))

    def _toml(self, snapshot_every: int) -> str:
        parts = [
            f'[gateway]\nid = "{GW}"\ndata = "{self.data}"',
            '[street]\nid = "street"\nname = "街道"',
            '[[compounds]]\nid = "palm"\nname = "棕榈苑"',
            '[[compounds.gates]]\nid = "south"\nname = "南门"\nnumber = 1',
            '[[compounds.gates.lanes]]\nid = "in"\nname = "进"\ndirection = "in"',
            '[[compounds.buildings]]\nid = "3"\nname = "3号楼"\nfloors = 20\nflats_per_floor = 4',
            f'[passes]\nroots = ["{self.folder}/root.pub.pem"]\ntrust = "{self.folder}/trust.cose"',
            f"[journal]\nsnapshot_every = {snapshot_every}",
            "[pages]\nport = 0",
            # one alert for each movement: nothing is gathered, nobody is called after the first
            "[limits]\nleft_open_seconds = 86400\nrepeat_seconds = 0\nchatter_openings = 0\nfire_doors = 0\n"
            "night_begins_hour = 0\nnight_ends_hour = 0\ntake_critical_seconds = 86400\ntake_high_seconds = 86400\n"
            "right_high_seconds = 86400",
            f'[uplink]\nreports = ["decisions"]\n[uplink.broker]\nport = {self.broker.port}\nclient_id = "{GW}"\n'
            "retry_ceiling_seconds = 1.0\nretry_floor_seconds = 0.2",
        ]
        for number, line in enumerate(self.lines):
            parts.append(
                f'[[links]]\nname = "{line.name}"\ndriver = "door_node"\nsettings = {{ port = "{line.port}" }}'
            )
            parts.append(
                f'[[devices]]\nid = "{line.nodes[0].name}"\nkind = "door"\nlink = "{line.name}"\n'
                f'place = "{self.flat(number)}"'
            )
        for number, scanner in enumerate(self.scanners):
            parts.append(
                f'[[links]]\nname = "scanner-{number}"\ndriver = "serial_scanner"\nlane = "palm/south/in"\n'
                f'settings = {{ port = "{scanner.port}" }}'
            )
        for number, source in enumerate(self.cameras):
            parts.append(
                f'[[links]]\nname = "camera-{number}"\ndriver = "qr_camera"\nlane = "palm/south/in"\n'
                f'settings = {{ source = "{source}" }}'
            )
        return "\n".join(parts) + "\n"

    @staticmethod
    def flat(number: int) -> str:
        return f"palm/3-1-{1 + number // 4}{1 + number % 4:02d}"

    # the work

    async def start(self) -> None:
        """Everything up, every door's flat in quarantine, every door shut and said to be."""
        self.broker.start()
        self.book_path.parent.mkdir(exist_ok=True)
        self.centre.start()
        self.gateway.start()
        for line in self.lines:
            line.start()
        await self.wait_until(lambda: b"house: open" in self.gateway.log.read_bytes(), "the house to open")
        async with Mqtt(broker_at(self.broker.url, "works-orders"), subscribe=[RESULTS]) as mqtt:
            orders = Orders(mqtt)

            async def listen() -> None:
                async for message in mqtt.messages():
                    orders.take(message)

            listening = asyncio.create_task(listen(), name="results")
            today = datetime.now(UTC).date()
            for number in range(len(self.lines)):
                order = OrderMessage(
                    order="begin_quarantine",
                    by="works",
                    flat=self.flat(number),
                    subject=f"{number:016x}",
                    ground="test",
                    first_day=today - timedelta(days=1),
                    last_day=today + timedelta(days=7),
                )
                result = await orders.send(GW, f"begin-{number}", order, 60.0)
                assert result.done, result.why
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
        await self.wait_until(self._doors_settled, "the nodes' first words to be acknowledged")

    def _doors_settled(self) -> bool:
        return all(line.nodes[0].happened and not line.nodes[0].held for line in self.lines)

    async def feed(self, seconds: float, rate: float, door_share: float = 0.1) -> None:
        """`rate` events a second: doors that open and shut, and codes at the scanners."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        states = [False] * len(self.lines)
        fed = doors_fed = 0
        while (now := loop.time()) < began + seconds:
            due = int((now - began) * rate)
            while fed < due:
                fed += 1
                if self.lines and (not self.scanners or fed * door_share >= doors_fed + 1):
                    number = doors_fed % len(self.lines)
                    doors_fed += 1
                    states[number] = not states[number]
                    self.lines[number].move(self.lines[number].nodes[0], states[number])
                    self.movements += 1
                else:
                    scanner = self.scanners[fed % len(self.scanners)]
                    scanner.cable.say(scanner.line(next(self.codes)))
                    self.texts_shown += 1
            await asyncio.sleep(0.002)

    async def settle(self) -> None:
        """Until nothing is held by a node and the centre has confirmed all the journal has."""
        await self.wait_until(lambda: not any(line.nodes[0].held for line in self.lines), "the nodes' rings to empty")
        await self.wait_until(self._all_confirmed, "the centre to have everything")

    def _all_confirmed(self) -> bool:
        return all(self.confirmed(stream) == last for stream, last in self.last_numbers().items())

    def last_numbers(self) -> dict[str, int]:
        """The newest number of each stream in the journal."""
        journal = apsw.Connection(str(self.data / "journal.db"), flags=apsw.SQLITE_OPEN_READONLY)
        with contextlib.closing(journal):
            journal.set_busy_timeout(5000)
            return dict(
                journal.execute(
                    "select stream, max(stream_number) from record where stream is not null group by stream"
                ).fetchall()
            )

    def confirmed(self, stream: str) -> int:
        """How far the centre's book goes without a hole."""
        with Book(self.book_path) as book:
            lines = [line for line in book.lines() if line.gw == GW and line.stream == stream]
            return max((book.upto(line) for line in lines), default=0)

    async def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + SETTLE_SECONDS
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"waited in vain for {what}; see {self.folder}")
            await asyncio.sleep(0.05)

    def account(self) -> Account:
        """Compare what the nodes know, what the journal has, and what the centre's book has."""
        account = Account()
        with Reader(self.data / "journal.db") as reader:
            records = list(reader.replay(0))
        told = [record for record in records if record.stream is not None]
        account.journaled = len(told)
        with Book(self.book_path) as book:
            account.faults = book.faults()
            for line in book.lines():
                there = set(book.numbers(line))
                account.at_centre += len(there)
                ours = {record.stream_number for record in told if record.stream == line.stream}
                account.lost += len(ours - there)
                account.doubled += len(there - ours)
        account.codes = sum(record.kind == "PassShown" for record in records)
        self._account_doors(records, account)
        return account

    def _account_doors(self, records: list[Record], account: Account) -> None:
        sources = {record.source for record in records if record.source}
        for line in self.lines:
            node = line.nodes[0]
            account.door_events += len(node.happened)
            account.held += len(node.held)
            account.dropped += node.dropped
            for happened in node.acknowledged:
                account.lost += f"{node.name}/{happened.ring}/{happened.sequence}" not in sources
        moved = [record for record in records if record.kind == "DoorMoved" and record.source]
        account.doubled += len(moved) - len({record.source for record in moved})
        alerts = sum(record.stream == "alert" for record in records)
        first_words = len(self.lines)  # "shut", at power-up, raises nothing
        account.doubled += max(0, alerts - (len(moved) - first_words))
        account.lost += max(0, (len(moved) - first_words) - alerts)

    def close(self) -> None:
        for line in self.lines:
            line.close()
        for scanner in self.scanners:
            scanner.close()
        for program in (self.gateway, self.centre):
            if program.process is not None and program.process.poll() is None:
                program.process.kill()
                program.process.wait(30)
        self.broker.stop()


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def peak_megabytes(pid: int) -> float:
    """The most that was ever resident: VmHWM, in KiB (proc(5))."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


@contextlib.asynccontextmanager
async def works(
    folder: Path,
    *,
    doors: int = 8,
    scanners: int = 3,
    cameras: Sequence[str] = (),
    pages: bool = False,
    snapshot_every: int = 5000,
) -> AsyncIterator[Works]:
    """Started, and ended by its own processes' pids."""
    built = Works(folder, doors=doors, scanners=scanners, cameras=cameras, pages=pages, snapshot_every=snapshot_every)
    try:
        await built.start()
        yield built
    finally:
        built.close()


def latencies(built: Works) -> list[float]:
    """Seconds from the house's hearing of an event to the centre's having it committed, for every message."""
    found = []
    with contextlib.closing(apsw.Connection(str(built.book_path), flags=apsw.SQLITE_OPEN_READONLY)) as book:
        for received, body in book.execute("select received, body from message"):
            heard = msgspec.json.decode(body)["heard"]
            found.append((datetime.fromisoformat(received) - datetime.fromisoformat(heard)).total_seconds())
    return sorted(found)
