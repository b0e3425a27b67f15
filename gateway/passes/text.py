"""Blob in, the text inside the code out; and back: a prefix and base32 (RFC 4648 section 6), upper case, no padding.

Base32 keeps the code in the alphanumeric mode of QR and passes through every phone and keyboard unharmed; base45 would
be 6 % shorter, but its `%` and blanks do not survive.
"""

import base64

PREFIX = "MS1:"  # a pass as it stands on a card
ROTATING_PREFIX = "MS2:"  # a pass as a phone shows it, with the step and its tag
PHONE_PREFIX = "MSP:"  # a pass on its way to a phone: no code, and no gate takes it
MAX_BLOB_BYTES = 135  # what a version 8-M code holds beside the prefix: 221 characters (ISO/IEC 18004 table 7)
_MAX_TEXT = 256  # with some white space around it
_BLANKS = " \t\r\n\v\f"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_DIGITS = dict.fromkeys(range(128), "!") | {  # what int() takes, "_" and lower case, too, is no letter here
    ord(letter): digit for letter, digit in zip(_LETTERS, "0123456789abcdefghijklmnopqrstuv", strict=True)
}


def to_text(blob: bytes, prefix: str = PREFIX) -> str:
    """The text to be put into the code. Raises ValueError where it would not fit a version 8-M code."""
    if len(blob) > MAX_BLOB_BYTES:
        raise ValueError(f"{len(blob)} bytes do not fit a version 8-M code")
    return prefix + base64.b32encode(blob).decode("ascii").rstrip("=")


def is_ours(text: str, *prefixes: str) -> bool:
    """Does the text begin as a pass of ours does, or as one with these prefixes?"""
    return text[:_MAX_TEXT].lstrip(_BLANKS).startswith(prefixes or (PREFIX, ROTATING_PREFIX, PHONE_PREFIX))


def from_text(text: str, prefix: str = PREFIX) -> bytes | None:
    """The blob in a text, None where no `to_text` would have written it.

    ASCII white space at either end is dropped, since scanners add line ends; no other character is overlooked, least of
    all Unicode's blanks and look-alikes.
    """
    if len(text) > _MAX_TEXT:
        return None
    text = text.strip(_BLANKS)
    if not text.startswith(prefix) or not text.isascii():
        return None
    body = text[len(prefix) :]
    try:  # 2 us; base64.b32decode and encoding it again to compare took 65, at each code shown
        bits = int(body.translate(_TO_DIGITS), 32)
    except ValueError:  # a letter outside the alphabet, or none at all
        return None
    size, spare = divmod(len(body) * 5, 8)
    if spare >= 5 or bits & ((1 << spare) - 1) or not 0 < size <= MAX_BLOB_BYTES:  # nobody would have written it so
        return None
    return (bits >> spare).to_bytes(size, "big")
