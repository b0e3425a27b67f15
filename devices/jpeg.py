"""The bytes of a JPEG in; whether the whole of it is there, and how large it is, out.

OpenCV says of a torn JPEG nothing (4.x fills the rest with gray) or only that it failed (5.x). The marker rules are
ITU-T T.81 annex B: after SOS no 0xFF is followed by 0xD9 but in the end marker, because data bytes 0xFF are stuffed.
"""

from msgspec import Struct

START, END = b"\xff\xd8", b"\xff\xd9"
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length: TEM, RST0-7
_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0-15 without DHT, JPG, DAC
_START_OF_SCAN = 0xDA


class JpegShape(Struct, frozen=True):
    width: int
    height: int
    whole: bool  # the end marker was found after the picture's data


def shape_of(data: bytes) -> JpegShape | None:
    """The size and completeness of one JPEG, None if these bytes are no JPEG or end before its data begin."""
    if not data.startswith(START):
        return None
    at, width, height = 2, 0, 0
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
        elif marker in _BARE:
            at += 2
        else:
            length = int.from_bytes(data[at + 2 : at + 4], "big")
            if marker in _FRAME and at + 9 <= len(data):
                height = int.from_bytes(data[at + 5 : at + 7], "big")
                width = int.from_bytes(data[at + 7 : at + 9], "big")
            at += 2 + max(2, length)
            if marker == _START_OF_SCAN:
                return JpegShape(width, height, whole=data.find(END, at) >= 0)
    return None
