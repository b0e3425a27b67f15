"""A journal's path in; an exclusive hold on it out: two houses never write one journal."""

import fcntl
import os
from pathlib import Path

from gateway.journal_schema import JournalError


class JournalLock:
    """An flock(2) on a file beside the journal. The kernel lets go of it when the process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        """Raises JournalError where another process holds it, or the folder cannot be written."""
        try:
            self._handle = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as exc:
            raise JournalError(str(path), f"cannot be opened: {exc.strerror}") from exc
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            os.close(self._handle)
            raise JournalError(str(path), "another house has this journal open") from exc

    def release(self) -> None:
        os.close(self._handle)
