"""A secret for phones and its epoch in, the one line of its file out; and back.

    menshen phone secret 1 5f0c...   64 hex digits

Offices that make phones' pages have this file, and so has every gate: it must not go where the trust list goes, which
everybody may read. Who has it can keep a copied phone's code fresh, and still cannot make a pass.
"""

import re

from gateway.passes.rotating import MAX_EPOCH, SECRET_BYTES

_LINE = re.compile(r"menshen phone secret ([0-9]{1,2}) ([0-9a-f]{64})\s*")


def write_secret(epoch: int, secret: bytes) -> str:
    """The line. Raises ValueError where no gate would take it."""
    if not 0 <= epoch <= MAX_EPOCH or len(secret) != SECRET_BYTES:
        raise ValueError(f"epochs go from 0 to {MAX_EPOCH}, and a secret has {SECRET_BYTES} bytes")
    return f"menshen phone secret {epoch} {secret.hex()}\n"


def read_secret(line: str) -> tuple[int, bytes]:
    """Epoch and secret. Raises ValueError where this is no such line; what stands there instead is not repeated."""
    found = _LINE.fullmatch(line)
    if found is None or int(found[1]) > MAX_EPOCH:
        raise ValueError("not a secret for phones, as `menshen keys phone` makes them")
    return int(found[1]), bytes.fromhex(found[2])
