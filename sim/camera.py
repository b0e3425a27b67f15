"""Showings in; a network camera (motion JPEG over HTTP on 127.0.0.1) out, which can freeze, tear frames and go away.

Between showings it sends the empty scene; no frame is bit-identical to another, for a sensor has noise. Somebody who
shows a code stays until it has been in so many frames that were really taken by a viewer: with nobody looking at the
stream they wait, and when the viewer goes away in the middle they begin again.
"""

import asyncio
import http.server
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sim.picture import Sensor, Showing, Sprite, jpeg

FRAMES_PER_SECOND: Final = 10.0
SHOWN_FRAMES: Final = 16  # of one showing; half of them nearly still
WHOLE_FROM: Final = 3  # the first frame that has all of the code in it, though not all of the phone
BOUNDARY: Final = "frame"


class Fault(StrEnum):
    FROZEN = "frozen"  # the same frame again and again
    TORN = "torn"  # half of each frame is missing
    GONE = "gone"  # nobody answers


@dataclass(slots=True)
class _Act:
    """One showing under way."""

    sprite: Sprite
    done: asyncio.Future[float]
    loop: asyncio.AbstractEventLoop
    sent: int = 0
    whole_at: float = 0.0  # wall clock, when the first frame went out that has all of the code in it


class Camera:
    """`with Camera(seed) as camera: camera.url; await camera.show(showing)`."""

    def __init__(self, seed: int, frames_per_second: float = FRAMES_PER_SECOND) -> None:
        self._sensor = Sensor(seed)
        self._pause = 1 / frames_per_second
        self._lock = threading.Lock()  # over the queue and the counters, which every viewer's thread moves
        self._queue: deque[_Act] = deque()
        self._frames = 0
        self._over = threading.Event()
        self.fault: Fault | None = None
        self.viewers = 0
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="camera", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/stream"

    def __enter__(self) -> "Camera":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    async def show(self, showing: Showing) -> float:
        """Hold a code before it; returns, when the viewer has had all of it, since when the code was whole."""
        loop = asyncio.get_running_loop()
        act = _Act(await asyncio.to_thread(Sprite, showing), loop.create_future(), loop)
        with self._lock:
            self._queue.append(act)
        return await act.done

    # what follows runs in the threads of the viewers

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        camera = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """A camera keeps no log."""

            def do_GET(self) -> None:
                if camera.fault is Fault.GONE:
                    self.send_error(503)
                    return
                self.send_response(200)
                self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
                self.end_headers()
                with suppress(OSError):  # the viewer has gone
                    camera._stream(self)

        return Handler

    def _stream(self, viewer: http.server.BaseHTTPRequestHandler) -> None:
        with self._lock:
            self.viewers += 1
        try:
            due, last = time.monotonic(), b""
            while not self._over.is_set() and self.fault is not Fault.GONE:
                if self.fault is not Fault.FROZEN or not last:
                    last = self._next()
                data = last[: len(last) // 2] if self.fault is Fault.TORN else last
                head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
                leaves = time.time()
                viewer.wfile.write(head.encode() + data + b"\r\n")
                if self.fault is None:
                    self._delivered(leaves)
                due = max(due + self._pause, time.monotonic() - self._pause)  # after a stall no burst of old frames
                self._over.wait(max(0.0, due - time.monotonic()))
        finally:
            with self._lock:
                self.viewers -= 1
                if self._queue:
                    self._queue[0].sent = 0

    def _next(self) -> bytes:
        with self._lock:
            self._frames += 1
            number = self._frames
            act = self._queue[0] if self._queue else None
            progress = act.sent / SHOWN_FRAMES if act else 0.0
        return jpeg(self._sensor.frame(number, act.sprite if act else None, progress))

    def _delivered(self, left: float) -> None:
        with self._lock:
            if not self._queue:
                return
            act = self._queue[0]
            act.sent += 1
            if act.sent == WHOLE_FROM + 1:
                act.whole_at = left
            if act.sent <= SHOWN_FRAMES:
                return
            self._queue.popleft()
        with suppress(RuntimeError):  # the simulation ended while somebody stood before the camera
            act.loop.call_soon_threadsafe(_settle, act.done, act.whole_at)


def _settle(done: asyncio.Future[float], whole_at: float) -> None:
    if not done.done():
        done.set_result(whole_at)
