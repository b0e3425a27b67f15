"""The centre against a real mosquitto: what it commits and acknowledges, also when it or the broker dies."""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from devices.mqtt import Broker, Mqtt, NotConnected, WindowFull
from gateway.centre.book import Book, Line
from gateway.centre.receiver import MANY, SUBSCRIPTIONS, Receiver
from tests.gateway.centre.letters import NOW, letter
from tests.mosquitto import Mosquitto, mosquitto

PATIENCE = 60.0
ALERTS = Line("gw-1", "alert", "e1")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path / "broker", "max_inflight_messages 200", persistent=True) as running:
        yield running


def settings(broker: Mosquitto, client_id: str) -> Broker:
    quick = {"retry_floor_seconds": 0.05, "retry_ceiling_seconds": 0.2, "answer_seconds": 5.0}
    return Broker.model_validate({"port": broker.port, "client_id": client_id, **quick})


@contextlib.asynccontextmanager
async def centre(broker: Mosquitto, path: Path, rest_seconds: float = 0.01) -> AsyncIterator[Receiver]:
    with Book(path) as book, ThreadPoolExecutor(1) as pool:
        async with Mqtt(settings(broker, "centre"), subscribe=SUBSCRIPTIONS) as mqtt:
            await mqtt.connected()
            receiver = Receiver(mqtt, book, pool, lambda: NOW, rest_seconds=rest_seconds)
            task = asyncio.create_task(receiver.run())
            try:
                yield receiver
            finally:
                task.cancel()
                await asyncio.wait([task])


class Gateway:
    """A gateway's end of the contract in a few lines: send from the oldest unconfirmed until all is confirmed."""

    def __init__(self, mqtt: Mqtt, count: int) -> None:
        self.mqtt, self.count, self.upto, self.acks = mqtt, count, 0, list[dict[str, object]]()

    async def send(self, *numbers: int) -> None:
        for number in numbers:
            await self.mqtt.send("menshen/v1/gw-1/alert", letter(number))

    async def hear(self, wanted: int) -> None:
        """Until the centre has confirmed 1 .. wanted."""
        while self.upto < wanted:
            for message in await self.mqtt.take():
                self.mqtt.ack(message)
                ack = json.loads(message.payload)
                self.acks.append(ack)
                self.upto = max(self.upto, ack["upto"])

    async def resend_until_confirmed(self) -> None:
        hearing = asyncio.create_task(self.hear(self.count))
        while not hearing.done():
            for number in range(self.upto + 1, self.count + 1):
                await self.mqtt.room()
                with contextlib.suppress(NotConnected, WindowFull):
                    self.mqtt.publish("menshen/v1/gw-1/alert", letter(number))
            await asyncio.wait([hearing], timeout=0.5)
        await hearing


@contextlib.asynccontextmanager
async def gateway(broker: Mosquitto, count: int = 0) -> AsyncIterator[Gateway]:
    async with Mqtt(settings(broker, "gw-1"), subscribe=["menshen/v1/gw-1/ack"]) as mqtt:
        await mqtt.connected()
        yield Gateway(mqtt, count)


