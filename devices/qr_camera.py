"""QR codes before a camera in, CodeSeen out: one for each code held into view; SightSeen when it sees no longer well.

A chunk is a `Look` of `devices/links/looks.py`: the texts read, and when, in monotonic seconds. The link has read the
frames; what is left to decode is that fifteen looks a second at one code are one showing of it. A code is shown again
once it was out of sight for `hold_seconds`; a frame or two in which it could not be read are not "out of sight".
How well it sees stands in each look, by `devices/camera_sight.py`, and is said when it changes.
"""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager

from pydantic import BaseModel, ConfigDict, Field

from devices.driver import Driver, Keys, Link, SilentDecoder
from devices.links.camera import open_camera
from devices.links.looks import CameraPlan, Look
from devices.qr_glancing import Glancer
from devices.reading import AliveSeen, CodeSeen, Sighting, SightSeen

ALIVE_SECONDS = 10.0
MOST_HELD = 256  # codes remembered as being in view; QR codes printed over a whole wall must not fill the memory


class Settings(BaseModel):
    """[[devices]] driver = "qr_camera" """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(
        min_length=1,
        description='"0" or "/dev/video0", a stream (http, rtsp), or a clip played once at its own pace',
    )
    frames_per_second: float = Field(15.0, gt=0, le=60, description="read no more than these")
    hold_seconds: float = Field(3.0, ge=0, le=3600, description="a code counts again after being gone for so long")
    freeze_seconds: float = Field(8.0, ge=0, description="bit-identical frames for so long: it hangs; 0 = never")
    open_timeout_seconds: float = Field(5.0, gt=0, le=60)
    read_timeout_seconds: float = Field(2.0, gt=0, le=60, description="no frame for so long: it is gone")
    width: int = Field(1280, ge=160, le=8192, description="asked of a USB camera")
    height: int = Field(720, ge=120, le=8192, description="asked of a USB camera")
    loop: bool = Field(False, description="play a clip again and again")
    judge_sight: bool = Field(True, description="say when it is covered, dark, out of focus or turned away")
    blind_every: int = Field(6, ge=1, description="while something moves: look harder at one frame in so many")


class QrDecoder(SilentDecoder):
    """Looks in, sightings out; holds off the repeats of a code that stays in view."""

    def __init__(self, settings: Settings, keys: Keys) -> None:
        self._hold_seconds = settings.hold_seconds
        self._last_seen: dict[str, float] = {}  # the longest unseen first
        self._now = float("-inf")
        self._said_alive = float("-inf")
        self._said_sight: SightSeen | None = None

    def feed(self, chunk: Look) -> Iterator[Sighting]:
        self._now = now = max(self._now, chunk.at_seconds)
        if now - self._said_alive >= ALIVE_SECONDS:
            self._said_alive = now
            yield Sighting(AliveSeen())
        if chunk.sight is not None and chunk.sight != self._said_sight:
            self._said_sight = chunk.sight
            yield Sighting(chunk.sight)
        self._forget_gone(now)
        for text in chunk.texts:
            held = self._last_seen.pop(text, None) is not None
            self._last_seen[text] = now
            if not held:
                yield Sighting(CodeSeen(text))
        while len(self._last_seen) > MOST_HELD:
            del self._last_seen[next(iter(self._last_seen))]

    def _forget_gone(self, now: float) -> None:
        gone = [text for text, seen in self._last_seen.items() if now - seen > self._hold_seconds]
        for text in gone:
            del self._last_seen[text]


def open_link(settings: Settings) -> AbstractAsyncContextManager[Link[Look]]:
    plan = CameraPlan(
        source=settings.source,
        frames_per_second=settings.frames_per_second,
        freeze_seconds=settings.freeze_seconds,
        open_timeout_seconds=settings.open_timeout_seconds,
        read_timeout_seconds=settings.read_timeout_seconds,
        width=settings.width,
        height=settings.height,
        loop=settings.loop,
        judge_sight=settings.judge_sight,
    )
    return open_camera(plan, Glancer(settings.blind_every).read)


DRIVER = Driver(Settings, open_link, QrDecoder)
