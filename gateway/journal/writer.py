"""Batches in, commits out, in order: the one thread that writes.

Group commit comes by itself: while one commit is being fsynced the next batches gather, and all of them go into the
next transaction. One fsync for whatever is waiting keeps one batch at 0.3 ms and lets a burst run at 100,000 records/s.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from msgspec import Struct

from gateway.entries import Batch, Stream
from gateway.journal.deletion import Shed
from gateway.journal.file import JournalFile
from gateway.journal.schema import JournalError, JournalFull

log = logging.getLogger(__name__)

Failure = JournalError | JournalFull


class Append(Struct, frozen=True):
    """A batch, and whom to tell once it is on disk."""

    batch: Batch
    done: Callable[[Batch], None]


class Chore(Struct, frozen=True, eq=False):
    """Something else to be done with the file, after all that was submitted before it."""

    work: Callable[[JournalFile], Any]


class Listener(Protocol):
    """Told in the event loop; `committed` once per commit."""

    def committed(self, appends: tuple[Append, ...], last: int, last_of: dict[Stream, int]) -> None: ...

    def chore_done(self, chore: Chore, result: object) -> None: ...

    def shed(self, shed: Shed) -> None: ...

    def ended(self, failure: Failure | None) -> None: ...


class Work(Struct):
    """What the thread takes in one go."""

    appends: tuple[Append, ...]
    chore: Chore | None
    bookmarks: dict[Stream, int]
    closing: bool


class Writer:
    """`post` is the loop's call_soon_threadsafe. The file is the thread's own until `ended` was told."""

    def __init__(self, file: JournalFile, listener: Listener, post: Callable[..., object]) -> None:
        self._file = file
        self._settings = file.settings
        self._listener = listener
        self._post = post
        self._wake = threading.Condition()
        self._jobs: deque[Append | Chore] = deque()
        self._bookmarks: dict[Stream, int] = {}
        self._closing = False
        self._log_pages = 0
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)

    def start(self) -> None:
        self._file.db.set_wal_hook(self._note_log_pages)
        self._thread.start()

    def put(self, job: Append | Chore) -> None:
        with self._wake:
            self._jobs.append(job)
            self._wake.notify()

    def keep_bookmark(self, stream: Stream, upto: int) -> None:
        """Ride on the next commit, or make one after a moment. Loss would mean a repeat, so nobody waits for it."""
        with self._wake:
            first = not self._bookmarks
            self._bookmarks[stream] = upto
            if first:
                self._wake.notify()  # the thread begins to count the moment; later ones do not start it anew

    def close(self) -> None:
        """Write what is waiting, then end. `ended` is told last."""
        with self._wake:
            self._closing = True
            self._wake.notify()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        failure: Failure | None = JournalError(str(self._file.path), "the writer ended by a bug, see its traceback")
        try:
            try:
                self._serve()
            finally:
                self._file.close()
            failure = None
        except (JournalError, JournalFull) as exc:
            failure = exc
        finally:
            self._post(self._listener.ended, failure)

    def _serve(self) -> None:
        closing = False
        while not closing:
            work = self._next()
            if work.appends or work.bookmarks:
                self._commit(work.appends, work.bookmarks)
            if work.chore is not None:
                result = self._with_room(partial(work.chore.work, self._file))
                self._post(self._listener.chore_done, work.chore, result)
            if self._log_pages >= self._settings.checkpoint_pages:
                self._with_room(self._file.checkpoint)
                self._log_pages = 0
            closing = work.closing

    def _next(self) -> Work:
        with self._wake:
            while not self._jobs and not self._closing:
                patience = self._settings.bookmark_seconds if self._bookmarks else None
                if not self._wake.wait(patience):
                    break
            if self._settings.linger_seconds and self._jobs and not self._closing:
                self._wake.wait_for(lambda: self._closing, self._settings.linger_seconds)
            appends: list[Append] = []
            chore: Chore | None = None
            entries = 0
            while self._jobs and chore is None and entries < self._settings.group_entries:
                job = self._jobs.popleft()
                if isinstance(job, Chore):
                    chore = job
                else:
                    appends.append(job)
                    entries += len(job.batch.entries)
            bookmarks, self._bookmarks = self._bookmarks, {}
            return Work(tuple(appends), chore, bookmarks, self._closing and not self._jobs)

    def _commit(self, appends: tuple[Append, ...], bookmarks: dict[Stream, int]) -> None:
        entries = [entry for append in appends for entry in append.batch.entries]
        if entries or bookmarks:
            self._with_room(partial(self._file.append, entries, bookmarks))
        if appends:
            self._post(self._listener.committed, appends, self._file.last, self._file.last_of)

    def _with_room(self, write: Callable[[], Any]) -> object:
        """Do it; where the disk is full, let the least important go and do it again, until nothing more may go."""
        while True:
            try:
                return write()
            except JournalFull as full:
                log.warning("journal: %s; making room", full)
                freed, shed = self._file.make_room()
                if shed != Shed():
                    self._post(self._listener.shed, shed)
                elif not freed:
                    raise

    def _note_log_pages(self, _db: object, _name: str, pages: int) -> int:
        self._log_pages = pages
        return 0  # SQLITE_OK
