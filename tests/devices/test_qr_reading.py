"""Pictures in, texts out: what a gate's camera may meet, drawn here, and the third-party photos where they are."""

import time

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from devices.qr_glancing import Glancer, MotionGate
from devices.qr_reading import (
    EVERYTHING,
    GLANCES,
    LONGEST_SIDE,
    RESCUE_SECONDS,
    RESCUES,
    prepared,
    read_codes,
)
from tests import qr_codes, shared_data

PASS = "MS1:" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 5  # as long as a resident's pass


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(qr_codes.code(PASS), id="plain"),
        pytest.param(qr_codes.turned(qr_codes.code(PASS), 37), id="turned"),
        pytest.param(qr_codes.blurred(qr_codes.code(PASS), 1.8), id="blurred"),
        pytest.param(qr_codes.dimmed(qr_codes.code(PASS), 0.3, 10), id="dark"),
        pytest.param(qr_codes.dimmed(qr_codes.code(PASS), 0.25, 190), id="glaring"),
        pytest.param(255 - qr_codes.code(PASS), id="light on dark"),
        pytest.param(np.ascontiguousarray(np.fliplr(qr_codes.code(PASS))), id="mirrored"),
        pytest.param(qr_codes.code(PASS, scale=3), id="small"),
    ],
)
def test_a_pass_is_read_however_it_is_shown(picture: qr_codes.Gray) -> None:
    assert read_codes(qr_codes.scene(picture)) == (PASS,)


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(qr_codes.dimmed(qr_codes.code(PASS), 0.2, 10), id="in the dark"),
        pytest.param(qr_codes.half_in_shadow(qr_codes.code(PASS)), id="half in shadow"),
        pytest.param(qr_codes.cropped(qr_codes.code(PASS)), id="a screenshot cut to the code, on black"),
    ],
)
def test_what_a_quick_look_does_not_see_a_live_camera_reads_within_its_next_glances(picture: qr_codes.Gray) -> None:
    glancer = Glancer(every=2)
    assert glancer.read(qr_codes.scene()) == ()
    read = [glancer.read(qr_codes.scene(picture, seed=seed)) for seed in range(1, 12)]
    assert (PASS,) in read


def test_a_lamp_that_lays_dark_bands_over_the_picture_hides_no_pass() -> None:
    glancer = Glancer(every=2)
    assert glancer.read(qr_codes.banded(qr_codes.scene())) == ()
    frames = [qr_codes.banded(qr_codes.scene(qr_codes.code(PASS), seed=seed)) for seed in range(1, 12)]
    assert (PASS,) in [glancer.read(frame) for frame in frames]


def test_a_poster_in_view_does_not_hide_a_pass_in_the_shade() -> None:
    poster = qr_codes.code("https://example.org/poster", scale=4)
    shaded = qr_codes.half_in_shadow(qr_codes.code(PASS))
    side = np.full((shaded.shape[0], poster.shape[1] + 60), 120, np.uint8)
    side[: poster.shape[0], : poster.shape[1]] = poster
    glancer = Glancer(every=2)
    assert glancer.read(qr_codes.scene()) == ()
    read = [glancer.read(qr_codes.scene(np.hstack([side, shaded]), seed=seed)) for seed in range(1, 12)]
    assert {text for texts in read for text in texts} == {"https://example.org/poster", PASS}


def test_a_glancer_takes_frames_too_small_for_a_code() -> None:
    assert Glancer().read(np.zeros((9, 9), np.uint8)) == ()


def test_every_code_in_the_picture_is_read_once() -> None:
    both = np.hstack([qr_codes.code("first"), qr_codes.code("second"), qr_codes.code("first")])
    assert sorted(read_codes(qr_codes.scene(both))) == ["first", "second"]


