"""Some bytes set aside while the disk is empty; given back when it is full, so that shedding has room to work.

Deleting needs room too: the write-ahead log grows before the database shrinks (measured: a full 4 MB tmpfs without a
reserve could neither delete nor checkpoint, for ever).
"""

import os
from pathlib import Path


class Reserve:
    def __init__(self, journal: Path, size: int) -> None:
        self._path = journal.with_name(journal.name + ".reserve")
        self._size = size
        self.set_aside()

    def set_aside(self) -> bool:
        """Take the room, if the disk has it. False where it has not (the reserve is then simply missing)."""
        if self._path.exists() or self._size == 0:
            return True
        handle = os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            os.posix_fallocate(handle, 0, self._size)
        except OSError:
            self._path.unlink()
            return False
        finally:
            os.close(handle)
        return True

    def give_back(self) -> bool:
        """Free the room. False where it was already given."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        return True
