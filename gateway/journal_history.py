"""A flat, its devices and its people in; what is on record of them, newest first, out as values, a page at a time."""

import asyncio

from gateway.bodies import read_body
from gateway.journal import Journal
from gateway.view import Asked, Told

PLACE_EVERY_SECONDS = 0.05  # between two chunks: lanes, not old records, have the disk


async def told(journal: Journal, asked: Asked) -> list[Told]:
    """In the reader's thread; see `Reader.told_of` for what it costs."""
    records = await journal.read(
        lambda reader: reader.told_of(asked.places, asked.subjects, asked.before, asked.limit, measured=asked.measured)
    )
    return [Told(number=record.number, body=read_body(record.body)) for record in records if record.body]


async def place_old(journal: Journal) -> None:
    """Take what an older journal holds into its table of places, a little at a time; nothing to do in a new one."""
    while await journal.place_some():  # noqa: ASYNC110 (a pace, and no wait for anything)
        await asyncio.sleep(PLACE_EVERY_SECONDS)
