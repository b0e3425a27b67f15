"""A PIN in, what may be kept of it out; and whether a PIN typed in is that one. Pure; counting tries is the page's."""

import base64
import hashlib
import hmac

SALT_BYTES = 16
KEY_BYTES = 32
COST_LOG2 = 14  # 16 MB and some 50 ms on a PC, 200 ms on a Pi: call it in a thread
BLOCK = 8


def hash_pin(pin: str, salt: bytes) -> str:
    """scrypt (RFC 7914) as "scrypt$14$8$salt$key". The salt is 16 random bytes. Raises ValueError for a bad PIN."""
    if not (4 <= len(pin) <= 12 and pin.isascii() and pin.isdigit()):
        raise ValueError("a PIN is 4 to 12 digits")
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt is {SALT_BYTES} bytes")
    return f"scrypt${COST_LOG2}${BLOCK}${_text(salt)}${_text(_key(pin, salt, COST_LOG2, BLOCK))}"


def verify_pin(pin: str, kept: str) -> bool:
    """Is it that PIN? Takes as long for a wrong one. Raises ValueError where `kept` is not from `hash_pin`."""
    name, cost, block, salt, key = kept.split("$")
    if name != "scrypt":
        raise ValueError(f"{name} is not a way PINs are kept")
    mine = _key(pin, base64.b64decode(salt), int(cost), int(block))
    return hmac.compare_digest(mine, base64.b64decode(key))


def _key(pin: str, salt: bytes, cost_log2: int, block: int) -> bytes:
    return hashlib.scrypt(
        pin.encode(), salt=salt, n=1 << cost_log2, r=block, p=1, maxmem=1 << (cost_log2 + 12), dklen=KEY_BYTES
    )


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
