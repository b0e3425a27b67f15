"""The bytes of a picture file in, gray pictures out that a reader of codes can take.

A picture with transparency is laid on white, and on black, because whoever made it had one of the two in mind.
"""

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from devices import jpeg
from devices.links.opencv import cv2
from devices.qr_reading import Gray


class Still(Struct, frozen=True):
    views: tuple[Gray, ...]  # the same picture, on each background it may have been meant for
    torn: bool = False  # its end is missing; the rest is gray
    moving: bool = False  # the first picture of several; the others are in the file as in a clip


def still_in(data: bytes) -> Still | None:
    """The picture in these bytes (JPEG, PNG, GIF, TIFF, WebP, ... whatever OpenCV reads); None if there is none."""
    if data.startswith(jpeg.START):
        return _photo(data)
    picture = _decoded(data, cv2.IMREAD_UNCHANGED)  # else 16 bits and transparency are lost
    return None if picture is None else Still(_views(picture), moving=_is_moving(data))


def _photo(data: bytes) -> Still | None:
    shape = jpeg.shape_of(data)
    torn = shape is None or not shape.whole
    # OpenCV refuses a JPEG without its end; with an end put there it decodes what came before it.
    picture = _decoded(data + jpeg.END if torn else data, cv2.IMREAD_GRAYSCALE)
    return None if picture is None else Still((_eight_bits(picture),), torn=torn)


def _decoded(data: bytes, flags: int) -> npt.NDArray[np.generic] | None:
    if not data:
        return None
    try:
        picture: npt.NDArray[np.generic] | None = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:  # larger than OPENCV_IO_MAX_IMAGE_PIXELS, or a header that makes no sense
        return None
    return picture


def _views(picture: npt.NDArray[np.generic]) -> tuple[Gray, ...]:
    picture = _eight_bits(picture)
    if picture.ndim == 2:
        return (picture,)
    channels = picture.shape[2]
    if channels == 3:
        return (_bytes(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)),)
    if channels == 4:
        gray, alpha = cv2.cvtColor(picture, cv2.COLOR_BGRA2GRAY), np.ascontiguousarray(picture[:, :, 3])
        on_black = _bytes(cv2.multiply(gray, alpha, scale=1 / 255))
        on_white = _bytes(cv2.add(on_black, 255 - alpha))
        return (on_white,) if alpha.min() == 255 else (on_white, on_black)
    return (np.ascontiguousarray(picture[:, :, 0]),)


def _eight_bits(picture: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    """Deeper pictures stretched from darkest to lightest: the 16 bits of a 12-bit camera are nearly all black."""
    if picture.dtype == np.uint8:
        return _bytes(picture)
    deep = np.nan_to_num(picture.astype(np.float32), posinf=0.0, neginf=0.0)
    if deep.ndim == 3 and deep.shape[2] == 4:
        alpha = deep[:, :, 3:] / (deep[:, :, 3:].max() or 1.0) * 255
        return np.concatenate([_stretched(deep[:, :, :3]), alpha.astype(np.uint8)], axis=2)
    return _stretched(deep)


def _stretched(deep: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    low, high = float(deep.min()), float(deep.max())
    return ((deep - low) * (255 / (high - low) if high > low else 0.0)).astype(np.uint8)


def _is_moving(data: bytes) -> bool:
    """An animated GIF or PNG (its acTL chunk stands before the first IDAT; PNG third edition, 11.3.6.1)."""
    return data.startswith(b"GIF8") or (
        data.startswith(b"\x89PNG") and data.find(b"acTL", 8, max(8, data.find(b"IDAT"))) >= 0
    )


def _bytes(picture: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(picture, dtype=np.uint8)
