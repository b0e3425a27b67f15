"""One frame as a camera gave it, undecoded, in; the gray picture, or that it is torn, out."""

from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from devices import jpeg
from devices.links.opencv import cv2
from devices.qr_reading import Gray

_MOST_PIXELS = 40_000_000  # of one frame of a stream; more is a broken header, not a camera


class Frame(Struct, frozen=True):
    """What the camera gave, undecoded; `gray` does the work, in the thread that wants to look."""

    data: npt.NDArray[Any]
    luma_rows: int  # of data that are planes one below the other, how many rows are luma; 0 for the bytes of a JPEG

    def gray(self) -> Gray | None:
        """The picture, None if the frame is torn."""
        if not self.luma_rows:
            return _gray_of_jpeg(self.data.tobytes())
        if self.data.ndim == 2:
            return _bytes(self.data[: self.luma_rows])
        if self.data.ndim == 3 and self.data.shape[2] == 2:  # YUYV: every second byte is luma
            return _bytes(self.data[:, :, 0])
        if self.data.ndim == 3 and self.data.shape[2] == 3:
            return _bytes(cv2.cvtColor(self.data, cv2.COLOR_BGR2GRAY))
        return None


def _gray_of_jpeg(data: bytes) -> Gray | None:
    shape = jpeg.shape_of(data)
    if shape is None or not shape.whole or shape.width * shape.height > _MOST_PIXELS or shape.scans > jpeg.MOST_SCANS:
        return None
    try:
        gray = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:
        return None
    return None if gray is None else _bytes(gray)


def _bytes(picture: npt.NDArray[Any]) -> Gray:
    return np.ascontiguousarray(picture, dtype=np.uint8)