def test_a_poster_full_of_finder_patterns_keeps_a_camera_busy_for_no_longer_than_one_look() -> None:
    eye = np.pad(np.pad(np.pad(np.ones((3, 3)), 1), 1, constant_values=1), ((0, 1), (0, 1)))
    wall = (255 - 235 * np.kron(np.tile(eye, (23, 40)), np.ones((4, 4)))).astype(np.uint8)
    began = time.thread_time()
    assert read_codes(wall) == ()
    assert time.thread_time() - began < RESCUE_SECONDS  # three of them, each in eight ways, took 1 s and more
    wall[:] = np.where(np.arange(wall.shape[1]) < wall.shape[1] // 2, wall, 120)
    shown = qr_codes.code(PASS)
    wall[40 : 40 + shown.shape[0], -20 - shown.shape[1] : -20] = shown
    glancer = Glancer(every=2)
    assert glancer.read(np.full_like(wall, 120)) == ()
    assert (PASS,) in [glancer.read(wall) for _ in range(11)]


def test_an_empty_wall_has_no_text_even_when_tried_harder() -> None:
    assert read_codes(qr_codes.scene(noise=12), EVERYTHING) == ()


def test_a_located_code_beside_a_readable_one_is_rescued() -> None:
    spoilt = qr_codes.half_in_shadow(qr_codes.blurred(qr_codes.code("behind glass", scale=6), 2.0))
    poster = qr_codes.code("https://example.org/poster", scale=4)
    wall = np.full((480, 900), 120, np.uint8)
    wall[40 : 40 + poster.shape[0], 40 : 40 + poster.shape[1]] = poster
    wall[200 : 200 + spoilt.shape[0], 500 : 500 + spoilt.shape[1]] = spoilt
    assert set(read_codes(wall)) == {"https://example.org/poster", "behind glass"}


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"\xff\xfe\x80 not UTF-8", id="no charset"),
        pytest.param(bytes(range(256)), id="all bytes"),
        pytest.param(b"\xed\xa0\x80\xed\xb0\x80", id="surrogates in UTF-8"),
        pytest.param("门神".encode("gb18030"), id="GB18030"),
        pytest.param(b"MS1:\x00\r\n\t", id="control characters"),
        pytest.param("门神 👋".encode(), id="UTF-8"),
    ],
)
@pytest.mark.parametrize("reader", [None, *RESCUES], ids=lambda reader: "" if reader is None else "rescue")
def test_a_hostile_payload_becomes_some_text(payload: bytes, reader: object) -> None:
    picture = qr_codes.scene(qr_codes.code(payload, scale=4), noise=0)
    texts = read_codes(picture) if reader is None else reader(picture)  # type: ignore[operator]  # parametrised
    assert len(texts) == 1
    assert texts[0].encode("utf-8")  # no lone surrogate that would fail later, in a journal or on a page


def test_utf_8_arrives_as_it_was_meant() -> None:
    assert read_codes(qr_codes.scene(qr_codes.code("门神 守好门"))) == ("门神 守好门",)


def test_a_huge_picture_is_scaled_down_and_still_read() -> None:
    huge = cv2.resize(qr_codes.scene(qr_codes.code(PASS)), (9000, 6750), interpolation=cv2.INTER_NEAREST)
    gray = prepared(np.asarray(huge))
    assert gray is not None
    assert max(gray.shape) == LONGEST_SIDE
    assert read_codes(np.asarray(huge)) == (PASS,)


@pytest.mark.parametrize("shape", [(0, 0), (0, 9), (1, 1), (20, 20), (1, 5000), (5000, 1), (21, 21), (21, 9000)])
def test_a_tiny_or_thin_picture_has_no_text(shape: tuple[int, int]) -> None:
    assert read_codes(np.zeros(shape, np.uint8), EVERYTHING) == ()


def test_what_is_no_gray_picture_has_no_text() -> None:
    assert read_codes(np.zeros((100, 100, 3), np.uint8)) == ()
    assert read_codes(np.zeros((100, 100), np.float64)) == ()


def test_a_picture_that_is_a_view_of_another_is_read() -> None:
    wide = np.repeat(qr_codes.scene(qr_codes.code(PASS)), 2, axis=1)
    assert read_codes(wide[:, ::2]) == (PASS,)


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(np.uint8, st.tuples(st.integers(0, 90), st.integers(0, 90))))
def test_no_picture_raises(picture: qr_codes.Gray) -> None:
    assert isinstance(read_codes(picture, EVERYTHING), tuple)


@settings(max_examples=40, deadline=None)
@given(top=st.integers(-60, 300), left=st.integers(-60, 300), seed=st.integers(0, 1 << 30), holes=st.integers(1, 60))
def test_a_code_cut_off_and_shot_through_never_raises_and_never_reads_something_else(
    top: int, left: int, seed: int, holes: int
) -> None:
    picture = qr_codes.scene(qr_codes.code(PASS), seed=seed)
    picture = np.ascontiguousarray(picture[max(0, top) :, max(0, left) :])
    random = np.random.default_rng(seed)
    for _ in range(holes):
        y, x = random.integers(0, picture.shape[0]), random.integers(0, picture.shape[1])
        picture[y : y + 12, x : x + 12] = random.integers(0, 256)
    assert set(read_codes(picture, GLANCES)) <= {PASS}


def test_motion_opens_the_gate_and_a_still_scene_closes_it_again() -> None:
    gate = MotionGate()
    assert not any(gate.open(qr_codes.scene(seed=seed)) for seed in range(20))
    assert gate.open(qr_codes.scene(qr_codes.code("x", scale=3), seed=21))
    still = [gate.open(qr_codes.scene(seed=seed)) for seed in range(22, 80)]
    assert still[0]
    assert not still[-1]


def test_the_gate_takes_frames_whose_size_changes() -> None:
    gate = MotionGate()
    assert not gate.open(np.zeros((480, 640), np.uint8))
    assert not gate.open(np.full((720, 1280), 255, np.uint8))


@pytest.mark.external
def test_the_public_photos_are_read_and_none_of_those_without_a_code() -> None:
    right, phantoms = 0, []
    for path, truth in shared_data.qr_pictures(shared_data.folder_or_skip("qr")):
        gray = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        assert gray is not None, path
        texts = read_codes(np.asarray(gray), EVERYTHING)
        if truth:
            right += any(shared_data.same_text(text, truth) for text in texts)
        else:
            phantoms += texts
    assert phantoms == []
    assert right >= 137  # of 143
