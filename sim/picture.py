"""A code's text and how it is held in; gray pictures of a gate's camera out: turned, tilted, blurred, badly lit, noisy.

The code lies on a phone or a paper card that moves through the picture. Nothing here reads a clock or draws at random
by itself: the same `Showing`, instant and noise give the same picture.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import segno

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

WIDTH, HEIGHT = 640, 480
MODULE: Final = 6  # pixels of one module in the unscaled drawing
NOISES: Final = 61  # different noise pictures; with the shifts no two frames in a row are alike


class Carrier(StrEnum):
    PHONE = "phone"  # bright screen in a dark frame
    CARD = "card"  # paper, printed


@dataclass(frozen=True, slots=True)
class Showing:
    """How somebody holds a code before a camera. `pixels` is the side of one module in the picture."""

    text: str
    carrier: Carrier = Carrier.PHONE
    degrees: float = 0.0
    tilt: float = 0.0  # how much shorter the far edge is, 0 to 0.2
    pixels: float = 4.2
    blur: float = 0.6
    contrast: float = 0.9
    light: float = 30.0  # gray of what should be black
    shade: float = 0.0  # how much darker the right side is, 0 to 0.5
    from_left: bool = True


class Sprite:
    """One showing, drawn once: the carrier as it lies in the camera's plane, and where it covers the background."""

    def __init__(self, showing: Showing) -> None:
        self.showing = showing
        drawn = _carrier(showing)
        height, width = drawn.shape
        scale = showing.pixels / MODULE
        size = int(np.hypot(height, width) * scale) + 8
        matrix = _plane(width, height, scale, showing.degrees, showing.tilt, size)
        turned = np.asarray(cv2.warpPerspective(drawn, matrix, (size, size), flags=cv2.INTER_AREA), np.uint8)
        self.picture = _seen(turned, showing)
        cover = np.full(drawn.shape, 255, np.uint8)
        self.cover = np.asarray(cv2.warpPerspective(cover, matrix, (size, size)), np.uint8) > 127

    def onto(self, scene: Gray, progress: float) -> Gray:
        """The scene with the carrier at `progress` 0 to 1 of its way: in from one side, held, out at the other."""
        size = self.picture.shape[0]
        way = _way(progress)
        side = way if self.showing.from_left else -way
        left = int(WIDTH / 2 - size / 2 + side * (WIDTH / 2 + size / 2))
        top = int((HEIGHT - size) / 2 + 10 * np.sin(progress * 7))
        out = scene.copy()
        x0, x1 = max(0, left), min(WIDTH, left + size)
        y0, y1 = max(0, top), min(HEIGHT, top + size)
        if x0 < x1 and y0 < y1:
            part = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
            np.copyto(out[y0:y1, x0:x1], self.picture[part], where=self.cover[part])
        return out


class Sensor:
    """What a camera makes of a scene: noise over all of it. `number` counts its frames; no two are the same."""

    def __init__(self, seed: int, sigma: float = 4.0) -> None:
        dice = np.random.default_rng(seed)
        self._noise = np.asarray(dice.normal(0, sigma, (HEIGHT + 64, WIDTH + 64)).round(), np.int16)
        ramp = np.linspace(0, 40, WIDTH, dtype=np.float32)
        self.wall: Gray = np.broadcast_to(95 + ramp, (HEIGHT, WIDTH)).astype(np.uint8)
        for _ in range(6):  # a door, a bench, a sign: a background is never flat
            x, y = int(dice.integers(0, WIDTH - 80)), int(dice.integers(0, HEIGHT - 60))
            gray = int(dice.integers(60, 190))
            self.wall[y : y + int(dice.integers(20, 60)), x : x + int(dice.integers(20, 80))] = gray

    def frame(self, number: int, sprite: Sprite | None = None, progress: float = 0.0) -> Gray:
        scene = self.wall if sprite is None else sprite.onto(self.wall, progress)
        x, y = number * 7 % 61, number * 13 % 59
        noise = self._noise[y : y + HEIGHT, x : x + WIDTH]
        return np.asarray(cv2.add(scene, noise if number & 1 else -noise, dtype=cv2.CV_8U), np.uint8)


def jpeg(picture: Gray, quality: int = 85) -> bytes:
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def _way(progress: float) -> float:
    """-1 to 1: in during the first quarter, nearly still in the middle, out during the last."""
    if progress < 0.25:
        return -1 + progress * 4
    if progress > 0.75:
        return (progress - 0.75) * 4
    return (progress - 0.5) * 0.05


def _carrier(showing: Showing) -> Gray:
    """The code with its quiet zone on a phone's screen or a card."""
    code = segno.make(showing.text, error="m", micro=False, boost_error=False)
    rows = [[0 if dark else 255 for dark in row] for row in code.matrix_iter(MODULE, 4)]
    drawn = np.array(rows, np.uint8)
    side, ends, gray = (20, 90, 25) if showing.carrier is Carrier.PHONE else (40, 40, 225)
    framed = cv2.copyMakeBorder(drawn, ends, ends, side, side, cv2.BORDER_CONSTANT, value=gray)
    return np.asarray(framed, np.uint8)


def _plane(width: int, height: int, scale: float, degrees: float, tilt: float, size: int) -> npt.NDArray[Any]:
    """The corners of the carrier, scaled, with the far edge shortened, turned about the middle of a square."""
    half_w, half_h = width * scale / 2, height * scale / 2
    far = half_w * (1 - tilt)
    corners = np.array([(-far, -half_h), (far, -half_h), (half_w, half_h), (-half_w, half_h)])
    turn = np.deg2rad(degrees)
    matrix = np.array([(np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))])
    there = (corners @ matrix.T + size / 2).astype(np.float32)
    here = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(here, there))


def _seen(carrier: Gray, showing: Showing) -> Gray:
    """Out of focus, and in the light where it is held; the scene behind it stays as it is."""
    soft = cv2.GaussianBlur(carrier, (0, 0), showing.blur) if showing.blur > 0 else carrier
    light = np.linspace(1.0, 1.0 - showing.shade, carrier.shape[1], dtype=np.float32) * showing.contrast
    return np.clip(soft * light + showing.light, 0, 255).astype(np.uint8)
