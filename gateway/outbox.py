"""The centre's acknowledgements in, what it has not confirmed out: one bookmark per stream, kept in the journal.

The records themselves stand in the journal; the outbox only remembers how far the centre has come. A bookmark reaches
the disk with the next commit or after a moment. If the power goes first, the centre is sent a few records again.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from gateway.entries import Record, Stream
from gateway.journal.deletion import Gap
from gateway.journal.epoch import Epoch
from gateway.journal.reader import Reader

T = TypeVar("T")


class Ack(StrEnum):
    """What an acknowledgement did."""

    ADVANCED = "advanced"
    KNOWN = "known"  # not above the bookmark: a repeat, or one that was overtaken
    FOREIGN = "foreign"  # of another epoch
    AHEAD = "ahead"  # above the last number on disk: this journal is an old copy, `Journal.renew_epoch` and end


class OutboxJournal(Protocol):
    """What the outbox needs of the journal."""

    epoch: Epoch
    last_of: dict[Stream, int]
    bookmarks: dict[Stream, int]

    def keep_bookmark(self, stream: Stream, upto: int) -> None: ...

    async def stream_since(self, stream: Stream, number: int, limit: int) -> list[Record]: ...

    async def read(self, question: Callable[[Reader], T]) -> T: ...


class Outbox:
    def __init__(self, journal: OutboxJournal) -> None:
        self._journal = journal
        self._bookmarks = dict(journal.bookmarks)
        self._out_of_order: dict[Stream, set[int]] = {stream: set() for stream in Stream}

    @property
    def epoch(self) -> str:
        return self._journal.epoch.name

    def bookmark(self, stream: Stream) -> int:
        """The centre has confirmed 1 .. this."""
        return self._bookmarks[stream]

    def last(self, stream: Stream) -> int:
        """The newest number of a stream that is on disk, thus may be sent."""
        return self._journal.last_of[stream]

    def backlog(self, stream: Stream) -> int:
        return self.last(stream) - self.bookmark(stream)

    def advance(self, stream: Stream, epoch: str, upto: int) -> Ack:
        """The centre has committed 1 .. upto of that stream and epoch."""
        if epoch != self.epoch:
            return Ack.FOREIGN
        if upto > self.last(stream):
            return Ack.AHEAD
        if upto <= self._bookmarks[stream]:
            return Ack.KNOWN
        self._move(stream, upto)
        return Ack.ADVANCED

    def confirm(self, stream: Stream, epoch: str, numbers: Iterable[int]) -> Ack:
        """The far end has taken these, in whatever order (a centre that acks by id, a broker's PUBACKs).

        The bookmark moves over the part without a hole; what lies beyond a hole is remembered until the hole closes.
        """
        if epoch != self.epoch:
            return Ack.FOREIGN
        fresh = {number for number in numbers if number > self._bookmarks[stream]}
        if fresh and max(fresh) > self.last(stream):
            return Ack.AHEAD
        self._out_of_order[stream] |= fresh
        upto = contiguous(self._bookmarks[stream], self._out_of_order[stream])
        if upto == self._bookmarks[stream]:
            return Ack.KNOWN
        self._move(stream, upto)
        return Ack.ADVANCED

    def rewind(self, stream: Stream, number: int) -> bool:
        """The order "send since n": `number` is the next to be sent again. False if it was not confirmed anyway."""
        if not 1 <= number <= self._bookmarks[stream]:
            return False
        self._out_of_order[stream].clear()
        self._move(stream, number - 1)
        return True

    async def pending(self, stream: Stream, after: int, limit: int) -> Sequence[Record]:
        """At most `limit` records after number `after`, in order; where the body went unsent, the record has none.

        Such a record is not sent; the tombstone stands for it, and towards `confirm` it counts as taken.
        """
        records = await self._journal.stream_since(stream, after, limit)
        for record in records:
            if record.body is None and record.stream_number is not None:
                self._out_of_order[stream].add(record.stream_number)
        return records

    async def oldest_unconfirmed(self, stream: Stream) -> datetime | None:
        """When the house heard of what has waited longest; None where nothing waits."""
        if self.backlog(stream) == 0:
            return None
        bookmark = self._bookmarks[stream]
        return await self._journal.read(lambda reader: reader.heard_after(stream, bookmark))

    async def gaps(self, stream: Stream) -> list[Gap]:
        """What went unsent and is not confirmed as gone; to be told by a tombstone, at the start and after a shed."""
        bookmark = self._bookmarks[stream]
        return await self._journal.read(lambda reader: reader.gaps(stream, bookmark))

    def _move(self, stream: Stream, upto: int) -> None:
        self._bookmarks[stream] = upto
        self._out_of_order[stream] = {number for number in self._out_of_order[stream] if number > upto}
        self._journal.keep_bookmark(stream, upto)


def contiguous(bookmark: int, numbers: set[int]) -> int:
    """How far the bookmark may move: the end of the run that begins right after it."""
    while bookmark + 1 in numbers:
        bookmark += 1
    return bookmark
