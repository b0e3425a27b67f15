"""The bytes of a JPEG in; whether the whole of it is there, how large it is and how often it is gone over, out.

OpenCV says of a torn JPEG nothing (4.x fills the rest with gray) or only that it failed (5.x). The marker rules are
ITU-T T.81 annex B: after SOS no 0xFF is followed by 0xD9 but in the end marker, because data bytes 0xFF are stuffed.
"""

from msgspec import Struct

START, END = b"\xff\xd8", b"\xff\xd9"
MOST_SCANS = 32  # of a progressive one; encoders write ten. With 5,000, in 127 kB, it took a minute to decode
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length: TEM, RST0-7
_LOWEST = 0xC0  # of what opens a segment: below it and 0xFF 0x00 a decoder skips on, and may find another header
_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0-15 without DHT, JPG, DAC
_START_OF_SCAN = 0xDA
_SCAN = bytes((0xFF, _START_OF_SCAN))


class JpegShape(Struct, frozen=True):
    width: int
    height: int
    whole: bool  # the end marker was found after the picture's data
    scans: int = 1  # a progressive one is gone over once for each, and each costs a decoder as much as the first


def shape_of(data: bytes) -> JpegShape | None:
    """Of one JPEG; None if these bytes are none, end before its data begin, or do not say once how large it is."""
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
        elif marker < _LOWEST or (marker in _FRAME and width and height):
            return None
        else:
            length = int.from_bytes(data[at + 2 : at + 4], "big")
            if marker in _FRAME and at + 9 <= len(data):
                height = int.from_bytes(data[at + 5 : at + 7], "big")
                width = int.from_bytes(data[at + 7 : at + 9], "big")
            at += 2 + max(2, length)
            if marker == _START_OF_SCAN:
                if not (width and height):
                    return None
                return JpegShape(width, height, data.find(END, at) >= 0, 1 + data.count(_SCAN, at))
    return None
