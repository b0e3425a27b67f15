"""Kinds of records in, the newest of them as values out; for pages and commands that look back."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from gateway.bodies import read_body
from gateway.journal.reader import Reader

NEWEST = (1 << 63) - 1


def newest(path: Path, kinds: Sequence[str], limit: int, before: int = NEWEST) -> list[Struct]:
    """In one short transaction on a connection of its own: call it in a thread. Raises JournalError."""
    with Reader(path) as reader:
        return [read_body(record.body) for record in reader.newest_of(kinds, before, limit) if record.body]
