"""A slot between two threads that holds the newest value only: what the slow side has not taken is replaced."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Closed(Exception):
    """Nothing more will come."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Newest(Generic[T]):
    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: T | None = None
        self._closed: str | None = None

    def put(self, value: T) -> None:
        with self._changed:
            self._value = value
            self._changed.notify()

    def close(self, reason: str) -> None:
        """The first reason stands. A value still in the slot can be taken."""
        with self._changed:
            self._closed = self._closed or reason
            self._changed.notify()

    def take(self, timeout_seconds: float) -> T | None:
        """The newest value, waiting for one; None after the timeout. Raises Closed when there will be no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._value is not None or self._closed is not None, timeout_seconds)
            value, self._value = self._value, None
            if value is None and self._closed is not None:
                raise Closed(self._closed)
            return value
