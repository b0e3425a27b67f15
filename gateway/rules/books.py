"""Files of the house that cannot be read in, an alert for each out; over once the house opens with it mended."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from gateway.compound import Places
from gateway.events.books import BooksRead
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.rules.rule import Conclusion
from gateway.state.state import State


class Books:
    name = "books"
    reads = (BooksRead,)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case BooksRead():
                for book in sorted(set(what.unreadable) - set(state.unreadable)):
                    yield Anomaly(kind=Kind.BOOK_UNREADABLE, key=book, device=book, at=what.at)
                for book in sorted(set(state.unreadable) - set(what.unreadable)):
                    yield Over(kind=Kind.BOOK_UNREADABLE, key=book, at=what.at)
                state.unreadable = what.unreadable
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()
