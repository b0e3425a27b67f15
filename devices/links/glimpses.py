"""Frames of cameras in; the newest of one somebody may look at just now out (devices/links/picture.py draws it).

A camera's thread offers each frame it takes. Where nobody looks that is one look into a dictionary; where somebody
does, the frame is noted, nothing is copied and nothing decoded in that thread. Memory only: shut, it is gone.
"""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it loads OpenCV, which a house without cameras does not need
    from devices.links.frame import Frame

OLD_SECONDS = 3.0  # a picture older than this is none: nobody must take a dead camera's last frame for the lane now


class Glimpses:
    """One for the process: `GLIMPSES`. A camera is known by its address, as its link knows it."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._open: dict[str, tuple[Frame, float] | None] = {}

    def open(self, source: str) -> None:
        with self._lock:
            self._open.setdefault(source, None)

    def shut(self, source: str) -> None:
        with self._lock:
            self._open.pop(source, None)

    def offer(self, source: str, frame: "Frame") -> None:
        """Called by the camera's thread for every frame."""
        if source not in self._open:
            return
        with self._lock:
            if source in self._open:  # it may have been shut this very moment
                self._open[source] = (frame, self._seconds())

    def newest(self, source: str) -> "Frame | None":
        """The newest frame, None where there is none of the last few seconds or nobody may look."""
        with self._lock:
            kept = self._open.get(source)
        if kept is None or self._seconds() - kept[1] > OLD_SECONDS:
            return None
        return kept[0]

    @property
    def looked_at(self) -> frozenset[str]:
        with self._lock:
            return frozenset(self._open)


GLIMPSES = Glimpses()
