"""A path in; an exclusive hold on the file beside it out: two processes never write one journal, or one registry."""

import fcntl
import os
from pathlib import Path

from gateway.journal.schema import JournalError, JournalHeld


class FileLock:
    """An flock(2). The kernel lets go of it when the process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        """Raises BlockingIOError where another holds it, OSError where the folder cannot be written."""
        self._handle = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BaseException:
            os.close(self._handle)
            raise

    def release(self) -> None:
        os.close(self._handle)


def lock_journal(path: Path) -> FileLock:
    """Raises JournalError."""
    try:
        return FileLock(path)
    except BlockingIOError as exc:
        raise JournalHeld(str(path), "another house has this journal open") from exc
    except OSError as exc:
        raise JournalError(str(path), f"cannot be opened: {exc.strerror}") from exc
