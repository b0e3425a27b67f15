"""Text in, bytes out: base64url without padding (RFC 7515 section 2), each value written in one way only."""

import base64
import re

_LETTERS = re.compile(r"[A-Za-z0-9_-]*")


def decode(text: str) -> bytes | None:
    """The bytes, None where `encode` would not have written this text."""
    if not _LETTERS.fullmatch(text) or len(text) % 4 == 1:
        return None
    value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return value if encode(value) == text else None


def encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode("ascii").rstrip("=")
