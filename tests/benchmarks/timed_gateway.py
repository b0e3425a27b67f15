"""`python -m tests.benchmarks.timed_gateway STAMPS run --config ...`: the gateway, with a clock at four of its doors.

One line of JSON for each: the reader of codes begins and ends on a frame in which it finds one, bytes are there on a
serial cable, a decision is made, it is on disk. `cpu` is what the loop's thread has taken so far: its share of a busy
machine does not count. The doors work as ever; the stamp costs some microseconds.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TextIO

import msgspec
from numpy.typing import NDArray

from devices.links.serial import SerialLink
from devices.qr_glancing import Glancer
from gateway.__main__ import main
from gateway.findings import Decision
from gateway.gatekeeper import Gatekeeper
from gateway.shown.fold import Shown


def put_clocks(stamps: TextIO) -> None:
    def note(**what: Any) -> None:
        stamps.write(json.dumps(what) + "\n")

    read, receive, apply, arrive = Glancer.read, Gatekeeper.receive, Shown.apply, SerialLink._in_loop
    main_thread = threading.main_thread().ident
    assert main_thread is not None
    loops_clock = time.pthread_getcpuclockid(main_thread)  # read from other threads too

    @wraps(arrive)
    def timed_arrival(self: SerialLink, call: Callable[..., object], *arguments: object) -> None:
        note(door="arrived", at=time.time(), cpu=time.clock_gettime(loops_clock))
        arrive(self, call, *arguments)

    @wraps(read)
    def timed_read(self: Glancer, gray: NDArray[Any]) -> tuple[str, ...]:
        began = time.time()
        texts = read(self, gray)
        for text in texts:
            note(door="read", text=text, began=began, at=time.time())
        return texts

    @wraps(receive)
    def timed_receive(self: Gatekeeper, *arguments: Any, **named: Any) -> Any:
        batch = receive(self, *arguments, **named)
        for body in batch.bodies:
            if isinstance(body, Decision):
                note(door="decided", cti=body.cti, at=time.time(), cpu=time.thread_time())
        return batch

    @wraps(apply)
    def timed_apply(self: Shown, number: int, body: msgspec.Struct) -> None:
        apply(self, number, body)
        if isinstance(body, Decision):
            note(door="committed", cti=body.cti, number=number, at=time.time(), cpu=time.thread_time())

    Glancer.read = timed_read  # type: ignore[method-assign]  # the doors of this one process, for this measurement
    Gatekeeper.receive = timed_receive  # type: ignore[method-assign]  # as above
    Shown.apply = timed_apply  # type: ignore[method-assign]  # as above
    SerialLink._in_loop = timed_arrival  # type: ignore[method-assign]  # as above


if __name__ == "__main__":
    with Path(sys.argv[1]).open("a", buffering=1, encoding="utf-8") as file:
        put_clocks(file)
        sys.argv[1:] = sys.argv[2:]
        main()
