"""Who is forgotten, in; a list beside the journal, out: a journal restored from a backup forgets them again.

The list holds random pseudonyms of stays that are over, nothing else.
"""

import os
from pathlib import Path

from gateway.journal.schema import sync_folder


def _path(journal: Path) -> Path:
    return journal.with_name(journal.name + ".forgotten")


def forgotten(journal: Path) -> list[str]:
    """All that were ever noted."""
    try:
        return _path(journal).read_text("utf-8").split()
    except FileNotFoundError:
        return []


def note_forgotten(journal: Path, subject: str) -> None:
    """Durable when this returns; a second time changes nothing."""
    if subject in forgotten(journal):
        return
    handle = os.open(_path(journal), os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        os.write(handle, f"{subject}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(journal.parent)
