"""The measures of pictures in; what a camera is used to out: where its edges stay, and how sharp it is.

Edges are learned as directions, so that light and exposure do not matter, and they count only where they stay, so that
people do not either. Who never holds still (a dashcam, a camera in the hand) has edges and no background. Measured, of
the cells with an edge: static views 0.9 and more stay, a dashcam through its stops at the lights 0.15, a hand 0.05.
"""

from math import exp

import numpy as np

from devices.links.opencv import cv2
from devices.sight_measures import Cells, Measures

ADAPT_SECONDS = 120.0  # so slowly it follows the sun and what is parked in view
STAYS = 0.6  # length of a cell's mean direction from which on its edge counts as part of the background
HOLDS_STILL = 0.4  # the share of its edges that must stay
SHAKES = 2  # cells, each way, that a mast may sway: 32 pixels at 720p
ENOUGH_SHARED = 0.05  # of the background's edges must have an edge of any direction on them, to be compared at all
SHARED_AT_LEAST = 0.3  # fewer count as so many: a bare wall that happens to agree in its one corner does not match
FALLS = 8.0  # times as fast it learns that it is less sharp: people who pass are sharper than the wall, and go again
ENOUGH_SECONDS = 20.0  # of looks, for a mean that can be relied on
ENOUGH_FOR_DETAIL = 2.0  # a hand takes nine tenths of the edges away, people who come and go a third
NO_CELLS: Cells = np.zeros((0, 0), np.float32)


class _Mean:
    """An average that at first follows all it is given, and later only slowly; downwards `falls` times as fast."""

    def __init__(self, falls: float = 1.0) -> None:
        self.value = 0.0
        self.seconds = 0.0
        self._falls = falls

    def add(self, value: float, seconds: float) -> None:
        self.seconds += seconds
        part = _part(seconds, self.seconds) * (self._falls if value < self.value else 1.0)
        self.value += min(1.0, part) * (value - self.value)


class Background:
    """Learned from every picture it is given; the caller gives it none with a fault in it."""

    def __init__(self) -> None:
        self.seconds = 0.0  # of learning
        self._detail = _Mean()
        self._sharpness = _Mean(FALLS)
        self._sharpness_alone = _Mean(FALLS)
        self._across = self._down = NO_CELLS
        self._stays_across = self._stays_down = self._stays = NO_CELLS

    @property
    def detail(self) -> float:
        """The share of cells with an edge; 0.0 while that is not known."""
        return self._detail.value if self._detail.seconds >= ENOUGH_FOR_DETAIL else 0.0

    @property
    def sharpness(self) -> float:
        """Without codes, for a camera focused on hands sees its background less sharp; with them where they hang in
        view. 0.0 while it is not known."""
        for mean, enough in ((self._sharpness_alone, ENOUGH_SECONDS), (self._sharpness, 3 * ENOUGH_SECONDS)):
            if mean.seconds >= enough:
                return mean.value
        return 0.0

    def fits(self, seen: Measures) -> bool:
        """Is it of pictures of this shape?"""
        return self._across.shape in (NO_CELLS.shape, seen.across.shape)

    def learn(self, seen: Measures, seconds: float, *, code: bool) -> None:
        """One look; `code`: somebody shows one, now or a moment ago."""
        if not self._across.size:
            self._across, self._down = np.zeros_like(seen.across), np.zeros_like(seen.down)
        self.seconds += seconds
        part = np.float32(_part(seconds, self.seconds))
        self._across += part * (seen.across - self._across)
        self._down += part * (seen.down - self._down)
        self._detail.add(seen.detail, seconds)
        if seen.sharpness:
            self._sharpness.add(seen.sharpness, seconds)
        if seen.sharpness and not code:
            self._sharpness_alone.add(seen.sharpness, seconds)
        length = cv2.magnitude(self._across, self._down)
        stays = length > STAYS
        self._stays = np.where(stays, length, 0).astype(np.float32)
        self._stays_across = np.where(stays, self._across, 0).astype(np.float32)
        self._stays_down = np.where(stays, self._down, 0).astype(np.float32)

    def match(self, seen: Measures) -> float | None:
        """1: its edges run as they always did; about 0: these are others. None: there is nothing to compare."""
        edges = float(self._detail.value) * self._stays.size
        if not edges or np.count_nonzero(self._stays) < HOLDS_STILL * edges:
            return None
        present = ((seen.across != 0) | (seen.down != 0)).astype(np.float32)
        same = _slid(seen.across, self._stays_across) + _slid(seen.down, self._stays_down)
        shared = _slid(present, self._stays)
        total = float(self._stays.sum())
        if float(shared.max()) < ENOUGH_SHARED * total:
            return None
        return float((same / np.maximum(shared, SHARED_AT_LEAST * total)).max())


def _slid(seen: Cells, learned: Cells) -> Cells:
    """The sum of products for every way the camera may have swayed."""
    framed = cv2.copyMakeBorder(seen, SHAKES, SHAKES, SHAKES, SHAKES, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.matchTemplate(framed, learned, cv2.TM_CCORR), np.float32)


def _part(seconds: float, of: float) -> float:
    return max(seconds / of, 1 - exp(-seconds / ADAPT_SECONDS))
