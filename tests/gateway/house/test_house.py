"""The house as a real process on real pseudo-terminals: closed in order, or cut off, and as it was before."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.bodies import read_body
from gateway.entries import EntryClass, Record
from gateway.findings import Alert
from gateway.gatekeeper import Gatekeeper
from gateway.house.recall import recall
from gateway.journal.journal import open_journal
from gateway.journal.reader import Reader
from gateway.kinds import Kind
from gateway.orders.every import QuarantineBegun
from gateway.passes.claims import Claims
from gateway.passes.gate_pass import ALL_GATES
from gateway.passes.gate_pass import Kind as Holder
from gateway.passes.issue import issue
from gateway.passes.keys import kid_of, public_bytes, public_pem
from gateway.passes.trust import IssuingKey, TrustList
from gateway.passes.trust_list import write_trust
from gateway.state.state import State
from sim.door_line import DoorLine
from sim.door_node import DoorNode
from sim.scanner import Scanner
from tests.mosquitto import free_port

SOON = 60.0
CLOSES_WITHIN = 12.0  # its own limit is 3 s, on a machine that does nothing else; systemd kills after 15
FLAT = "palm/3-1-101"
SUBJECT = "5afe000000000001"


class Premises:
    """A folder with everything a house needs, a door on a cable, a scanner, and passes to show."""

    def __init__(self, folder: Path, *, left_open_seconds: float = 86_400.0) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self.line = DoorLine("cable", [DoorNode(device=0x101, boot=1)])
        self.scanner = Scanner()
        self.root, self.key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        self.start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
        self.log = folder / "house.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.shown = 0
        issuing = IssuingKey(
            public=public_bytes(self.key),
            kinds=frozenset(Holder),
            compounds={1: "palm"},
            epoch=1,
            not_before=self.start,
            not_after=self.start + timedelta(days=90),
        )
        listed = TrustList(version=1, issued_at=self.start, next_update=issuing.not_after, keys=(issuing,))
        (folder / "trust.cose").write_bytes(write_trust(listed, self.root))
        (folder / "root.pem").write_bytes(public_pem(public_bytes(self.root)))
        self.config = folder / "menshen.toml"
        self.config.write_text(
            f"""
            gateway = {{ id = "palm-1", data = "{self.data}" }}
            street = {{ id = "nanyuan", name = "南苑" }}
            pages = {{ port = {self.port} }}
            journal = {{ snapshot_every = 200 }}
            limits = {{ left_open_seconds = {left_open_seconds}, repeat_seconds = 0 }}
            passes = {{ roots = ["{folder}/root.pem"], trust = "{folder}/trust.cose" }}
            [[compounds]]
            id = "palm"
            name = "棕榈苑"
            gates = [{{ id = "south", name = "南门", number = 1, lanes = [
                {{ id = "in", name = "进", direction = "in" }}] }}]
            buildings = [{{ id = "3", name = "3号楼", floors = 2, flats_per_floor = 2 }}]
            [[links]]
            name = "cable"
            driver = "door_node"
            settings = {{ port = "{self.line.port}" }}
            [[links]]
            name = "scanner"
            driver = "serial_scanner"
            lane = "palm/south/in"
            settings = {{ port = "{self.scanner.port}" }}
            [[devices]]
            id = "node-00000101"
            kind = "door"
            link = "cable"
            place = "{FLAT}"
            """,
            "utf-8",
        )

    def text(self, *, once: bool = False) -> str:
        """A fresh pass of a fresh person."""
        self.shown += 1
        claims = Claims(
            cti=self.shown.to_bytes(8, "big"),
            subject=(1000 + self.shown).to_bytes(8, "big"),
            compound_number=1,
            kind=Holder.RESIDENT,
            gates=ALL_GATES,
            not_before=self.start,
            not_after=self.start + timedelta(days=30),
            once=once,
        )
        return issue(claims, self.key, kid_of(public_bytes(self.key)))

    # the house

    def menshen(self, word: str, command: str, *arguments: str, said: str = "") -> str:
        """Another command on this house, while it is closed; what it printed."""
        line = [sys.executable, "-m", "gateway", word, command, "-c", str(self.config), *arguments]
        done = subprocess.run(line, input=said, text=True, capture_output=True, timeout=SOON)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    async def open(self, *, pages: bool = False) -> float:
        """Start it and wait until it is open; seconds it took."""
        before = self.log.read_bytes().count(b"house: open") if self.log.exists() else 0
        began = time.monotonic()
        arguments = ["run", "--config", str(self.config), *([] if pages else ["--no-pages"])]
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "gateway", *arguments]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: ASYNC220 - waited for in a thread
        await self.until(lambda: self.log.read_bytes().count(b"house: open") > before)
        return time.monotonic() - began

    async def close(self) -> tuple[int, float]:
        """SIGTERM; exit code and seconds."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(self.process.wait, SOON)
        return code, time.monotonic() - began

    async def cut(self) -> None:
        assert self.process is not None
        self.process.kill()
        await asyncio.to_thread(self.process.wait, SOON)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(SOON):
            while not condition():
                assert self.process is None or self.process.poll() is None, self.log.read_text("utf-8")
                await asyncio.sleep(0.02)

    # what it is fed, and what it kept

    async def feed(self, seconds: float) -> None:
        """Doors and codes, as fast as three hundred a second."""
        node, end, is_open = self.line.nodes[0], time.monotonic() + seconds, False
        texts = [self.text(once=number % 3 == 0) for number in range(60)]
        number = 0
        while time.monotonic() < end:
            is_open = not is_open
            self.line.move(node, is_open)
            self.scanner.cable.say(self.scanner.line(texts[number % len(texts)]))
            number += 1
            await asyncio.sleep(0.025)

    def records(self) -> list[Record]:
        with Reader(self.data / "journal.db") as reader:
            return list(reader.replay(0))

    def nothing_acknowledged_is_missing(self) -> bool:
        node = self.line.nodes[0]
        sources = {record.source for record in self.records()}
        return all(f"{node.name}/{h.ring}/{h.sequence}" in sources for h in node.acknowledged)

    def acknowledged_more_than(self, count: int) -> bool:
        return len(self.line.nodes[0].acknowledged) > count

    async def remembered(self) -> State:
        """What a start would make of the journal now."""
        async with open_journal(self.data / "journal.db") as journal:
            return recall(journal).state

    def replayed(self) -> State:
        """The same from the first record, with no snapshot."""
        gatekeeper = Gatekeeper(State())
        pairs = ((r, read_body(r.body)) for r in self.records() if r.body and r.entry_class is EntryClass.INPUT)
        list(gatekeeper.replay(pairs))
        return gatekeeper.state

    async def quarantine(self) -> None:
        """As if ordered yesterday: put into the journal while the house is closed."""
        async with open_journal(self.data / "journal.db") as journal:
            gatekeeper = recall(journal)
            today = datetime.now(UTC).date()
            order = QuarantineBegun(
                id="q1",
                at=gatekeeper.state.heard,
                by="d1",
                flat=FLAT,
                subject=SUBJECT,
                ground="order 7",
                first_day=today - timedelta(days=1),
                last_day=today + timedelta(days=7),
            )
            batch, result = gatekeeper.order(order)
            assert result.done, result.why
            journal.submit(batch, lambda done: None)


