"""Deflated bytes in, at most so many bytes out: a bomb costs what the limit allows and no more."""

import zlib

ZLIB = zlib.MAX_WBITS  # with header and check sum, RFC 1950
RAW = -zlib.MAX_WBITS  # RFC 1951


def inflate(data: bytes, window: int, limit: int) -> bytes | None:
    """The content, None where it is damaged, cut short, followed by something else, or longer than `limit` bytes."""
    unpacker = zlib.decompressobj(window)
    try:
        content = unpacker.decompress(data, limit + 1)
    except zlib.error:
        return None
    if len(content) > limit or not unpacker.eof or unpacker.unused_data:
        return None
    return content
