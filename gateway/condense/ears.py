"""What one receiver heard of one band: strengths in, how many and their median out. As small as it can be.

Floor 3, a pure room. A street has 20,000 of these: a strength is one byte, and two buckets of half a window each hold
between half a window and a whole one.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.events.presence import Where

MOST = 48  # strengths in one bucket; a band that says more is known well enough
FAINTEST = -127  # what a radio says where it has no strength
LEARNT_OF = 64  # the usual strength is an average over about so many adverts
GAP = timedelta(seconds=20)  # a receiver that heard nothing at all for so long was not hearing


@dataclass(slots=True)
class Receiver:
    """One radio: how many bands it knows, when it last heard any of them, and since when without a gap."""

    name: str
    last: datetime
    bands: int = 0
    since: datetime = field(init=False)
    broken: bool = False  # there was a gap

    def __post_init__(self) -> None:
        self.since = self.last

    def hear(self, at: datetime) -> None:
        if at - self.last > GAP:
            self.since, self.broken = at, True
        self.last = at


class Ear:
    """One receiver's hearing of one band."""

    __slots__ = ("_before", "_half", "_now", "_turn", "gate", "last", "receiver", "usual")

    def __init__(self, receiver: Receiver, gate: str, at: datetime, half: timedelta) -> None:
        self.receiver = receiver
        self.gate = gate
        self.last = at
        self.usual = -200.0  # of a gate: how loud it is there while the band is at home
        self._half = half
        self._turn = at + half
        self._now = bytearray()
        self._before = bytearray()

    def hear(self, rssi: int, at: datetime) -> None:
        if at >= self._turn:
            self._before = self._now if at < self._turn + self._half else bytearray()
            self._now = bytearray()
            self._turn = at + self._half
        if len(self._now) < MOST:
            self._now.append(min(max(rssi - FAINTEST, 0), 255))
        self.last = at
        self.receiver.hear(at)

    def learn(self, rssi: int) -> None:
        """So loud is it here while it is at home."""
        self.usual = float(rssi) if self.usual < FAINTEST else self.usual + (rssi - self.usual) / LEARNT_OF

    def level(self, now: datetime) -> tuple[int, int]:
        """How many adverts, and their median strength in dBm, within the window that ends now."""
        if now < self._turn:
            heard = self._before + self._now
        elif now < self._turn + self._half:
            heard = self._now
        else:
            return 0, FAINTEST
        return len(heard), sorted(heard)[len(heard) // 2] + FAINTEST if heard else FAINTEST


class Band:
    """One worn band: whose flat, who hears it, and where it is."""

    __slots__ = ("ears", "flat", "home", "home_last", "maybe", "maybe_since", "since", "where")

    def __init__(self, flat: str, home: frozenset[str], where: Where | None, at: datetime) -> None:
        self.flat = flat
        self.home = home
        self.where = where
        self.maybe: Where | None = None
        self.since = self.maybe_since = at
        self.home_last = at - timedelta(days=1)  # not since the house opened
        self.ears: dict[str, Ear] = {}

    def at_home(self) -> datetime | None:
        """When a receiver of its flat last heard it."""
        return max((ear.last for name, ear in self.ears.items() if name in self.home), default=None)

    def quiet_since(self) -> datetime:
        """Since when nobody has heard it."""
        return max((ear.last for ear in self.ears.values()), default=self.since)