@asynccontextmanager
async def premises(folder: Path, **how: float) -> AsyncIterator[Premises]:
    here = Premises(folder, **how)
    here.line.start()
    try:
        yield here
    finally:
        if here.process is not None and here.process.poll() is None:
            here.process.kill()
            here.process.wait(SOON)
        here.line.close()
        here.scanner.close()


REMEMBERED = ("alerts", "ringing", "inside", "open_doors", "hot", "off", "spent", "counters", "sources", "timers")


def parts(state: State) -> dict[str, object]:
    return {name: getattr(state, name) for name in REMEMBERED}


@pytest.mark.asyncio
async def test_sigterm_closes_it_in_order(tmp_path: Path) -> None:
    async with premises(tmp_path) as here:
        await here.open()
        await here.until(lambda: bool(here.line.nodes[0].acknowledged))
        feeding = asyncio.create_task(here.feed(30.0))
        await here.until(lambda: len(here.line.nodes[0].acknowledged) > 20)
        code, took = await here.close()
        feeding.cancel()
        await asyncio.wait([feeding])
        assert code == 0, here.log.read_text("utf-8")
        assert took < CLOSES_WITHIN
        assert "Traceback" not in here.log.read_text("utf-8")
        assert here.nothing_acknowledged_is_missing()
        with Reader(here.data / "journal.db") as reader:
            snapshot = reader.newest_snapshot(None)
            assert snapshot is not None
            assert snapshot.number == reader.last()  # the next start reads nothing twice
            assert reader.check() == []
        assert parts(await here.remembered()) == parts(here.replayed())


@pytest.mark.asyncio
async def test_sigterm_while_pages_are_being_read(tmp_path: Path) -> None:
    async with premises(tmp_path) as here:
        here.menshen("staff", "add", "--id", "g1", "--name", "张卫", "--role", "guard", said="258013\n")
        await here.open(pages=True)
        origin = f"http://127.0.0.1:{here.port}"
        async with httpx.AsyncClient(base_url=origin, headers={"Origin": origin}, timeout=SOON) as browser:
            form = await browser.get("/login")
            token = re.search(r'name="csrf"[^>]*value="([^"]+)"', form.text)
            assert token is not None
            answer = await browser.post(
                "/login", data={"csrf": token.group(1), "name": "g1", "pin": "258013", "next": ""}
            )
            assert answer.status_code == 303
            async with browser.stream("GET", "/live/guard") as live, browser.stream("GET", "/live/guard") as other:
                assert live.status_code == other.status_code == 200
                lines = live.aiter_lines()
                await asyncio.wait_for(anext(lines), SOON)
                code, took = await here.close()
        assert code == 0, here.log.read_text("utf-8")
        assert took < CLOSES_WITHIN
        assert "Traceback" not in here.log.read_text("utf-8")


