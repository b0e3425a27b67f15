"""The demonstration's own broker: there while it is needed, and a clear word where it is not installed."""

import asyncio
from pathlib import Path

import pytest

import sim.mosquitto
from sim.mosquitto import Mosquitto, NoBroker


@pytest.mark.asyncio
async def test_it_answers_while_it_is_needed_and_is_gone_afterwards(tmp_path: Path) -> None:
    async with Mosquitto(tmp_path / "broker") as broker:
        _, writer = await asyncio.open_connection("127.0.0.1", broker.port)
        writer.close()
        await writer.wait_closed()
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection("127.0.0.1", broker.port)


@pytest.mark.asyncio
async def test_where_it_is_not_installed_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sim.mosquitto, "PATH", str(tmp_path))
    with pytest.raises(NoBroker, match="apt-get install mosquitto"):
        async with Mosquitto(tmp_path / "broker"):
            pass
