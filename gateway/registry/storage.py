"""Tables in from TinyDB, one whole file out: there is always a file that can be read, whatever is pulled when.

TinyDB's own JSONStorage rewrites the file in place: a full 1 MB disk left no document readable, and kills during a
rewrite left half a file in 6 of 19 cases (measured). Here a write goes to a new file, is fsynced, and takes the name.
The generation before stays beside it, for the day the card returns rubbish.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from tinydb.storages import Storage

from gateway.journal.schema import sync_folder

log = logging.getLogger(__name__)
Tables = dict[str, dict[str, Any]]
WRITE_BYTES = 65536


class BookUnreadable(Exception):
    """Neither the file nor the generation before it can be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


class NotKept(Exception):
    """A book could not be written. On a full disk its changes stay in memory, and are written once there is room."""

    def __init__(self, book: str, why: str) -> None:
        super().__init__(f"{book}: {why}")
        self.book = book
        self.why = why


class GenerationStorage(Storage):
    """The tables stay in memory; `older` says that the newest file was broken and the one before was taken."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held = False
        self.unsaved = False
        self._tables, self.older = read_newest(path)

    def read(self) -> Tables | None:
        return self._tables

    def write(self, data: Tables) -> None:
        self._tables = data
        self.unsaved = True
        if not self._held:
            self.save()

    @contextmanager
    def one_write(self) -> Iterator[None]:
        """However many changes TinyDB makes inside, the file is written once, at the end."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self.unsaved:
            self.save()

    def save(self) -> None:
        """Write the file. Raises OSError, and the file is then as it was."""
        fresh = self._path.with_suffix(".fresh")
        try:
            self._write_to(fresh)
            if self._path.exists() and not self.older:
                older = self._path.with_suffix(".older")
                older.unlink(missing_ok=True)
                os.link(self._path, older)  # the name itself is never missing
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        os.replace(fresh, self._path)
        sync_folder(self._path.parent)
        self.older = False
        self.unsaved = False

    def _write_to(self, file: Path) -> None:
        handle = os.open(file, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        try:
            with open(handle, "wb", buffering=WRITE_BYTES, closefd=False) as out:
                for piece in pieces(self._tables or {}):
                    out.write(piece)
            os.fsync(handle)
        finally:
            os.close(handle)


def pieces(tables: Tables) -> Iterator[bytes]:
    """JSON in small pieces: one call that encodes all would hold the interpreter, and with it every decision."""
    encode = msgspec.json.encode
    table_mark = b"{"
    for name, documents in tables.items():
        yield table_mark + encode(name) + b":"
        table_mark = b",\n"
        mark = b"{"
        for identity, document in documents.items():
            yield mark + b"\n" + encode(identity) + b":" + encode(document)
            mark = b","
        yield b"}" if documents else b"{}"
    yield b"}\n" if tables else b"{}\n"


def read_newest(path: Path) -> tuple[Tables | None, bool]:
    """The tables of the newest readable generation, and whether it is the older one. None where there is no file."""
    older = path.with_suffix(".older")
    try:
        return decode(path), False
    except FileNotFoundError:
        if not older.exists():
            return None, False
        log.error("%s: is missing; taking the generation before it", path)
    except (OSError, msgspec.DecodeError) as exc:
        log.error("%s: cannot be read (%s); taking the generation before it", path, exc)
    try:
        return decode(older), True
    except (OSError, msgspec.DecodeError) as exc:
        raise BookUnreadable(path, f"nor can the generation before it be read: {exc}") from exc


def decode(path: Path) -> Tables:
    """Raises OSError, msgspec.DecodeError."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, Any]])
