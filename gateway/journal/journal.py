"""Batches in from the event loop, their effects released once they are on disk; records out to whoever asks.

    async with open_journal(path, settings) as journal:
        for record in journal.replay(snapshot.number): ...      # before anything else runs
        await journal.room()                                    # waits while the disk is behind
        journal.submit(batch, done)                             # returns at once; done(batch) after the fsync

The gatekeeper runs ahead of the disk; only effects wait. `done` is called in the loop, in the order of `submit`, also
for a batch without entries (a repeat that is acknowledged again must not overtake the first one's commit).
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from gateway.entries import Batch, Record, Stream
from gateway.journal.deletion import CHUNK, Shed
from gateway.journal.epoch import Epoch
from gateway.journal.file import JournalFile
from gateway.journal.reader import Reader, Snapshot, pack
from gateway.journal.receipts import Deletion, Tally, start
from gateway.journal.schema import JournalError, JournalFull, JournalSettings
from gateway.journal.writer import Append, Chore, Failure, Writer
from gateway.retention import Due, Hold

__all__ = ["Journal", "JournalError", "JournalFull", "JournalSettings", "Shed", "Snapshot", "open_journal"]

log = logging.getLogger(__name__)
T = TypeVar("T")

TOLD_AT_ONCE = 200  # entries of a commit whose effects happen before anybody else in the loop has a turn


def log_shed(shed: Shed) -> None:
    log.warning("journal: full; %d bodies and %d leaves went, unsent: %s", shed.bodies, shed.rows, shed.gaps)


class Journal:
    """Use from the loop it was opened in. `last`, `last_of` and `bookmarks` speak of what is on disk."""

    def __init__(self, file: JournalFile, on_shed: Callable[[Shed], None]) -> None:
        self.path: Path = file.path
        self.epoch: Epoch = file.epoch
        self.last: int = file.last
        self.last_of: dict[Stream, int] = file.last_of
        self.bookmarks: dict[Stream, int] = dict(file.bookmarks)  # as they were at the start
        self._room_entries = file.settings.room_entries
        self._on_shed = on_shed
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[Failure | None] = self._loop.create_future()
        self._chores: dict[Chore, asyncio.Future[Any]] = {}
        self._bug: BaseException | None = None
        self._waiting = 0
        self._news: deque[tuple[int, Callable[[], object]]] = deque()  # the writer's, not passed on yet
        self._passing_on = False
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._reader = Reader(file.path)
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="journal-reader")
        self._writer = Writer(file, self, self._loop.call_soon_threadsafe)
        self._writer.start()

    def submit(self, batch: Batch, done: Callable[[Batch], None]) -> None:
        """Queue a batch and return at once. Raises what ended the writer, if it has ended."""
        self._raise_if_ended()
        self._waiting += len(batch.entries)
        if self._waiting >= self._room_entries:
            self._has_room.clear()
        self._writer.put(Append(batch, done))

    async def room(self) -> None:
        """Wait until fewer entries wait for the disk than the settings allow. Raises what ended the writer."""
        await self._has_room.wait()
        self._raise_if_ended()

    async def watch(self) -> None:
        """Return when the journal is closed; raise JournalError or JournalFull when it cannot go on."""
        await asyncio.shield(self._ended)
        self._raise_failure()

    async def snapshot(self, number: int, rules_version: int, state: bytes) -> None:
        """Keep a state as of record `number`, which must have been submitted. On disk when this returns."""
        packed = await self._loop.run_in_executor(self._reading, pack, state)
        await self._chore(lambda file: file.keep_snapshot(number, rules_version, packed))

    async def retain(self, due: Due, deletion: int | None = None) -> None:
        """Clear the contents whose time is over, as far as they are confirmed and in a snapshot."""
        await self._clear_found(lambda reader, after: reader.due(due, after), deletion)

    async def forget(
        self, subject: str, holds: Sequence[Hold] = (), deletion: int | None = None, *, unheard: bool = False
    ) -> int:
        """Clear one person's; how many records are left, not yet confirmed or not yet in a snapshot: ask again later.

        `holds`: which band and door were theirs, and since when. `unheard`: there is no centre to confirm anything.
        """
        await self._chore(lambda file: file.note_forgotten(subject))
        await self._clear_found(lambda reader, after: reader.personal(subject, holds, after, unheard=unheard), deletion)
        await self.drop_older_snapshots()
        return await self.read(lambda reader: reader.left_of(subject, unheard=unheard))

    async def drop_older_snapshots(self) -> None:
        """Keep the newest alone: the older ones know what is forgotten since."""
        await self._chore(lambda file: file.drop_older_snapshots())

    async def begin_deletion(self, name: str, at: datetime, by: str, reason: str, asked: str = "") -> int:
        """Give a deletion its account; see journal_receipts."""
        return await self._chore(lambda file: file.begin_deletion(name, at, by, reason, asked))

    async def untold_deletions(self) -> list[Deletion]:
        """Those without a receipt yet."""
        return await self._chore(lambda file: file.untold_deletions())

    async def tell_deletion(self, deletion: int) -> None:
        """Its receipt is in the journal."""
        await self._chore(lambda file: file.tell_deletion(deletion))

    async def added_up(self, deletion: Deletion) -> Tally:
        """What it took."""
        tally = start(deletion.first or 0)
        while deletion.last is not None and await self.read(
            lambda reader: reader.add_up(deletion.id, deletion.last or 0, tally)
        ):
            pass
        return tally

    async def scrub(self) -> bool:
        """Leave nothing of what was cleared in the write-ahead log. False while a reader needs it: ask again later."""
        return await self._chore(lambda file: file.scrub())

    async def _clear_found(
        self, find: Callable[[Reader, int], tuple[list[int], int | None]], deletion: int | None
    ) -> None:
        """What the reader finds the writer clears, little by little: appends wait no longer than for one step."""
        after: int | None = 0
        while after is not None:
            found, after = await self.read(partial(_found, find, after))
            for place in range(0, len(found), CHUNK):
                some = found[place : place + CHUNK]
                await self._chore(partial(JournalFile.clear, numbers=some, deletion=deletion))

    async def place_some(self) -> bool:
        """Take some more records into the tables of places; False while there is nothing to do."""
        return await self._chore(lambda file: file.place_some())

    async def renew_epoch(self) -> None:
        """The centre knows numbers this journal never gave: the next start shall begin a new epoch. End the house."""
        await self._chore(lambda file: file.renew_epoch())

    def keep_bookmark(self, stream: Stream, upto: int) -> None:
        """Remember what the centre has confirmed; on disk with the next commit, or soon. For the outbox."""
        self._writer.keep_bookmark(stream, upto)

    async def read(self, question: Callable[[Reader], T]) -> T:
        """Ask in the reader's thread: `await journal.read(lambda reader: reader.since(7, 100))`."""
        return await self._loop.run_in_executor(self._reading, question, self._reader)

    async def since(self, number: int, limit: int) -> list[Record]:
        return await self.read(lambda reader: reader.since(number, limit))

    async def stream_since(self, stream: Stream, number: int, limit: int) -> list[Record]:
        return await self.read(lambda reader: reader.stream_since(stream, number, limit))

    def newest_snapshot(self, rules_version: int | None) -> Snapshot | None:
        """For the start of the house: blocks."""
        with Reader(self.path) as reader:
            return reader.newest_snapshot(rules_version)

    def replay(self, number: int) -> Iterator[Record]:
        """Every record after `number`. For the start of the house: blocks."""
        with Reader(self.path) as reader:
            yield from reader.replay(number)

    async def close(self) -> None:
        """Write what was submitted, tell it done, close the file."""
        self._writer.close()
        await asyncio.shield(self._ended)
        self._writer.join()
        await self._loop.run_in_executor(self._reading, self._reader.close)
        self._reading.shutdown()

    # told by the writer, in the loop

    def committed(self, appends: tuple[Append, ...], last: int, last_of: dict[Stream, int]) -> None:
        self.last = last
        self.last_of = last_of
        for append in appends:
            self._news.append((len(append.batch.entries), partial(self._committed, append)))
        self._pass_on()

    def chore_done(self, chore: Chore, result: object) -> None:
        self._news.append((0, partial(self._chore_done, chore, result)))
        self._pass_on()

    def shed(self, shed: Shed) -> None:
        self._news.append((0, partial(self._on_shed, shed)))
        self._pass_on()

    def ended(self, failure: Failure | None) -> None:
        self._news.append((0, partial(self._end, failure)))
        self._pass_on()

    def _pass_on(self) -> None:
        """In the order it came, and of one large commit only so much that the loop is not held for long."""
        if not self._passing_on:
            self._pass_some_on()

    def _pass_some_on(self) -> None:
        told = 0
        try:
            while self._news and told < TOLD_AT_ONCE:
                entries, news = self._news.popleft()
                told += entries
                news()
        finally:
            self._passing_on = bool(self._news)
            if self._passing_on:
                self._loop.call_soon(self._pass_some_on)

    def _committed(self, append: Append) -> None:
        self._waiting -= len(append.batch.entries)
        try:
            append.done(append.batch)
        except BaseException as bug:  # an effect must not fail; whoever watches the journal ends the house with this
            self._bug = bug
            self._writer.close()
            raise
        if self._waiting < self._room_entries:
            self._has_room.set()

    def _chore_done(self, chore: Chore, result: object) -> None:
        future = self._chores.pop(chore)
        if not future.done():
            future.set_result(result)

    def _end(self, failure: Failure | None) -> None:
        self._ended.set_result(failure)
        self._has_room.set()  # whoever waits shall hear of it
        for future in self._chores.values():
            if not future.done():
                future.set_exception(failure or JournalError(str(self.path), "closed"))

    async def _chore(self, work: Callable[[JournalFile], T]) -> T:
        self._raise_if_ended()
        chore = Chore(work)
        future: asyncio.Future[T] = self._loop.create_future()
        self._chores[chore] = future
        self._writer.put(chore)
        return await future

    def _raise_if_ended(self) -> None:
        self._raise_failure()
        if self._ended.done():
            raise JournalError(str(self.path), "closed")

    def _raise_failure(self) -> None:
        if self._bug is not None:
            raise JournalError(str(self.path), f"an effect of a committed batch failed: {self._bug!r}") from self._bug
        if self._ended.done() and (failure := self._ended.result()) is not None:
            raise failure


def _found(
    find: Callable[[Reader, int], tuple[list[int], int | None]], after: int, reader: Reader
) -> tuple[list[int], int | None]:
    return find(reader, after)


@asynccontextmanager
async def open_journal(
    path: Path,
    settings: JournalSettings = JournalSettings(),  # noqa: B008 (frozen)
    on_shed: Callable[[Shed], None] = log_shed,
    machine_name: str | None = None,
) -> AsyncIterator[Journal]:
    """Open or create a journal; closing writes all that was submitted. Raises JournalError.

    `on_shed` is told in the loop what went when the disk was full: its gaps want a tombstone.
    """
    journal = Journal(JournalFile(path, settings, machine_name), on_shed)
    try:
        yield journal
    finally:
        await journal.close()
    journal._raise_failure()
