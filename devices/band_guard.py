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

After a restart (kill -9 at the worst moment; a lost and reopened radio link is no different)
The guard starts from the highest counter that is on disk. So the adverts that were heard but whose counter was not
yet in the journal may be accepted once more if somebody recorded and plays them, each once, in ascending order, only
until the band's own next advert is heard, whose counter is above all of them. An advert with exactly the counter on
disk is still on air or in BlueZ's cache after almost every restart, so it is no alarm: its tag is checked, and it
is taken as a repeat (presence, no measurement); from then on other bytes with that counter are a replay.

A new key starts without a counter, since old words cannot be read with it. (The counter on disk belongs to the key
known first after a start: the house forgets it when it gives a band another key.)
"""

from enum import StrEnum

from msgspec import Struct

from devices import bthome


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


class Guard:
    """The guard of one band. `highest` is the counter on disk, None if this band was never heard."""

    __slots__ = ("_address", "_highest", "_key", "_last", "_repeated")

    def __init__(self, address: bytes, highest: int | None) -> None:
        self._address = address
        self._highest = -1 if highest is None else highest
        self._key: bytes | None = None
        self._last: bytes | None = None
        self._repeated = Repeat(self._highest)

    def judge(self, key: bytes, data: bytes) -> Judgement:
        """`key` is asked of the house each time; `data` is the service data as it came."""
        if key is not self._key and key != self._key:
            if self._key is not None:
                self._highest, self._last = -1, None
            self._key = key
        if data == self._last:
            return self._repeated
        frame = bthome.split(data)
        if frame is None:
            return None
        counter = frame.counter
        if counter is None:
            return Forgery.PLAIN
        body = bthome.unseal(key, self._address, frame)
        if body is None:
            return Forgery.TAG
        if counter > self._highest:
            self._highest, self._last, self._repeated = counter, data, Repeat(counter)
            return Fresh(counter, body)
        if counter == self._highest and self._last is None:
            self._last, self._repeated = data, Repeat(counter)
            return self._repeated
        return Forgery.REPLAY


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
