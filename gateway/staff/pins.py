"""A PIN in, what may be kept of it out; and whether a PIN typed in is that one. Pure; counting tries is the page's.

Argon2id (RFC 9106) with the least memory OWASP's password storage sheet names, for a Raspberry Pi with little of it:
19 MiB, two passes, one lane: 20 ms of a PC's core; on a Pi 4 some five times that (an estimate). PINs kept by scrypt
(RFC 7914) in earlier versions still fit; `is_outdated` says that one of them ought to be kept anew. Call both in a
thread.
"""

import base64
import hashlib
import hmac

from argon2 import Parameters, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import hash_secret, verify_secret

SALT_BYTES = 16
KEY_BYTES = 32
LEAST_DIGITS = 4  # whoever may do much has more: gateway/staff/book.py
MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
NOW = "$argon2id$"
BEFORE = "scrypt$"


def hash_pin(pin: str, salt: bytes) -> str:
    """As "$argon2id$v=19$m=19456,t=2,p=1$salt$key". The salt is 16 random bytes. Raises ValueError for a bad PIN."""
    if not (LEAST_DIGITS <= len(pin) <= 12 and pin.isascii() and pin.isdigit()):
        raise ValueError("a PIN is 4 to 12 digits")
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt is {SALT_BYTES} bytes")
    kept = hash_secret(
        pin.encode(),
        salt,
        time_cost=PASSES,
        memory_cost=MEMORY_KIB,
        parallelism=LANES,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )
    return kept.decode("ascii")


def verify_pin(pin: str, kept: str) -> bool:
    """Is it that PIN? Takes as long for a wrong one. Raises ValueError where `kept` is no hash of a PIN."""
    if not kept.startswith(NOW):
        return _verify_scrypt(pin, kept)
    _parameters_of(kept)
    try:
        return verify_secret(kept.encode("ascii"), pin.encode(), Type.ID)
    except VerificationError:
        return False


def is_outdated(kept: str) -> bool:
    """Was it kept by another way, or at another cost, than `hash_pin` keeps it today? Raises ValueError."""
    if not kept.startswith(NOW):
        return True
    parameters = _parameters_of(kept)
    return (parameters.memory_cost, parameters.time_cost, parameters.parallelism) != (MEMORY_KIB, PASSES, LANES)


def is_scrypt(kept: str) -> bool:
    """Kept by an earlier version? It takes another while to verify."""
    return kept.startswith(BEFORE)


def _parameters_of(kept: str) -> Parameters:
    try:
        return extract_parameters(kept)
    except InvalidHashError as exc:
        raise ValueError("is no hash of a PIN") from exc


def _verify_scrypt(pin: str, kept: str) -> bool:
    name, cost, block, salt, key = kept.split("$")
    if name != "scrypt":
        raise ValueError(f"{name} is not a way PINs are kept")
    mine = hashlib.scrypt(
        pin.encode(),
        salt=base64.b64decode(salt),
        n=1 << int(cost),
        r=int(block),
        p=1,
        maxmem=1 << (int(cost) + 12),
        dklen=KEY_BYTES,
    )
    return hmac.compare_digest(mine, base64.b64decode(key))
