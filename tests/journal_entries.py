"""Entries for tests of the journal and of what stands on it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from gateway.entries import Batch, Entry, EntryClass, Stream
from gateway.journal.journal import Journal

NOON = datetime(2022, 4, 1, 4, 0, 0, 250_001, tzinfo=UTC)


def entry(
    number: int,
    body: bytes = b'{"type":"DoorMoved","open":true}',
    *,
    stream: Stream | None = None,
    stream_number: int | None = None,
    subject: str = "",
    source: str | None = None,
    entry_class: EntryClass = EntryClass.INPUT,
) -> Entry:
    """One entry per second from NOON on, heard half a second after it happened."""
    at = NOON + timedelta(seconds=number)
    return Entry(
        number=number,
        at=at,
        heard=at + timedelta(milliseconds=500),
        kind="DoorMoved",
        entry_class=entry_class,
        body=body,
        place="s/c/b1/u1/101",
        subject=subject,
        source=source,
        stream=stream,
        stream_number=stream_number,
    )


def alert(number: int, stream_number: int, body: bytes = b'{"type":"Alert"}') -> Entry:
    return entry(number, body, stream=Stream.ALERT, stream_number=stream_number, entry_class=EntryClass.FINDING)


def report(number: int, stream_number: int, body: bytes = b'{"type":"Task"}') -> Entry:
    return entry(number, body, stream=Stream.REPORT, stream_number=stream_number, entry_class=EntryClass.FINDING)


async def append(journal: Journal, entries: Sequence[Entry]) -> None:
    """Submit as one batch and wait for its commit."""
    kept = asyncio.Event()
    journal.submit(Batch(entries), lambda _batch: kept.set())
    watching = asyncio.ensure_future(journal.watch())
    waiting = asyncio.ensure_future(kept.wait())
    done, _ = await asyncio.wait({watching, waiting}, return_when=asyncio.FIRST_COMPLETED)
    for task in (watching, waiting):
        task.cancel()
    if watching in done:
        watching.result()
