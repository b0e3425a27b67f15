"""An RS-485 pair in place of wires: whatever one party says, every other one hears."""

import os
import select
import threading
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def shared_pair(ports: Sequence[str]) -> Iterator[str]:
    """Joins these ports and gives the name of one more, which is the house's end."""
    master, slave = os.openpty()
    tty.setraw(slave)
    parties = [master, *(os.open(port, os.O_RDWR | os.O_NOCTTY) for port in ports)]
    stop_read, stop_write = os.pipe()

    def carry() -> None:
        while True:
            ready, _, _ = select.select([stop_read, *parties], [], [])
            if stop_read in ready:
                return
            for speaker in ready:
                data = os.read(speaker, 4096)
                for party in parties:
                    if party != speaker:
                        os.write(party, data)

    thread = threading.Thread(target=carry, name="shared pair", daemon=True)
    thread.start()
    try:
        yield os.ttyname(slave)
    finally:
        os.write(stop_write, b"!")
        thread.join()
        for fd in (slave, stop_read, stop_write, *parties):
            os.close(fd)
