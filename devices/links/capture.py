"""A camera's address in; its frames out, one `grab` at a time, as cheap as they can be had.

Frames are taken undecoded wherever possible: a motion JPEG as its bytes (at 720p grabbing one then costs 0.02 ms, not
1.5 ms, and only the frame somebody looks at is ever decoded, straight to gray), any other film as the luma plane of
the decoder's own YUV. Everything here blocks; it is called in the camera's own thread.
"""

import os
import re
import stat
from enum import StrEnum
from types import TracebackType
from typing import Self

from devices.links.frame import Frame
from devices.links.opencv import cv2

_NETWORK = re.compile(r"(https?|rtsps?|rtmps?|udp|tcp)://", re.IGNORECASE)
_PASSWORD = re.compile(r"(?<=://)[^/@]*@")
_PLANAR = frozenset({b"I420", b"YV12", b"NV12", b"NV21", b"Y42B", b"444P", b"GREY", b"Y800"})  # luma first, 8 bits
_JPEG = frozenset({b"MJPG", b"mjpg", b"JPEG", b"jpeg"})


class CaptureError(Exception):
    """The camera could not be opened."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Kind(StrEnum):
    DEVICE = "device"  # "0", "/dev/video0", "/dev/v4l/by-id/...": Video4Linux
    NETWORK = "network"
    FILE = "file"


def kind_of(source: str) -> Kind:
    if source.isdigit():
        return Kind.DEVICE
    if _NETWORK.match(source):
        return Kind.NETWORK
    try:
        return Kind.DEVICE if stat.S_ISCHR(os.stat(source).st_mode) else Kind.FILE
    except (OSError, ValueError):  # it is not there; opening it as a file says so best
        return Kind.FILE


def without_password(source: str) -> str:
    """The address as it may stand in a log."""
    return _PASSWORD.sub("", source)


class Capture:
    """An open camera or clip. Raises CaptureError if it does not open."""

    def __init__(
        self,
        source: str,
        *,
        open_timeout_seconds: float = 5.0,
        read_timeout_seconds: float = 2.0,
        width: int = 1280,
        height: int = 720,
    ) -> None:
        self.kind = kind_of(source)
        self._file: int | None = None
        self._as_jpeg = False
        self._luma_rows = 0
        try:
            if self.kind is Kind.DEVICE:
                self._capture = _open_device(source, width, height)
            elif self.kind is Kind.NETWORK:
                self._capture = cv2.VideoCapture(
                    source,
                    cv2.CAP_FFMPEG,
                    [
                        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
                        int(open_timeout_seconds * 1000),
                        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
                        int(read_timeout_seconds * 1000),
                        # With more threads FFmpeg decodes whole frames in parallel and hands each out so many later.
                        cv2.CAP_PROP_N_THREADS,
                        1,
                    ],
                )
            else:
                self._file = os.open(source, os.O_RDONLY)
                # Never the name itself: OpenCV dies of a name that is no UTF-8, takes "img%03d" for a series and
                # "a:b" for a protocol, and FFmpeg reads any ".txt" as a film of terminal art.
                self._capture = cv2.VideoCapture(f"/dev/fd/{self._file}", cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
            if not self._capture.isOpened():
                raise CaptureError("cannot be opened")
            self._take_undecoded()
        except (CaptureError, cv2.error, OSError, ValueError) as exc:
            self._close_file()
            raise exc if isinstance(exc, CaptureError) else CaptureError(_reason(exc)) from exc

    @property
    def frames_per_second(self) -> float:
        """A clip's own pace; 25 where it says none that can be."""
        rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        return rate if 1 <= rate <= 240 else 25.0

    @property
    def frame_count(self) -> int | None:
        """How many frames a clip says it has; None where it does not say."""
        count = float(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        return int(count) if 0 < count < 1e9 else None

    def grab(self) -> Frame | None:
        """The next frame; None at the end of a clip, when a stream broke off, or after the read timeout."""
        try:
            if not self._capture.grab():
                return None
            there, data = self._capture.retrieve()
        except cv2.error:  # a decoder that chokes on what came: the same as a stream that broke off
            return None
        if not there or data is None or data.size == 0:
            return None
        jpeg_bytes = self._as_jpeg if self.kind is not Kind.DEVICE else data.ndim == 2 and 1 in data.shape
        return Frame(data, 0 if jpeg_bytes else self._luma_rows or data.shape[0])

    def close(self) -> None:
        self._capture.release()
        self._close_file()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _take_undecoded(self) -> None:
        if self.kind is Kind.DEVICE:
            self._capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
            self._luma_rows = int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT))  # colour planes come as rows below
        elif self._four_letters(cv2.CAP_PROP_FOURCC) in _JPEG:
            self._as_jpeg = bool(self._capture.set(cv2.CAP_PROP_FORMAT, -1))
        elif self._four_letters(cv2.CAP_PROP_CODEC_PIXEL_FORMAT) in _PLANAR:
            self._capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)

    def _four_letters(self, what: int) -> bytes:
        return (int(self._capture.get(what)) & 0xFFFFFFFF).to_bytes(4, "little")

    def _close_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _open_device(source: str, width: int, height: int) -> "cv2.VideoCapture":
    capture = cv2.VideoCapture(int(source) if source.isdigit() else source, cv2.CAP_V4L2)
    # What a camera cannot do it ignores. JPEG first: over USB 2 raw 720p comes at 5 to 10 frames a second.
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


def _reason(exc: Exception) -> str:
    if isinstance(exc, OSError):
        return exc.strerror or "cannot be opened"
    return "cannot be opened"
