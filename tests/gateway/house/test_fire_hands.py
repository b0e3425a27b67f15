"""Fire with the disk and the uplink dead: a real house, a real cable, and a disk that does not answer.

The contact and the barrier are door nodes on pseudo-terminals; the disk is held in the journal's own writer.
"""

import asyncio
import contextlib
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest

from gateway.config.plan import load_config
from gateway.house.house import House, open_house
from gateway.journal.file import JournalFile
from gateway.orders.every import FireDeclared, FireEnded
from gateway.pages.app import create_app
from gateway.pages.desk import PageSettings
from gateway.sd_notify import SystemdNotifier
from sim.door_line import DoorLine
from sim.door_node import DoorNode
from tests.gateway.pages.fake_house import FakeStaff
from tests.house_toml import gate as south
from tests.house_toml import house_toml, lane
from tests.mosquitto import free_port

CONTACT, BARRIER = 0xF1, 0xB1
PLUGGED_IN = """
[[links]]
name = "contact"
driver = "door_node"
settings = {{ port = "{contact}" }}
[[links]]
name = "barrier"
driver = "door_node"
settings = {{ port = "{barrier}" }}
[[devices]]
id = "node-000000f1"
kind = "fire"
link = "contact"
place = "palm"
[[devices]]
id = "node-000000b1"
kind = "output"
link = "barrier"
[uplink.broker]
port = 9
client_id = "palm-1"
"""
WAY_OUT = south(lane("out", output="node-000000b1"))


class Gate:
    """A house whose broker never answers, its fire contact and its barrier."""

    def __init__(self, house: House, contact: DoorLine, barrier: DoorLine) -> None:
        self.house = house
        self.contact = contact
        self.barrier = barrier

    @property
    def is_open(self) -> bool:
        return self.barrier.nodes[0].relay

    async def on_record(self) -> bool:
        """Is the alert of the fire on disk?"""
        records = await self.house.journal.since(0, 1000)
        return any(record.kind == "Alert" and b'"fire"' in (record.body or b"") for record in records)

    async def until(self, is_open: bool) -> None:
        while self.is_open is not is_open:  # noqa: ASYNC110 - a relay rings no bell
            await asyncio.sleep(0.005)

    @contextmanager
    def dead_disk(self) -> Iterator[None]:
        """The journal's writer hangs in its next work, as in an fsync that does not return."""
        released = threading.Event()
        hold = asyncio.ensure_future(self.house.journal._chore(lambda file: _hang(file, released)))
        try:
            yield
        finally:
            released.set()
            hold.add_done_callback(lambda done: done.exception())


def _hang(file: JournalFile, released: threading.Event) -> None:
    released.wait(60)


@asynccontextmanager
async def gate(folder: Path) -> AsyncIterator[Gate]:
    lines = DoorLine("contact", [DoorNode(device=CONTACT)]), DoorLine("barrier", [DoorNode(device=BARRIER)])
    plugged_in = PLUGGED_IN.format(contact=lines[0].port, barrier=lines[1].port)
    config = house_toml(folder, plugged_in, gates=[WAY_OUT])
    stop = asyncio.Event()
    try:
        async with open_house(load_config(config)) as house, asyncio.TaskGroup() as tasks, asyncio.timeout(60):
            tasks.create_task(house.stand(stop, SystemdNotifier(None), None))
            for line in lines:
                line.start()
            while any(not line.nodes[0].happened or line.nodes[0].held for line in lines):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
            yield Gate(house, *lines)
            stop.set()
    finally:
        for line in lines:
            line.close()


@pytest.mark.asyncio
async def test_a_contact_opens_the_lane_with_disk_and_uplink_dead(tmp_path: Path) -> None:
    async with gate(tmp_path) as here:
        with here.dead_disk():
            here.contact.move(here.contact.nodes[0], True)
            await here.until(True)
            assert not await here.on_record()
        while not await here.on_record():  # noqa: ASYNC110 - the disk is back, and rings no bell
            await asyncio.sleep(0.01)
        assert here.is_open


