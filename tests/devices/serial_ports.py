"""A pair of pseudo-terminals in place of a serial port: the test holds the far end."""

import os
import select
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class FarEnd:
    """What the device at the other end of the cable would see and say."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)

    def say(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._master, data) :]

    def hear(self, count: int) -> bytes:
        """Exactly so many bytes; waits for them."""
        heard = b""
        while len(heard) < count:
            select.select([self._master], [], [])
            heard += os.read(self._master, count - len(heard))
        return heard

    def can_hear(self) -> bool:
        """Is there a byte that was sent and not heard yet?"""
        return bool(select.select([self._master], [], [], 0)[0])

    def go_away(self) -> None:
        for fd in (self._slave, self._master):
            with suppress(OSError):  # may have gone away before
                os.close(fd)


@contextmanager
def far_end() -> Iterator[FarEnd]:
    end = FarEnd()
    try:
        yield end
    finally:
        end.go_away()


def serial_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("serial ")]
