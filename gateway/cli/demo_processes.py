"""Commands in; processes of this demonstration out: started, watched, started again, ended by their own number."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

STOP_SECONDS: Final = 15.0
MOST_STARTS: Final = 10
TAIL_BYTES: Final = 2000


class CommandFailed(Exception):
    """A command of the set-up ended badly. The message says which and why."""


class Service:
    """A process that is to run until `stop`; started again when it dies, as systemd would."""

    def __init__(self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str]) -> None:
        self.name = name
        self.starts = 0
        self._command = command
        self._log = log
        self._env = {**os.environ, **env}
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def keep(self) -> None:
        """Run it for ever. Raises CommandFailed when it dies too often, which is never by `kill` alone."""
        while not self._stopping:
            if self.starts == MOST_STARTS:
                raise CommandFailed(f"{self.name} died {self.starts} times; its last words:\n{self.last_words()}")
            await self.start()
            assert self._process is not None
            await self._process.wait()

    async def start(self) -> None:
        self.starts += 1
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdout=log,
                stderr=log,
                env=self._env,
                start_new_session=True,  # Ctrl-C in the terminal is for the demonstration, which ends us in order
            )

    def kill(self) -> None:
        """kill -9, as a power cut or the kernel would."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)

    async def stop(self) -> int | None:
        """SIGTERM; its exit code, None if it was not running or had to be killed."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return None
        process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                return await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
            return None

    def last_words(self) -> str:
        if not self._log.exists():
            return ""
        return self._log.read_bytes()[-TAIL_BYTES:].decode("utf-8", "replace")


async def command(*words: str, told: str = "") -> str:
    """Run one command to its end; what it said. Raises CommandFailed."""
    process = await asyncio.create_subprocess_exec(
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(told.encode())
    if process.returncode != 0:
        raise CommandFailed(f"{' '.join(words)}: {err.decode('utf-8', 'replace').strip()}")
    return out.decode()