@pytest.mark.asyncio
async def test_the_button_opens_the_lane_without_a_log_in_and_without_the_disk(tmp_path: Path) -> None:
    async with gate(tmp_path) as here:
        app = create_app(here.house, FakeStaff(), PageSettings(session_key=b"k" * 32))
        transport = httpx.ASGITransport(app, client=("10.0.0.9", 40000))
        headers = {"Origin": "http://gate.test"}
        async with httpx.AsyncClient(transport=transport, base_url="http://gate.test", headers=headers) as browser:
            with here.dead_disk():
                press = asyncio.create_task(browser.post("/fire", data={"compound": "palm"}))
                await here.until(True)
                assert not press.done()
            answer = await press
        assert answer.status_code == 303
        foreign = {"Origin": "http://elsewhere.test"}
        async with httpx.AsyncClient(transport=transport, base_url="http://gate.test", headers=foreign) as stranger:
            assert (await stranger.post("/fire", data={"compound": "palm"})).status_code == 403


@pytest.mark.asyncio
async def test_it_is_held_through_a_reset_of_the_relay_and_ends_by_name(tmp_path: Path) -> None:
    async with gate(tmp_path) as here:
        await here.house.order(FireDeclared(id="f1", at=here.house.clock.now(), by="fire-button", compound="palm"))
        await here.until(True)
        here.barrier.nodes[0].reset(here.barrier.now_ms())  # the watchdog bit: the relay let go
        assert not here.is_open
        await here.until(True)
        ended = FireEnded(id="e1", at=here.house.clock.now(), by="d1", compound="palm")
        assert (await here.house.order(ended)).done
        await here.until(False)
        await asyncio.sleep(1.2)  # longer than the hands take to hold again, if they still held
        assert not here.is_open


@pytest.mark.asyncio
async def test_a_house_that_cannot_open_its_journal_still_answers_a_fire(tmp_path: Path) -> None:
    lines = DoorLine("contact", [DoorNode(device=CONTACT)]), DoorLine("barrier", [DoorNode(device=BARRIER)])
    plugged_in = PLUGGED_IN.format(contact=lines[0].port, barrier=lines[1].port)
    config = house_toml(tmp_path, f"{plugged_in}[pages]\nport = {(port := free_port())}\n", gates=[WAY_OUT])
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "journal.db").write_bytes(b"no database, but what was left of one" * 400)
    with (tmp_path / "log").open("w") as log:
        command = [sys.executable, "-m", "gateway", "run", "--config", str(config)]
        house = subprocess.Popen(command, stderr=log)  # noqa: ASYNC220 - starts and returns; nothing else runs yet
    try:
        for line in lines:
            line.start()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as browser:
            answer = None
            while answer is None:
                assert house.poll() is None, (tmp_path / "log").read_text()
                with contextlib.suppress(httpx.ConnectError):
                    answer = await browser.get("/guard")
                await asyncio.sleep(0.05)
            assert answer.status_code == 503
            assert "Fire: open every lane" in answer.text
            assert (await browser.post("/fire", data={"compound": "palm"})).status_code == 403  # from no page of ours
        lines[0].move(lines[0].nodes[0], True)
        while not lines[1].nodes[0].relay:  # noqa: ASYNC110 - a relay rings no bell
            await asyncio.sleep(0.01)
        house.terminate()
        assert await asyncio.to_thread(house.wait, 30) == 0
    finally:
        if house.poll() is None:
            house.kill()
        house.wait(30)
        for line in lines:
            line.close()


@pytest.mark.asyncio
async def test_a_second_house_on_one_journal_ends_in_one_line_and_touches_no_cable(tmp_path: Path) -> None:
    async with gate(tmp_path):
        command = [sys.executable, "-m", "gateway", "run", "--no-pages", "--config", str(tmp_path / "menshen.toml")]
        second = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
        _, said = await second.communicate()
    assert second.returncode == 1
    assert "another house" in said.decode()
    assert "Traceback" not in said.decode()
    assert "link open" not in said.decode()
