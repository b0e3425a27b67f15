"""What a channel is, and what it is given to carry."""

import os
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from gateway.compound import Places
from gateway.findings import Alert

_MOST_BYTES = 64 * 1024


class Message(Struct, frozen=True):
    """Some alerts, gravest first, in one text. Nothing in it names a person or a body's temperature."""

    gateway: str
    text: str
    alerts: tuple[Alert, ...]
    places: Places


class NotCarried(Exception):
    """Nobody was told this way. `why` is for the log and the status line: no address, number or secret in it."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Channel(Protocol):
    """One way to a phone. Told once it took the message; whether somebody reads it shows by the alert being taken."""

    async def carry(self, message: Message) -> None:
        """Raises NotCarried. Returns or raises within a bounded time; may be cancelled."""
        ...


def read_secret_lines(path: Path) -> list[str]:
    """The lines of a secret file that are not empty and no comment. Read at each use: a new number needs no restart.

    Raises NotCarried; a file that others may read is refused.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o007:
                raise NotCarried(f"{path}: others may read it; chmod 600")
            text = file.read(_MOST_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise NotCarried(f"{path}: cannot be read") from exc
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]
