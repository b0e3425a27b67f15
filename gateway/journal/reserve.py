"""Some bytes set aside while the disk is empty; given back when it is full, so that shedding has room to work.

Deleting needs room too: the write-ahead log grows before the database shrinks (measured: a full 4 MB tmpfs without a
reserve could neither delete nor checkpoint, for ever). And the journal grows only while the reserve is there: a commit
may still fit into the log when the file cannot follow it any longer, and then nothing would ever leave the log again.
"""

import os
import shutil
from pathlib import Path

OPENING_BYTES = 65536  # SQLite's -shm is 32 kB, the log's first pages follow


class Reserve:
    def __init__(self, journal: Path, size: int) -> None:
        self._path = journal.with_name(journal.name + ".reserve")
        self._size = size
        self.set_aside()

    @property
    def is_there(self) -> bool:
        return self._size == 0 or self._path.exists()

    def set_aside(self) -> bool:
        """Take the room, if the disk has it. False where it has not (the reserve is then simply missing)."""
        if self.is_there:
            return True
        try:
            handle = os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600)
            try:
                os.posix_fallocate(handle, 0, self._size)
            finally:
                os.close(handle)
        except OSError:
            self._path.unlink(missing_ok=True)
            return False
        return True

    def give_back_if_needed(self) -> None:
        """Before opening: the log and its index want room as well, and would meet a full disk with an I/O error."""
        if shutil.disk_usage(self._path.parent).free < OPENING_BYTES:
            self.give_back()

    def give_back(self) -> bool:
        """Free the room. False where it was already given."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        return True
