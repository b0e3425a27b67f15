"""An asyncio process's turns in, what held its loop out: each handle's CPU and wall time, by the name of its task.

`watching()` times every handle that the loop runs, at the price of two microseconds each; what took `WORTH_NAMING` or
more of the thread's CPU is kept by name. A full round of the garbage collector is told beside the handle it fell into.
Put `doors(stamps)` on the house as well, and the road of each call for help is stamped: when the driver had its
advert, when it was a finding, when it was on disk.
"""

import asyncio
import gc
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any

from devices.adverts import Advert
from devices.reading import BandSeen
from devices.wristband import WristbandDecoder
from gateway.findings import Alert
from gateway.gatekeeper import Gatekeeper
from gateway.kinds import Kind

WORTH_NAMING = 0.005  # seconds of CPU


@dataclass(slots=True)
class Held:
    """Seconds. `by`: what held the loop for long -> the CPU and the wall time of each time it did."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    by: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    collected: list[tuple[int, float]] = field(default_factory=list)  # the collector's rounds: generation, CPU

    def clear(self) -> None:
        for kept in (self.cpu, self.wall, self.by, self.collected):
            kept.clear()

    def figures(self) -> dict[str, Any]:
        full = [spent for generation, spent in self.collected if generation == 2]
        named = {
            name: {
                "times": len(each),
                "cpu_ms": max(c for c, _ in each) * 1e3,
                "wall_ms": max(w for _, w in each) * 1e3,
            }
            for name, each in sorted(self.by.items(), key=lambda item: max(item[1]), reverse=True)
        }
        return {
            "turns": len(self.cpu),
            "cpu_ms": spread(self.cpu),
            "wall_ms": spread(self.wall),
            "by": named,
            "gc": {
                "full": len(full),
                "full_ms": max(full, default=0.0) * 1e3,
                "all_s": sum(c for _, c in self.collected),
            },
        }


def spread(seconds: list[float]) -> tuple[float, float, float]:
    """p50, p99 and the longest, in milliseconds."""
    if not seconds:
        return 0.0, 0.0, 0.0
    ordered = sorted(seconds)
    return tuple(each * 1e3 for each in (ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100], ordered[-1]))  # type: ignore[return-value]  # three of them


@contextmanager
def watching() -> Iterator[Held]:
    """For this process's loop, from now on."""
    held = Held()
    run = asyncio.Handle._run
    began = [0.0]

    @wraps(run)
    def timed(self: asyncio.Handle) -> None:
        cpu, wall = time.thread_time(), time.perf_counter()
        run(self)
        cpu, wall = time.thread_time() - cpu, time.perf_counter() - wall
        held.cpu.append(cpu)
        held.wall.append(wall)
        if cpu >= WORTH_NAMING:
            held.by[_name(self)].append((cpu, wall))

    def collecting(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            began[0] = time.thread_time()
        else:
            held.collected.append((info["generation"], time.thread_time() - began[0]))

    asyncio.Handle._run = timed  # type: ignore[method-assign]  # of this one process, for this measurement
    gc.callbacks.append(collecting)
    try:
        yield held
    finally:
        gc.callbacks.remove(collecting)
        asyncio.Handle._run = run  # type: ignore[method-assign]  # as it was


def _name(handle: asyncio.Handle) -> str:
    callback = handle._callback  # type: ignore[attr-defined]  # there is no other way to ask whose turn it was
    while isinstance(callback, partial):
        callback = callback.func
    of = getattr(callback, "__self__", None)
    if isinstance(of, asyncio.Task):
        return f"task {of.get_name()}"
    return getattr(callback, "__qualname__", repr(callback))


@dataclass(slots=True)
class Stamps:
    """Monotonic seconds by band, of its first call for help."""

    driver: dict[str, float] = field(default_factory=dict)  # the driver was handed the advert
    finding: dict[str, float] = field(default_factory=dict)  # the gatekeeper had concluded


@contextmanager
def doors(stamps: Stamps) -> Iterator[None]:
    """Clocks at two doors of this process, before the house opens; they work as ever."""
    read, receive = WristbandDecoder._bthome, Gatekeeper.receive

    @wraps(read)
    def timed_read(self: WristbandDecoder, known: Any, advert: Advert) -> Any:
        seen = read(self, known, advert)
        if isinstance(seen, BandSeen) and seen.sos:
            stamps.driver.setdefault(known.device, advert.at_seconds)
        return seen

    @wraps(receive)
    def timed_receive(self: Gatekeeper, *arguments: Any, **named: Any) -> Any:
        batch = receive(self, *arguments, **named)
        for body in batch.bodies:
            if isinstance(body, Alert) and body.kind is Kind.HELP_CALLED:
                stamps.finding.setdefault(body.device, time.monotonic())
        return batch

    WristbandDecoder._bthome = timed_read  # type: ignore[method-assign]  # of this one process, for this measurement
    Gatekeeper.receive = timed_receive  # type: ignore[method-assign]  # as above
    try:
        yield
    finally:
        WristbandDecoder._bthome = read  # type: ignore[method-assign]  # as it was
        Gatekeeper.receive = receive  # type: ignore[method-assign]  # as it was
