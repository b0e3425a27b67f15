"""The registry's book of cards and plates in, entries and formats out; and the change files the commands write.

An entry's id is drawn by lot and is all that the journal ever sees. The number is sealed, here and in a change file,
as a field of that very entry. An entry that was withdrawn stays so: the same number entered again is a new entry.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from gateway.journal.schema import sync_folder
from gateway.passes.cards import CardFormat
from gateway.passes.numbers import Entry, NumberBook
from gateway.registry.book import Doc
from gateway.registry.registry import Registry
from gateway.registry.sealing import Sealer

BOOK, FORMS = "numbers", "card_forms"
NUMBER: Final = "number"  # sealed
SUFFIX = ".change"
LARGEST: Final = 64_000_000  # bytes of a change file


class Change(Struct, frozen=True):
    """What a command wants done: entries with their numbers sealed, formats of readers, ids to withdraw and why."""

    by: str
    entries: dict[str, dict[str, Any]] = {}
    forms: tuple[CardFormat, ...] = ()
    withdraw: tuple[str, ...] = ()
    reason: str = ""


def entries_in(registry: Registry) -> Iterator[Entry]:
    for identity, doc in registry.book(BOOK).all():
        yield entry_of(identity, doc)


def forms_in(registry: Registry) -> list[CardFormat]:
    return [msgspec.convert(dict(doc), CardFormat) for _, doc in registry.book(FORMS).all()]


def number_book(registry: Registry, key: bytes) -> NumberBook:
    """Everything that is looked up at a gate. A few hundred milliseconds for 20,000 entries."""
    return NumberBook(list(entries_in(registry)), forms_in(registry), key)


def entry_of(identity: str, doc: Doc) -> Entry:
    return msgspec.convert({**doc, "id": identity}, Entry)


def doc_of(entry: Entry) -> dict[str, Any]:
    doc: dict[str, Any] = msgspec.to_builtins(entry)
    del doc["id"]
    return doc


def form_id(form: CardFormat) -> str:
    return hashlib.sha256(msgspec.json.encode(form)).hexdigest()[:16]


def sealer(key: bytes) -> Sealer:
    return Sealer(key, frozenset({NUMBER}))


def drop(incoming: Path, change: Change, entries: list[Entry], key: bytes) -> Path:
    """Put a change where the house looks, whole or not at all. `key`: the registry's."""
    seal = sealer(key).seal
    sealed: Mapping[str, Any] = {each.id: seal(doc_of(each), _identity(each.id)) for each in entries}
    content = msgspec.json.encode(msgspec.structs.replace(change, entries=dict(sealed)))
    incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = incoming / f"{hashlib.sha256(content).hexdigest()[:16]}{SUFFIX}"
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with open(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(incoming)
    return path


def read_change(path: Path, key: bytes) -> tuple[Change, list[Entry]]:
    """What a change file asks for. Raises OSError, SealError, or ValueError where it is none of ours."""
    with path.open("rb") as file:
        content = file.read(LARGEST)
    change = msgspec.json.decode(content, type=Change)
    opened = sealer(key).open
    entries = []
    for each, sealed in change.entries.items():
        doc = opened(sealed, _identity(each))
        assert isinstance(doc, dict)
        entries.append(entry_of(each, doc))
    return change, entries


def _identity(entry: str) -> str:
    return f"{BOOK}/{entry}"
