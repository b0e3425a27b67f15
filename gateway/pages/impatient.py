"""Connections in; the same, but one that is slow to say what it wants, or one of too many, is hung up on.

uvicorn waits for ever for the end of a request's head, and answers everybody with 503 once `limit_concurrency`
connections stand, silent ones included: a single telephone could keep the guard from the pages (CVE-2007-6750,
"slowloris"). An open page's stream has said what it wants, and lasts.
"""

import asyncio
from collections import Counter
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0  # from the connection, or the first byte of a later request, to the end of the request's head
MOST_UNSPOKEN = 24  # connections of one address that have not asked yet; a browser opens six
MOST_OF_ONE = 96  # connections of one address, of the 256 there are
# of all addresses together where nobody has logged in; the rest is for those where somebody has
MOST_OF_STRANGERS = 160
MOST_KNOWN = 512  # addresses remembered
SHAKE_SECONDS = 10.0  # for TLS; asyncio's own 60 leave room for six times as many that never say a word
MOST_SHAKING_OF_ONE = 24  # connections of one address that have not shaken hands yet; each costs 300 kB
MOST_SHAKING = 128  # of all addresses where nobody is logged in


class Impatient(H11Protocol):
    """See the module."""

    # of the whole process: uvicorn makes one of us for each connection
    _of_one: ClassVar[Counter[str]] = Counter()
    _unspoken: ClassVar[Counter[str]] = Counter()
    _known: ClassVar[dict[str, None]] = {}
    _shaking: ClassVar[dict[tuple[str, int], float]] = {}  # address and port -> since when, the oldest first
    _address = "?"
    _asked = False
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        super().connection_made(transport)
        if self.client:
            self._address = self.client[0]
            self._shaking.pop(self.client, None)
        self._of_one[self._address] += 1
        self._unspoken[self._address] += 1
        if self._is_one_too_many():
            transport.abort()
            return
        self._hurry()

    @classmethod
    def know(cls, address: str) -> None:
        """Somebody is logged in there: other people's connections leave room for its own."""
        cls._known.pop(address, None)
        cls._known[address] = None
        if len(cls._known) > MOST_KNOWN:
            del cls._known[next(iter(cls._known))]

    @classmethod
    def may_shake(cls, address: tuple[str, int], now: float) -> bool:
        """May this one, who has just come, shake hands? We hear of it again when they have (`connection_made`)."""
        while cls._shaking and (first := next(iter(cls._shaking))) and now - cls._shaking[first] > SHAKE_SECONDS:
            del cls._shaking[first]
        of_one = sum(host == address[0] for host, _ in cls._shaking)
        of_strangers = sum(host not in cls._known for host, _ in cls._shaking)
        if of_one >= MOST_SHAKING_OF_ONE or (of_strangers >= MOST_SHAKING and address[0] not in cls._known):
            return False
        cls._shaking[address] = now
        return True

    def _is_one_too_many(self) -> bool:
        if self._of_one[self._address] > MOST_OF_ONE or self._unspoken[self._address] > MOST_UNSPOKEN:
            return True
        if self._address in self._known:
            return False
        return sum(open_ for address, open_ in self._of_one.items() if address not in self._known) > MOST_OF_STRANGERS

    def data_received(self, data: bytes) -> None:
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._has_asked()
        elif self._deadline is None and (before is None or before.response_complete):
            self._hurry()  # the next request has begun, and uvicorn's own timer, for quiet connections, is off

    def connection_lost(self, exc: Exception | None) -> None:
        self._has_asked()
        _less(self._of_one, self._address)
        super().connection_lost(exc)

    def _hurry(self) -> None:
        self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _has_asked(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if not self._asked:
            self._asked = True
            _less(self._unspoken, self._address)


def _less(counts: Counter[str], key: str) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]
