"""Pseudo-terminals in place of serial ports: the house opens `port`, the simulation holds the other end."""

import asyncio
import os
import select
import tty
from collections.abc import Callable
from contextlib import suppress


class Cable:
    """A cable with something at its far end. Bytes nobody fetches are lost, as on a wire.

    `hold=True`: the far end is powered whether or not the port is open, and hears bytes (`listen`).
    `hold=False`: it only speaks, and `plugged` says whether somebody has the port open (a scanner's own beep does not
    come without).
    """

    def __init__(self, *, hold: bool) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        os.set_blocking(self._master, False)
        self._hold = hold
        self._hears: Callable[[bytes], None] | None = None
        if not hold:
            os.close(self._slave)
        self.dropped = 0  # bytes nobody fetched

    @property
    def plugged(self) -> bool:
        """Has somebody opened the port? (Only without `hold`.)"""
        asked = select.poll()
        asked.register(self._master, 0)
        return not any(event & select.POLLHUP for _, event in asked.poll(0))

    def say(self, data: bytes) -> None:
        """What the port's buffer has no room for is lost."""
        try:
            said = os.write(self._master, data)
        except BlockingIOError:
            said = 0
        self.dropped += len(data) - said

    def listen(self, hears: Callable[[bytes], None]) -> None:
        """Call this with the bytes that come."""
        self._hears = hears
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def close(self) -> None:
        if self._hears is not None:
            asyncio.get_running_loop().remove_reader(self._master)
        with suppress(OSError):
            os.close(self._master)
        if self._hold:
            os.close(self._slave)

    def _read(self) -> None:
        assert self._hears is not None
        try:
            data = os.read(self._master, 4096)
        except BlockingIOError:
            return
        self._hears(data)
