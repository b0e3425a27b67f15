"""A folder in; a mosquitto of our own on a free loopback port out, with its store in that folder."""

import asyncio
import os
import shutil
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

PATH: Final = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"  # Debian puts it where only root looks
START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 5.0


class NoBroker(Exception):
    """mosquitto is missing, or does not start."""


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """`async with Mosquitto(folder) as broker: broker.port`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    async def __aenter__(self) -> "Mosquitto":
        program = shutil.which("mosquitto", path=PATH)
        if program is None:
            raise NoBroker("mosquitto is not installed: `apt-get install mosquitto`, or name a broker with --broker")
        self._folder.mkdir(parents=True, exist_ok=True)
        config = self._folder / "mosquitto.conf"
        lines = [
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous true",
            "set_tcp_nodelay true",
            "persistence true",
            f"persistence_location {self._folder}/",
            *(["user root"] if os.geteuid() == 0 else []),  # else it becomes `mosquitto` and may not write here
        ]
        config.write_text("\n".join(lines) + "\n")
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(program, "-c", str(config)),
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for whoever started us, not for the broker
            )
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._answers(self._process)
        except TimeoutError as exc:
            await self.stop()
            raise NoBroker(f"mosquitto does not answer on port {self.port}") from exc
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _answers(self, process: asyncio.subprocess.Process) -> None:
        while True:
            if process.returncode is not None:
                raise NoBroker(f"mosquitto ended with {process.returncode}: {self._folder / 'mosquitto.log'}")
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                await writer.wait_closed()
                return
            await asyncio.sleep(0.02)  # between two attempts to connect
