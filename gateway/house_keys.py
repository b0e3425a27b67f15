"""What decoders may ask of the house, live: the digest key, bands' secrets, replay counters."""

import os
import secrets
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from gateway.state import State


def secret_file(path: Path, size: int = 32) -> bytes:
    """The secret in a file; made at first use, mode 0600. Raises OSError, PermissionError where others may read it."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            secret = secrets.token_bytes(size)
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        return secret
    with os.fdopen(handle, "rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise PermissionError(f"{path}: others may read it; chmod 600")
        return file.read(size)


def fingerprint(key: bytes) -> str:
    """What may be journaled of a secret: enough to see that it changed."""
    return blake2b(key, digest_size=8, person=b"menshen-key").hexdigest()


class HouseKeys:
    """Fulfils devices.driver.Keys. `device_keys` is asked each time, so a band enrolled now is read now."""

    def __init__(self, folder: Path, state: State) -> None:
        self.digest_key = secret_file(folder / "digest.key")
        self._state = state
        self.device_keys: Callable[[str], bytes | None] = lambda device: None

    def device_key(self, device: str) -> bytes | None:
        return self.device_keys(device)

    def counter(self, device: str) -> int | None:
        return self._state.counters.get(device)
