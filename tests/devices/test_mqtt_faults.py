"""The MQTT link when the broker is killed, frozen, hostile, away, or refuses us, and when we die."""

import asyncio
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.mqtt import (
    LOST,
    Broker,
    Message,
    Mqtt,
    Will,
    accepted,
)
from tests.devices.mqtt_links import PATIENCE, settings, until_reason
from tests.mosquitto import Mosquitto, mosquitto


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path / "broker", "max_inflight_messages 200", persistent=True) as running:
        yield running


@pytest.mark.asyncio
async def test_a_broker_killed_in_a_burst_answers_each_publish_with_a_code_or_lost(broker: Mosquitto) -> None:
    async with asyncio.timeout(PATIENCE), Mqtt(settings(broker, "gw")) as mqtt:
        first = await mqtt.connected()
        broker.freeze()  # so that some are in flight for certain
        answers = [mqtt.publish("a", b"%d" % number) for number in range(mqtt.window)]
        broker.kill()
        assert set(await asyncio.gather(*answers)) == {LOST}
        await first.ended.wait()
        assert mqtt.in_flight == 0
        broker.start()
        second = await mqtt.connected()
        assert second.number > first.number
        assert accepted(await mqtt.publish("a", b"again"))


@pytest.mark.asyncio
@pytest.mark.parametrize("busy", [True, False])
async def test_a_frozen_broker_is_noticed_whether_or_not_something_is_in_flight(broker: Mosquitto, busy: bool) -> None:
    impatient = settings(broker, "gw", answer_seconds=1.0, keepalive_seconds=1)
    async with asyncio.timeout(PATIENCE), Mqtt(impatient) as mqtt:
        session = await mqtt.connected()
        broker.freeze()
        answer = mqtt.publish("a", b"x") if busy else None
        await session.ended.wait()
        if answer is not None:
            assert await answer == LOST
        await until_reason(mqtt, "no answer to CONNECT")  # the kernel still takes connections for it
        broker.thaw()
        assert accepted(await mqtt.send("a", b"x"))


@pytest.mark.asyncio
async def test_leaving_is_quick_though_the_broker_is_frozen(broker: Mosquitto) -> None:
    async with asyncio.timeout(PATIENCE):
        async with Mqtt(settings(broker, "gw", answer_seconds=300.0)) as mqtt:
            await mqtt.connected()
            broker.freeze()
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 30.0  # far from the 300 s of patience


_DIES = """
import asyncio, os, sys
from devices.mqtt import Broker, Mqtt, Will
async def main():
    will = Will("gone/gw", b"offline", retain=False, delay_seconds=int(sys.argv[2]))
    async with Mqtt(Broker(port=int(sys.argv[1]), client_id="gw"), will=will) as mqtt:
        await mqtt.connected()
        os.kill(os.getpid(), 9)
asyncio.run(main())
"""


@pytest.mark.asyncio
async def test_the_last_will_is_said_after_its_delay_and_not_when_we_leave_in_order(broker: Mosquitto) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(PATIENCE), Mqtt(settings(broker, "watcher"), subscribe=["gone/+"]) as watcher:
        await watcher.connected()
        async with Mqtt(settings(broker, "polite"), will=Will("gone/polite", b"offline")) as polite:
            await polite.connected()
        delays = []
        for delay_seconds in (0, 3):
            dying = await asyncio.create_subprocess_exec(
                sys.executable, "-c", _DIES, str(broker.port), str(delay_seconds)
            )
            assert await dying.wait() == -signal.SIGKILL
            died = loop.time()
            (message,) = await watcher.take()
            watcher.ack(message)
            assert (message.topic, message.payload) == ("gone/gw", b"offline")
            delays.append(loop.time() - died)
        assert delays[1] >= 1.5  # mosquitto counts whole seconds


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Mosquitto]:
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "gw-1", "right"], check=True, capture_output=True)
    tmp_path.chmod(0o755)
    passwords.chmod(0o644)
    with mosquitto(tmp_path / "broker", f"password_file {passwords}", anonymous=False) as running:
        yield running


@pytest.mark.asyncio
@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
async def test_a_wrong_password_is_said_in_words_and_a_right_one_taken_without_a_restart(
    guarded: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture, protocol: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("wrong\n")
    told = settings(guarded, "gw", username="gw-1", password_file=secret, protocol=protocol)
    async with asyncio.timeout(PATIENCE), Mqtt(told) as mqtt:
        await until_reason(mqtt, "the broker refuses us: Not authorized")
        assert f"gw@127.0.0.1:{guarded.port}: the broker refuses us: Not authorized" in caplog.text
        assert "wrong" not in caplog.text
        secret.write_text("right\n")
        assert (await mqtt.connected()).number > 1


@pytest.mark.asyncio
async def test_a_missing_password_file_is_a_reason_not_a_crash(broker: Mosquitto, tmp_path: Path) -> None:
    told = settings(broker, "gw", username="gw-1", password_file=tmp_path / "nowhere")
    async with asyncio.timeout(PATIENCE), Mqtt(told) as mqtt:
        await until_reason(mqtt, "nowhere")


@pytest.mark.asyncio
async def test_a_broker_that_talks_rubbish_is_left_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    visits = 0

    async def rubbish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        await reader.read(1)
        writer.write(bytes([0x20, 0x03, 0x00, 0x00, 0x99]) + bytes(range(256)))  # a CONNACK with impossible properties
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(rubbish, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    told = Broker(port=port, client_id="gw", retry_floor_seconds=0.01, retry_ceiling_seconds=0.02)
    async with asyncio.timeout(PATIENCE), server, Mqtt(told):
        while visits < 3:  # noqa: ASYNC110 - a look now and then, with no event to wait for
            await asyncio.sleep(0.01)  # between two looks
    assert "gw@127.0.0.1" in caplog.text


@pytest.mark.asyncio
async def test_a_fault_in_a_callback_ends_whoever_uses_the_link(broker: Mosquitto) -> None:
    class Broken(Mqtt):
        def _hear(self, message: Message) -> None:
            raise ZeroDivisionError("a bug of ours")

    async def use(broken: Mqtt) -> None:
        async with broken as mqtt:
            await mqtt.send("a", b"x")
            await asyncio.Event().wait()

    with pytest.raises(ZeroDivisionError, match="a bug of ours"):
        await asyncio.wait_for(use(Broken(settings(broker, "gw"), subscribe=["a"])), PATIENCE)


@pytest.mark.asyncio
async def test_a_name_look_up_that_hangs_holds_up_neither_the_loop_nor_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, asked = threading.Event(), threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        asked.set()
        answer.wait(PATIENCE)
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    async with asyncio.timeout(PATIENCE), Mqtt(Broker(host="broker.invalid", client_id="gw")) as mqtt:
        while not asked.is_set():  # noqa: ASYNC110 - a look now and then, with no event to wait for
            await asyncio.sleep(0.01)  # between two looks
        assert mqtt.session is None
    answer.set()
