"""Codes read and time taken by Menshen, by pyzbar alone and by zxing-cpp alone, side by side in one run.

Times are CPU time of the one thread that works, so that other load on the machine does not count; the readers take
turns, and of the rounds the median counts. `python -m tests.benchmarks.bench_qr [--json FILE]`
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from devices.links.capture import Capture
from devices.links.opencv import cv2
from devices.qr_glancing import Glancer
from devices.qr_reading import EVERYTHING, Gray, read_codes, zbar, zxing
from tests import qr_codes, shared_data

ROUNDS = 7
FRAMES = 48  # of each clip
WIDTH, HEIGHT = 1280, 720

Photo = tuple[Gray, str]  # with the text in it, "" for none
Reader = Callable[[Gray], tuple[str, ...]]


def run() -> dict[str, Any]:
    """Rates, phantoms, milliseconds a photo, frames a second on film without a code; on drawn codes if need be."""
    qr = shared_data.folder("qr")
    photos = list(_photos(qr)) if qr else list(_drawn_photos())
    film = list(_film(qr)) if qr else list(_drawn_film())
    result: dict[str, Any] = {
        "cases": "public photos and clips" if qr else "drawn codes (the public photos are missing)",
        "photos": sum(bool(truth) for _, truth in photos),
        "photos_without_code": sum(not truth for _, truth in photos),
        "frames_without_code": len(film),
        "readers": {},
    }
    alone: dict[str, Reader] = {"pyzbar alone": _as_reader(zbar), "zxing-cpp alone": _as_reader(zxing)}
    for name, still in {**alone, "Menshen": lambda gray: read_codes(gray, EVERYTHING)}.items():
        result["readers"][name] = _on_photos(photos, still)
    for name, milliseconds in _on_film(film, {**alone, "Menshen": Glancer().read}).items():
        result["readers"][name] |= {"ms_a_frame": round(milliseconds, 2), "frames_a_second": round(1000 / milliseconds)}
    readers = result["readers"]
    result["times_pyzbars_speed"] = round(readers["pyzbar alone"]["ms_a_frame"] / readers["Menshen"]["ms_a_frame"], 1)
    return result


def table(result: dict[str, Any]) -> str:
    """The result as it is read."""
    lines = [
        f"QR codes: {result['cases']}; {WIDTH}x{HEIGHT} film without a code, one core",
        f"| reader | texts right of {result['photos']} | read on {result['photos_without_code']} without a code "
        "| ms a photo | ms a frame | frames a second |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, of in result["readers"].items():
        lines.append(
            f"| {name} | {of['right']} | {of['phantoms']} | {of['ms_a_photo']:.2f} "
            f"| {of['ms_a_frame']:.2f} | {of['frames_a_second']} |"
        )
    return "\n".join([*lines, f"Menshen reads film {result['times_pyzbars_speed']} times as fast as pyzbar."])


def _on_photos(photos: list[Photo], read: Reader) -> dict[str, float]:
    right, phantoms, spent = 0, 0, 0.0
    for gray, truth in photos:
        begun = time.thread_time()
        texts = read(gray)
        spent += time.thread_time() - begun
        if truth:
            right += any(shared_data.same_text(text, truth) for text in texts)
        else:
            phantoms += len(texts)
    return {"right": right, "phantoms": phantoms, "ms_a_photo": round(1000 * spent / len(photos), 2)}


def _on_film(film: list[Gray], readers: dict[str, Reader]) -> dict[str, float]:
    """Milliseconds a frame: in every round each reader sees the whole film."""
    rounds: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(ROUNDS):
        for name, read in readers.items():
            begun = time.thread_time()
            for gray in film:
                assert read(gray) == ()
            rounds[name].append(1000 * (time.thread_time() - begun) / len(film))
    return {name: median(times) for name, times in rounds.items()}


def _as_reader(read: Callable[[Gray], list[str]]) -> Reader:
    return lambda gray: tuple(read(gray))


def _photos(qr: Path) -> Iterator[Photo]:
    for path, truth in shared_data.qr_pictures(qr):
        yield np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8), truth


def _film(qr: Path) -> Iterator[Gray]:
    """Successive frames of the clips without a code, brought to 720p: cut to 16:9, turned if upright, scaled."""
    for name, texts in shared_data.qr_clip_texts(qr).items():
        if texts:
            continue
        with Capture(str(qr / "video" / name)) as clip:
            for _ in range(FRAMES):
                frame = clip.grab()
                gray = frame.gray() if frame is not None else None
                if gray is not None:
                    yield _as_720p(gray)


def _as_720p(gray: Gray) -> Gray:
    if gray.shape[0] > gray.shape[1]:
        gray = np.ascontiguousarray(np.rot90(gray))
    while gray.shape[0] * 16 < gray.shape[1] * 9 * 0.75:  # a strip: above it the same upside down, not a blur
        gray = np.vstack([gray[::-1], gray])
    return np.asarray(cv2.resize(gray, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)


def _drawn_photos() -> Iterator[Photo]:
    for seed in range(120):
        random = np.random.default_rng(seed)
        text = f"MS1:{random.integers(1 << 60):X}" * int(random.integers(1, 6))
        picture = qr_codes.code(text, scale=int(random.integers(3, 7)))
        picture = qr_codes.turned(picture, float(random.uniform(0, 360)))
        picture = qr_codes.blurred(picture, float(random.uniform(0.3, 2.5)))
        contrast = float(random.uniform(0.15, 1.0))
        picture = qr_codes.dimmed(picture, contrast, float(random.uniform(0, 255 * (1 - contrast))))
        picture = qr_codes.half_in_shadow(picture) if seed % 5 == 0 else picture
        yield qr_codes.scene(picture, noise=float(random.uniform(1, 6)), seed=seed), text
    for seed in range(24):
        yield qr_codes.scene(_clutter(seed), seed=seed), ""


def _drawn_film() -> Iterator[Gray]:
    """A cluttered yard, and the camera turning slowly."""
    yard = np.hstack([_clutter(seed, WIDTH, HEIGHT) for seed in range(3)])
    for number in range(2 * FRAMES):
        yield qr_codes.scene(yard[:, 10 * number : 10 * number + WIDTH], width=WIDTH, height=HEIGHT, seed=number)


def _clutter(seed: int, width: int = 600, height: int = 440) -> Gray:
    """Boxes of all sizes and grays with blurred edges: corners and stripes enough to look for codes in."""
    random = np.random.default_rng(seed)
    picture = np.full((height, width), 130, np.uint8)
    for _ in range(150):
        y, x = random.integers(0, height), random.integers(0, width)
        picture[y : y + random.integers(4, 120), x : x + random.integers(4, 120)] = random.integers(0, 256)
    return qr_codes.blurred(picture, 1.5)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", type=Path, help="write the figures here as well")
    path = arguments.parse_args().json
    figures = run()
    if path is not None:
        path.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    print(table(figures))
