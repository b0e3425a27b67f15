"""The frames of one camera in, one by one; the texts in each out: a quick look at all, a longer one now and then.

A blind try of the whole frame costs several times the quick look and gains little (notes of the reading cascade: 3 of
143 photos), so it is made only while something moves before the camera, one variant at a time, every few frames.
"""

import numpy as np

from devices.links.opencv import cv2
from devices.qr_reading import GLANCES, Gray, each_once, prepared, read_codes

CELL = 8  # one pixel in eight, both ways, is enough to see a person or a hand with a phone
MOVED_BY = 14  # gray levels a cell must differ from the slow background; sensor noise of sigma 5 stays below
MOVED_CELLS = 12  # so many cells: a code of 60 pixels opens the gate, noise did not in 149 frames
OPEN_FRAMES = 30  # the gate stays open for two seconds at 15 frames a second
ADAPTS = 0.05  # how much of a frame the background takes on: light that drifts is no motion


class MotionGate:
    """Frames in, "something moves, or did a moment ago" out."""

    def __init__(self) -> None:
        self._background: np.ndarray[tuple[int, ...], np.dtype[np.float32]] | None = None
        self._open_for = 0

    def open(self, gray: Gray) -> bool:
        cells = cv2.blur(np.ascontiguousarray(gray[::CELL, ::CELL]), (3, 3)).astype(np.float32)
        if self._background is None or self._background.shape != cells.shape:
            self._background = cells
        moved = int(np.count_nonzero(np.abs(cells - self._background) > MOVED_BY))
        self._background += ADAPTS * (cells - self._background)
        self._open_for = OPEN_FRAMES if moved >= MOVED_CELLS else max(0, self._open_for - 1)
        return self._open_for > 0


class Glancer:
    """Reads the frames of one camera; every so many frames with motion it tries one blind variant, each in turn."""

    def __init__(self, every: int = 6) -> None:
        self._gate = MotionGate()
        self._every = every
        self._frames = 0
        self._turn = 0

    def read(self, frame: Gray) -> tuple[str, ...]:
        gray = prepared(frame)
        if gray is None:
            return ()
        texts = read_codes(gray)
        self._frames += 1
        if self._gate.open(gray) and self._frames % self._every == 0:
            # Whatever was read: a poster that hangs in view must not keep a pass in the shade from being found.
            self._turn = (self._turn + 1) % len(GLANCES)
            texts = each_once((*texts, *GLANCES[self._turn](gray)))
        return texts
