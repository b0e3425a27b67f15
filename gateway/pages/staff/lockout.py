"""Wrong PINs and too many requests in, how long to wait out. Pure: the seconds are a parameter.

A lockout only ever delays logging in; pages that are open and lanes that scan never ask here.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

MOST_KEYS = 2048  # an attacker with many addresses must not fill the memory; the least recent are forgotten
FORGETS = 3600.0  # seconds after the last wrong PIN: a gate's screen must not pay for the slips of a month


@dataclass(slots=True)
class _Failures:
    count: int
    until: float
    last: float


class Lockout:
    """After `free` wrong PINs of one key each further one doubles the wait, from `first` to `longest` seconds.

    `most` keys are remembered; None where they are bounded by themselves, as the members of the staff are.
    """

    def __init__(self, free: int, first: float, longest: float, most: int | None = MOST_KEYS) -> None:
        self._free = free
        self._first = first
        self._longest = longest
        self._most = most
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def wait(self, key: str, seconds: float) -> float:
        """How many seconds this key has to wait; 0 if it may try."""
        failures = self._failures.get(key)
        return 0.0 if failures is None else max(0.0, failures.until - seconds)

    def failed(self, key: str, seconds: float) -> None:
        failures = self._failures.pop(key, None)
        if failures is None or seconds - failures.last > FORGETS:
            failures = _Failures(0, 0.0, seconds)
        failures.count += 1
        failures.last = seconds
        if failures.count >= self._free:
            doublings = min(failures.count - self._free, 30)
            failures.until = seconds + min(self._longest, self._first * 2**doublings)
        self._failures[key] = failures
        while self._most is not None and len(self._failures) > self._most:
            self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        self._failures.pop(key, None)


class Tries:
    """Who tries to log in, from where, in; how long they wait, out.

    Members and names that nobody has are counted alike and apart: a stranger's thousand names push no member's failures
    out. A device on which a member has logged in before (`device`, proved by gateway/pages/staff/seen.py) answers for
    itself alone: no stranger's failures delay the member there (OWASP: slowing down online guessing with device
    cookies).
    """

    def __init__(self) -> None:
        self._devices = Lockout(free=3, first=2, longest=900)
        self._pairs = {known: Lockout(free=3, first=2, longest=900) for known in (True, False)}
        # whoever tries from many addresses meets these; a minute at most, for it also delays the member elsewhere
        self._members = Lockout(free=12, first=4, longest=60, most=None)
        self._strangers = Lockout(free=12, first=4, longest=60)
        self._addresses = Lockout(free=30, first=2, longest=60)
        # where somebody has been guessing for days (gateway/rules/pins.py): six an hour, two months for four digits
        self._besieged = Lockout(free=1, first=60, longest=600, most=None)

    def of(self, client: str, member: str | None, name: str, device: str, *, besieged: bool = False) -> "Try":
        """`member` is the id of a known one, `name` what was typed, `device` the proved device of that member;
        `besieged`: there is an alert that their PIN is being guessed."""
        if member is not None and device:
            return Try([(self._devices, device)], [])
        if member is not None and besieged:
            return Try([(self._besieged, member)], [(self._addresses, client)])
        known = member is not None
        key = member if member is not None else name
        own = [(self._pairs[known], f"{client}\0{key}"), (self._members if known else self._strangers, key)]
        return Try(own, [(self._addresses, client)])


class Try:
    """One log-in. A right PIN forgets the wrong ones of its own keys, and not those of the `shared` address."""

    def __init__(self, own: Iterable[tuple[Lockout, str]], shared: Iterable[tuple[Lockout, str]]) -> None:
        self._own = tuple(own)
        self._all = (*self._own, *shared)

    def wait(self, seconds: float) -> float:
        return max(lockout.wait(key, seconds) for lockout, key in self._all)

    def failed(self, seconds: float) -> None:
        for lockout, key in self._all:
            lockout.failed(key, seconds)

    def succeeded(self) -> None:
        for lockout, key in self._own:
            lockout.succeeded(key)


class Allowance:
    """So many requests at once and so many a second for each client."""

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._clients: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, seconds: float) -> bool:
        """May this client ask once more?"""
        left, then = self._clients.pop(client, (self._burst, seconds))
        left = min(self._burst, left + (seconds - then) * self._per_second)
        granted = left >= 1.0
        self._clients[client] = (left - 1.0 if granted else left, seconds)
        while len(self._clients) > MOST_KEYS:
            self._clients.popitem(last=False)
        return granted
