"""Picture files and clips of every kind in, lines out; what cannot be read is named, and the rest is still done."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.picture_files import still_in
from gateway.cli.decode import codes_in, decode_command
from tests import qr_codes, shared_data

TEXT = "MS1:PASS"
SHOWN = qr_codes.scene(qr_codes.code(TEXT))


def lines_of(*files: Path, as_json: bool = False) -> tuple[int, list[str], list[str]]:
    """Exit code, lines on stdout, lines on stderr."""
    out, err = io.StringIO(), io.StringIO()
    code = decode_command(list(files), as_json=as_json, out=out, err=err)
    return code, out.getvalue().splitlines(), err.getvalue().splitlines()


def saved(path: Path, picture: np.ndarray, *parameters: int) -> Path:
    """Written by OpenCV, though not under its own name: that may be one OpenCV cannot take."""
    path.write_bytes(bytes(cv2.imencode(path.suffix, picture, parameters)[1]))
    return path


def with_alpha(picture: np.ndarray, background: int) -> np.ndarray:
    """The picture in one ink on nothing; `background` says which gray is the nothing."""
    ink = np.full((*picture.shape, 4), 255 - background, picture.dtype)
    ink[:, :, 3] = np.where(picture == background, 0, 255)
    return ink


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".tiff", ".webp", ".gif", ".ppm"])
def test_pictures_of_every_kind_are_read(tmp_path: Path, suffix: str) -> None:
    path = saved(tmp_path / f"picture{suffix}", cv2.cvtColor(SHOWN, cv2.COLOR_GRAY2BGR))
    assert lines_of(path) == (0, [f"{path}\t{TEXT}"], [])


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("sixteen bits.png", SHOWN.astype(np.uint16) * 257),
        ("twelve of sixteen bits.png", SHOWN.astype(np.uint16) * 16),
        ("float.tiff", SHOWN.astype(np.float32) / 255),
        ("black on nothing.png", with_alpha(qr_codes.code(TEXT), 255)),
        ("white on nothing.png", with_alpha(qr_codes.code(TEXT), 0)),
        ("sixteen bits on nothing.png", with_alpha(qr_codes.code(TEXT), 255).astype(np.uint16) * 257),
    ],
)
def test_deep_and_transparent_pictures_are_read(tmp_path: Path, name: str, picture: np.ndarray) -> None:
    path = saved(tmp_path / name, picture)
    assert lines_of(path) == (0, [f"{path}\t{TEXT}"], [])


def test_a_picture_without_a_code_has_an_empty_text(tmp_path: Path) -> None:
    path = saved(tmp_path / "wall.png", qr_codes.scene())
    assert lines_of(path) == (0, [f"{path}\t"], [])


def test_each_code_has_its_line_and_what_would_break_a_line_is_escaped(tmp_path: Path) -> None:
    both = np.hstack([qr_codes.code("a\tb\r\nc\\d"), qr_codes.code("门神")])
    path = saved(tmp_path / "two.png", qr_codes.scene(both))
    code, lines, errors = lines_of(path)
    assert (code, errors) == (0, [])
    assert sorted(lines) == sorted([f"{path}\ta\\tb\\r\\nc\\\\d", f"{path}\t门神"])


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.jpg", b"", "is empty"),
        ("words.png", b"these are words\n" * 40, "holds no picture that can be read"),
        ("words.txt", b"these are words\n" * 40, "holds no picture that can be read"),
        ("noise.mp4", bytes(range(256)) * 300, "holds no picture that can be read"),
        ("torn.jpg", qr_codes.jpeg(qr_codes.scene())[:9000], "is cut off"),
        ("header.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF", "holds no picture that can be read"),
        (
            "bomb.png",
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00\x01\x00\x00" * 2,
            "holds no picture that can be read",
        ),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_is_done(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    bad, good = tmp_path / name, saved(tmp_path / "good.png", SHOWN)
    bad.write_bytes(content)
    assert lines_of(bad, good) == (1, [f"{good}\t{TEXT}"], [f"menshen decode: {bad}: {why}"])


def test_a_folder_and_a_file_that_is_not_there_are_named(tmp_path: Path) -> None:
    code, lines, errors = lines_of(tmp_path, tmp_path / "none.png", Path("/dev/null"))
    assert (code, lines) == (1, [])
    assert [error.rpartition(": ")[2] for error in errors] == ["is a directory", "no such file", "is not a file"]


def test_a_torn_photo_whose_code_is_whole_is_read(tmp_path: Path) -> None:
    path = tmp_path / "torn.jpg"
    whole = qr_codes.jpeg(np.vstack([SHOWN, qr_codes.scene(seed=1)]))
    path.write_bytes(whole[: int(len(whole) * 0.7)])
    assert lines_of(path) == (0, [f"{path}\t{TEXT}"], [])


@pytest.mark.parametrize("name", ["a b.png", "门神.png", "-x.png", "100%d.png", "http:x.png", "q[red]?*.png", "1.png"])
def test_any_name_will_do(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path / name, SHOWN)
    assert lines_of(path) == (0, [f"{path}\t{TEXT}"], [])


def test_a_name_that_would_break_the_line_is_escaped(tmp_path: Path) -> None:
    path = saved(tmp_path / "a\tb\nc.png", SHOWN)
    assert lines_of(path) == (0, [f"{tmp_path}/a\\tb\\nc.png\t{TEXT}"], [])


def clip(path: Path, frames: list[np.ndarray], codec: str = "MJPG") -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 25, (640, 480), isColor=False)
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path


@pytest.mark.parametrize(("suffix", "codec"), [(".avi", "MJPG"), (".mp4", "mp4v")])
def test_a_clip_has_each_text_once(tmp_path: Path, suffix: str, codec: str) -> None:
    shown = [qr_codes.code("first"), qr_codes.code("first"), None, qr_codes.code("second"), qr_codes.code("first")]
    frames = [qr_codes.scene(picture, seed=seed) for seed, picture in enumerate(shown)]
    path = clip(tmp_path / f"100%d clip{suffix}", frames, codec)
    assert lines_of(path) == (0, [f"{path}\tfirst", f"{path}\tsecond"], [])


def test_a_clip_whose_name_is_no_utf_8_is_read(tmp_path: Path) -> None:
    """OpenCV itself dies of such a name."""
    path = clip(tmp_path / "clip.avi", [SHOWN])
    odd = path.rename(tmp_path / os.fsdecode(b"clip\xff.avi"))
    assert codes_in(odd).texts == (TEXT,)


def test_a_moving_picture_is_read_to_its_end(tmp_path: Path) -> None:
    animation = cv2.Animation()
    animation.frames = [cv2.cvtColor(qr_codes.scene(seed=seed), cv2.COLOR_GRAY2BGR) for seed in range(3)]
    animation.frames = [*animation.frames, cv2.cvtColor(SHOWN, cv2.COLOR_GRAY2BGR)]
    animation.durations = [100] * 4
    for suffix in (".gif", ".png"):
        path = tmp_path / f"moving{suffix}"
        assert cv2.imwriteanimation(str(path), animation)
        assert lines_of(path) == (0, [f"{path}\t{TEXT}"], [])


def test_json_has_one_object_for_each_file(tmp_path: Path) -> None:
    good, bad = saved(tmp_path / "good.png", SHOWN), tmp_path / "bad.png"
    code, lines, errors = lines_of(good, bad, as_json=True)
    assert [json.loads(line) for line in lines] == [
        {"file": str(good), "texts": [TEXT], "error": None},
        {"file": str(bad), "texts": [], "error": "no such file"},
    ]
    assert (code, len(errors)) == (1, 1)


def test_a_terminal_is_not_commanded_by_a_code(tmp_path: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    path = saved(tmp_path / "escape.png", qr_codes.scene(qr_codes.code("\x1b]0;owned\x07")))
    out = Terminal()
    assert decode_command([path], out=out, err=io.StringIO()) == 0
    assert out.getvalue() == f"{path}\t\\x1b]0;owned\\x07\n"


def test_the_command_itself(tmp_path: Path) -> None:
    """In the plainest locale, with a name that is no UTF-8."""
    path = saved(tmp_path / "码.png", qr_codes.scene(qr_codes.code("门神"))).rename(tmp_path / os.fsdecode(b"\xff.png"))
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(qr_codes.jpeg(qr_codes.scene())[:9000])
    run = subprocess.run(
        [sys.executable, "-m", "gateway.cli.decode", path, torn],
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert run.stdout == os.fsencode(path) + "\t门神\n".encode()
    assert run.stderr == b"menshen decode: " + os.fsencode(torn) + b": is cut off\n"
    assert run.returncode == 1


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"II*\x00"]), st.binary(max_size=200))
def test_no_bytes_raise(start: bytes, rest: bytes) -> None:
    still = still_in(start + rest)
    assert still is None or still.views


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 20_000), st.binary(min_size=1, max_size=8))
def test_a_photo_with_spoilt_bytes_does_not_raise(at: int, spoilt: bytes) -> None:
    data = qr_codes.jpeg(qr_codes.code(TEXT))
    at %= len(data)
    still = still_in(data[:at] + spoilt + data[at + len(spoilt) :])
    assert still is None or still.views


@pytest.mark.external
def test_the_public_photos_through_the_command() -> None:
    cases = list(shared_data.qr_pictures(shared_data.folder_or_skip("qr")))
    code, lines, errors = lines_of(*(path for path, _ in cases))
    assert (code, errors) == (0, [])
    read: dict[str, list[str]] = {}
    for line in lines:
        name, _, text = line.partition("\t")
        read.setdefault(name, []).append(shared_data.unescaped(text))
    right = [truth for path, truth in cases if truth and any(shared_data.same_text(t, truth) for t in read[str(path)])]
    assert len(right) >= 137  # of 143
    assert [read[str(path)] for path, truth in cases if not truth] == [[""]] * 24


@pytest.mark.external
def test_the_public_clips() -> None:
    qr = shared_data.folder_or_skip("qr")
    for name, texts in shared_data.qr_clip_texts(qr).items():
        found = codes_in(qr / "video" / name)
        assert set(found.texts) == texts
        assert found.error is None