@pytest.mark.asyncio
async def test_kill_under_load_and_everything_stands_as_before(tmp_path: Path) -> None:
    async with premises(tmp_path) as here:
        await here.open()
        assert (await here.close())[0] == 0
        await here.quarantine()
        for cut in range(2):
            await here.open()
            before = len(here.line.nodes[0].acknowledged)
            feeding = asyncio.create_task(here.feed(30.0))
            await here.until(partial(here.acknowledged_more_than, before + 15))
            await here.cut()
            feeding.cancel()
            await asyncio.wait([feeding])
            assert here.nothing_acknowledged_is_missing(), cut
            state = await here.remembered()
            assert state.alerts
            assert state.inside
            assert state.spent
            assert parts(state) == parts(here.replayed())
        await here.open()
        await here.until(lambda: not here.line.nodes[0].held)
        assert (await here.close())[0] == 0
        assert here.nothing_acknowledged_is_missing()
        moved = [r.source for r in here.records() if r.kind == "DoorMoved" and r.source]
        assert len(moved) == len(set(moved))
        after = await here.remembered()
        assert after.spent.keys() >= state.spent.keys()
        assert after.alerts.keys() == state.alerts.keys()


@pytest.mark.asyncio
async def test_a_journal_that_is_gone_is_an_alert_at_the_next_start(tmp_path: Path) -> None:
    async with premises(tmp_path) as here:
        await here.open()
        assert (await here.close())[0] == 0
        kept = len(here.records())
        for part in here.data.glob("journal.db*"):
            if not part.name.endswith(".mark"):
                part.unlink()
        await here.open()
        assert (await here.close())[0] == 0
        alerts = [read_body(r.body) for r in here.records() if r.kind == "Alert" and r.body]
        lost = [alert for alert in alerts if isinstance(alert, Alert) and alert.kind is Kind.JOURNAL_LOST]
        assert [(alert.count, alert.severity, alert.open) for alert in lost] == [(kept, "critical", True)]


@pytest.mark.asyncio
async def test_a_door_left_open_over_a_kill_is_told_once_and_dated_right(tmp_path: Path) -> None:
    async with premises(tmp_path, left_open_seconds=3.0) as here:
        await here.open()
        assert (await here.close())[0] == 0
        await here.quarantine()
        await here.open()
        node = here.line.nodes[0]
        before = len(node.acknowledged)
        here.line.move(node, True)
        await here.until(lambda: len(node.acknowledged) > before)
        await here.cut()
        for _ in range(2):
            await here.open()
            await here.until(lambda: any(left_open(here)))
            await here.cut()
        opened = [
            read_body(r.body) for r in here.records() if r.kind == "DoorMoved" and r.body and b'"open":true' in r.body
        ]
        assert [alert.raised_at for alert in left_open(here)] == [opened[0].at + timedelta(seconds=3)]  # type: ignore[attr-defined]  # a DoorMoved
        assert [alert.revision for alert in left_open(here)] == [1]


def left_open(here: Premises) -> list[Alert]:
    bodies = [read_body(r.body) for r in here.records() if r.kind == "Alert" and r.body]
    return [b for b in bodies if isinstance(b, Alert) and b.kind is Kind.QUARANTINE_DOOR_LEFT_OPEN]


@pytest.mark.asyncio
async def test_nothing_secret_in_the_journal_or_the_log(tmp_path: Path) -> None:
    async with premises(tmp_path) as here:
        band_key = "00112233445566778899aabbccddeeff"
        keys = tmp_path / "keys.csv"
        keys.write_text(f"device,key_hex\nband-1,{band_key}\n")
        staff = ("staff", "add", "--id", "d1", "--name", "欧阳静怡", "--role", "duty_officer")
        assert "864203" not in here.menshen(*staff, said="864203\n")
        here.menshen("devices", "import", str(keys))
        await here.open()
        text, foreign = here.text(), "https://example.org/health?id=310101199003071234"
        for code in (text, foreign):
            await here.scanner.scan(code)
        here.line.cable.say(b"\x05SECRETBYTES\x00")
        await here.until(lambda: sum(r.kind == "PassShown" for r in here.records()) == 2)
        assert (await here.close())[0] == 0
        planted = ["欧阳静怡", "864203", band_key, text, foreign, "310101199003071234", "SECRETBYTES"]
        files = [here.log, *(path for path in here.data.rglob("*") if path.is_file() and "secrets" not in path.parts)]
        assert here.data / "journal.db" in files
        for file in files:
            content = file.read_bytes()
            for secret in planted:
                for form in (secret.encode(), json.dumps(secret).strip('"').encode()):
                    assert form not in content, f"{secret} in {file.name}"
            assert bytes.fromhex(band_key) not in content, file.name
        for file in here.data.rglob("*"):
            if file.is_file() and ("secrets" in file.parts or file.suffix in (".db", ".json")):
                assert os.stat(file).st_mode & 0o077 == 0, f"others may read {file.name}"
