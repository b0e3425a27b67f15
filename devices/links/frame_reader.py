"""The frames of one camera in, the texts in each out; frames that no working camera gives end it.

A camera that hangs goes on sending its last picture. A living sensor has noise, so bit-identical pictures for some
seconds mean that nobody is looking. A picture equal to the one before is not read again; nor is the one at which the
camera hung, when it is opened anew and still hangs: else the pass in that picture would be shown again and again.
"""

from collections.abc import Callable
from hashlib import blake2b

import numpy as np

from devices.camera_sight import CameraSight
from devices.links.frame import Frame
from devices.qr_reading import Gray
from devices.reading import SightFault, SightSeen

TORN_IN_A_ROW = 5  # one torn frame is a cable that was touched; five are a camera that no longer works


class Spoilt(Exception):
    """The camera sends, but not what it sees. `frozen` is the digest of the picture at which it hangs, if it does."""

    def __init__(self, reason: str, frozen: bytes | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.frozen = frozen


class FrameReader:
    def __init__(
        self,
        read: Callable[[Gray], tuple[str, ...]],
        *,
        freeze_seconds: float,
        frozen: bytes | None = None,
        sight: CameraSight | None = None,
    ) -> None:
        """`freeze_seconds` 0 means never; `frozen` is the picture at which this camera hung the last time.

        `sight` is shown every picture that was read, for it judges how well the camera sees.
        """
        self._read = read
        self._freeze_seconds = freeze_seconds
        self._frozen = frozen
        self._sight = sight
        self._torn = 0
        self._last: Gray | None = None
        self._same_since = 0.0
        self._texts: tuple[str, ...] = ()

    @property
    def sight(self) -> SightSeen | None:
        """How well the camera sees by now; None while nothing can be said."""
        if self._frozen is not None:
            return SightSeen(SightFault.FROZEN)
        return self._sight.seen if self._sight is not None else SightSeen()

    def read(self, frame: Frame, at_seconds: float) -> tuple[str, ...]:
        """The texts in this frame. Raises Spoilt when the frames are torn or have been the same for too long."""
        gray = frame.gray()
        if gray is None:
            self._torn += 1
            if self._torn >= TORN_IN_A_ROW:
                raise Spoilt(f"{self._torn} torn frames in a row")
            return ()
        self._torn = 0
        if self._last is not None and np.array_equal(gray, self._last):
            if 0 < self._freeze_seconds <= at_seconds - self._same_since:
                raise Spoilt(f"picture frozen for {self._freeze_seconds:g} s", frozen=_digest(gray))
            return self._texts
        self._last, self._same_since = gray, at_seconds
        if self._still_hangs(gray):
            self._texts = ()
            return self._texts
        self._texts = self._read(gray)
        if self._sight is not None:
            self._sight.look(gray, at_seconds, code=bool(self._texts))
        return self._texts

    def _still_hangs(self, gray: Gray) -> bool:
        if self._frozen is not None and self._frozen != _digest(gray):
            self._frozen = None
        return self._frozen is not None


def _digest(gray: Gray) -> bytes:
    return blake2b(gray.data, digest_size=16).digest()
