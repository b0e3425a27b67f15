"""A text in, a gray picture of its QR code out, as a gate's camera would see it; drawn with segno, never downloaded."""

import cv2
import numpy as np
import numpy.typing as npt
import segno

Gray = npt.NDArray[np.uint8]


def code(text: str | bytes, *, scale: int = 5, border: int = 4, version: int | None = None) -> Gray:
    """The bare code, black on white."""
    drawn = segno.make(text, error="m", micro=False, version=version, boost_error=False)
    return np.array([[0 if dark else 255 for dark in row] for row in drawn.matrix_iter(scale, border)], np.uint8)


def scene(
    picture: Gray | None = None, *, width: int = 640, height: int = 480, noise: float = 4.0, seed: int = 0
) -> Gray:
    """A dull wall with sensor noise, and the picture in its middle."""
    noises = np.random.default_rng(seed)
    wall = np.full((height, width), 120.0)
    if picture is not None:
        top, left = (height - picture.shape[0]) // 2, (width - picture.shape[1]) // 2
        wall[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return np.clip(wall + noises.normal(0, noise, wall.shape), 0, 255).astype(np.uint8)


def turned(picture: Gray, degrees: float) -> Gray:
    height, width = picture.shape
    size = int(np.hypot(height, width)) + 2
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    matrix[:, 2] += (size - width) / 2, (size - height) / 2
    return np.asarray(cv2.warpAffine(picture, matrix, (size, size), borderValue=255), np.uint8)


def blurred(picture: Gray, sigma: float) -> Gray:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)


def dimmed(picture: Gray, contrast: float, light: float) -> Gray:
    """Grays squeezed to `contrast` of their range, the darkest at `light`."""
    return np.clip(picture * contrast + light, 0, 255).astype(np.uint8)


def half_in_shadow(picture: Gray) -> Gray:
    """The right half in deep shadow: one threshold for all of it fails."""
    shadow = np.where(np.arange(picture.shape[1]) > picture.shape[1] // 2, 0.25, 1.0)
    return (picture * shadow).astype(np.uint8)


def banded(picture: Gray, rows: int = 46, dark: float = 0.2) -> Gray:
    """Under a lamp at mains frequency, a row at a time: bands of so many rows, light and dark."""
    waves = np.sin(2 * np.pi * np.arange(picture.shape[0]) / rows)
    gains = 1 - (1 - dark) * np.clip(0.5 + 1.5 * waves, 0, 1)
    return (picture * gains[:, np.newaxis]).astype(np.uint8)


def cropped(picture: Gray, border: int = 20, dark: int = 60) -> Gray:
    """Without the margin a code should have, on a dark page: a screenshot cut to the code."""
    bare = picture[border : picture.shape[0] - border, border : picture.shape[1] - border]
    shown = np.full((bare.shape[0] + 120, bare.shape[1] + 120), dark, np.uint8)
    shown[60:-60, 60:-60] = bare
    return blurred(shown, 0.7)


def jpeg(picture: Gray, quality: int = 90) -> bytes:
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])
