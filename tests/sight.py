"""What goes wrong before a camera, done to pictures: a hand, the dark, a lens out of focus, a mount that gave way.

And a camera that stands still, made of one picture: with noise, a mast in the wind, light that comes and goes, and
people who pass close by and stop.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from devices.camera_sight import CameraSight
from devices.links.opencv import cv2
from devices.qr_reading import Gray
from devices.reading import SightFault, SightSeen

Treatment = Callable[[Gray], Gray]
Timed = tuple[float, Gray]
_NOISES = [np.random.default_rng(seed).normal(0, 1, (1500, 1500)).astype(np.float32) for seed in range(3)]


def clip(path: Path) -> tuple[list[Gray], float]:
    """All of a clip's pictures, and how many of them make a second."""
    capture = cv2.VideoCapture(str(path))
    pictures = []
    while (frame := capture.read()[1]) is not None:
        pictures.append(_bytes(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)))
    return pictures, float(capture.get(cv2.CAP_PROP_FPS))


def played(
    pictures: Sequence[Gray], own_rate: float, rate: float, seconds: float, begins: float = 0.0
) -> Iterator[Timed]:
    """A clip, again and again, so many pictures a second of it."""
    for number in range(int(seconds * rate)):
        yield begins + number / rate, pictures[int(number * own_rate / rate) % len(pictures)]


def standing(
    view: Gray, rate: float, seconds: float, begins: float = 0.0, people: Sequence[Gray] = (), sigma: float = 5.0
) -> Iterator[Timed]:
    """A camera on a mast, looking at `view`. One of the `people` (pictures, of which a part is cut) after the other
    walks in, hides half of the width, stops for some seconds and goes."""
    height, width = view.shape
    for number in range(int(seconds * rate)):
        at = begins + number / rate
        sway = np.array([[1, 0, 3 * np.sin(at * 2.1)], [0, 1, 1.5 * np.sin(at * 3.3)]], np.float32)
        scene = cv2.warpAffine(view, sway, (width, height), borderMode=cv2.BORDER_REFLECT)
        if people and at % 15 < 10:
            somebody = cv2.resize(people[int(at / 15) % len(people)], (width, height))
            left = int(width * (np.interp(at % 15, [0, 2, 8, 10], [-0.5, 0.25, 0.3, 1.0])))
            a, b = max(0, left), min(width, left + width // 2)
            scene[height // 6 :, a:b] = somebody[height // 6 :, a:b]
        light = 1 + 0.25 * np.sin(at / 11)
        noise = _NOISES[number % 3][number % 97 :, number % 89 :][:height, :width]
        yield at, _bytes(np.clip(scene * np.float32(light) + sigma * noise, 0, 255))


def treated(pictures: Iterable[Timed], treatment: Treatment) -> Iterator[Timed]:
    return ((at, treatment(picture)) for at, picture in pictures)


def by_hand(picture: Gray) -> Gray:
    """A palm on the lens: soft skin, lighter to one side; a slit stays free at the right."""
    height, width = picture.shape
    hand = np.broadcast_to(np.linspace(55, 110, width, dtype=np.float32), picture.shape).copy()
    hand += 3 * _NOISES[0][:height, :width]
    hand[:, int(width * 0.96) :] = picture[:, int(width * 0.96) :]
    return _bytes(np.clip(cv2.GaussianBlur(hand, (0, 0), 2), 0, 255))


def by_cap(picture: Gray) -> Gray:
    """No light at all."""
    return _bytes(np.clip(2 + _NOISES[0][: picture.shape[0], : picture.shape[1]], 0, 255))


def by_paint(picture: Gray) -> Gray:
    """White, with a little of what is behind it."""
    return _bytes(225 + 0.04 * picture)


def darkened(picture: Gray) -> Gray:
    """A twentieth of the light."""
    height, width = picture.shape
    return _bytes(np.clip(picture * 0.05 + 2 * np.abs(_NOISES[1][:height, :width]), 0, 255))


def blurred(picture: Gray, radius_of_width: float = 1 / 160) -> Gray:
    """Out of focus: each point becomes a disk (8 pixels of radius at 720p)."""
    radius = max(2, round(max(picture.shape) * radius_of_width))
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disk = (x * x + y * y <= radius * radius).astype(np.float32)
    return _bytes(cv2.filter2D(picture, -1, disk / disk.sum()))


def slid(picture: Gray, across: float = 0.3, down: float = 0.0) -> Gray:
    """The mount has given way: by so much of the width and height it looks beside its lane."""
    height, width = picture.shape
    matrix = np.array([[1, 0, across * width], [0, 1, down * height]], np.float32)
    return _bytes(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT))


def tilted(picture: Gray, degrees: float = 20.0) -> Gray:
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return _bytes(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT))


def said(
    sight: CameraSight, pictures: Iterable[Timed], *, code: Callable[[float], bool] = lambda at: False
) -> list[tuple[float, SightSeen]]:
    """What is said of these pictures, each time it changes, and when."""
    told: list[tuple[float, SightSeen]] = []
    last = sight.seen
    for at, picture in pictures:
        sight.look(picture, at, code=code(at))
        if sight.seen is not None and sight.seen != last:
            told.append((at, sight.seen))
            last = sight.seen
    return told


def faults(told: Iterable[tuple[float, SightSeen]]) -> list[SightFault]:
    return [seen.fault for _, seen in told if seen.fault is not None]


def _bytes(picture: npt.NDArray[np.generic]) -> Gray:
    return np.ascontiguousarray(picture).astype(np.uint8)
