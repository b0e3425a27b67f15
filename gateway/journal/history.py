"""A flat, its devices and its people in; what is on record of them, newest first, out as values, a page at a time."""

import asyncio

from gateway.bodies import read_body
from gateway.journal.journal import Journal
from gateway.view import Asked, Told

PLACE_EVERY_SECONDS = 0.05  # between two chunks: lanes, not old records, have the disk
LOOK_EVERY_SECONDS = 30.0  # is there another span of temperatures to take in?


async def told(journal: Journal, asked: Asked) -> list[Told]:
    """In the reader's thread; see `Reader.told_of` for what it costs."""
    records = await journal.read(
        lambda reader: reader.told_of(asked.places, asked.subjects, asked.before, asked.limit, measured=asked.measured)
    )
    return [Told(number=record.number, body=read_body(record.body)) for record in records if record.body]


async def place_old(journal: Journal) -> None:
    """Fill the tables of places: an older journal's records, then each full span of temperatures, little by little."""
    while True:
        more = await journal.place_some()
        await asyncio.sleep(PLACE_EVERY_SECONDS if more else LOOK_EVERY_SECONDS)
