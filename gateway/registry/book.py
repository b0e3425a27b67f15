"""Changes in, documents out: one small book (households, devices, staff ...), in memory for reads, in TinyDB for good.

Used from the event loop, but for `keep`, which the registry's thread calls.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
from tinydb import TinyDB
from tinydb.table import Document, Table

from gateway.registry.sealing import Sealer
from gateway.registry.storage import GenerationStorage

Doc = Mapping[str, Any]
DOCUMENTS = "documents"
ABOUT = "about"  # one document: up to which order of the journal this file has everything
AT_ONCE = 200  # documents of an import prepared without letting anyone else run


class TextIdTable(Table):
    """TinyDB numbers its documents; ours have names."""

    document_id_class = str  # type: ignore[assignment]  # meant to be replaced, but annotated by its default int


class Book:
    """`applied_upto`: the journal number of the last order applied here; `older`: the newest file was broken."""

    def __init__(
        self, name: str, path: Path, sealer: Sealer, changing: Callable[[], None], changed: Callable[[], None]
    ) -> None:
        """`changing` is asked before each change and may raise. Raises BookUnreadable, SealError."""
        self.name = name
        self._sealer = sealer
        self._changing = changing
        self._changed = changed
        self._storage = GenerationStorage(path)
        self.older = self._storage.older
        self._db = TinyDB(storage=lambda: self._storage)
        self._table = TextIdTable(self._storage, DOCUMENTS, cache_size=0)
        self._about = TextIdTable(self._storage, ABOUT, cache_size=0)
        about = self._about.get(doc_id=ABOUT)  # type: ignore[call-overload]  # int by its annotation, see above
        self.applied_upto: int = about["applied_upto"] if about else 0
        self._docs: dict[str, Doc] = {str(doc.doc_id): self._open(str(doc.doc_id), doc) for doc in self._table}
        self.kept_upto = self.applied_upto  # what is on disk
        self._lock = threading.Lock()
        self._waiting: dict[str, Doc | None] = {}
        self._waiting_upto = self.applied_upto

    def __len__(self) -> int:
        return len(self._docs)

    def __contains__(self, identity: str) -> bool:
        return identity in self._docs

    def get(self, identity: str) -> Doc | None:
        return self._docs.get(identity)

    def all(self) -> Iterator[tuple[str, Doc]]:
        """Every document with its id, in no order to rely on. Do not wait within: the book may change."""
        return iter(self._docs.items())

    def find(self, condition: Callable[[Doc], bool]) -> list[tuple[str, Doc]]:
        """Those that meet a TinyDB query, `where("flat") == "b1/u1/101"`. Looks at every document."""
        return [(identity, doc) for identity, doc in self._docs.items() if condition(doc)]

    def put(self, identity: str, doc: Doc, number: int | None) -> bool:
        """Add or replace a document by the order of that journal number; None for what is not by an order.

        False where the order was applied before: orders are journaled first, and done again at a start. Raises NotKept
        where another process has the registry.
        """
        return self._apply({identity: plain_copy(doc)}, number)

    def remove(self, identity: str, number: int | None) -> bool:
        return self._apply({identity: None}, number)

    async def put_many(self, docs: Mapping[str, Doc], number: int | None) -> bool:
        """An import: visible all at once, and one write of the file."""
        copies: dict[str, Doc | None] = {}
        for identity, doc in docs.items():
            copies[identity] = plain_copy(doc)
            if len(copies) % AT_ONCE == 0:
                await asyncio.sleep(0)
        return self._apply(copies, number)

    def rewind(self, last: int) -> None:
        """The journal ends at `last`, before what was applied here: it is an older copy, and its numbers come again."""
        with self._lock:
            self.applied_upto = min(self.applied_upto, last)
            self._waiting_upto = self.kept_upto = self.applied_upto

    def apply(self, changes: Mapping[str, Doc | None], number: int) -> bool:
        """What one order changes, all at once; None takes a document out. False where it was applied before."""
        return self._apply(
            {identity: None if doc is None else plain_copy(doc) for identity, doc in changes.items()}, number
        )

    def _apply(self, changes: dict[str, Doc | None], number: int | None) -> bool:
        if number is not None and number <= self.applied_upto:
            return False
        self._changing()
        if number is not None:
            self.applied_upto = number
        with self._lock:
            self._waiting.update(changes)
            self._waiting_upto = self.applied_upto
        for identity, doc in changes.items():
            if doc is None:
                self._docs.pop(identity, None)
            else:
                self._docs[identity] = doc
        self._changed()
        return True

    def keep(self) -> None:
        """Bring the file up to what was applied, in one write. Raises OSError; what is missing is written next time."""
        with self._lock:
            changes, self._waiting = self._waiting, {}
            upto = self._waiting_upto
        with self._storage.one_write():
            there = [identity for identity in changes if self._table.contains(doc_id=identity)]  # type: ignore[arg-type]  # see above
            if there:
                self._table.remove(doc_ids=there)  # type: ignore[arg-type]  # see above
            sealed = (
                Document(self._seal(identity, doc), identity)  # type: ignore[arg-type]  # see above
                for identity, doc in changes.items()
                if doc is not None
            )
            self._table.insert_multiple(sealed)
            self._about.upsert(Document({"applied_upto": upto}, ABOUT))  # type: ignore[arg-type]  # see above
        self.kept_upto = upto

    def _seal(self, identity: str, doc: Doc) -> dict[str, Any]:
        sealed = self._sealer.seal(doc, f"{self.name}/{identity}")
        assert isinstance(sealed, dict)
        return sealed

    def _open(self, identity: str, doc: Doc) -> Doc:
        opened = self._sealer.open(doc, f"{self.name}/{identity}")
        assert isinstance(opened, dict)
        return MappingProxyType(opened)


def plain_copy(doc: Doc) -> Doc:
    """A copy the caller cannot change any more. Raises TypeError where it is not plain JSON values."""
    copy: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(dict(doc)))
    return MappingProxyType(copy)
