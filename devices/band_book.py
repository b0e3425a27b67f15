"""What all receivers of a house know together of each band: its guard, the bytes it said last, what was wrong with it.

Floor 1, a pure room. An address in, the one line of the book about it out. Each radio, proxy and broker has a decoder
of its own; were each to guard for itself, one advert heard by three would be three, and what was recorded at one could
be played at another. The book outlives the links: a radio that is opened anew knows what was heard before.
"""

from typing import Final

from devices.adverts import mac_bytes
from devices.band_guard import Forgery, Guard, Sparingly
from devices.driver import Keys

SHELF: Final = "bands"  # under which name the book stands in `Keys.shared`


class Line:
    """One band."""

    __slots__ = ("forged", "fresh_at", "garbled", "guard", "last", "last_at")

    def __init__(self, guard: Guard, window_seconds: float) -> None:
        self.guard = guard
        self.last: bytes | None = None
        self.last_at = 0.0
        self.fresh_at: float | None = None  # when the guarded bytes were first heard
        self.forged: dict[Forgery, Sparingly] = {}
        self.garbled = Sparingly(window_seconds)

    def anew(self, data: bytes, at_seconds: float, unchanged_seconds: float) -> bool:
        """Without a counter: are these bytes a measurement, or the ones heard a moment ago?"""
        if data == self.last and at_seconds - self.last_at < unchanged_seconds:
            return False
        self.last, self.last_at = data, at_seconds
        return True


class BandBook:
    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}

    def line(self, address: str, device: str, keys: Keys, window_seconds: float) -> Line:
        """The line about this band; begun with the counter that is on disk."""
        found = self._lines.get(address)
        if found is None:
            guard = Guard(mac_bytes(address), keys.counter(device))
            found = self._lines[address] = Line(guard, window_seconds)
        return found


def book_of(keys: Keys) -> BandBook:
    """The one book of the house."""
    book = keys.shared.setdefault(SHELF, BandBook())
    assert isinstance(book, BandBook)
    return book
