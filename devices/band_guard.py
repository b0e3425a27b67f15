"""Service data of one keyed band in; out: fresh objects, a repeat, or the word for what is wrong with it.

The rules, in the order they are asked
1. Once a key is known, plaintext is refused (PLAIN): anyone can write it.
2. The very bytes accepted last are a repeat. BlueZ hands on its cache with every change of RSSI, and several receivers
   hear one advert. A repeat says that somebody sends these bytes nearby: presence, never a measurement.
3. A tag that does not fit is refused (TAG).
4. A counter equal to the highest with other bytes, or a lower one, is refused (REPLAY), although the tag fits.
5. A higher counter is accepted, however far it jumps: only the key's owner can make one, and a band may have been out
   of hearing for weeks. The counter never wraps here: at one advert a second 2^32 last 136 years. A band that loses
   its counter with its battery is refused until it is enrolled anew with a new key; letting low counters through,
   as other parsers do, lets a recorded fever be played for ever.

Several receivers
All receivers of a house share one guard for each band (devices/band_book.py), so the second and third copy of an advert
end at a comparison of bytes, and what was recorded at one receiver is a replay at every other. Some roads are slower
than others: for `LATE_SECONDS` a lower counter is no replay if the receiver that brings it has not itself brought a
higher one, since a radio hears adverts in their order. It is taken as a repeat, so playing it gains nothing; an equal
counter with other bytes is a replay all the same.

After a restart (kill -9 at the worst moment)
The guard starts from the highest counter that is on disk. So the adverts that were heard but whose counter was not
yet in the journal may be accepted once more if somebody recorded and plays them, each once, in ascending order, only
until the band's own next advert is heard, whose counter is above all of them. An advert with exactly the counter on
disk is still on air or in BlueZ's cache after almost every restart, so it is no alarm: its tag is checked, and it
is taken as a repeat (presence, no measurement); from then on other bytes with that counter are a replay.

A new key starts without a counter, since old words cannot be read with it. (The counter on disk belongs to the key
known first after a start: the house forgets it when it gives a band another key.)
"""

from collections import deque
from collections.abc import Hashable
from enum import StrEnum
from typing import Final

from msgspec import Struct

from devices import bthome

LATE_SECONDS: Final = 10.0  # a broker or a proxy that was away for a moment; bands keep an SOS on air as long
MOST_RECENT: Final = 16  # adverts of one band that may be late
MOST_RECEIVERS: Final = 16  # whose order is remembered; a radio that is opened anew is another one


class Forgery(StrEnum):
    """What stands in ForgedSeen.why."""

    TAG = "tag"
    REPLAY = "replay"
    PLAIN = "plain"


class Fresh(Struct, frozen=True, gc=False):
    """A new word of this band: its counter and its decrypted objects."""

    counter: int
    body: bytes


class Repeat(Struct, frozen=True, gc=False):
    """The bytes accepted last, once more."""

    counter: int


Judgement = Fresh | Repeat | Forgery | None  # None: no BTHome at all


class _Taken(Struct, frozen=True, gc=False):
    """An advert that was let through a moment ago."""

    counter: int
    data: bytes
    at_seconds: float


class Guard:
    """The guard of one band. `highest` is the counter on disk, None if this band was never heard."""

    __slots__ = ("_address", "_brought", "_floor", "_highest", "_key", "_last", "_recent", "_repeated")

    def __init__(self, address: bytes, highest: int | None) -> None:
        self._address = address
        self._key: bytes | None = None
        self._start(-1 if highest is None else highest)

    def _start(self, highest: int) -> None:
        self._highest = self._floor = highest
        self._last: bytes | None = None
        self._repeated = Repeat(highest)
        self._recent: deque[_Taken] = deque()
        self._brought: dict[Hashable, int] = {}  # receiver -> the highest counter it was the first to bring

    def judge(self, key: bytes, data: bytes, at_seconds: float = 0.0, receiver: Hashable = None) -> Judgement:
        """`key` is asked of the house each time; `data` is the service data as `receiver` heard it."""
        if key is not self._key and key != self._key:
            if self._key is not None:
                self._start(-1)
            self._key = key
        if data == self._last:
            return self._repeated
        frame = bthome.split(data)
        if frame is None:
            return None
        counter = frame.counter
        if counter is None:
            return Forgery.PLAIN
        late = counter < self._highest and self._may_be_late(counter, at_seconds, receiver)
        if late and any(taken.data == data for taken in self._recent):
            return Repeat(counter)
        body = bthome.unseal(key, self._address, frame)
        if body is None:
            return Forgery.TAG
        if counter > self._highest:
            self._highest, self._last, self._repeated = counter, data, Repeat(counter)
            self._take(counter, data, at_seconds, receiver)
            return Fresh(counter, body)
        if counter == self._highest and self._last is None:
            self._last, self._repeated = data, Repeat(counter)
            return self._repeated
        if late and all(taken.counter != counter for taken in self._recent):
            self._take(counter, data, at_seconds, receiver)
            return Repeat(counter)
        return Forgery.REPLAY

    def _may_be_late(self, counter: int, at_seconds: float, receiver: Hashable) -> bool:
        self._forget(at_seconds)
        return counter > self._floor and counter > self._brought.get(receiver, -1)

    def _take(self, counter: int, data: bytes, at_seconds: float, receiver: Hashable) -> None:
        self._recent.append(_Taken(counter, data, at_seconds))
        self._forget(at_seconds)
        self._brought[receiver] = counter
        if len(self._brought) > MOST_RECEIVERS:
            del self._brought[next(iter(self._brought))]

    def _forget(self, at_seconds: float) -> None:
        recent = self._recent
        while recent and (recent[0].at_seconds < at_seconds - LATE_SECONDS or len(recent) > MOST_RECENT):
            self._floor = max(self._floor, recent.popleft().counter)


class Sparingly:
    """Says a thing at once, then at most once a window, with how often it happened meanwhile.

    Time is an argument (the adverts' own `at_seconds`), so how adverts were cut into chunks makes no difference.
    """

    __slots__ = ("_held_back", "_quiet_until", "_window")

    def __init__(self, window_seconds: float) -> None:
        self._window = window_seconds
        self._quiet_until: float | None = None
        self._held_back = 0

    def happened(self, at_seconds: float) -> int:
        """It happened once more: how many to report now, 0 if it is too soon."""
        self._held_back += 1
        return self.due(at_seconds)

    def due(self, at_seconds: float) -> int:
        """How many of those held back are to be reported now."""
        if not self._held_back or (self._quiet_until is not None and at_seconds < self._quiet_until):
            return 0
        count, self._held_back = self._held_back, 0
        self._quiet_until = at_seconds + self._window
        return count
