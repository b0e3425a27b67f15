"""A house to be killed: appends to the journal in argv[1] as fast as it can, prints each number once it is on disk.

Batches of 1 to 7 entries, alerts and reports among them, bookmarks that follow, a snapshot now and then.
"""

import asyncio
import os
import sys
from pathlib import Path

from gateway.entries import Batch, Entry, Stream
from gateway.journal.journal import JournalSettings, open_journal
from tests.journal_entries import alert, entry, report


async def main(path: Path) -> None:
    async with open_journal(path, JournalSettings(room_entries=200, reserve_kb=16)) as journal:
        number = journal.last
        streams = dict(journal.last_of)
        os.write(1, b"open\n")

        def kept(batch: Batch) -> None:
            os.write(1, b"".join(b"%d\n" % entry.number for entry in batch.entries))

        while True:
            await journal.room()
            entries: list[Entry] = []
            for _ in range(1 + number % 7):
                number += 1
                if number % 10 == 0:
                    streams[Stream.ALERT] += 1
                    entries.append(alert(number, streams[Stream.ALERT]))
                elif number % 3 == 0:
                    streams[Stream.REPORT] += 1
                    entries.append(report(number, streams[Stream.REPORT]))
                else:
                    entries.append(entry(number, source=f"door-7/1/{number}"))
            journal.submit(Batch(entries), kept)
            if number % 5 == 0:
                journal.keep_bookmark(Stream.ALERT, journal.last_of[Stream.ALERT])
            if number % 400 < 7:
                last = journal.last
                await journal.snapshot(last, 1, b"state %d" % last)
            await asyncio.sleep(0)


asyncio.run(main(Path(sys.argv[1])))
