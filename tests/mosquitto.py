"""A real mosquitto on a free loopback port: started, stopped, killed, frozen; waited for by connecting."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
START_SECONDS = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Mosquitto:
    """One broker in its own folder; `start` after `kill` brings the same one back on the same port."""

    folder: Path
    extra: str = ""  # further lines of its configuration
    anonymous: bool = True
    persistent: bool = False
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        if MOSQUITTO is None:
            pytest.skip("mosquitto is not installed (Debian package mosquitto)")
        self.folder.mkdir(parents=True, exist_ok=True)
        # mosquitto started by root becomes its own user and must still read and write here
        self.folder.chmod(0o777)
        lines = [
            f"listener {self.port} 127.0.0.1",
            f"allow_anonymous {str(self.anonymous).lower()}",
            "set_tcp_nodelay true",
            f"persistence {str(self.persistent).lower()}",
            f"persistence_location {self.folder}/",
            "user root" if os.geteuid() == 0 else "",
            self.extra,
        ]
        config = self.folder / "mosquitto.conf"
        config.write_text("\n".join(lines) + "\n")
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([MOSQUITTO, "-c", config], stdout=log, stderr=log)
        end = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"mosquitto did not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.02)  # between two attempts to connect

    def _signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self._signal(signal.SIGCONT)
            self._signal(signal.SIGTERM)
            self.process.wait(30)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        assert self.process is not None
        self.process.wait(30)

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)


@contextlib.contextmanager
def mosquitto(
    folder: Path, extra: str = "", *, anonymous: bool = True, persistent: bool = False
) -> Iterator[Mosquitto]:
    broker = Mosquitto(folder, extra, anonymous, persistent)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()