@pytest.mark.asyncio
async def test_it_commits_then_acknowledges_cumulatively_and_again_for_what_it_knows(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with asyncio.timeout(PATIENCE), centre(broker, tmp_path / "book"), gateway(broker) as gw:
        await gw.send(1, 2, 3)
        await gw.hear(3)
        assert gw.acks[-1] == {"stream": "alert", "epoch": "e1", "upto": 3, "ids": []}
        gw.upto = 0  # as if the acknowledgement had been lost
        await gw.send(2)
        await gw.hear(3)
        await gw.send(5)
        await gw.send(4)
        await gw.hear(5)
    with Book(tmp_path / "book") as book:
        assert book.numbers(ALERTS) == [1, 2, 3, 4, 5]


@pytest.mark.asyncio
async def test_the_first_is_acknowledged_at_once_and_what_follows_shares_one(broker: Mosquitto, tmp_path: Path) -> None:
    """`rest_seconds` is longer than the test: only the number of messages can end it."""
    async with (
        centre(broker, tmp_path / "centre.db", rest_seconds=3600),
        gateway(broker) as far,
        asyncio.timeout(PATIENCE),
    ):
        await far.send(1)
        await far.hear(1)
        await far.send(*range(2, MANY + 2))
        await far.hear(MANY + 1)
        assert [ack["upto"] for ack in far.acks] == [1, MANY + 1]


@pytest.mark.asyncio
async def test_a_hole_is_said_shown_and_not_acknowledged_until_it_is_filled(
    broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with asyncio.timeout(PATIENCE), centre(broker, tmp_path / "book"), gateway(broker) as gw:
        await gw.send(1, 2, 5)
        await gw.hear(2)
        await gw.send(1, 6)
        while "3 is missing" not in caplog.text:  # noqa: ASYNC110 - a look now and then, with no event to wait for
            await asyncio.sleep(0.02)
        assert gw.upto == 2
        await gw.send(3, 4)
        await gw.hear(6)
        assert {ack["upto"] for ack in gw.acks} <= {1, 2, 3, 6}


@pytest.mark.asyncio
async def test_hostile_messages_neither_stop_it_nor_are_acknowledged(
    broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with asyncio.timeout(PATIENCE), centre(broker, tmp_path / "book") as receiver, gateway(broker) as gw:
        for body in (b"", b"\xff", b"[" * 200_000, letter(1, gw="gw-2"), b"x" * 300_000):
            await gw.mqtt.send("menshen/v1/gw-1/alert", body)
        await gw.send(1)
        await gw.mqtt.send("menshen/v1/gw-1/alert", letter(1, kind="fall"))
        await gw.send(2)
        await gw.hear(2)
        assert (receiver.received, receiver.faults) == (2, 6)
        assert "gw-1: the same number with another content (alert e1/1)" in caplog.text


@pytest.mark.asyncio
@pytest.mark.parametrize("how", ["kill", "freeze, then kill"])
async def test_nothing_is_lost_or_doubled_when_the_broker_dies_in_a_burst(
    broker: Mosquitto, tmp_path: Path, how: str
) -> None:
    count = 2000
    async with asyncio.timeout(PATIENCE), centre(broker, tmp_path / "book") as receiver, gateway(broker, count) as gw:
        sending = asyncio.create_task(gw.resend_until_confirmed())
        for enough in (200, 900):
            while receiver.received < enough:  # noqa: ASYNC110 - a look now and then, with no event to wait for
                await asyncio.sleep(0.005)
            if how != "kill":
                broker.freeze()
                await asyncio.wait([sending], timeout=1.0)  # let both ends talk to a stone for a while
            broker.kill()
            broker.start()
        await sending
    with Book(tmp_path / "book") as book:
        assert book.numbers(ALERTS) == list(range(1, count + 1))
        assert book.faults() == []


_DIES_BETWEEN_COMMIT_AND_ACK = """
import asyncio, os, sys
from pathlib import Path
from gateway.centre import app, receiver
receiver.Receiver._committed = lambda self, kept: os.kill(os.getpid(), 9)
config = app.CentreConfig(book=Path(sys.argv[1]), broker={"client_id": "centre", "port": int(sys.argv[2])})
asyncio.run(app.run(config, asyncio.Event(), ready=lambda: print("ready", flush=True)))
"""


@pytest.mark.asyncio
async def test_killed_between_commit_and_acknowledgement_it_takes_the_repeats_for_what_they_are(
    broker: Mosquitto, tmp_path: Path
) -> None:
    path = tmp_path / "book"
    async with asyncio.timeout(PATIENCE), gateway(broker) as gw:
        arguments = ["-c", _DIES_BETWEEN_COMMIT_AND_ACK, str(path), str(broker.port)]
        victim = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
        assert victim.stdout is not None
        assert await victim.stdout.readline() == b"ready\n"
        while victim.returncode is None:
            await gw.send(1, 2, 3)
            await asyncio.wait([asyncio.ensure_future(victim.wait())], timeout=0.5)
        assert victim.returncode == -signal.SIGKILL
        assert gw.upto == 0
        async with centre(broker, path) as receiver:
            await gw.send(1, 2, 3)
            await gw.hear(3)
            assert receiver.known > 0
    with Book(path) as book:
        assert book.numbers(ALERTS) == [1, 2, 3]
        assert book.faults() == []
