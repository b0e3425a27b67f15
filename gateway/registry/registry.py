"""Orders applied, in; the small books kept by one thread, out: households, devices, staff. Never events.

A change is an order: journaled first, then applied here by its journal number, and done again at a start if the file
does not have it yet. So a file may lag behind (`linger_seconds`, to spare the card), and a power cut loses nothing.
Await `flush` before a snapshot of the state, else the orders before it are not read again.

A name or a phone number never stands in the journal. Put it here first (`number=None`), await `flush`, and let the
order carry only the document's id.
"""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct

from gateway.journal.lock import FileLock
from gateway.registry.book import Book, Doc
from gateway.registry.sealing import Sealer, load_key
from gateway.registry.storage import NotKept

__all__ = ["Book", "Doc", "NotKept", "Registry", "RegistrySettings", "open_registry"]

log = logging.getLogger(__name__)


class RegistrySettings(Struct, frozen=True):
    """`personal`: the names of fields that are sealed in the files, wherever in a document they stand."""

    linger_seconds: float = 1.0
    retry_seconds: float = 30.0
    personal: frozenset[str] = frozenset({"name", "phone", "band_key", "number", "follow_up"})


class Registry:
    def __init__(self, folder: Path, key: bytes, settings: RegistrySettings) -> None:
        self._folder = folder
        self._settings = settings
        self._sealer = Sealer(key, settings.personal)
        self._loop = asyncio.get_running_loop()
        self._books: dict[str, Book] = {}
        self._wake = threading.Condition()
        self._changed: set[str] = set()
        self._lock: FileLock | None = None
        self._flushes: list[asyncio.Future[None]] = []
        self._failing: dict[str, NotKept] = {}
        self._closing = False
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="registry-writer", daemon=True)
        self._thread.start()

    def book(self, name: str) -> Book:
        """The book of that name, in `<folder>/<name>.json`. The first call reads the file: make it at the start.

        Raises BookUnreadable, SealError.
        """
        if name not in self._books:
            if not name.isidentifier():
                raise ValueError(name)
            path = self._folder / f"{name}.json"
            self._books[name] = Book(name, path, self._sealer, self.hold, lambda: self._note_change(name))
        return self._books[name]

    def hold(self) -> None:
        """Keep every other process from changing these books; also done by the first change. Raises NotKept.

        The house holds before it reads: it would write over what another has changed since.
        """
        if self._lock is None:
            try:
                self._lock = FileLock(self._folder / "registry")
            except BlockingIOError as exc:
                raise NotKept("registry", "another process has it open; end that first") from exc

    async def flush(self) -> None:
        """Return when every change made so far is on disk. Raises NotKept."""
        future: asyncio.Future[None] = self._loop.create_future()
        with self._wake:
            if self._ended:
                raise NotKept("registry", "its thread has ended")
            self._flushes.append(future)
            self._wake.notify()
        await future

    async def flush_older(self) -> None:
        """As `flush`; nothing that was taken out stands in an older generation any more either. Raises NotKept."""
        await self.flush()
        for name in self._books:
            self._note_change(name)
        await self.flush()

    async def close(self) -> None:
        """Write what is waiting, end the thread. Raises NotKept."""
        try:
            await self.flush()
        finally:
            with self._wake:
                self._closing = True
                self._wake.notify()
            self._thread.join()
            if self._lock is not None:
                self._lock.release()

    def _note_change(self, name: str) -> None:
        with self._wake:
            self._changed.add(name)
            self._wake.notify()

    def _run(self) -> None:
        try:
            self._serve()
        finally:
            with self._wake:
                self._ended = True
                flushes, self._flushes = self._flushes, []
            if flushes:  # somebody asked while the thread ended, by a bug or by `close`
                self._loop.call_soon_threadsafe(settle, flushes, NotKept("registry", "its thread has ended"))

    def _serve(self) -> None:
        while True:
            with self._wake:
                while not (self._changed or self._flushes or self._closing):
                    if not self._wake.wait(self._settings.retry_seconds if self._failing else None):
                        break
                self._wake.wait_for(lambda: self._flushes or self._closing, self._settings.linger_seconds)
                if self._closing:
                    return
                names = self._changed | set(self._failing)
                flushes = self._flushes
                self._changed, self._flushes = set(), []
            failure: NotKept | None = NotKept("registry", "its thread ended by a bug, see its traceback")
            try:
                for name in sorted(names):
                    self._keep(name)
                failure = next(iter(self._failing.values()), None)
            finally:
                if flushes:
                    self._loop.call_soon_threadsafe(settle, flushes, failure)

    def _keep(self, name: str) -> None:
        try:
            self._books[name].keep()
            self._failing.pop(name, None)
        except OSError as exc:
            log.error("registry: %s cannot be written: %s; trying again", name, exc)
            self._failing[name] = NotKept(name, str(exc))


def settle(flushes: list[asyncio.Future[None]], failure: NotKept | None) -> None:
    for future in flushes:
        if future.done():
            continue
        if failure is None:
            future.set_result(None)
        else:
            future.set_exception(failure)


def prepare(folder: Path, key_file: Path) -> bytes:
    """The folder, made if need be, and its key: a new one only where there are no books yet."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return load_key(key_file, create=not any(folder.glob("*.json")))


@asynccontextmanager
async def open_registry(
    folder: Path,
    key_file: Path,
    settings: RegistrySettings = RegistrySettings(),  # noqa: B008 (frozen)
) -> AsyncIterator[Registry]:
    """Open the books of a folder. A first start makes folder and key; later ones refuse a missing or wide-open key.

    Raises SealError.
    """
    registry = Registry(folder, prepare(folder, key_file), settings)
    try:
        yield registry
    finally:
        await registry.close()
