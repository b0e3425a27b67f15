"""A camera in; what could be read in its frames out, as `Look`s. A slow reader never works on old frames.

Two daemon threads stand behind each camera. One does nothing but take frames from it as they come and keep the newest;
the other reads that newest one. With a single thread the frames a slow reader has not fetched wait in the sockets'
buffers: reading 2.5 of 15 frames a second it was 2.7 s behind the camera after 3.2 s, and falling further; with two it
is never more than a frame behind.

Whatever a thread finds wrong (will not open, broke off, frozen, torn, silent) ends the link: LinkLost with the reason.
OpenCV cannot be interrupted while it waits: `close` does not wait for it, and the thread ends by itself when the read
timeout has passed.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from msgspec import Struct

from devices.camera_sight import CameraSight
from devices.driver import LinkLost
from devices.links import threads
from devices.links.capture import Capture, CaptureError, Kind, kind_of, without_password
from devices.links.frame import Frame
from devices.links.frame_reader import FrameReader, Spoilt
from devices.links.glimpses import GLIMPSES
from devices.links.looks import CameraPlan, Look
from devices.links.newest import Closed, Newest
from devices.qr_reading import Gray

CLOSE_SECONDS = 0.8  # so long a closing link waits for its threads
QUIET_SECONDS = 1.0  # so often it says that it has looked, though there was nothing to read

# The picture at which a camera hung, by its address. It outlives the link: what opens next is the same hanging camera.
_frozen: dict[str, bytes] = {}
# What each camera is used to see, by its address. It outlives the link: one that was unplugged may look elsewhere now.
# Whoever looks on takes it out and puts it back, so that a thread that hangs and its successor never share one.
_sights: dict[str, CameraSight] = {}


class _Seen(Struct, frozen=True):
    frame: Frame
    at_seconds: float


class CameraLink:
    """An open camera. Iterate for its looks; raises LinkLost when it is gone."""

    def __init__(self, plan: CameraPlan, read: Callable[[Gray], tuple[str, ...]]) -> None:
        self._plan = plan
        self._read = read
        self._name = without_password(plan.source)
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._lock = threading.Lock()  # over the four below
        self._look: Look | None = None
        self._lost: str | None = None
        self._opened = False
        self._running = 2
        self._stop = threading.Event()
        self._newest: Newest[_Seen] = Newest()

    def send(self, data: bytes) -> None:
        """A camera takes no orders."""

    def __aiter__(self) -> AsyncIterator[Look]:
        return self._looks()

    async def open(self) -> None:
        for work in (self._grab, self._look_on):
            threads.start(partial(self._run, work), name=f"camera {self._name}", stop=self._stop_threads)
        # A name that does not resolve holds OpenCV beyond its own timeout.
        try:
            async with asyncio.timeout(self._plan.open_timeout_seconds + 1):
                await self._until(lambda: self._opened or self._lost is not None)
        except TimeoutError as exc:
            raise LinkLost(self._name, f"did not open in {self._plan.open_timeout_seconds + 1:g} s") from exc
        if self._lost is not None and not self._opened:
            raise LinkLost(self._name, self._lost)

    async def close(self) -> None:
        self._stop_threads()
        with suppress(TimeoutError):  # OpenCV waits for a camera that hangs; the thread ends with its read timeout
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._until(lambda: self._running == 0)

    def _stop_threads(self) -> None:
        self._stop.set()
        self._newest.close("closed")

    async def _looks(self) -> AsyncIterator[Look]:
        while True:
            await self._until(lambda: self._look is not None or self._lost is not None)
            with self._lock:
                look, self._look = self._look, None
                lost = self._lost
            if look is not None:
                yield look
            elif lost is not None:
                raise LinkLost(self._name, lost)

    async def _until(self, met: Callable[[], bool]) -> None:
        while True:
            self._changed.clear()
            if met():
                return
            await self._changed.wait()

    # What follows runs in the two threads.

    def _run(self, work: Callable[[], str]) -> None:
        reason = "its thread failed"  # stands only if an exception nobody foresaw ends the thread, which prints it
        try:
            reason = work()
        finally:
            self._newest.close(reason)
            with self._lock:
                self._running -= 1
                if work == self._look_on:  # the last to know: it has read what the other thread left
                    self._lost = reason
            self._wake()

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: the house went down while a camera hung
            self._loop.call_soon_threadsafe(self._changed.set)

    def _grab(self) -> str:
        plan = self._plan
        while not self._stop.is_set():
            try:
                capture = Capture(
                    plan.source,
                    open_timeout_seconds=plan.open_timeout_seconds,
                    read_timeout_seconds=plan.read_timeout_seconds,
                    width=plan.width,
                    height=plan.height,
                )
            except CaptureError as exc:
                return exc.reason
            with capture:
                self._opened = True
                self._wake()
                frames = self._grab_all(capture)
            if capture.kind is not Kind.FILE:
                return "broke off" if frames else "gives no frames"
            if not plan.loop or not frames:
                return "end of clip" if frames else "no frames in it"
        return "closed"

    def _grab_all(self, capture: Capture) -> int:
        """Take frames until there are no more; a clip at its own pace, a camera at the camera's."""
        pause = 1 / capture.frames_per_second if capture.kind is Kind.FILE else 0.0
        count, due = 0, time.monotonic()
        while not self._stop.is_set():
            frame = capture.grab()
            if frame is None:
                break
            self._newest.put(_Seen(frame, time.monotonic()))
            GLIMPSES.offer(self._plan.source, frame)
            count += 1
            if pause:
                due += pause
                self._stop.wait(max(0.0, due - time.monotonic()))
        return count

    def _look_on(self) -> str:
        plan = self._plan
        sight = _sights.pop(plan.source, CameraSight()) if plan.judge_sight else None
        may_freeze = kind_of(plan.source) is not Kind.FILE  # in a film nothing need move
        frames = FrameReader(
            self._read,
            freeze_seconds=plan.freeze_seconds if may_freeze else 0.0,
            frozen=_frozen.get(plan.source),
            sight=sight,
        )
        patience = plan.open_timeout_seconds + plan.read_timeout_seconds + 1
        said, count = 0.0, 0
        try:
            while not self._stop.is_set():
                seen = self._newest.take(patience)
                if seen is None:
                    return f"no frame for {patience:g} s"
                patience = plan.read_timeout_seconds + 1
                texts = frames.read(seen.frame, seen.at_seconds)
                count += 1
                if texts or seen.at_seconds - said >= QUIET_SECONDS:
                    self._say(Look(texts, seen.at_seconds, count, frames.sight))
                    said, count = seen.at_seconds, 0
                self._stop.wait(max(0.0, seen.at_seconds + 1 / plan.frames_per_second - time.monotonic()))
        except Closed as exc:
            return exc.reason
        except Spoilt as exc:
            if exc.frozen is not None:
                _frozen[plan.source] = exc.frozen
            return exc.reason
        finally:
            self._stop.set()
            if sight is not None:
                _sights[plan.source] = sight
        return "closed"

    def _say(self, look: Look) -> None:
        with self._lock:
            self._look = look if self._look is None else self._look.and_then(look)
        self._wake()


@asynccontextmanager
async def open_camera(plan: CameraPlan, read: Callable[[Gray], tuple[str, ...]]) -> AsyncIterator[CameraLink]:
    """The camera, open and being read by `read` (in a thread of its own). Raises LinkLost if it cannot be opened."""
    link = CameraLink(plan, read)
    try:
        await link.open()
        yield link
    finally:
        await link.close()
