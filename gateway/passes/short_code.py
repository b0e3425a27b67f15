"""A pass's id in, the eight characters a guard can type for it out; and what was typed in, such a code or None, out.

    AXXF-5W1D   of c0ffee0000000001: seven characters are the first 35 bits of SHA-256("menshen short code 1" || id),
                the eighth checks them

The letters are Crockford's base32 (no I, L, O, U; what looks like 1 and 0 is read so). The check is a weighted sum over
GF(32): each single wrong character and each swap of two different ones is found, whichever they are.

A short code is no signature. It says which pass somebody claims to have, and anybody may have read it off a card.
"""

import hashlib
import unicodedata
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOKS_LIKE: Final = str.maketrans("OIL", "011")
CONTEXT: Final = b"menshen short code 1"
DATA, LENGTH = 7, 8
BITS: Final = 5 * DATA
LONGEST: Final = 24  # characters before anything is looked at
_POLYNOMIAL: Final = 0b100101  # x^5 + x^2 + 1, primitive: the powers of x differ in 31 places


def short_code(cti: str) -> str:
    """For a pass's id of 16 hex digits. Raises ValueError for anything else."""
    raw = bytes.fromhex(cti)
    if len(raw) != 8:
        raise ValueError("a pass's id has 16 hex digits")
    head = int.from_bytes(hashlib.sha256(CONTEXT + raw).digest()[:8], "big") >> (64 - BITS)
    values = [head >> (BITS - 5 * place) & 31 for place in range(1, DATA + 1)]
    return "".join(ALPHABET[value] for value in (*values, _check(values)))


def written(code: str) -> str:
    """As it is printed: R3ZY-W009."""
    return f"{code[:4]}-{code[4:]}"


def typed_code(text: str) -> str | None:
    """A short code as somebody typed it, in its one form; None where it is none, or a character is wrong."""
    close = unicodedata.normalize("NFKC", text[:LONGEST]).upper()
    code = "".join(each for each in close if each.isalnum()).translate(LOOKS_LIKE)
    if len(code) != LENGTH or any(each not in ALPHABET for each in code):
        return None
    values = [ALPHABET.index(each) for each in code]
    return code if _check(values[:DATA]) == values[DATA] else None


def _check(values: list[int]) -> int:
    """So that the sum of value times x^place, the check being in place 0, is nothing."""
    total = 0
    for value in values:
        total = _times_x(total ^ value)
    return total


def _times_x(value: int) -> int:
    value <<= 1
    return value ^ _POLYNOMIAL if value & 32 else value
