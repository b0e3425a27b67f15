"""What a camera link is told (`CameraPlan`) and what it tells (`Look`): values only."""

from msgspec import Struct

from devices.reading import SightSeen

MOST_TEXTS = 256  # kept for a house that does not fetch them


class Look(Struct, frozen=True):
    """The texts read since the last look, by when (monotonic seconds), in how many frames; how well it sees by now."""

    texts: tuple[str, ...] = ()
    at_seconds: float = 0.0
    frames: int = 0
    sight: SightSeen | None = None  # None: nothing can be said yet

    def and_then(self, later: "Look") -> "Look":
        """Both as one, for a house that was too slow to fetch the first."""
        texts = tuple(dict.fromkeys(self.texts + later.texts))[-MOST_TEXTS:]
        frames = self.frames + later.frames
        return Look(texts, max(self.at_seconds, later.at_seconds), frames, later.sight or self.sight)


class CameraPlan(Struct, frozen=True):
    """How a camera is opened and watched."""

    source: str
    frames_per_second: float = 15.0  # read no more than these
    freeze_seconds: float = 8.0  # bit-identical frames for so long mean that the camera hangs; 0: never
    open_timeout_seconds: float = 5.0
    read_timeout_seconds: float = 2.0
    width: int = 1280
    height: int = 720
    loop: bool = False  # a clip begins anew at its end
    judge_sight: bool = True  # is it covered, dark, blurred, turned away?
