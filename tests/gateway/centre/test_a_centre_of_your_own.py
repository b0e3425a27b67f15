"""The two small centres of docs/centre.md, as they are printed, on a real mosquitto: confirmed is what they keep."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.gateway.centre.test_receiver import Gateway, gateway
from tests.mosquitto import Mosquitto, mosquitto
from tests.test_docs import DOCS, FENCE

PATIENCE = 60.0
AGAIN_SECONDS = 0.5  # a gateway sends again what nobody confirms


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path / "broker") as running:
        yield running


def printed(language: str, holding: str) -> str:
    [found] = [
        body
        for name, body in FENCE.findall((DOCS / "centre.md").read_text("utf-8"))
        if name == language and holding in body
    ]
    return found


@contextmanager
def centre(words: list[str], folder: Path, broker: Mosquitto) -> Iterator[None]:
    """In a process group of its own, which is killed without a word."""
    env = {**os.environ, "HOST": "127.0.0.1", "PORT": str(broker.port)}
    process = subprocess.Popen(words, cwd=folder, env=env, process_group=0)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def confirmed(gw: Gateway, numbers: set[int]) -> None:
    """Send these again and again, as a gateway does, until each is acknowledged by its number."""
    left = set(numbers)
    while left:
        await gw.send(*sorted(left))
        try:
            async with asyncio.timeout(AGAIN_SECONDS):
                while left:
                    for message in await gw.mqtt.take():
                        gw.mqtt.ack(message)
                        left -= set(json.loads(message.payload)["ids"])
        except TimeoutError:
            continue


async def killed_in_between(words: list[str], folder: Path, broker: Mosquitto) -> None:
    async with asyncio.timeout(PATIENCE), gateway(broker) as gw:
        with centre(words, folder, broker):
            await confirmed(gw, {1, 2, 3})
        with centre(words, folder, broker):
            await confirmed(gw, {2, 5})
            await confirmed(gw, {4})


@pytest.mark.asyncio
async def test_the_one_in_python_keeps_each_number_once(broker: Mosquitto, tmp_path: Path) -> None:
    program = tmp_path / "centre.py"
    program.write_text(printed("python", "my-book.sqlite"), "utf-8")
    words = [sys.executable, str(program), "127.0.0.1", str(broker.port), "", ""]
    await killed_in_between(words, tmp_path, broker)
    book = sqlite3.connect(tmp_path / "my-book.sqlite")
    rows = book.execute("select gw, stream, epoch, number, body from message order by number").fetchall()
    book.close()
    assert [row[:4] for row in rows] == [("gw-1", "alert", "e1", number) for number in (1, 2, 3, 4, 5)]
    assert all(json.loads(row[4])["text_zh"] == "发热" for row in rows)


@pytest.mark.asyncio
@pytest.mark.skipif(
    shutil.which("mosquitto_sub") is None or shutil.which("jq") is None,
    reason="mosquitto-clients and jq: not installed",
)
async def test_the_one_in_a_shell_keeps_each_number_in_its_file(broker: Mosquitto, tmp_path: Path) -> None:
    await killed_in_between(["bash", "-c", printed("sh", "mosquitto_sub")], tmp_path, broker)
    lines = (tmp_path / "gw-1.jsonl").read_text("utf-8").splitlines()
    assert sorted({json.loads(line)["number"] for line in lines}) == [1, 2, 3, 4, 5]
