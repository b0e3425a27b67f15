"""Bytes in; size and completeness of the JPEG in them out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.jpeg import JpegShape, shape_of
from tests import qr_codes

PHOTO = qr_codes.jpeg(qr_codes.scene(width=320, height=200))
THUMBNAIL = b"\xff\xe1" + (2 + len(PHOTO)).to_bytes(2, "big") + PHOTO  # an APP1 with a whole JPEG in it, as EXIF has


def test_a_whole_photo_has_its_size() -> None:
    assert shape_of(PHOTO) == JpegShape(320, 200, whole=True)


def test_what_a_camera_or_a_phone_puts_behind_it_does_not_matter() -> None:
    assert shape_of(PHOTO + bytes(40) + b"\r\n") == JpegShape(320, 200, whole=True)


@pytest.mark.parametrize("missing", [1, 2, 100, len(PHOTO) // 2])
def test_without_its_end_it_is_torn(missing: int) -> None:
    assert shape_of(PHOTO[:-missing]) == JpegShape(320, 200, whole=False)


def test_the_end_of_a_thumbnail_is_not_its_end() -> None:
    assert len(THUMBNAIL) < 1 << 16
    torn = PHOTO[:2] + THUMBNAIL + PHOTO[2:-2]
    assert shape_of(torn) == JpegShape(320, 200, whole=False)
    assert shape_of(torn + b"\xff\xd9") == JpegShape(320, 200, whole=True)


@pytest.mark.parametrize("data", [b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff\xe0\x00\x10JFIF", b"GIF89a", b"\xff\xd8no"])
def test_what_has_no_picture_in_it_has_no_shape(data: bytes) -> None:
    assert shape_of(data) is None


def header(photo: bytes) -> bytes:
    """The segment that says how large it is."""
    start = photo.index(b"\xff\xc0")
    return photo[start : start + 2 + int.from_bytes(photo[start + 2 : start + 4], "big")]


def test_a_size_that_we_would_pass_over_and_a_decoder_would_not_is_no_shape() -> None:
    """After 0xFF 0x00 libjpeg looks for the next marker; taken for a segment of ours, the true header was hidden."""
    told = header(PHOTO)
    hidden = b"\xff\x00" + (2 + len(told)).to_bytes(2, "big") + told
    assert shape_of(PHOTO.replace(told, hidden)) is None
    assert shape_of(PHOTO.replace(told, b"")) is None
    assert shape_of(PHOTO.replace(told, told + told)) is None


def test_each_scan_of_a_progressive_photo_is_counted() -> None:
    assert shape_of(PHOTO[:-2] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" * 40 + PHOTO[-2:]) == JpegShape(
        320, 200, whole=True, scans=41
    )


@given(st.binary(max_size=300))
def test_no_bytes_raise(rest: bytes) -> None:
    shape = shape_of(b"\xff\xd8" + rest)
    assert shape is None or shape.width >= 0
