"""`menshen centre`, `menshen watch` and `menshen order` as processes, against a real mosquitto."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from devices.mqtt import Broker, Mqtt
from gateway.centre.book import Book, Line
from tests.gateway.centre.letters import letter
from tests.mosquitto import Mosquitto, free_port, mosquitto

PATIENCE = 90.0
ALERT = {
    "alert": "e1/7",
    "kind": "fever",
    "severity": "high",
    "severity_level": 3,
    "state": "raised",
    "revision": 1,
    "count": 1,
    "raised_at": "2026-11-22T08:00:00Z",
    **dict.fromkeys(("place", "place_path", "subject", "device", "acknowledged_by", "text_zh", "text_en"), ""),
}
OPEN = {"gw": "gw-1", "epoch": "e1", "time": "2026-11-22T08:30:00Z", "alerts": [ALERT]}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path / "broker") as running:
        yield running


@contextlib.asynccontextmanager
async def menshen(command: str, *arguments: object, **environment: str) -> AsyncIterator[Process]:
    told = [str(argument) for argument in arguments]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", command, *told, stdout=PIPE, stderr=PIPE, env={**os.environ, **environment}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@contextlib.asynccontextmanager
async def gateway(broker: Mosquitto, *subscribe: str) -> AsyncIterator[Mqtt]:
    async with Mqtt(Broker(port=broker.port, client_id="gw-1"), subscribe=subscribe) as mqtt:
        await mqtt.connected()
        yield mqtt


async def line_of(stream: asyncio.StreamReader | None, wanted: str = "") -> str:
    assert stream is not None
    while line := (await stream.readline()).decode():
        if wanted in line:
            return line.rstrip("\n")
    raise AssertionError(f"the process ended without saying {wanted!r}")


@pytest.mark.asyncio
@pytest.mark.parametrize("how", ["options", "file"])
async def test_centre_books_acknowledges_and_ends_at_once_when_told(
    broker: Mosquitto, tmp_path: Path, how: str
) -> None:
    book = tmp_path / "deep" / "book.sqlite"
    config = tmp_path / "centre.toml"
    config.write_text(f'book = "{book}"\n[broker]\nport = {broker.port}\n')
    options = ["--config", config] if how == "file" else ["--broker", broker.url, "--book", book]
    async with (
        asyncio.timeout(PATIENCE),
        gateway(broker, "menshen/v1/gw-1/ack") as gw,
        menshen("centre", *options) as centre,
    ):
        await line_of(centre.stderr, "connected")
        await gw.send("menshen/v1/gw-1/alert", letter(1))
        (ack,) = await gw.take()
        assert json.loads(ack.payload)["upto"] == 1
        began = asyncio.get_running_loop().time()
        centre.send_signal(signal.SIGTERM)
        assert await centre.wait() == 0
        assert asyncio.get_running_loop().time() - began < 3.0 * 5  # 3 s, on a machine five times too busy
    with Book(book) as kept:
        assert kept.numbers(Line("gw-1", "alert", "e1")) == [1]


@pytest.mark.asyncio
async def test_centre_ends_at_once_though_there_is_no_broker_or_a_frozen_one(broker: Mosquitto, tmp_path: Path) -> None:
    for url in (f"mqtt://127.0.0.1:{free_port()}", broker.url):
        options = ["--broker", url, "--book", tmp_path / "book.sqlite"]
        async with asyncio.timeout(PATIENCE), menshen("centre", *options) as centre:
            await line_of(centre.stderr, "refused" if url != broker.url else "connected")
            if url == broker.url:
                broker.freeze()
            centre.send_signal(signal.SIGTERM)
            assert await centre.wait() == 0


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[broker]\nhsot = 'x'\n", 'did you mean "host"?'),
        ("[broker]\nport = 'x'\n", "line 2: broker.port"),
        ("[broker\n", "is no TOML"),
        ("", "broker: is missing"),
    ],
)
async def test_centre_says_in_a_line_what_is_wrong_with_its_file(tmp_path: Path, toml: str, said: str) -> None:
    config = tmp_path / "centre.toml"
    config.write_text(toml)
    async with asyncio.timeout(PATIENCE), menshen("centre", "--config", config) as centre:
        _, errors = await centre.communicate()
        assert centre.returncode == 78
        assert said in errors.decode()
        assert "Traceback" not in errors.decode()


@pytest.mark.asyncio
async def test_watch_tells_what_is_open_and_then_what_changes(broker: Mosquitto) -> None:
    async with asyncio.timeout(PATIENCE), gateway(broker) as gw:
        await gw.send("menshen/v1/gw-1/open", json.dumps(OPEN).encode(), retain=True)
        async with (
            menshen("watch", "--broker", broker.url, "--json") as as_json,
            menshen("watch", "--broker", broker.url, "--lang", "en", NO_COLOR="1") as as_text,
        ):
            first = json.loads(await line_of(as_json.stdout))
            assert (first["alert"], first["state"], first["gw"]) == ("e1/7", "raised", "gw-1")
            assert await line_of(as_text.stdout) == "2026-11-22T08:00:00Z  ▲ High  Nobody on it  Fever  e1/7"
            changed = {**ALERT, "revision": 2, "state": "acknowledged", "acknowledged_by": "王老师"}
            await gw.send("menshen/v1/gw-1/alert", json.dumps(changed).encode())
            assert json.loads(await line_of(as_json.stdout))["acknowledged_by"] == "王老师"
            assert await line_of(as_text.stdout) == "2026-11-22T08:00:00Z  ▲ High  Taken  Fever  王老师  e1/7"
            as_json.send_signal(signal.SIGINT)
            assert await as_json.wait() == 0


@pytest.mark.asyncio
async def test_watch_says_why_nothing_comes() -> None:
    async with (
        asyncio.timeout(PATIENCE),
        menshen("watch", "--broker", f"mqtt://127.0.0.1:{free_port()}", "--json") as watch,
    ):
        assert "refused" in await line_of(watch.stderr)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("command", "done", "why", "code", "said"),
    [
        ("acknowledge", True, "", 0, "done: e1/7 is taken by 王老师"),
        ("acknowledge", False, "unknown alert", 3, "refused: unknown alert"),
        ("remind", True, "", 0, "done: e1/7 rings again"),
    ],
)
async def test_order_finds_the_gateway_by_the_alert_and_prints_its_result(
    broker: Mosquitto, command: str, done: bool, why: str, code: int, said: str
) -> None:
    async with asyncio.timeout(PATIENCE), gateway(broker, "menshen/v1/gw-1/order/+") as gw:
        await gw.send("menshen/v1/gw-1/open", json.dumps(OPEN).encode(), retain=True)
        arguments = [command, "e1/7", "--by", "王老师", "--broker", broker.url]
        async with menshen("order", *arguments) as order:
            (heard, *_) = await gw.take()
            body = json.loads(heard.payload)
            assert (body["order"], body["alert"], body["by"]) == (command, "e1/7", "王老师")
            result = {"gw": "gw-1", "order": heard.topic.rsplit("/", 1)[1], "done": done, "why": why}
            await gw.send(heard.extras.response_topic or "", json.dumps(result).encode())
            out, _ = await order.communicate()
            assert (order.returncode, out.decode().strip()) == (code, said)


@pytest.mark.asyncio
async def test_order_says_when_nobody_has_that_alert_open(broker: Mosquitto) -> None:
    for wait in (1, 5, 25):  # the shortest in which this machine gets connected at all
        arguments = ["acknowledge", "e1/8", "--by", "x", "--broker", broker.url, "--wait", wait]
        async with asyncio.timeout(PATIENCE), menshen("order", *arguments) as order:
            _, errors = await order.communicate()
            assert order.returncode == 5
        if "not connected yet" not in errors.decode():
            break
    assert "name it by --gw" in errors.decode()
