"""A short day at the gate over real cables: scanners on pseudo-terminals, `menshen run`, a broker, the centre's book.

The codes come one by one, each after the one before is decided, so that the day's books and the house's agree on who
came first. The gateway is killed while there is no uplink; at the end the centre has every answer, once, as the day
(tests/day.py) says it must be.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import msgspec
import pytest

from devices.mqtt import Mqtt, broker_at
from gateway.centre.book import Book
from gateway.centre.orders import RESULTS, Orders
from gateway.messages.every import AlertMessage, DecisionMessage, OrderMessage, topic
from gateway.noise import UNREADABLE_EVERY
from gateway.orders.every import Order, PassWithdrawn, PersonWithdrawn, QuarantineBegun
from gateway.passes.keys import public_pem
from sim.scanner import OPENING_SECONDS
from tests.day import Day
from tests.day_cases import short_day
from tests.day_site import NORTH, SOUTH, WAYS
from tests.day_steps import Answer, Ordered, Passage, Said, TrustCame
from tests.works import GW, SETTLE_SECONDS, Works

PASSAGES = 300
ASK_AGAIN_SECONDS = 15.0  # the first code after a start is lost if the port was not yet open
LANES = list(WAYS)


class Gates(Works):
    """Four lanes, a scanner at each, and the contact of the fire alarm; the rest is that of the works."""

    def __init__(self, folder: Path, day: Day) -> None:
        self.day = day
        self.decided = 0
        self.quiet = dict.fromkeys(LANES, 0.0)  # until then a code nobody can read is noise to the house
        self.fresh: set[str] = set()  # lanes whose scanner has not been heard since the start
        super().__init__(folder, doors=1, scanners=len(LANES))

    def _issue(self) -> Iterator[str]:
        """Nothing for the installation but the root: the trust list comes by the broker."""
        (self.folder / "root.pub.pem").write_bytes(public_pem(self.day.office.root_public))
        return iter(())

    def _toml(self, snapshot_every: int) -> str:
        gates = "".join(
            f'[[compounds.gates]]\nid = "{gate.rpartition("/")[2]}"\nname = "门"\nnumber = {number}\n'
            + "".join(
                f'[[compounds.gates.lanes]]\nid = "{lane.rpartition("/")[2]}"\nname = "道"\ndirection = "{way}"\n'
                for lane, way in WAYS.items()
                if lane.startswith(gate)
            )
            for number, gate in enumerate((SOUTH, NORTH), 1)
        )
        scanners = "".join(
            f'[[links]]\nname = "scanner-{number}"\ndriver = "serial_scanner"\nlane = "{lane}"\n'
            f'settings = {{ port = "{scanner.port}" }}\n'
            for number, (lane, scanner) in enumerate(zip(LANES, self.scanners, strict=True))
        )
        (line,) = self.lines
        return (
            f'[gateway]\nid = "{GW}"\ndata = "{self.data}"\n'
            '[street]\nid = "street"\nname = "街道"\n[[compounds]]\nid = "palm"\nname = "棕榈苑"\n'
            f"{gates}"
            '[[compounds.buildings]]\nid = "3"\nname = "3号楼"\nfloors = 5\nflats_per_floor = 4\n'
            f'[passes]\nroots = ["{self.folder}/root.pub.pem"]\n'
            "[limits]\nrepeat_seconds = 0\nunattended_seconds = 0\n[rounds]\nhours = []\n"
            f'[uplink]\nreports = ["decisions"]\n[uplink.broker]\nport = {self.broker.port}\nclient_id = "{GW}"\n'
            "retry_ceiling_seconds = 1.0\nretry_floor_seconds = 0.2\n"
            f"[journal]\nsnapshot_every = {snapshot_every}\n"
            f"{scanners}"
            f'[[links]]\nname = "{line.name}"\ndriver = "door_node"\nsettings = {{ port = "{line.port}" }}\n'
            f'[[devices]]\nid = "{line.nodes[0].name}"\nkind = "fire"\nlink = "{line.name}"\nplace = "palm"\n'
        )

    async def start(self) -> None:
        self.broker.start()
        self.book_path.parent.mkdir(exist_ok=True)
        self.centre.start()
        await self.open()
        self.lines[0].start()
        await self.wait_until(self._doors_settled, "the fire contact's first word to be acknowledged")

    async def open(self) -> None:
        """The gateway, until it is open and has its ports."""
        self.gateway.start()
        opened = b"house: open"
        log = self.gateway.log
        await self.wait_until(lambda: log.read_bytes().count(opened) == self.gateway.starts, "the house to open")
        await self.wait_until(lambda: all(each.cable.plugged for each in self.scanners), "the ports to be opened")
        await asyncio.sleep(OPENING_SECONDS)  # as in sim/scanner.py: opening throws away what lay there
        self.fresh = set(LANES)

    async def play(self) -> None:
        for step in self.day.steps:
            match step:
                case Passage():
                    await self.pass_by(step)
                case Ordered(order=order):
                    await self.order(order)
                case TrustCame(trust=trust):
                    async with Mqtt(broker_at(self.broker.url, "day-trust")) as mqtt:
                        await mqtt.send(topic(GW, "trust"), trust.blob, retain=True)
                    await self.counted("TrustTaken", trust.version)
                case Said(what="uplink lost"):
                    self.broker.stop()
                case Said(what="uplink back"):
                    self.broker.start()
                case Said(what="kill"):
                    self.gateway.kill()
                    await self.open()
                case Said(what="fire contact"):
                    (line,) = self.lines
                    heard = self.count("FireSignalled")
                    line.move(line.nodes[0], True)
                    await self.counted("FireSignalled", heard + 1)
                case _:
                    raise AssertionError(step)

    async def pass_by(self, passage: Passage) -> None:
        """Hold a code before the scanner; its decision is on disk when this returns."""
        if not passage.legible:
            await asyncio.sleep(self.quiet[passage.lane] - time.monotonic())
        self.decided += 1
        scanner = self.scanners[LANES.index(passage.lane)]
        scanner.cable.say(scanner.line(passage.text))
        if passage.lane in self.fresh:
            self.fresh.remove(passage.lane)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ASK_AGAIN_SECONDS):
                    await self.counted("Decision", self.decided)
            if self.count("Decision") < self.decided:
                scanner.cable.say(scanner.line(passage.text))
        await self.counted("Decision", self.decided)
        if not passage.legible:
            self.quiet[passage.lane] = time.monotonic() + UNREADABLE_EVERY.total_seconds()

    async def order(self, order: Order) -> None:
        match order:
            case QuarantineBegun():
                message = OrderMessage(
                    order="begin_quarantine",
                    by=order.by,
                    flat=order.flat,
                    subject=order.subject,
                    ground=order.ground,
                    first_day=order.first_day,
                    last_day=order.last_day,
                )
            case PassWithdrawn(cti=cti):
                message = OrderMessage(order="withdraw_pass", by=order.by, cti=cti, reason=order.reason)
            case PersonWithdrawn(subject=subject):
                message = OrderMessage(order="withdraw_person", by=order.by, subject=subject, reason=order.reason)
            case _:
                raise AssertionError(order)
        async with Mqtt(broker_at(self.broker.url, "day-orders"), subscribe=[RESULTS]) as mqtt:
            orders = Orders(mqtt)

            async def listen() -> None:
                async for heard in mqtt.messages():
                    orders.take(heard)

            listening = asyncio.create_task(listen(), name="results")
            result = await orders.send(GW, order.id, message, 60.0)
            assert result.done, result.why
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening

    async def counted(self, kind: str, wanted: int) -> None:
        """Wait until so many records of a kind are on disk, and no more."""
        end = time.monotonic() + SETTLE_SECONDS
        while (count := self.count(kind)) < wanted:
            assert time.monotonic() < end, f"waited in vain for {kind} {wanted}; see {self.folder}"
            await asyncio.sleep(0.005)
        assert count == wanted

    def count(self, kind: str) -> int:
        """How many records of a kind are on disk."""
        journal = apsw.Connection(str(self.data / "journal.db"), flags=apsw.SQLITE_OPEN_READONLY)
        with contextlib.closing(journal):
            journal.set_busy_timeout(5000)
            number: int = journal.execute("select count(*) from record where kind = ?", (kind,)).get
            return number

    # what the centre has

    def at_centre(self, stream: str) -> list[bytes]:
        with contextlib.closing(apsw.Connection(str(self.book_path), flags=apsw.SQLITE_OPEN_READONLY)) as book:
            return [
                body for (body,) in book.execute("select body from message where stream = ? order by number", (stream,))
            ]


@contextlib.asynccontextmanager
async def gates(folder: Path, day: Day) -> AsyncIterator[Gates]:
    built = Gates(folder, day)
    try:
        await built.start()
        yield built
    finally:
        built.close()


@pytest.mark.asyncio
@pytest.mark.timeout(600)
async def test_three_hundred_passages_arrive_at_the_centre_as_the_day_says(tmp_path: Path) -> None:
    day = short_day(11, datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1), PASSAGES)
    async with gates(tmp_path, day) as played:
        await played.play()
        await played.settle()
        decisions = msgspec.json.Decoder(DecisionMessage)
        told = [decisions.decode(body) for body in played.at_centre("report")]
        alerts = [msgspec.json.decode(body, type=AlertMessage) for body in played.at_centre("alert")]
        with Book(played.book_path) as book:
            assert book.faults() == []
        starts = played.gateway.starts
    wanted = [step.answer for step in day.steps if isinstance(step, Passage)]
    got = [Answer(each.place, each.direction, each.verdict, each.reason, each.cti) for each in told]
    assert [(want, have) for want, have in zip(wanted, got, strict=True) if want != have] == []
    newest = {alert.alert: alert for alert in alerts}
    rang = sorted((str(each.kind), each.subject or each.place, each.count, each.open) for each in newest.values())
    assert rang == sorted((alarm.kind, alarm.key, alarm.count, alarm.open) for alarm in day.alarms)
    assert starts == 2
    assert len({want.reason for want in wanted}) >= 11
