"""A frame in; a small gray JPEG with its hour on it out: enough to see what is wrong at a lane, and no more."""

import numpy as np

from devices.links.frame import Frame
from devices.links.opencv import cv2
from devices.qr_reading import Gray

WIDTH = 640  # pixels
QUALITY = 70  # of a JPEG, 0 to 100


def picture(frame: Frame | None, hour: str) -> bytes:
    """A small gray JPEG with its hour on it; black, with the hour and "NO PICTURE", where there is no frame."""
    gray = frame.gray() if frame is not None else None
    small = _small(gray) if gray is not None else np.zeros((360, WIDTH), np.uint8)
    said = hour if gray is not None else f"{hour}  NO PICTURE"
    foot = small.shape[0] - 12
    for shade, thick in ((0, 5), (255, 2)):  # white on a black rim: read on any picture
        cv2.putText(small, said, (12, foot), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (shade,), thick)
    written, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    assert written, "OpenCV writes a gray JPEG of any size"
    return data.tobytes()


def _small(gray: Gray) -> Gray:
    height, width = gray.shape
    if width <= WIDTH:
        return gray.copy()
    scaled = cv2.resize(gray, (WIDTH, max(1, round(height * WIDTH / width))), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(scaled, dtype=np.uint8)
