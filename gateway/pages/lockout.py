"""Wrong PINs and too many requests in, how long to wait out. Pure: the seconds are a parameter.

A lockout only ever delays logging in; pages that are open and lanes that scan never ask here.
"""

from collections import OrderedDict
from dataclasses import dataclass

MOST_KEYS = 2048  # an attacker with many addresses must not fill the memory; the least recent are forgotten


@dataclass(slots=True)
class _Failures:
    count: int
    until: float


class Lockout:
    """After `free` wrong PINs of one key each further one doubles the wait, from `first` to `longest` seconds."""

    def __init__(self, free: int, first: float, longest: float) -> None:
        self._free = free
        self._first = first
        self._longest = longest
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def wait(self, key: str, seconds: float) -> float:
        """How many seconds this key has to wait; 0 if it may try."""
        failures = self._failures.get(key)
        return 0.0 if failures is None else max(0.0, failures.until - seconds)

    def failed(self, key: str, seconds: float) -> None:
        failures = self._failures.pop(key, _Failures(0, 0.0))
        failures.count += 1
        if failures.count >= self._free:
            doublings = min(failures.count - self._free, 30)
            failures.until = seconds + min(self._longest, self._first * 2**doublings)
        self._failures[key] = failures
        while len(self._failures) > MOST_KEYS:
            self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        self._failures.pop(key, None)


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
