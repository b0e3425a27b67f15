"""One gray picture in, a few numbers out: how light, how much detail, how sharp, and which way its edges run.

The picture is averaged down to a grid of cells first (16 pixels a side at 720p), so that sensor noise of sigma 10 is
0.6 there. Nothing here remembers anything, and nothing depends on the size of the picture.
"""

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from devices.links.opencv import cv2
from devices.qr_reading import Gray

Cells = npt.NDArray[np.float32]

CELLS_ACROSS = 80  # of the longer side
FINE_ACROSS = 640  # pixels of the longer side in which sharpness is measured; half of 720p takes half of the noise
EDGE = 4.0  # gray levels a cell: noise of sigma 10, or the soft light on a hand, stays below
NEAR, FAR = 1, 8  # fine pixels: a sharp edge rises within the first, one out of focus within the second
STEEPEST = 0.02  # sharpness is that of the steepest edges: a wall is neither sharp nor blurred. An edge is crossed by
# eight times as many steps over eight pixels as over one: so much fewer of these are looked at, however many edges
FAINT = 24.0  # gray levels: steps that are no more may be noise


class Measures(Struct, frozen=True):
    """`light`: the gray that only a tenth of the cells exceeds; `range`: from the darkest to the lightest.

    `detail`: the share of cells with an edge, 0 to 1. `sharpness`: how much of their height the steepest edges climb
    at once, about 0 to 1, whatever the light; 0.0 where there are none. `across` and `down`: the direction, dark to
    light, of each cell's edge as a unit vector, (0, 0) where there is none.
    """

    light: float
    range: float
    detail: float
    sharpness: float
    across: Cells
    down: Cells


def measure(gray: Gray) -> Measures:
    """Everything about one picture; about half a millisecond at 720p."""
    fine = _scaled(gray, FINE_ACROSS)
    cells = _scaled(fine, CELLS_ACROSS)
    sorted_cells = np.sort(cells, axis=None)
    last = sorted_cells.size - 1
    dx = cv2.Sobel(cells, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    dy = cv2.Sobel(cells, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    steep = np.asarray(cv2.magnitude(dx, dy), np.float32)
    edges = steep >= EDGE
    length = np.where(edges, steep, np.inf).astype(np.float32)
    return Measures(
        light=float(sorted_cells[int(0.9 * last)]),
        range=float(sorted_cells[int(0.98 * last)]) - float(sorted_cells[int(0.02 * last)]),
        detail=float(np.count_nonzero(edges)) / edges.size,
        sharpness=_sharpness(fine),
        across=dx / length,
        down=dy / length,
    )


def _scaled(gray: Gray, longest: int) -> Gray:
    height, width = gray.shape
    scale = longest / max(height, width)
    if scale >= 1:
        return gray
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)


def _sharpness(fine: Gray) -> float:
    rows = np.ascontiguousarray(fine[::3])
    columns = np.ascontiguousarray(fine[:, ::3].T)
    near = _steepest(rows, NEAR) + _steepest(columns, NEAR)
    far = _steepest(rows, FAR) + _steepest(columns, FAR)
    return near / far if far >= 2 * FAINT else 0.0


def _steepest(lines: Gray, apart: int) -> float:
    """The step over so many pixels that only the steepest edges exceed."""
    if lines.shape[1] <= apart:
        return 0.0
    steps = cv2.absdiff(np.ascontiguousarray(lines[:, apart:]), np.ascontiguousarray(lines[:, :-apart]))
    counts = np.bincount(steps.ravel(), minlength=256)
    return float(np.searchsorted(np.cumsum(counts), (1 - STEEPEST * apart / FAR) * steps.size))
