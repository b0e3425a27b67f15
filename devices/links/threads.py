"""Threads that work inside a C library, and their end before Python is taken down.

A daemon thread that comes back from OpenCV while the interpreter is being finalized aborts the whole process with exit
code 134 ("terminate called without an active exception"): Python ends such a thread by unwinding OpenCV's own frames.
So at exit they are told to stop and waited for, as long as the house can afford.
"""

import atexit
import threading
import time
from collections.abc import Callable

EXIT_SECONDS = 2.0  # the house has three for all of its end

_running: dict[threading.Thread, Callable[[], None]] = {}  # with what tells each to stop


def start(work: Callable[[], None], *, name: str, stop: Callable[[], None]) -> None:
    """Run `work` in a daemon thread; `stop` may be called at exit, from another thread."""

    def run() -> None:
        try:
            work()
        finally:
            _running.pop(thread, None)

    thread = threading.Thread(target=run, name=name, daemon=True)
    _running[thread] = stop
    thread.start()


@atexit.register
def end_all() -> None:
    limit = time.monotonic() + EXIT_SECONDS
    threads = list(_running.items())
    for _, stop in threads:
        stop()
    for thread, _ in threads:
        thread.join(max(0.0, limit - time.monotonic()))
